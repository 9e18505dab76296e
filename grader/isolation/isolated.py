"""Start workers behind the best walls this machine offers, and find out in every run whether they hold.

The level that is reported is what a worker of this run could not do, not what the machine is believed to have.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import IsolationError, UsageError, WallBroken, WorkerCrashed, WorkerTimedOut
from grader.isolation.launchers import FreshInterpreters, Launcher, Zygote
from grader.isolation.levels import PROMISES, Isolation, Level
from grader.isolation.walls import Start, has_cuda_device, way_to
from grader.untrusted.sandbox import Limits

if TYPE_CHECKING:
    from grader.isolation.workers import Worker


SelfTest = Callable[[Launcher, Iterable[Path], str], dict[str, bool]]


class Isolated:
    """A launcher at the best level there is. The first worker is only started when a worker before it has tried the walls."""

    def __init__(
        self,
        *,
        best: Level = Level.FULL,
        least: Level = Level.PROCESS,
        closed: Iterable[Path] = (),
        device: str = "cpu",
        reasons: dict[Level, str] | None = None,
        test: SelfTest | None = None,
    ) -> None:
        """Begin to start; `closed` are files and folders that no worker may be able to read.

        `test` is the self-test, for who would rather have it run elsewhere: here, it makes this process import torch.
        Why a level can't be reached is put into `reasons`. Raises `UsageError` if none from `best` to `least` can be.
        """
        self._closed = list(closed)
        self._cuda = device != "cpu" and has_cuda_device()
        self._device = ("cuda" if device == "auto" else device) if self._cuda else "cpu"
        self._least = least
        self._test = test or _test_here
        self._isolation: Isolation | None = None
        self._reasons: dict[Level, str] = reasons if reasons is not None else {}
        self._launcher = self._start(best)

    @property
    def level(self) -> Level:
        """How well workers are walled in."""
        return self._launcher.level

    @property
    def launcher(self) -> Launcher:
        """What starts the workers; other processes of the run may be given it once `verify` has returned."""
        return self._launcher

    def spawn(self, limits: Limits) -> Worker:
        """A worker. Raises `IsolationError`."""
        self.verify()
        return self._launcher.spawn(limits)

    def verify(self) -> Isolation:
        """Wait until workers can be started, and have one of them try the walls. Later calls return what was found.

        Raises `WallBroken` if one does not hold, `UsageError` if no acceptable level works here.
        """
        while self._isolation is None:
            level = self._launcher.level
            try:
                tried = self._test(self._launcher, self._closed, self._device)
            except WallBroken:
                self._launcher.close()
                raise
            except (IsolationError, WorkerCrashed, WorkerTimedOut) as problem:
                self._launcher.close()
                self._reasons[level] = f"it was tried and failed: {str(problem).rstrip('.')}"
                self._launcher = self._start(level)
                continue
            closed = tuple(word for word, reached in tried.items() if not reached)
            still_open = tuple(word for word, reached in tried.items() if reached)
            broken = [PROMISES[level][word] for word in still_open if word in PROMISES[level]]
            if broken:
                self._launcher.close()
                raise WallBroken(
                    f"the walls of level {level} do not hold: student code could reach {', '.join(broken)}."
                )
            self._isolation = Isolation(level, closed, still_open, why_not_better(self._reasons))
        return self._isolation

    def close(self) -> None:
        """End every worker."""
        self._launcher.close()

    def _start(self, best: Level) -> Launcher:
        """The best level from `best` on that begins here; why others do not is kept."""
        for level in Level:
            if level in self._reasons or level.rank < best.rank:
                continue
            if not level.is_at_least(self._least):
                break
            start = way_to(level, closed=self._closed, cuda=self._cuda)
            if isinstance(start, str):
                self._reasons[level] = start
                continue
            try:
                return _launcher(start)
            except IsolationError as error:
                self._reasons[level] = _advice(level, str(error))
        raise UsageError(self._refusal())

    def _refusal(self) -> str:
        on_cpu = "This was tried with a GPU; --device cpu needs none. " if self._cuda else ""
        reasons = "\n".join(f"  {level}: {why}" for level, why in self._reasons.items())
        return (
            f"this machine can't reach isolation level {self._least}, which this run asks for:\n{reasons}\n"
            f"{on_cpu}`grader doctor` says more. To grade code that you trust as your own, add --allow-isolation process."
        )


def examine() -> Iterator[tuple[Level, Isolation | str]]:
    """Every level with what was found out about it here by trying, or in a sentence why it can't be reached."""
    for level in Level:
        reasons: dict[Level, str] = {}
        try:
            isolated = Isolated(best=level, least=level, reasons=reasons)
            try:
                yield level, isolated.verify()
            finally:
                isolated.close()
        except UsageError:
            yield level, reasons[level]
        except IsolationError as broken:
            yield level, str(broken)


def _test_here(launcher: Launcher, closed: Iterable[Path], device: str) -> dict[str, bool]:
    from grader.isolation.self_test import (
        self_test,  # imports torch, at a time when the workers' process has done so too
    )

    return self_test(launcher, closed, device)


def _launcher(start: Start) -> Launcher:
    return Zygote(start) if os.name == "posix" and hasattr(os, "pidfd_open") else FreshInterpreters()


def _advice(level: Level, what: str) -> str:
    """Why a level could not be begun, with what would help; bubblewrap's own words are short."""
    what = what.removeprefix("the process that forks workers did not start: ").rstrip(".")
    if level in (Level.FULL, Level.NAMESPACES) and "ermission" in what:
        return (
            f"bubblewrap may not make namespaces here ({what}). On Ubuntu 24.04: "
            "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; in Docker: --security-opt seccomp=unconfined"
        )
    return what


def why_not_better(reasons: dict[Level, str]) -> str:
    """The reasons in one line; empty at the best level."""
    return "; ".join(f"not {level}: {why}" for level, why in reasons.items())
