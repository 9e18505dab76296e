"""Grade one submission, with all the care that a class gets: in a process of its own, tried once more if that dies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from grader.course.assignments import Assignment
from grader.grading.jobs import Jobs
from grader.grading.settings import Settings
from grader.isolation.levels import Isolation
from grader.results import Grade
from grader.submissions.submission import Submission


def grade_submission(
    assignment: Assignment,
    submission: Submission,
    settings: Settings = Settings(),
    *,
    closed: Iterable[Path] = (),
    began: Callable[[Isolation], None] = lambda isolation: None,
) -> Grade:
    """The grade of the submission: what its checks alone gave, nothing taken off yet for being late.

    `closed` are files and folders that student code must not be able to read, beside the course's own; `began` is told
    how well it is walled in. Raises `CourseError` if the rubric can't be run, `UsageError` if this machine can't wall
    student code in as `settings` ask for, `WallBroken` if the walls do not hold.
    """
    graded: list[Grade] = []
    with closing(Jobs(assignment, 1, settings, closed)) as jobs:
        began(jobs.isolation())
        jobs.grade_all([submission], graded.append)
    return graded[0]
