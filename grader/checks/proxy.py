"""Trusted stand-ins for what lives in a worker: attribute access and calls go there, plain values come back.

    submission.Linear(5, 3).backward(dz)   ->   find Linear, call it, get .backward, call that   ->   (dx, dW, db)

A `Session` is one submission in one worker at a time. It keeps the check's deadline, starts a fresh worker after one was
killed, and records the trace of everything asked and answered.
"""

from __future__ import annotations

import dataclasses
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

from grader.checks.policy import Use
from grader.course.assignments import Assignment
from grader.course.provided import Parts, parts_of
from grader.errors import (
    CheckEnd,
    CheckFailed,
    DeviceError,
    IsolationError,
    NotAttempted,
    WorkerCrashed,
    WorkerTimedOut,
)
from grader.isolation.devices import CPU, kind_of, over_the_limit, visible_device
from grader.isolation.launchers import Launcher
from grader.isolation.workers import Connection, InProcess, Worker
from grader.results import Evidence, Flag, Location
from grader.showing import InWorker, shown_argument, shown_value
from grader.submissions.lookup import binding, definition, file_defining, student_error
from grader.submissions.submission import LiveSubmission, Submission
from grader.text import clean
from grader.untrusted import wire
from grader.untrusted.sandbox import Limits

__tracebackhide__ = True  # a debugger or traceback shows the check and the student's code, not the way between

_CPU_SECONDS_A_SUBMISSION = 600
_LOAD_SECONDS = 60
_MAX_CLAIMS = 20
_TORCH_NAME = re.compile(r"torch\.[A-Za-z_.]{1,60}")
_THREADS = 32
_THREADS_CUDA = 256
_LITTLE_BYTES = 2**14
_PROVIDED = "provided "  # before the names of the course's parts, where both are meant
_CUDA_LIBRARIES_MIB = 4096  # of the machine's memory: what its libraries and context take beside student code
_FUNCTIONS = frozenset({"function", "builtin_function_or_method", "method", "type"})
_NOTHING = {"NoneType": "None", "ellipsis": "..."}


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


