"""Local processes that grade side by side, fed with submissions and replaced when they die."""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course.assignments import Assignment
from grader.errors import (
    CourseError,
    GraderError,
    IsolationError,
    UsageError,
    WallBroken,
    WorkerCrashed,
    WorkerTimedOut,
)
from grader.isolation.devices import CPU, Plan, devices_for, devices_in_words, free_slot, job_mib, plan_jobs
from grader.isolation.isolated import Isolated
from grader.isolation.launchers import Launcher, Replaceable, Zygote
from grader.isolation.levels import Isolation
from grader.results import Grade
from grader.submissions.submission import Submission

if TYPE_CHECKING:
    from grader.grading.settings import Settings

_TRIES = 2


@dataclass
class _Task:
    """A submission to be graded, and how often that was begun."""

    submission: Submission
    tries: int = 0


@dataclass
class _Job:
    """A process that grades one submission at a time."""

    process: multiprocessing.process.BaseProcess
    connection: Connection
    slot: int
    task: _Task | None = None


def course_places(assignment: Assignment) -> list[Path]:
    """What of the course student code must not be able to read."""
    return [assignment.course_root, assignment.manifest_path, *assignment.public_rubric, *assignment.hidden_rubric]


class Jobs:
    """A few processes that grade. They are started once, share one zygote, and are replaced when they die."""

    def __init__(
        self,
        assignment: Assignment,
        count: int,
        settings: Settings,
        closed: Iterable[Path] = (),
        exercises: Collection[str] | None = None,
    ) -> None:
        """`closed` are files and folders that student code must not be able to read, beside the course's own.

        With `exercises`, only these are graded and in the grades.

        Raises `UsageError` if this machine can't wall student code in as well as `settings` ask for.
        """
        self.assignment = assignment
        self._plan = plan_jobs(settings.device, count, devices_for(settings.device), job_mib(assignment))
        self.settings = dataclasses.replace(settings, why_cpu=self._plan.why_cpu)
        self._count = len(self._plan.slots)
        self._exercises = exercises
        self._closed = [*course_places(assignment), *closed]
        self._isolated = self._wall_in()
        # Multiprocessing starts its servers with `python -c`, which looks for modules in the working folder first. That may
        # be the inbox, and a submission in it may be called torch: its code would run here, outside all walls.
        os.environ["PYTHONSAFEPATH"] = "1"
        # A server that has imported torch and run nothing forks each job in milliseconds; elsewhere than on Linux torch
        # can't be forked safely.
        self._context: Any = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
        if sys.platform == "linux":
            from multiprocessing import forkserver

            self._context.set_forkserver_preload(["grader.grading.warm"])
            forkserver.ensure_running()  # it imports while this process reads the first submissions
        self._jobs: list[_Job] = []

    def _wall_in(self) -> Isolated:
        settings, device = self.settings, self._plan.slots[0]
        return Isolated(
            best=settings.best_isolation,
            least=settings.least_isolation,
            closed=self._closed,
            device=device,
            test=self._test_in_a_process,
        )

    def _test_in_a_process(self, launcher: Launcher, closed: Iterable[Path], device: str) -> dict[str, bool]:
        """The self-test where torch is imported already: this process never needs it, and starts a second sooner.

        Raises what the self-test does.
        """
        if isinstance(launcher, Zygote):
            launcher.wait_until_ready()  # here, where it is known why it is not
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_test, args=(launcher, list(closed), device, theirs), daemon=True)
        process.start()
        theirs.close()
        try:
            answer: dict[str, bool] | GraderError = ours.recv()
        except (EOFError, OSError):
            raise IsolationError("the process that was to try the walls ended.") from None
        finally:
            ours.close()
            process.join(5)
        if isinstance(answer, GraderError):
            raise answer
        return answer

    @property
    def devices(self) -> str:
        """Where the jobs compute, for the record of the run."""
        return devices_in_words(self._plan)

    def isolation(self) -> Isolation:
        """How well student code is walled in, found out by trying. Raises `IsolationError` if the walls do not hold.

        Where a GPU was not asked for and does not work behind the walls, the CPU takes its place, and grades say so.
        """
        try:
            return self._isolated.verify()
        except UsageError:
            if self.settings.device != "auto" or self._plan.slots[0] == CPU:
                raise
        self._isolated.close()
        self._plan = Plan((CPU,) * self._count, why_cpu="does not work behind the walls of this machine")
        self.settings = dataclasses.replace(self.settings, why_cpu=self._plan.why_cpu)
        self._isolated = self._wall_in()
        return self._isolated.verify()

    def grade_all(self, submissions: Iterable[Submission], deliver: Callable[[Grade], None]) -> None:
        """Grade every submission, in any order; `deliver` gets each grade in this process.

        A submission at which a job dies is tried once more in a fresh one, then it is a `grader_error`. Raises
        `CourseError` if the rubric can't be run at all.
        """
        self.isolation()
        tasks = (_Task(submission) for submission in submissions)
        again: deque[_Task] = deque()
        self._give_work(again, tasks)
        while True:
            busy = [job for job in self._jobs if job.task is not None]
            if not busy:
                return
            ready = multiprocessing.connection.wait([job.connection for job in busy])
            graded = []
            for job in [job for job in busy if job.connection in ready]:
                task, job.task = job.task, None
                assert task is not None
                answer = self._answer(job)
                if isinstance(answer, str):
                    raise CourseError(answer)
                if answer is not None:
                    graded.append(answer)
                elif task.tries < _TRIES:
                    again.append(task)
                else:
                    graded.append(self._failed(task.submission, job))
            self._give_work(again, tasks)  # first: the jobs go on while this process writes
            for grade in graded:
                deliver(grade)

    def _give_work(self, again: deque[_Task], tasks: Iterator[_Task]) -> None:
        """Hand a submission to every idle job, starting jobs while there are too few."""
        while True:
            idle = next((job for job in self._jobs if job.task is None), None)
            if idle is None and len(self._jobs) >= self._count:
                return
            task = again.popleft() if again else next(tasks, None)
            if task is None:
                return
            task.tries += 1
            job = idle or self._start()
            job.task = task
            with contextlib.suppress(OSError):  # it may have died; waiting for its answer will tell
                job.connection.send(task.submission)

    def _answer(self, job: _Job) -> Grade | str | None:
        """The grade, the text of an error that no submission is to blame for, or None if the job has died."""
        try:
            answer: Grade | str = job.connection.recv()
        except (EOFError, OSError):
            self._jobs.remove(job)
            job.process.join(5)
            return None
        return answer

    def _failed(self, submission: Submission, job: _Job) -> Grade:
        from grader.grading.grade import failed_grade

        code = job.process.exitcode
        level = self._isolated.level
        return failed_grade(
            self.assignment, submission, level, f"the grading process ended twice with exit status {code}"
        )

    def _start(self) -> _Job:
        slot = free_slot(self._count, {job.slot for job in self._jobs})
        settings = dataclasses.replace(self.settings, device=self._plan.slots[slot])
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_work,
            args=(self.assignment, settings, self._isolated.launcher, theirs, self._exercises),
            daemon=True,
        )
        process.start()
        theirs.close()
        self._jobs.append(_Job(process, ours, slot))
        return self._jobs[-1]

    def close(self) -> None:
        """End every process."""
        for job in self._jobs:
            job.connection.close()
            job.process.kill()
            job.process.join(5)
        self._isolated.close()


