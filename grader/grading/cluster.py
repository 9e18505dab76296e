"""Grade on the nodes of a Dask cluster: each gets as many submissions at a time as it has threads, and what dies is replaced.

Dask connects the machines and carries orders and answers. Who grades what is decided here, so that it is known which
submission was where when a node died. Nothing is graded by a node that was not examined.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import queue
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from grader.course.assignments import Assignment
from grader.errors import ClusterError, CourseError, StorageError, UsageError
from grader.grade_json import grade_from_json
from grader.grading import node
from grader.grading.answers import facts_from, kind_and_text
from grader.grading.node import Facts, Order
from grader.grading.scheduler import connect
from grader.grading.settings import PATIENCE_SECONDS, Settings
from grader.isolation.levels import Isolation, Level
from grader.results import Grade
from grader.submissions.submission import Submission
from grader.text import clean

_TRIES = 2
_MORE_SECONDS = node.START_SECONDS + 60.0  # beyond a node's own limit: a process may have to be started first


def longest_seconds(assignment: Assignment) -> float:
    """No submission takes longer by any right: every name hangs to its deadline until it is called no more, all that once
    more because a worker was lost, all of it twice as slow, and ten minutes for what has deadlines of its own.
    """
    names = sum(1 + len(exercise.defines) for exercise in assignment.exercises)
    return 600.0 + 2 * 2 * 2 * names * assignment.timeout_seconds


@dataclass
class _Task:
    """A submission to be graded, how often that was begun in vain, and by which nodes."""

    submission: Submission
    tries: int = 0
    tried_by: set[str] = field(default_factory=set)


@dataclass(eq=False)
class _Errand:
    """Something that a node was asked: to grade a submission, or without one for its facts."""

    address: str
    task: _Task | None
    future: Any
    begun: float
    following: concurrent.futures.Future[None] | None = None


@dataclass
class _Node:
    """A node, by its address. It grades once it was examined; `is_out` are those that must not, for a reason that was told."""

    address: str
    threads: int
    facts: Facts | None = None
    is_out: bool = False


@dataclass(frozen=True)
class _Answered:
    errand: _Errand
    answer: object


@dataclass(frozen=True)
class _Joined:
    address: str


@dataclass(frozen=True)
class _Left:
    address: str
    is_expected: bool


@dataclass(frozen=True)
class _Disconnected:
    pass


_Event = _Answered | _Joined | _Left | _Disconnected


class Cluster:
    """The nodes behind a Dask scheduler, used like `Jobs`: the coordinator's side of a run."""

    def __init__(
        self,
        scheduler: str,
        assignment: Assignment | None,
        settings: Settings,
        closed: Iterable[Path] = (),
        tell: Callable[[str], None] = lambda text: None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """`scheduler` is an address, or a YAML file of Dask's with `scheduler-address` and what TLS needs.

        `tell` gets what the instructor should know while a run goes on. Without a node that can grade, a run ends after
        `patience_seconds`. Raises `UsageError` if the scheduler can't be reached.
        """
        self.assignment = assignment
        self.limit_seconds = longest_seconds(assignment) if assignment is not None else node.START_SECONDS
        self.patience_seconds = patience_seconds
        order = node.order_for(assignment, settings, list(closed), self.limit_seconds)
        self.order: Order = order
        self._order_text = msgspec.json.encode(order).decode()
        self._tell = tell
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._nodes: dict[str, _Node] = {}
        self._errands: list[_Errand] = []
        self._isolation: Isolation | None = None
        self._device = ""
        self._alone_since: float | None = None
        self.scheduler, self._client = connect(scheduler)
        self._client.subscribe_topic("all", self._hear)
        self._watching = self._begin(self._watch())
        self._look_around()

    # -- what a run asks for ------------------------------------------------------------------------------------------------

    def examined(self) -> dict[str, Facts]:
        """Every node there is with its facts. Raises `UsageError` if none comes within the time of patience."""
        self._examine_all()
        self._look_around()  # who came before the scheduler knew that we listen: now it does, it has answered
        self._examine_all()
        return {known.address: known.facts for known in self._nodes.values() if known.facts is not None}

    def _examine_all(self) -> None:
        self._alone_since = time.monotonic()
        while self._errands or self._has_news() or not self._nodes:
            for event in self._next_events():
                self._take_note(event, deque())
            self._give_up_on_silent(deque())
            if not self._nodes and self._is_out_of_patience():
                raise UsageError(
                    f"{self.scheduler} has no node: nobody joined within {self.patience_seconds:.0f} s. Start some with "
                    f"`dask worker {self.scheduler}`."
                )
        self._alone_since = None

    @property
    def devices(self) -> str:
        """Where student code runs on the nodes, once they were compared."""
        return self._device

    def isolation(self) -> Isolation:
        """How well every node walls student code in at least. Raises `UsageError` if any must not grade, with all reasons."""
        if self._isolation is None:
            self._isolation = self._verify()
        return self._isolation

    def grade_all(self, submissions: Iterable[Submission], deliver: Callable[[Grade], None]) -> None:
        """Grade every submission, in any order; `deliver` gets each grade in this process, once.

        A submission at which two nodes are lost is a `grader_error`. Raises `CourseError` if the rubric can't be run at all,
        `ClusterError` if nobody is left to grade.
        """
        self.isolation()
        tasks = (_Task(submission) for submission in submissions)
        again: deque[_Task] = deque()
        while self._give_work(again, tasks):
            graded: list[Grade] = []
            for event in self._next_events():
                graded += self._take_note(event, again)
            graded += self._give_up_on_silent(again)
            self._give_work(again, tasks)  # first: the nodes go on while this process writes
            for grade in graded:
                deliver(grade)

    def close(self) -> None:
        """Let go of the cluster: what is still being graded there is forgotten."""
        for waiting in (self._watching, *(errand.following for errand in self._errands)):
            if waiting is not None:
                waiting.cancel()
        with contextlib.suppress(Exception):  # a scheduler that is gone need not be told
            self._client.unsubscribe_topic("all")  # or the scheduler complains of having nobody to tell
            self._client.close(timeout=5)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[None]:
        """Whatever Dask's client raises when it has lost the scheduler is one error."""
        try:
            yield
        except Exception as error:
            if isinstance(error, OSError) or self._client.status != "running":
                raise self._lost() from error
            raise

    def _lost(self) -> ClusterError:
        return ClusterError(f"the connection to {self.scheduler} was lost. {StorageError.KEPT}")

    # -- who does what -------------------------------------------------------------------------------------------------------

    def _verify(self) -> Isolation:
        found = self.examined()
        different = {address: reasons for address in found if (reasons := self.reasons_against(found[address]))}
        devices = sorted({facts.device for facts in found.values() if facts.device})
        if different:
            lines = "\n".join(f"  {found[at].host} ({at}): {'; '.join(why)}" for at, why in different.items())
            raise UsageError(
                f"{len(different)} of {len(found)} nodes can't grade as this machine would, so none is asked to:\n{lines}\n"
                f"`grader doctor --scheduler` lists all of them."
            )
        if len(devices) > 1:
            raise UsageError(
                f"some nodes have a GPU and others have none ({', '.join(devices)}): grades would be mixed. "
                "Say --device cpu, or start only nodes of one kind."
            )
        (self._device,) = devices
        levels = [Level(facts.isolation) for facts in found.values()]
        weakest = max(levels, key=lambda level: level.rank)
        closed = [
            word for word in next(iter(found.values())).closed if all(word in facts.closed for facts in found.values())
        ]
        still_open = dict.fromkeys(word for facts in found.values() for word in facts.open)
        why = dict.fromkeys(facts.why_not_better for facts in found.values() if facts.isolation == weakest.value)
        return Isolation(weakest, tuple(closed), tuple(still_open), "; ".join(filter(None, why)))

    def reasons_against(self, facts: Facts) -> list[str]:
        """Why a node with these facts must not grade; one that joins later must match those that began, too."""
        reasons = node.differences(facts, self.order)
        if reasons or self._isolation is None:
            return reasons
        if not Level(facts.isolation).is_at_least(self._isolation.level):
            reasons.append(f"its isolation is {facts.isolation}, this run began with {self._isolation.level}")
        if facts.device != self._device:
            reasons.append(f"its device is {facts.device}, that of this run {self._device}")
        return reasons

    def _has_node(self) -> bool:
        """Whether there is a node that grades, or will once it was examined."""
        return any(not known.is_out for known in self._nodes.values())

    def _free_node(self, task: _Task) -> _Node | None:
        """The node with the most idle threads; rather not one at which the task failed before."""
        free: list[tuple[bool, int, _Node]] = []
        busy = Counter(errand.address for errand in self._errands)
        for known in self._nodes.values():
            idle = known.threads - busy[known.address]
            if known.facts is not None and not known.is_out and idle > 0:
                free.append((known.address not in task.tried_by, idle, known))
        return max(free, key=lambda entry: entry[:2])[2] if free else None

    def _give_work(self, again: deque[_Task], tasks: Iterator[_Task]) -> bool:
        """Hand a submission to every idle thread; whether there is anything left to wait for."""
        while True:
            if not again:
                again.extend(task for task in [next(tasks, None)] if task is not None)
            if not again:
                return any(errand.task is not None for errand in self._errands)
            chosen = self._free_node(again[0])
            if chosen is None:
                return True
            self._ask(chosen.address, again.popleft())

    def _ask(self, address: str, task: _Task | None) -> None:
        """Send a submission to a node, or without one the question for its facts."""
        asked = (node.examine, self._order_text) if task is None else (node.grade, self._order_text, task.submission)
        with self._connected():
            future = self._client.submit(*asked, workers=[address], pure=False)
        errand = _Errand(address, task, future, time.monotonic())
        self._errands.append(errand)
        errand.following = self._begin(self._follow(errand))

    def _begin(self, waiting: Coroutine[Any, Any, None]) -> concurrent.futures.Future[None]:
        """Let something wait in the client's own thread."""
        return asyncio.run_coroutine_threadsafe(waiting, self._client.loop.asyncio_loop)

    async def _watch(self) -> None:
        """Notice at once when the scheduler is gone, whatever else goes on: wait there for what never comes."""
        import distributed

        try:
            await distributed.Event(f"grader-{self._client.id}", client=self._client).wait()
        except OSError:
            self._events.put(_Disconnected())

    async def _follow(self, errand: _Errand) -> None:
        """Wait, beside everything else, for the answer to an errand. Runs in the client's own thread."""
        answer: object
        try:
            answer = await errand.future
        except (Exception, asyncio.CancelledError) as error:
            answer = error
        self._events.put(_Answered(errand, answer))

    def _hear(self, event: tuple[float, Any]) -> None:
        """The scheduler says who comes and goes. Runs in the client's own thread."""
        _, message = event
        action = message.get("action") if isinstance(message, dict) else None
        if action == "add-worker":
            self._events.put(_Joined(str(message["worker"])))
        elif action == "remove-worker":
            self._events.put(_Left(str(message["worker"]), message.get("expected") is True))

    def _present(self) -> dict[str, int]:
        """The addresses of the nodes that the scheduler knows, with their threads."""
        with self._connected():
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return {str(address): max(1, int(worker["nthreads"])) for address, worker in workers.items()}

    def _look_around(self) -> None:
        """Compare who is there with who is known, in case that something was not heard."""
        present = self._present()
        for address in present.keys() - self._nodes.keys():
            self._events.put(_Joined(address))
        for address in self._nodes.keys() - present.keys():
            self._events.put(_Left(address, is_expected=False))

    # -- what happens --------------------------------------------------------------------------------------------------------

    def _has_news(self) -> bool:
        return not self._events.empty()

    def _next_events(self) -> list[_Event]:
        """Wait for something to happen or to be overdue; everything that has happened."""
        now = time.monotonic()
        until = [errand.begun + self._time_for(errand) for errand in self._errands]
        if self._alone_since is not None and not self._has_node():
            until.append(self._alone_since + self.patience_seconds)
        events: list[_Event] = []
        with contextlib.suppress(queue.Empty):
            events.append(self._events.get(timeout=max(0.0, min(until) - now) if until else None))
            while True:
                events.append(self._events.get_nowait())
        return events

    def _time_for(self, errand: _Errand) -> float:
        return _MORE_SECONDS if errand.task is None else self.limit_seconds + _MORE_SECONDS

    def _take_note(self, event: _Event, again: deque[_Task]) -> list[Grade]:
        """Act on what has happened; the grade, if it is one. What is to be graded once more is put into `again`."""
        if isinstance(event, _Joined):
            self._joined(event.address)
        elif isinstance(event, _Left):
            return self._left(event, again)
        elif isinstance(event, _Disconnected):
            raise self._lost()
        elif event.errand in self._errands:  # else it was given up: this answer comes too late to count
            self._errands.remove(event.errand)
            if event.errand.task is None:
                self._learned(event.errand, event.answer)
            else:
                return self._answered(event.errand, event.errand.task, event.answer, again)
        return []

    def _joined(self, address: str) -> None:
        if address not in self._nodes:
            present = self._present()
            if address in present:  # else it has left again
                self._nodes[address] = _Node(address, present[address])
                self._ask(address, None)

    def _left(self, event: _Left, again: deque[_Task]) -> list[Grade]:
        known = self._nodes.pop(event.address, None)
        if known is None:
            return []
        lost = [errand for errand in self._errands if errand.address == event.address]
        if known.facts is not None and not event.is_expected and not known.is_out:
            count = sum(errand.task is not None for errand in lost)
            more = f"; what it was grading ({count}) is graded elsewhere" if count else ""
            self._tell(f"node {_name(known)} is gone{more}")
        return [grade for errand in lost for grade in self._lose(errand, "the node died", again, event.is_expected)]

    def _learned(self, errand: _Errand, answer: object) -> None:
        """A node has told its facts."""
        known = self._nodes[errand.address]
        known.facts = facts_from(answer, errand.address)
        reasons = self.reasons_against(known.facts)
        if reasons:
            known.is_out = True
            if self._isolation is not None:
                self._tell(f"node {_name(known)} joined and is not used: {'; '.join(reasons)}")

    def _answered(self, errand: _Errand, task: _Task, answer: object, again: deque[_Task]) -> list[Grade]:
        known = self._nodes[errand.address]
        kind, text = kind_and_text(answer)
        if kind == node.GRADED:
            grade = self._grade_in(text, task.submission)
            if grade is not None:
                return [grade]
            kind, text = node.REFUSED, "it sent something else than the grade of that submission"
            task.tries += 1  # if all of them do that, it is to end
        if kind == node.STOP:
            raise CourseError(clean(text))
        if kind == node.REFUSED:
            self._put_out(known, clean(text))
            return self._try_again(task, errand.address, clean(text), again)
        if isinstance(answer, asyncio.CancelledError):  # by Dask, of everything, when it loses the scheduler
            raise self._lost()
        task.tries += 1
        return self._try_again(task, errand.address, clean(text), again)

    def _grade_in(self, text: str, submission: Submission) -> Grade | None:
        """The grade, if it is one of this submission and this version of the assignment."""
        assert self.assignment is not None
        try:
            grade = grade_from_json(text)
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
            return None
        got = (grade.student, grade.submission_sha256, grade.assignment, grade.assignment_version)
        wanted = (submission.student, submission.sha256, self.assignment.name, self.assignment.version)
        return grade if got == wanted else None

    def _put_out(self, known: _Node, why: str) -> None:
        """No more work for a node."""
        if not known.is_out:
            known.is_out = True
            self._tell(f"node {_name(known)} is not used any more: {why}")

    def _lose(self, errand: _Errand, why: str, again: deque[_Task], is_expected: bool = False) -> list[Grade]:
        """Give an errand up: whatever comes of it is not taken any more."""
        self._errands.remove(errand)
        if errand.following is not None:
            errand.following.cancel()
        self._begin(
            self._client.cancel([errand.future], asynchronous=True)
        )  # not waited for: the scheduler may be gone
        if errand.task is None:
            return []
        errand.task.tries += not is_expected
        return self._try_again(errand.task, errand.address, why, again)

    def _try_again(self, task: _Task, address: str, why: str, again: deque[_Task]) -> list[Grade]:
        task.tried_by.add(address)
        if task.tries < _TRIES:
            again.append(task)
            return []
        from grader.grading.grade import failed_grade

        assert self.assignment is not None
        level = self.isolation().level
        return [failed_grade(self.assignment, task.submission, level, f"grading it failed on {_TRIES} nodes: {why}")]

    def _is_out_of_patience(self) -> bool:
        """Whether there has been nobody for too long. Before that is said, it is made sure that nobody was overheard."""
        if self._alone_since is None or time.monotonic() - self._alone_since < self.patience_seconds:
            return False
        self._look_around()
        return not self._has_news()

    def _give_up_on_silent(self, again: deque[_Task]) -> list[Grade]:
        """Take work back from nodes that are overdue. Raises `ClusterError` after too long a time without any node."""
        now = time.monotonic()
        graded: list[Grade] = []
        for errand in [errand for errand in self._errands if now - errand.begun >= self._time_for(errand)]:
            known = self._nodes[errand.address]
            if errand.task is None:
                known.facts = facts_from(TimeoutError(f"no answer within {_MORE_SECONDS:.0f} s"), errand.address)
            self._put_out(known, f"it has not answered for {now - errand.begun:.0f} s")
            graded += self._lose(errand, "there was no answer", again)
        if self._isolation is not None:
            self._alone_since = None if self._has_node() else self._alone_since or now
            if self._is_out_of_patience():
                raise ClusterError(
                    f"no node is left at {self.scheduler}, and none joined within {self.patience_seconds:.0f} s. "
                    f"{StorageError.KEPT}"
                )
        return graded


def _name(known: _Node) -> str:
    return f"{known.facts.host} ({known.address})" if known.facts is not None else known.address
