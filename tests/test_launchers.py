"""What starts workers, when it is gone itself."""

from __future__ import annotations

import os
import signal

import pytest

from grader.course.assignments import Assignment
from grader.errors import IsolationError
from grader.grading.grade import grade_each
from grader.isolation.launchers import Replaceable, Zygote
from grader.isolation.levels import Level
from grader.isolation.workers import Worker
from grader.results import Status
from grader.submissions.submission import make_submission
from grader.untrusted.sandbox import Limits

LIMITS = Limits(memory_mib=2048, cpu_seconds=60, threads=64)


def killed_zygote() -> Zygote:
    """A zygote whose process was ended from outside after it was ready."""
    zygote = Zygote()
    zygote.wait_until_ready()
    assert zygote._process is not None
    os.kill(zygote._process.pid, signal.SIGKILL)
    zygote._process.wait()
    return zygote


def test_dead_zygote_is_named() -> None:
    """A zygote that is gone says so in one line, and what was prepared for the worker is given back."""
    zygote = killed_zygote()
    with pytest.raises(IsolationError, match=r"^the process that forks workers is gone\.$"):
        zygote.spawn(LIMITS)
    zygote.close()


def test_dead_zygote_is_replaced() -> None:
    """Whoever shares a zygote that is gone gets one of its own, and goes on with that."""
    shared = killed_zygote()
    launcher = Replaceable(shared)
    workers = [launcher.spawn(LIMITS), launcher.spawn(LIMITS)]
    assert [worker.is_alive for worker in workers] == [True, True]
    for worker in workers:
        worker.close()
    launcher.close()
    shared.close()


class DiesOnce:
    """A launcher whose first worker is lost together with the process that forked it."""

    def __init__(self) -> None:
        self.first: Zygote | None = Zygote()
        self.second = Zygote()

    level = Level.PROCESS

    def spawn(self, limits: Limits) -> Worker:
        if self.first is None:
            return self.second.spawn(limits)
        worker = self.first.spawn(limits)
        self.close()
        return worker

    def close(self) -> None:
        if self.first is not None:
            self.first.close()
            self.first = None


def test_lost_worker_costs_nothing(classifier: Assignment, reference_files: dict[str, str]) -> None:
    """A submission whose worker was lost by no fault of its own is run again from the start, and gets what it deserves."""
    launcher, grades = DiesOnce(), []
    grade_each(classifier, [make_submission("ada", reference_files)], grades.append, launcher=launcher)
    assert [(grade.status, grade.score, grade.flags) for grade in grades] == [(Status.GRADED, grades[0].points, ())]
    launcher.second.close()


def test_living_zygote_is_shared() -> None:
    """While the shared zygote lives it is used, and closing the replaceable one leaves it alone."""
    shared = Zygote()
    launcher = Replaceable(shared)
    launcher.spawn(LIMITS).close()
    launcher.close()
    shared.spawn(LIMITS).close()
    shared.close()