class Remote(InWorker):
    """An object in the worker. Only its attributes, calls and entries can be asked for; it has no value here."""

    __slots__ = ("_handle", "_label", "_qualified_name", "_session")

    def __init__(self, session: Session, handle: int, label: str, qualified_name: str) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_label", label)
        object.__setattr__(self, "_qualified_name", qualified_name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # Python's own protocols are asked of this object, not of the student's
            raise AttributeError(name)
        if self._session.has_method(self._qualified_name, name):
            return _Method(self, name)  # only ever called: saves asking for it first
        label, qualified = f"{self._label}.{name}", f"{self._qualified_name}.{name}"
        return self._session.ask(wire.Get(self._handle, name), label, qualified)

    def __setattr__(self, name: str, value: object) -> None:
        self._session.tell(self, name, value)

    def __call__(self, *arguments: object, **keywords: object) -> Any:
        """Call it in the worker."""
        return self._session.call(self, "", arguments, keywords)

    def __getitem__(self, key: str | int) -> Any:
        if not isinstance(key, str | int):
            raise CheckFailed(f"Where a list is needed, your code has {self._as_value()}.")
        return self._session.ask(wire.Item(self._handle, key), f"{self._label}[{key!r}]", self._qualified_name)

    def __repr__(self) -> str:
        return f"<{self._label}, in the worker>"

    def _as_argument(self) -> str:
        return str(self._label)

    def _as_value(self) -> str:
        return f"an object of the class {self._qualified_name}"


class _Method(InWorker):
    """A method that the submission's source defines, on an object in the worker."""

    __slots__ = ("_name", "_owner")

    def __init__(self, owner: Remote, name: str) -> None:
        self._owner = owner
        self._name = name

    def __call__(self, *arguments: object, **keywords: object) -> Any:
        """Call it in the worker."""
        return self._owner._session.call(self._owner, self._name, arguments, keywords)

    def _as_argument(self) -> str:
        return f"{self._owner._label}.{self._name}"

    def _as_value(self) -> str:
        return "a method"


class Names:
    """The public names of the submission, or of the course's provided parts, as attributes."""

    __slots__ = ("_provided", "_session")

    def __init__(self, session: Session, *, provided: bool = False) -> None:
        self._session = session
        self._provided = provided

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._session.find(name, provided=self._provided)


class Answers:
    """The names of the submission that may be bound to a function or to something that stands for one, a formula say.

    `answers.slope(x)` calls a function. Anything else stays in the worker too: there `evaluate("slope", value, x)` of the
    course's parts makes a value of it, or a text that says what is wrong with it.
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value, type_name = self._session.hold(name)
        if type_name in _NOTHING:
            summary = f"{name} is still to be written: it is {_NOTHING[type_name]}."
            raise NotAttempted(summary, evidence=Evidence(location=self._session.place_of(name)))
        return value if type_name in _FUNCTIONS else partial(self._evaluate, name, value)

    def _evaluate(self, name: str, value: Remote, *arguments: object) -> Any:
        answer = self._session.find("evaluate", provided=True)(name, value, *arguments)
        if isinstance(answer, str):
            raise CheckFailed(answer, evidence=Evidence(location=self._session.place_of(name)))
        return answer


class _Parked(NamedTuple):
    """A worker that is not in use now, with what is known of it."""

    worker: Connection
    found: dict[tuple[str, bool], Remote]
    provided: set[str]


class Session:
    """A submission under test. Not for two threads at once."""

    def __init__(
        self, submission: Submission, assignment: Assignment, launcher: Launcher | None, device: str = "cpu"
    ) -> None:
        """With `launcher` None the student's code is loaded into this process, for debugging one's own code only."""
        self.submission = submission
        self.assignment = assignment
        self.device = device
        self.trace: list[Exchange] = []
        self.answers: list[
            object
        ] = []  # every value that came back in this check, and how it ended: for telling mistakes
        self.died_in = ""  # the function in which this check's worker hung or died
        self.flags: list[Flag] = []
        self.uses: dict[Use, None] = {}  # of autograd, seen at run time
        self.hopeless: dict[str, CheckEnd] = {}  # functions that are not tried again, and how they ended
        self._launcher = launcher
        self._worker: Connection | None = None
        self._found: dict[tuple[str, bool], Remote] = {}  # classes and functions of the present worker
        self._stand_ins: tuple[str, ...] = ()
        self._loaded_stand_ins: tuple[str, ...] = ()
        self._parked: dict[tuple[str, ...], _Parked] = {}  # a worker with other stand-ins: a check may want it next
        self._definitions_only = False
        self._is_hidden = False
        self._apart: str | None = None
        self._forbids_autograd = False
        self._notes_broke = False
        self._device_error: DeviceError | None = None
        self._seed = 0
        self._timeout_seconds = assignment.timeout_seconds
        self._deadline: float | None = None
        self._has_asked = False  # something of the worker in this check
        self._printed = ""
        self._parts = parts_of(assignment.parts_source, str(assignment.parts_path))
        self._provided: set[str] = set()  # definitions of the parts that the present worker has
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
        if (apart, forbids_autograd) != (self._apart, self._forbids_autograd):
            self.close()
            self._apart, self._forbids_autograd = apart, forbids_autograd
        self._seed, self._timeout_seconds, self._stand_ins = seed, timeout_seconds, stand_ins
        self._deadline = None
        self._has_asked = False
        self._printed = ""
        self.trace = []
        self.answers = []
        self.died_in = ""

    def begin_hidden(self) -> None:
        """Hidden checks begin. What went wrong while files were loaded is asked before: later, student code could put
        there what it has seen, and the student's report would show it.
        """
        if not self._is_hidden:
            for worker in self._workers():
                self._take_notes(worker)
        self._is_hidden = True

    def printed(self) -> str:
        """What student code printed since the check began."""
        if self._worker is not None and self._worker.is_alive and self._has_asked:
            self._printed = self._worker.printed()
        return clean(self._printed, 4_000)

    def _workers(self) -> list[Connection]:
        """The worker in use and the parked ones."""
        return [
            *([self._worker] if self._worker is not None else []),
            *(entry.worker for entry in self._parked.values()),
        ]

    def close(self) -> None:
        """End the workers; note what went wrong while files were loaded."""
        for worker in self._workers():
            if not self._is_hidden:
                self._take_notes(worker)
            worker.close()
        self._worker = None
        self._parked = {}

    # -- what proxies ask ----------------------------------------------------------------------------------------------

    def find(self, name: str, *, provided: bool = False) -> Remote:
        """The class or function `name`. Raises `Blocked` if the submission lacks it, `CheckFailed` if it is neither."""
        file = "" if provided else self._file_defining(name)
        self._ready()
        if (name, provided) not in self._found:
            if provided:
                self._provide(name)
            self._found[name, provided] = self._find(name, file, provided)
        return self._found[name, provided]

    def has_method(self, class_name: str, method: str) -> bool:
        """Whether the source of a class, of the submission or `provided`, has that method as a plain function."""
        if class_name.startswith(_PROVIDED):
            return self._parts.has_method(class_name.removeprefix(_PROVIDED), method)
        return self.submission.has_method(class_name, method)

    def _file_defining(self, name: str) -> str:
        if name not in self._defined_in:
            declared = self._file_of.get(name, "")
            self._defined_in[name] = file_defining(self.submission, name, declared, self._file_of)
        return self._defined_in[name]

    def _provide(self, name: str) -> None:
        parts = self._parts_for([name])
        if parts:
            self._ready().later(wire.Provide(parts), [])

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
            if self._definitions_only or self._launcher is None or qualified != name:
                raise
            self._load_definitions_only(file)
            return self.ask(request, name, qualified)

    def _find(self, name: str, file: str, provided: bool) -> Remote:
        qualified = f"{_PROVIDED}{name}" if provided else name
        if provided and (self._parts.has_class(name) or self._parts.has_function(name)):
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
        packer = self._packer()
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
        is_provided = not method and self._found.get((label, True)) is target
        if is_provided and self._parts.has_class(label) and not packer.met_remote and _is_little(packer.tensors):
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
        packer = self._packer()
        request = wire.Set(target._handle, name, packer.pack(value))
        self.ask(request, f"{target._label}.{name} = {shown_argument(value)}", target._qualified_name, packer.tensors)

    def put(self, value: object, label: str) -> Remote:
        """Keep `value` in the worker, so that student code can change it in place; `label` is its name in messages."""
        packer = self._packer()
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
        self._ready().later(request, tensors, -self._numbers_given)
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
        worker = self._ready()
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
            if self.device != CPU and isinstance(worker, Worker):
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
        if worker.answer_is_tracked and self._forbids_autograd and not function.startswith(_PROVIDED):
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
            flag = Flag("autograd_result", place.place, f"{function} returns what autograd computed")
            if flag not in self.flags:
                self.flags.append(flag)

    # -- the worker ----------------------------------------------------------------------------------------------------

    def _ready(self) -> Connection:
        """The worker, loaded and told of the check; a fresh one if there is none or it has other stand-ins."""
        if self._deadline is not None and self._worker is not None and self._worker.is_alive:
            return self._worker
        if self._worker is not None and not self._worker.is_alive:
            self._worker.close()
            self._worker = None
        if self._stand_ins != self._loaded_stand_ins:
            self._exchange_worker()
        if self._worker is None:
            self._worker = self._start()
            try:
                self._load(self._worker)
            except BaseException:
                self._worker.close()
                self._worker = None
                raise
        self._deadline = time.monotonic() + self._timeout_seconds
        self._worker.later(wire.Begin(self._seed), [])
        return self._worker

    def _exchange_worker(self) -> None:
        """Park the worker and take the one with the stand-ins that are wanted, if there is one."""
        if self._worker is not None:
            if self._launcher is None:  # in process, two would be in each other's way
                self.close()
            else:
                self._parked[self._loaded_stand_ins] = _Parked(self._worker, self._found, self._provided)
        self._worker = None
        parked = self._parked.pop(self._stand_ins, None)
        if parked is not None and parked.worker.is_alive:
            self._worker, self._found, self._provided = parked.worker, parked.found, parked.provided
            self._loaded_stand_ins = self._stand_ins
        elif parked is not None:
            parked.worker.close()

    def _start(self) -> Connection:
        if isinstance(self.submission, LiveSubmission):
            from grader.untrusted.live import Live

            return InProcess(Live(self.submission.names, self.submission.file, self.submission.code_lines))
        if self._launcher is None:
            return InProcess()
        return self._launcher.spawn(_limits_of(self.assignment, cuda=self.device != CPU))

    def _load(self, worker: Connection) -> None:
        self._loaded_stand_ins = self._stand_ins
        self._found = {}
        self._provided = set()
        if self._device_error is not None:  # it is asked once a submission, not once a check
            raise self._device_error
        visible = "" if self._launcher is None else visible_device(self.device, os.environ)
        request = wire.Load(
            list(self.submission.files.items()),
            self._parts_for(self._stand_ins),
            kind_of(self.device) if visible else self.device,  # the only one that it sees
            not self._forbids_autograd,
            list(self._stand_ins),
            self._definitions_only,
            self._forbids_autograd,
            visible,
            0 if self.device == CPU else self.assignment.memory_limit_mib,
        )
        answer = self._answer_to_load(worker, request)
        if isinstance(answer, wire.Raised):  # nothing of the student's has run yet
            raise RuntimeError(f"{self.assignment.parts_path}: {answer.type_name}: {answer.text}")

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

    def move_to(self, device: str) -> None:
        """Go on with the submission on another device, in fresh workers."""
        self.close()
        self.device, self._device_error, self._deadline = device, None, None

    def _parts_for(self, names: Iterable[str]) -> str:
        """What of the course's parts these names need and the worker does not have yet; empty if it has all."""
        missing = self._parts.needed_for(names) - self._provided
        self._provided |= missing
        return _text_of(self._parts, frozenset(missing)) if missing else ""

    def _load_definitions_only(self, file: str) -> None:
        self._definitions_only = True
        self._deadline = None
        self.flags.append(
            Flag(
                "top_level_code", file, "code outside functions did not come to an end; only the definitions were used"
            )
        )

    def _take_notes(self, worker: Connection) -> None:
        """Ask what went wrong while files were loaded, and where autograd was used: claims of the worker's, for the record."""
        if not worker.is_alive or self._notes_broke:
            return
        try:
            notes = worker.ask(wire.Notes(), [], time.monotonic() + 5, _no_handle)
        except (WorkerTimedOut, WorkerCrashed, IsolationError):  # making the text of an exception runs student code
            self._notes_broke = True  # waited for once a submission, not once a worker
            return
        for file, line, text in self._claims(notes, "errors"):
            flag = Flag(
                "module_error", self.submission.place(file, line), f"{clean(text, 300)} (the rest of the file was used)"
            )
            if flag not in self.flags:
                self.flags.append(flag)
        for file, line, text in self._claims(notes, "uses"):
            if _TORCH_NAME.fullmatch(text):
                self.uses[Use(file, line, f"calls {text} when it runs")] = None
        self.uses.update(dict.fromkeys(self._claims_through(notes)))

    def _claims(self, notes: object, kind: str) -> Iterator[tuple[str, int, str]]:
        """(file, line, text) for each claim of that kind that has the right form and is about a file of the submission."""
        for claim in _listed(notes, kind):
            match claim:
                case [str(file), int(line), str(text)] if file in self.submission.files:
                    yield file, line, text

    def _claims_through(self, notes: object) -> Iterator[Use]:
        """The uses of autograd through other code, for each claim that has the right form and is about the submission."""
        for claim in _listed(notes, "through"):
            match claim:
                case [str(file), int(line), str(text), str(near), int(at)] if {
                    file,
                    near,
                } <= self.submission.files.keys():
                    if _TORCH_NAME.fullmatch(text):
                        yield Use(file, line, f"calls {text} when it runs, through other code", near, at)

    def _packer(self) -> _Packer:
        self._ready()
        return _Packer()

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


@cache
def _text_of(parts: Parts, names: frozenset[str]) -> str:
    """The text of the parts with these definitions alone, cut once for all workers."""
    return parts.only(names)


def _listed(notes: object, kind: str) -> list[object]:
    """The first claims of that kind that a worker makes; none if they are no list."""
    claims = notes.get(kind) if isinstance(notes, dict) else None
    return claims[:_MAX_CLAIMS] if isinstance(claims, list) else []


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


def _limits_of(assignment: Assignment, *, cuda: bool) -> Limits:
    """What one worker may use; with CUDA, the driver's own threads and libraries count too."""
    threads = _THREADS_CUDA if cuda else _THREADS
    memory_mib = assignment.memory_limit_mib + (_CUDA_LIBRARIES_MIB if cuda else 0)
    return Limits(memory_mib, _CPU_SECONDS_A_SUBMISSION, threads, cuda, assignment.preload)


def _no_handle(handle: wire.HandleValue) -> object:
    return handle
