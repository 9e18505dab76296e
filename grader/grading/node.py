"""What a node does: a process of `dask worker` that grades submissions for a coordinator elsewhere.

Nothing is graded in the node's own process. For each submission that it grades at a time it keeps another one, with a zygote
of its own and the walls of a run on one machine, for as long as it is asked to grade with the same `Order`. What travels
between coordinator and node are texts - an order and a grade as JSON - and the submission.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from grader import PACKAGE, __version__
from grader.course.assignments import Assignment, find_assignment, find_course
from grader.errors import CourseError, GraderError, UsageError
from grader.grade_json import grade_to_line
from grader.grading.jobs import course_places
from grader.grading.settings import Settings
from grader.isolation.devices import resolve_device
from grader.isolation.isolated import Isolated
from grader.isolation.launchers import Launcher, Replaceable
from grader.isolation.levels import Isolation, Level
from grader.results import Grade
from grader.submissions.submission import Submission

COURSE_VARIABLE = "GRADER_COURSE"  # where the course is on a node, if not where the coordinator has it
START_SECONDS = 300.0  # torch from a slow shared disk can take minutes

# The kinds of answers to `grade`, each with a text.
GRADED = "graded"  # the grade as JSON
REFUSED = "refused"  # why this node must not grade for that order
LOST = "lost"  # how the process that graded it ended without a grade
STOP = "stop"  # an error that no submission is to blame for


class Order(msgspec.Struct, frozen=True):
    """What is to be graded and with what: a node that has anything else must not grade. No assignment: only be examined."""

    grader: str
    torch: str
    python: str
    assignment: str = ""
    version: str = ""
    course: str = ""
    device: str = "auto"
    dataset_root: str = ""
    least_isolation: str = Level.PROCESS.value
    best_isolation: str = Level.FULL.value
    closed: tuple[str, ...] = ()
    limit_seconds: float = 3600.0

    @property
    def settings(self) -> Settings:
        """How to grade."""
        dataset_root = Path(self.dataset_root) if self.dataset_root else None
        return Settings(self.device, dataset_root, Level(self.least_isolation), Level(self.best_isolation))


class Facts(msgspec.Struct, frozen=True):
    """What a node has. `problem` is why it can't grade, whatever its versions are; empty where it can."""

    host: str
    grader: str
    torch: str
    python: str
    version: str = ""
    isolation: str = ""
    closed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    why_not_better: str = ""
    device: str = ""
    problem: str = ""


@cache
def own_versions() -> tuple[str, str, str]:
    """Those of the grader, of torch and of Python that decide whether two machines grade alike.

    The grader's is its number with a digest of its code, torch's is without the name of a build such as `+cpu`.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    code = f"{__version__} ({digest.hexdigest()[:8]})"
    return code, version("torch").partition("+")[0], ".".join(platform.python_version_tuple()[:2])


def order_for(assignment: Assignment | None, settings: Settings, closed: list[Path], limit_seconds: float) -> Order:
    """The order of this machine: nodes are to have its versions of everything."""
    code, torch, python = own_versions()
    return Order(
        code,
        torch,
        python,
        assignment=assignment.name if assignment is not None else "",
        version=assignment.version if assignment is not None else "",
        course=str(assignment.course_root) if assignment is not None else "",
        device=settings.device,
        dataset_root=str(settings.dataset_root.resolve()) if settings.dataset_root is not None else "",
        least_isolation=settings.least_isolation.value,
        best_isolation=settings.best_isolation.value,
        closed=tuple(str(path.resolve()) for path in closed),
        limit_seconds=limit_seconds,
    )


def differences(facts: Facts, order: Order) -> list[str]:
    """Why the node must not grade for the order, each in a few words; empty if it may."""
    compared = [
        ("the course's version is", facts.version, order.version if facts.version or not facts.problem else ""),
        ("the grader is", facts.grader, order.grader),
        ("torch is", facts.torch, order.torch),
        ("Python is", facts.python, order.python),
    ]
    different = [
        f"{what} {got or 'unknown'}, expected {expected}" for what, got, expected in compared if got != expected
    ]
    return [*([facts.problem] if facts.problem else []), *different]


def examine(order_text: str) -> str:
    """The facts of this node, as JSON. Runs in a node; the walls are really tried."""
    process = _take(order_text)
    if isinstance(process, str):
        return msgspec.json.encode(_own_facts(problem=process)).decode()
    _give_back(process)
    return msgspec.json.encode(process.facts).decode()


def grade(order_text: str, submission: Submission) -> tuple[str, str]:
    """One of the kinds of answers above, and its text. Runs in a node."""
    process = _take(order_text)
    if isinstance(process, str):
        return LOST, process
    order = process.order
    different = differences(process.facts, order)
    if different:
        _give_back(process)
        return REFUSED, "; ".join(different)
    answer = process.grade(submission)
    _give_back(process)
    return answer


# -- in the node: processes that grade ------------------------------------------------------------------------------------


class _Process:
    """A process that grades one submission at a time, as seen from the node."""

    def __init__(self, order_text: str) -> None:
        """Start it and wait for its facts. Raises `EOFError` or `OSError` if it ends or takes too long."""
        self.order_text = order_text
        self.order = msgspec.json.decode(order_text, type=Order)
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
                [sys.executable, "-P", "-c", f"from grader.grading.node import main; main({theirs.fileno()})"],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # it ends with the node, by the end of the connection
            )
        self._connection = Connection(ours.detach())
        try:
            self._connection.send(order_text)
            if not self._connection.poll(START_SECONDS):
                raise EOFError
            self.facts = msgspec.json.decode(self._connection.recv(), type=Facts)
        except BaseException:
            self.close()
            raise

    @property
    def is_usable(self) -> bool:
        """Whether it is alive and has nothing to say unasked."""
        return self._process.poll() is None and not self._connection.poll()

    def grade(self, submission: Submission) -> tuple[str, str]:
        """The answer to one submission; after `LOST` it has been ended."""
        try:
            self._connection.send(submission)
            if self._connection.poll(self.order.limit_seconds):
                kind, text = self._connection.recv()
                return str(kind), str(text)
            what = f"there was no grade within {self.order.limit_seconds:.0f} s"
        except (EOFError, OSError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            what = f"the grading process ended with exit status {self._process.returncode}"
        self.close()
        return LOST, what

    def close(self) -> None:
        """End it and everything it started."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


