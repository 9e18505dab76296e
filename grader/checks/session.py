"""A submission under test: what its stand-ins ask goes to a worker, before a deadline, and is noted in the trace.

The trace of a check is everything that was asked and answered in it; known mistakes are told by it.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any

from grader.checks.pool import Loaded, WorkerPool
from grader.checks.proxy import Remote
from grader.course.assignments import Assignment
from grader.errors import CheckEnd, CheckFailed, WorkerCrashed, WorkerTimedOut
from grader.isolation.devices import CPU, over_the_limit
from grader.isolation.launchers import Launcher
from grader.isolation.workers import InProcess, Worker
from grader.results import Evidence, Flag, Location
from grader.showing import shown_argument, shown_value
from grader.submissions.lookup import binding, definition, file_defining, student_error
from grader.submissions.submission import Submission
from grader.text import clean
from grader.untrusted import wire

__tracebackhide__ = True  # a debugger or traceback shows the check and the student's code, not the way between

_LITTLE_BYTES = 2**14
_PROVIDED = "provided "  # before the names of the course's parts, where both are meant


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call of the submission: how a person would write it, which function it was, and what came back.

    `target` tells the objects of the worker apart, `arguments` are those given by position.
    """

    text: str
    function: str
    answer: object
    target: int = -1
    arguments: tuple[object, ...] = ()