def _test(launcher: Launcher, closed: list[Path], device: str, connection: Connection) -> None:
    """The life of a process that tries the walls: what it found, or what it raised."""
    from grader.isolation.self_test import self_test

    try:
        connection.send(self_test(launcher, closed, device))
    except GraderError as error:
        kinds = (WallBroken, IsolationError, WorkerTimedOut, WorkerCrashed)
        kind = next((kind for kind in kinds if isinstance(error, kind)), GraderError)
        connection.send(kind(str(error)))  # without what it holds beside


def _work(
    assignment: Assignment,
    settings: Settings,
    launcher: Launcher,
    connection: Connection,
    exercises: Collection[str] | None,
) -> None:
    """The life of a job: submissions in, grades out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator decides what Ctrl-C means
    import torch

    from grader.grading.grade import grade_each

    torch.set_num_threads(1)

    def submissions() -> Iterator[Submission]:
        while True:
            try:
                yield connection.recv()
            except (EOFError, OSError):  # the coordinator is gone, orderly or killed
                return

    own = Replaceable(launcher)
    try:
        grade_each(assignment, submissions(), connection.send, settings=settings, launcher=own, exercises=exercises)
    except ConnectionError:
        os._exit(0)  # the coordinator is gone
    except GraderError as error:
        connection.send(str(error))
    finally:
        own.close()