_lock = threading.Lock()
_idle: list[_Process] = []


def _take(order_text: str) -> _Process | str:
    """A process for the order that nobody else has, started if there is none, or why it does not start.

    Those that wait for another order are ended: a course that has changed is graded by processes that never saw the old one.
    """
    with _lock:
        mine = [process for process in _idle if process.order_text == order_text and process.is_usable]
        kept = mine[1:]
        ended = [process for process in _idle if process not in mine]
        _idle[:] = kept
    for process in ended:
        process.close()
    if mine:
        return mine[0]
    try:
        return _Process(order_text)
    except (EOFError, OSError) as error:
        return f"the process that grades does not start: {error or 'it ended, see the log of this node'}"


def _give_back(process: _Process) -> None:
    if process.is_usable and not differences(process.facts, process.order):
        with _lock:
            _idle.append(process)
    else:
        process.close()


# -- in the process that grades --------------------------------------------------------------------------------------------


def main(descriptor: int) -> None:
    """Its life: an order in, facts out, then submissions in and grades out, until the node is gone."""
    connection = Connection(descriptor)
    with contextlib.ExitStack() as undo, contextlib.suppress(EOFError, OSError):  # the node is gone
        order = msgspec.json.decode(connection.recv(), type=Order)
        facts, assignment, isolated = _prepare(order)
        if isolated is not None:
            undo.callback(isolated.close)
        connection.send(msgspec.json.encode(facts).decode())
        if assignment is not None and isolated is not None and not differences(facts, order):
            _grade_all(connection, assignment, order.settings, isolated.launcher)


def _prepare(order: Order) -> tuple[Facts, Assignment | None, Isolated | None]:
    """Find the course, try the walls, and say what there is."""
    assignment = isolated = isolation = None
    settings, closed = order.settings, list(map(Path, order.closed))
    device = problem = ""
    try:
        if order.assignment:
            assignment = find_assignment(_course_root(order), order.assignment)
            closed += course_places(assignment)
        best, least = settings.best_isolation, settings.least_isolation
        isolated = Isolated(best=best, least=least, closed=closed, device=settings.device)
        device = resolve_device(settings.device)
        isolation = isolated.verify()
    except GraderError as error:
        problem = str(error)
    version = assignment.version if assignment is not None else ""
    return _own_facts(version, isolation, device, problem), assignment, isolated


def _grade_all(connection: Connection, assignment: Assignment, settings: Settings, shared: Launcher) -> None:
    """Collect the rubric once, then answer every submission."""
    import torch

    from grader.grading.grade import grade_each

    torch.set_num_threads(1)

    def submissions() -> Iterator[Submission]:
        while True:
            try:
                yield connection.recv()
            except (EOFError, OSError):  # the node is gone
                return

    def deliver(grade: Grade) -> None:
        connection.send((GRADED, grade_to_line(grade)))

    launcher = Replaceable(shared)
    try:
        grade_each(assignment, submissions(), deliver, settings=settings, launcher=launcher)
    except CourseError as error:
        connection.send((STOP, f"{socket.gethostname()}: {error}"))
    except GraderError as error:  # such as walls that can't be put up any more: a matter of this machine
        connection.send((REFUSED, str(error)))
    finally:
        launcher.close()


def _course_root(order: Order) -> Path:
    """Where this node has the course: what its environment says, else where the coordinator has it."""
    named = os.environ.get(COURSE_VARIABLE, "")
    root = Path(named or order.course)
    if not (root / "assignments").is_dir():
        where = f"{COURSE_VARIABLE} is {named}, and it" if named else f"{root} is not there, or it"
        raise UsageError(
            f"no course: {where} holds no assignments/. Set {COURSE_VARIABLE} to the course's folder on this machine."
        )
    return find_course(root)


def _own_facts(version: str = "", isolation: Isolation | None = None, device: str = "", problem: str = "") -> Facts:
    code, torch, python = own_versions()
    walls = isolation if isolation is not None else Isolation(Level.PROCESS)
    return Facts(
        socket.gethostname(),
        code,
        torch,
        python,
        version,
        isolation=walls.level.value if isolation is not None else "",
        closed=walls.closed,
        open=walls.open,
        why_not_better=walls.why_not_better,
        device=device,
        problem=problem,
    )
