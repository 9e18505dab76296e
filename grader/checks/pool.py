"""The workers that one submission is loaded into: the one in use, and others that are kept for the checks to come.

Checks differ in which of a submission's own parts the course's stand in for; each combination has a worker of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from grader.checks.claims import flags_in, uses_in
from grader.checks.policy import Use
from grader.course.assignments import Assignment
from grader.course.provided import Parts, parts_of
from grader.errors import DeviceError, IsolationError, WorkerCrashed, WorkerTimedOut
from grader.isolation.devices import CPU, kind_of, visible_device
from grader.isolation.launchers import Launcher
from grader.isolation.workers import Connection, InProcess
from grader.results import Flag
from grader.submissions.submission import LiveSubmission, Submission
from grader.text import clean
from grader.untrusted import wire
from grader.untrusted.sandbox import Limits

_CPU_SECONDS_A_SUBMISSION = 600
_LOAD_SECONDS = 60
_NOTES_SECONDS = 5
_THREADS = 32
_THREADS_CUDA = 256
_CUDA_LIBRARIES_MIB = 4096  # of the machine's memory: what its libraries and context take beside student code


@dataclass(frozen=True, slots=True)
class Loaded:
    """A worker that has the submission's files, and the course's `stand_ins` for some of its names."""

    worker: Connection
    stand_ins: tuple[str, ...] = ()
    provided: set[str] = field(default_factory=set)
    """Definitions of the course's parts that it has."""
    found: dict[tuple[str, bool], Any] = field(default_factory=dict)
    """What of it is known here, by name and by whether it is the course's."""


