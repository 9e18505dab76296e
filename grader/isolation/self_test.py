"""Have a worker try to break out, in every run: what it can't reach is what a level is worth here."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from grader.errors import IsolationError, WallBroken
from grader.isolation.launchers import Launcher
from grader.isolation.levels import FILES, MEMORY, PROMISES, Level
from grader.isolation.walls import UNTRUSTED
from grader.isolation.workers import Worker
from grader.text import clean_name
from grader.untrusted import wire
from grader.untrusted.sandbox import Limits

_FILE = "probe.py"
_CODE = UNTRUSTED / _FILE
_SECONDS = 30.0
_LIMITS = Limits(memory_mib=2048, cpu_seconds=60, threads=64)
_LIMITS_CUDA = Limits(memory_mib=8192, cpu_seconds=60, threads=256, cuda=True)  # its libraries alone take gigabytes
_BEYOND_THE_LIMIT = (_LIMITS.memory_mib + 512) * 2**20


def self_test(launcher: Launcher, closed: Iterable[Path] = (), device: str = "cpu") -> dict[str, bool]:
    """word of `levels.PROMISES` -> whether a worker could reach it.

    Raises `WallBroken` if files are closed to it, but not one of `closed`; `IsolationError` if no worker starts or torch
    does not work in it, on that device; `CheckEnd` if the worker dies.
    """
    cuda = device != "cpu"
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        os.chmod(folder, 0o777)  # noqa: PTH101, S103 - only a wall is to keep the worker out, not the folder's mode
        secret = Path(folder, "secret")
        secret.write_text("a file that no worker may read", encoding="utf-8")
        secret.chmod(0o644)
        probe = _Probe(launcher.spawn(_LIMITS_CUDA if cuda else _LIMITS), device)
        try:
            tried = probe.call("attempt", str(secret), folder, os.getpid(), _BEYOND_THE_LIMIT)
            files = [path for path in closed if path.is_file()]
            readable = [path for path in files if probe.call("can_read_bytes", os.fsencode(path).hex()) is not False]
            probe.call("compute", device)
        finally:
            probe.worker.close()
    if not isinstance(tried, dict) or set(tried) != set(PROMISES[Level.FULL]):
        raise IsolationError("the self-test gave no answer that makes sense.")
    found = {str(word): reached is not False for word, reached in tried.items()}
    if readable and not found[FILES]:
        raise WallBroken(
            f"student code could read {clean_name(str(readable[0]), 300)}. Move it out of the folders of Python's libraries."
        )
    if cuda:
        found[MEMORY] = False  # addresses are not limited there; resident memory is watched from outside
    return found


class _Probe:
    """A worker with the code of the self-test, loaded where a submission would be."""

    def __init__(self, worker: Worker, device: str) -> None:
        self.worker = worker
        self.deadline = time.monotonic() + _SECONDS
        files = [(_FILE, _CODE.read_text(encoding="utf-8"))]
        answer = self._ask(wire.Load(files, "", device, True, [], False))
        if isinstance(answer, wire.Raised):
            raise IsolationError(f"{device} does not work in a worker: {answer.type_name}: {answer.text}.")

    def call(self, name: str, *arguments: str | int) -> object:
        found = self._ask(wire.Find(name, _FILE))
        if not isinstance(found, wire.HandleValue):
            raise IsolationError(f"the self-test can't be run: {found}.")
        answer = self._ask(wire.Call(found.number, list(arguments), []))
        if isinstance(answer, wire.Raised):
            raise IsolationError(f"the self-test can't be run: {answer.type_name}: {answer.text}.")
        return answer

    def _ask(self, request: wire.Request) -> object:
        return self.worker.ask(request, [], self.deadline, lambda handle: handle)
