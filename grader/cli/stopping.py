"""How a signal asks for the end of a run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Stopped(KeyboardInterrupt):
    """A signal asks for the end: everything is closed on the way out, as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def _stop(number: int, frame: object) -> NoReturn:
    raise Stopped(number)


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM and SIGHUP end the run like Ctrl-C, unless whoever started it (`nohup`) has them ignored."""
    caught = [name for name in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(name) is signal.SIG_DFL]
    for name in caught:
        signal.signal(name, _stop)
    try:
        yield
    finally:
        for name in caught:
            signal.signal(name, signal.SIG_DFL)