class WorkerPool:
    """The workers of one submission, at most one of them in use. What they do is noted in `flags` and `uses`."""

    def __init__(
        self, submission: Submission, assignment: Assignment, launcher: Launcher | None, device: str = CPU
    ) -> None:
        """With `launcher` None the student's code is loaded into this process, for debugging one's own code only."""
        self.device = device
        self.parts = parts_of(assignment.parts_source, str(assignment.parts_path))
        self.forbids_autograd = False
        self.definitions_only = False
        self.is_in_process = launcher is None
        self.flags: list[Flag] = []
        self.uses: dict[Use, None] = {}  # of autograd, seen at run time
        self._submission = submission
        self._assignment = assignment
        self._launcher = launcher
        self._apart: str | None = None
        self._current: Loaded | None = None
        self._parked: dict[tuple[str, ...], Loaded] = {}
        self._takes_notes = True
        self._device_error: DeviceError | None = None

    @property
    def current(self) -> Loaded | None:
        """The worker in use, if there is one that lives."""
        return self._current if self._current is not None and self._current.worker.is_alive else None

    def separate(self, apart: str | None, *, forbids_autograd: bool) -> None:
        """End the workers if they have served checks that those to come are to be kept apart from."""
        if (apart, forbids_autograd) != (self._apart, self.forbids_autograd):
            self.close()
            self._apart, self.forbids_autograd = apart, forbids_autograd

    def take(self, stand_ins: tuple[str, ...]) -> Loaded:
        """The worker with these stand-ins, from now on the one in use; a fresh one if there is none that lives."""
        if self._current is not None and not self._current.worker.is_alive:
            self._current.worker.close()
            self._current = None
        if self._current is None or self._current.stand_ins != stand_ins:
            self._park()
            self._current = self._parked_with(stand_ins) or self._loaded(stand_ins)
        return self._current

    def parts_for(self, names: Iterable[str], loaded: Loaded) -> str:
        """What of the course's parts these names need and the worker does not have yet; empty if it has all."""
        missing = self.parts.needed_for(names) - loaded.provided
        loaded.provided.update(missing)
        return _text_of(self.parts, frozenset(missing)) if missing else ""

    def load_definitions_only(self, file: str) -> None:
        """From now on, of the files only imports and definitions are executed: something in `file` came to no end."""
        self.definitions_only = True
        what = "code outside functions did not come to an end; only the definitions were used"
        self.flags.append(Flag("top_level_code", file, what))

    def note(self, flag: Flag) -> None:
        """Note it, once."""
        if flag not in self.flags:
            self.flags.append(flag)

    def take_last_notes(self) -> None:
        """Ask now what went wrong while files were loaded, and never again: hidden checks begin. Later, student code could
        put there what it has seen, and the student's report would show it.
        """
        for worker in self._workers():
            self._take_notes(worker)
        self._takes_notes = False

    def move_to(self, device: str) -> None:
        """Go on with the submission on another device, in fresh workers."""
        self.close()
        self.device, self._device_error = device, None

    def close(self) -> None:
        """End the workers; note what went wrong while files were loaded."""
        for worker in self._workers():
            self._take_notes(worker)
            worker.close()
        self._current = None
        self._parked = {}

    def _workers(self) -> list[Connection]:
        current = [self._current] if self._current is not None else []
        return [loaded.worker for loaded in (*current, *self._parked.values())]

    def _park(self) -> None:
        """Keep the worker in use for later; in process, two would be in each other's way."""
        if self._current is not None and self.is_in_process:
            self.close()
        elif self._current is not None:
            self._parked[self._current.stand_ins] = self._current
        self._current = None

    def _parked_with(self, stand_ins: tuple[str, ...]) -> Loaded | None:
        parked = self._parked.pop(stand_ins, None)
        if parked is not None and not parked.worker.is_alive:
            parked.worker.close()
            return None
        return parked

    def _loaded(self, stand_ins: tuple[str, ...]) -> Loaded:
        """A fresh worker that has loaded the submission."""
        loaded = Loaded(self._start(), stand_ins)
        try:
            self._load(loaded)
        except BaseException:
            loaded.worker.close()
            raise
        return loaded

    def _start(self) -> Connection:
        if isinstance(self._submission, LiveSubmission):
            from grader.untrusted.live import Live

            live = Live(self._submission.names, self._submission.file, self._submission.code_lines)
            return InProcess(live)
        if self._launcher is None:
            return InProcess()
        return self._launcher.spawn(limits_of(self._assignment, cuda=self.device != CPU))

    def _load(self, loaded: Loaded) -> None:
        if self._device_error is not None:  # it is asked once a submission, not once a check
            raise self._device_error
        visible = "" if self.is_in_process else visible_device(self.device, os.environ)
        request = wire.Load(
            list(self._submission.files.items()),
            self.parts_for(loaded.stand_ins, loaded),
            kind_of(self.device) if visible else self.device,  # the only one that it sees
            not self.forbids_autograd,
            list(loaded.stand_ins),
            self.definitions_only,
            self.forbids_autograd,
            visible,
            0 if self.device == CPU else self._assignment.memory_limit_mib,
        )
        answer = self._answer_to_load(loaded.worker, request)
        if isinstance(answer, wire.Raised):  # nothing of the student's has run yet
            raise RuntimeError(f"{self._assignment.parts_path}: {answer.type_name}: {answer.text}")

    def _answer_to_load(self, worker: Connection, request: wire.Load) -> object:
        """What comes of loading. On a device other than the CPU, whatever goes wrong then is the device's doing."""
        deadline = time.monotonic() + _LOAD_SECONDS
        if self.device == CPU:
            return worker.ask(request, [], deadline, _no_handle)
        try:
            answer = worker.ask(request, [], deadline, _no_handle)
            problem = f"{answer.type_name}: {answer.text}" if isinstance(answer, wire.Raised) else ""
        except (WorkerTimedOut, WorkerCrashed) as end:
            problem = end.summary
        if problem:
            self._device_error = DeviceError(f"could not be used: {clean(problem, 200).splitlines()[0]}")
            raise self._device_error
        return None

    def _take_notes(self, worker: Connection) -> None:
        """Ask what went wrong while files were loaded, and where autograd was used."""
        if not self._takes_notes or not worker.is_alive:
            return
        try:
            notes = worker.ask(wire.Notes(), [], time.monotonic() + _NOTES_SECONDS, _no_handle)
        except (WorkerTimedOut, WorkerCrashed, IsolationError):  # making the text of an exception runs student code
            self._takes_notes = False  # waited for once a submission, not once a worker
            return
        for flag in flags_in(notes, self._submission):
            self.note(flag)
        self.uses.update(dict.fromkeys(uses_in(notes, self._submission)))


def limits_of(assignment: Assignment, *, cuda: bool) -> Limits:
    """What one worker may use; with CUDA, the driver's own threads and libraries count too."""
    threads = _THREADS_CUDA if cuda else _THREADS
    memory_mib = assignment.memory_limit_mib + (_CUDA_LIBRARIES_MIB if cuda else 0)
    return Limits(memory_mib, _CPU_SECONDS_A_SUBMISSION, threads, cuda, assignment.preload)


@cache
def _text_of(parts: Parts, names: frozenset[str]) -> str:
    """The text of the parts with these definitions alone, cut once for all workers."""
    return parts.only(names)


def _no_handle(handle: wire.HandleValue) -> object:
    return handle