class Session:
    """A submission under test. Not for two threads at once."""

    def __init__(
        self, submission: Submission, assignment: Assignment, launcher: Launcher | None, device: str = CPU
    ) -> None:
        """With `launcher` None the student's code is loaded into this process, for debugging one's own code only."""
        self.submission = submission
        self.assignment = assignment
        self.pool = WorkerPool(submission, assignment, launcher, device)
        self.trace: list[Exchange] = []
        self.answers: list[object] = []
        """Every value that came back in this check, and how it ended: for telling mistakes."""
        self.died_in = ""  # the function in which this check's worker hung or died
        self.hopeless: dict[str, CheckEnd] = {}  # functions that are not tried again, and how they ended
        self._stand_ins: tuple[str, ...] = ()
        self._seed = 0
        self._timeout_seconds = assignment.timeout_seconds
        self._deadline: float | None = None
        self._has_asked = False  # something of the worker in this check
        self._printed = ""
        self._numbers_given = 0  # of handles on what is done later, negative
        self._defined_in: dict[str, str] = {}  # files by name, found before
        self._file_of = {name: exercise.file for exercise in assignment.exercises for name in exercise.defines}

    # -- a check begins and ends ---------------------------------------------------------------------------------------

    def begin(
        self,
        seed: int,
        timeout_seconds: float,
        stand_ins: tuple[str, ...] = (),
        *,
        apart: str | None = None,
        forbids_autograd: bool = False,
    ) -> None:
        """A check begins: a new deadline (from the first request on), a seed, an empty trace.

        Checks that are to stay `apart` from all others share a worker with none but those of the same word; so do checks
        of exercises that forbid autograd, whose workers have it switched off and watched.
        """
        self.pool.separate(apart, forbids_autograd=forbids_autograd)
        self._seed, self._timeout_seconds, self._stand_ins = seed, timeout_seconds, stand_ins
        self._deadline = None
        self._has_asked = False
        self._printed = ""
        self.trace = []
        self.answers = []
        self.died_in = ""

    def printed(self) -> str:
        """What student code printed since the check began."""
        loaded = self.pool.current if self._has_asked else None
        if loaded is not None:
            self._printed = loaded.worker.printed()
        return clean(self._printed, 4_000)

    def close(self) -> None:
        """End the workers."""
        self.pool.close()

    def move_to(self, device: str) -> None:
        """Go on with the submission on another device, in fresh workers."""
        self.pool.move_to(device)
        self._deadline = None

    def _ready(self) -> Loaded:
        """The worker, loaded and told of the check; a fresh one if there is none or it has other stand-ins."""
        loaded = self.pool.current if self._deadline is not None else None
        if loaded is None:
            loaded = self.pool.take(self._stand_ins)
            self._deadline = time.monotonic() + self._timeout_seconds
            loaded.worker.later(wire.Begin(self._seed), [])
        return loaded

    # -- what proxies ask ----------------------------------------------------------------------------------------------

    def find(self, name: str, *, provided: bool = False) -> Remote:
        """The class or function `name`. Raises `Blocked` if the submission lacks it, `CheckFailed` if it is neither."""
        file = "" if provided else self._file_defining(name)
        found = self._ready().found
        if (name, provided) not in found:
            if provided:
                self._provide(name)
            found[name, provided] = self._find(name, file, provided)
        named: Remote = found[name, provided]
        return named

    def has_method(self, class_name: str, method: str) -> bool:
        """Whether the source of a class, of the submission or `provided`, has that method as a plain function."""
        if class_name.startswith(_PROVIDED):
            return self.pool.parts.has_method(class_name.removeprefix(_PROVIDED), method)
        return self.submission.has_method(class_name, method)

    def _file_defining(self, name: str) -> str:
        if name not in self._defined_in:
            declared = self._file_of.get(name, "")
            self._defined_in[name] = file_defining(self.submission, name, declared, self._file_of)
        return self._defined_in[name]

    def _provide(self, name: str) -> None:
        loaded = self._ready()
        parts = self.pool.parts_for([name], loaded)
        if parts:
            loaded.worker.later(wire.Provide(parts), [])

    def hold(self, name: str) -> tuple[Remote, str]:
        """What the submission binds `name` to, whatever it is, kept in the worker; and the name of its exact class.

        Raises `Blocked` if the submission lacks it.
        """
        file = self._file_defining(name)
        match self._look_for(wire.Hold(name, file), name, name, file):
            case [Remote() as held, str(type_name)]:
                return held, type_name
        raise CheckFailed(f"{name} can't be looked at.", evidence=Evidence(location=self.place_of(name)))

    def place_of(self, name: str) -> Location | None:
        """The line of the submission that binds `name`."""
        return binding(self.submission, self._file_defining(name), name)

    def _look_for(self, request: wire.Find | wire.Hold, name: str, qualified: str, file: str) -> Any:
        """The answer to it; if loading the files comes to no end, from their definitions alone."""
        try:
            return self.ask(request, name, qualified)
        except (WorkerTimedOut, WorkerCrashed):
            if self.pool.definitions_only or self.pool.is_in_process or qualified != name:
                raise
            self.pool.load_definitions_only(file)
            self._deadline = None
            return self.ask(request, name, qualified)

    def _find(self, name: str, file: str, provided: bool) -> Remote:
        qualified = f"{_PROVIDED}{name}" if provided else name
        if provided and (self.pool.parts.has_class(name) or self.pool.parts.has_function(name)):
            return self._done_later(wire.Find(name, file, provided), [], name, qualified, name, qualified)
        found = self._look_for(wire.Find(name, file, provided), name, qualified, file)
        if not isinstance(found, Remote):
            raise CheckFailed(
                f"{name} is {shown_value(found)}, expected a class or a function.",
                evidence=Evidence(location=binding(self.submission, file, name)),
            )
        return found

    def call(self, target: Remote, method: str, arguments: tuple[object, ...], keywords: dict[str, object]) -> Any:
        """What the call of `target`, or of its method, returns."""
        loaded, packer = self._ready(), _Packer()
        packed = [packer.pack(argument) for argument in arguments]
        named = [(key, packer.pack(value)) for key, value in keywords.items()]
        request: wire.Request = wire.Call(target._handle, packed, named)
        label, function = target._label, target._qualified_name
        if label != function:  # an object, not the class or function itself
            function = f"{function}.__call__"
        if method:
            request = wire.CallMethod(target._handle, method, packed, named)
            label, function = f"{label}.{method}", f"{target._qualified_name}.{method}"
        shown = [shown_argument(argument) for argument in arguments]
        shown += [f"{key}={shown_argument(value)}" for key, value in keywords.items()]
        text = f"{label}({', '.join(shown)})"
        is_provided = not method and loaded.found.get((label, True)) is target
        if is_provided and self.pool.parts.has_class(label) and not packer.met_remote and _is_little(packer.tensors):
            made = self._done_later(request, packer.tensors, text, function, label.lower(), f"{_PROVIDED}{label}")
            self.trace[-1] = Exchange(text, function, made, target._handle, arguments)
            return made
        answer = self.ask(request, text, function, packer.tensors)
        self.trace[-1] = Exchange(text, function, answer, target._handle, arguments)
        is_class = label in self._file_of and label[:1].isupper()
        if is_class and not isinstance(answer, Remote):
            raise CheckFailed(f"{text} gives {shown_value(answer)}, expected an object.")
        return answer

    def tell(self, target: Remote, name: str, value: object) -> None:
        """Set an attribute."""
        packer = _Packer()
        request = wire.Set(target._handle, name, packer.pack(value))
        self.ask(request, f"{target._label}.{name} = {shown_argument(value)}", target._qualified_name, packer.tensors)

    def put(self, value: object, label: str) -> Remote:
        """Keep `value` in the worker, so that student code can change it in place; `label` is its name in messages."""
        packer = _Packer()
        request = wire.Put(packer.pack(value))
        if _is_little(packer.tensors):
            return self._done_later(request, packer.tensors, "", "", label, "")
        kept = self.ask(request, label, "", packer.tensors)
        assert isinstance(kept, Remote)
        return kept

    def _done_later(
        self, request: wire.Request, tensors: list[memoryview], text: str, function: str, label: str, qualified: str
    ) -> Remote:
        """What the request will make, which is known to be an object that stays in the worker; it is not waited for."""
        self._numbers_given += 1
        self._ready().worker.later(request, tensors, -self._numbers_given)
        made = Remote(self, -self._numbers_given, label, qualified)
        if not isinstance(request, wire.Put):
            self.trace.append(Exchange(text, function, made))
        return made

    def fetch(self, kept: Remote) -> Any:
        """The present value of what `put` kept, or of any object that is plain."""
        return self.ask(wire.Fetch(kept._handle), kept._label, "")

    def ask(self, request: wire.Request, text: str, function: str, tensors: list[memoryview] | None = None) -> Any:
        """The answer to `request`; an exception of the student's is raised as `StudentCodeRaised` or `NotAttempted`."""
        if function in self.hopeless and not isinstance(request, wire.Find | wire.Hold):  # to find it is no harm
            raise self._not_again(function, self.hopeless[function])
        worker = self._ready().worker
        assert self._deadline is not None
        self._has_asked = True

        def remote(handle: wire.HandleValue) -> Remote:
            if handle.number < 0:  # what is done later gets these
                raise wire.WireError("an object under a number that it can't give")
            type_name = clean(handle.type_name, 100)
            if not function.startswith(_PROVIDED):  # else any class could be called like a part of the course's
                type_name = type_name.removeprefix(_PROVIDED)
            if isinstance(request, wire.Call | wire.CallMethod) and type_name not in ("method", "function", "type"):
                return Remote(self, handle.number, type_name.removeprefix(_PROVIDED).lower(), type_name)
            return Remote(self, handle.number, text, function)

        try:
            answer = worker.ask(request, tensors or [], self._deadline, remote)
            if self.pool.device != CPU and isinstance(worker, Worker):
                self._stop_over_device_memory(worker, answer)
        except (WorkerTimedOut, WorkerCrashed) as end:
            self._printed = worker.printed()
            self.trace.append(Exchange(text, function, end))
            self.answers.append(end)
            if not function.startswith(_PROVIDED):  # the course's parts are never given up
                self.died_in = function
            self._locate(end, function)
            raise
        if isinstance(request, wire.Call | wire.CallMethod | wire.Set | wire.Find | wire.Hold):
            self.trace.append(Exchange(text, function, answer))
        if not isinstance(answer, Remote) and not isinstance(request, wire.Provide | wire.Hold):
            self.answers.append(answer)
        if isinstance(answer, wire.Raised):
            place = (answer.frames[-1].file, answer.frames[-1].line) if answer.frames else None
            error = student_error(self.submission, answer.type_name, answer.text, place)
            if isinstance(worker, InProcess) and worker.last_error is not None:
                error = error.with_traceback(
                    worker.last_error.__traceback__
                )  # so that --pdb stops in the student's line
            raise error
        if worker.answer_is_tracked and self.pool.forbids_autograd and not function.startswith(_PROVIDED):
            self._note_tracked(function)
        return _cleaned(answer)

    def _stop_over_device_memory(self, worker: Worker, answer: object) -> None:
        """End a worker whose code wanted more of the device than it may have; its tensors go with it."""
        limit = self.assignment.memory_limit_mib
        over = over_the_limit(answer.text, limit) if isinstance(answer, wire.Raised) else None
        if over is not None:
            worker.kill()
            raise WorkerCrashed(
                f"Your code held {over[0]:,} MiB of the GPU's memory and asked for {over[1]:,} MiB more; the limit is "
                f"{limit:,} MiB, so it was stopped.",
                hint="Does a list or a tensor grow in a loop? Is a tensor larger than its docstring says?",
            )

    def _note_tracked(self, function: str) -> None:
        """A flag and no more: other code of the submission may have switched on what recorded this."""
        place = self.definition(function)
        if place is not None:
            self.pool.note(Flag("autograd_result", place.place, f"{function} returns what autograd computed"))

    # -- where in the student's source ---------------------------------------------------------------------------------

    def evidence(self, summary: str = "", **more: Any) -> Evidence:
        """Evidence with the student's line, the calls so far and what was printed."""
        return Evidence(
            summary=summary, location=self.last_location(), calls=self.calls(), printed=self.printed(), **more
        )

    def calls(self) -> tuple[str, ...]:
        """The last calls of the check, as a person would write them."""
        return tuple(exchange.text for exchange in self.trace if "(" in exchange.text or " = " in exchange.text)[-8:]

    def answered_by_the_course(self) -> Exchange | None:
        """The last call of this check, if it was one of the course's parts in the worker, and what it gave is known."""
        last = self.trace[-1] if self.trace else None
        if last is None or not last.function.startswith(_PROVIDED) or "(" not in last.text:
            return None
        is_done_later = isinstance(last.answer, Remote) and last.answer._handle < 0
        return None if is_done_later else last

    def definition(self, function: str) -> Location | None:
        """The line where the submission defines a function, method or class."""
        return definition(self.submission, function, self._file_of.get(function.partition(".")[0], ""))

    def last_location(self) -> Location | None:
        """The definition of the submission's function that was called last, or of the formula that was evaluated."""
        for exchange in reversed(self.trace):
            location = self.definition(exchange.function)
            if location is None and exchange.function in self._file_of:
                location = self.place_of(exchange.function)
            if location is not None:
                return location
        return None

    def _locate(self, end: WorkerTimedOut | WorkerCrashed, function: str) -> None:
        end.evidence = Evidence(
            summary=end.summary,
            location=self.definition(function),
            calls=self.calls(),
            printed=self.printed(),
        )

    def _not_again(self, function: str, earlier: CheckEnd) -> CheckEnd:
        summary = f"{function} ended the same way in two earlier checks, so it was not tried again: {earlier.summary}"
        return type(earlier)(
            summary, evidence=dataclasses.replace(earlier.evidence, summary=summary), hint=earlier.hint
        )


class _Packer(wire.Packer):
    """Packs what goes to a worker."""

    def __init__(self) -> None:
        super().__init__(self._handle_of)
        self.met_remote = False  # an object of the worker, be it the student's, was among it

    def _handle_of(self, value: object) -> wire.HandleValue:
        if not isinstance(value, Remote):
            raise TypeError(f"a {type(value).__name__} can't be sent to a worker")
        self.met_remote = True
        return wire.HandleValue(value._handle)


def _cleaned(value: Any) -> Any:
    """The answer with every text in it made safe."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(entry) for entry in value]
    if isinstance(value, tuple):
        return tuple(_cleaned(entry) for entry in value)
    if isinstance(value, dict):
        return {clean(key, 200) if isinstance(key, str) else key: _cleaned(entry) for key, entry in value.items()}
    return value


def _is_little(tensors: list[memoryview]) -> bool:
    """Whether there are few enough bytes to be copied without a thought."""
    return sum(tensor.nbytes for tensor in tensors) <= _LITTLE_BYTES
