"""One submission: the grade that it would have in a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.grading.settings import Settings
from grader.grading.single import grade_submission
from grader.isolation.levels import Isolation
from grader.results import Status
from grader.submissions.submission import make_submission

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

ANSWER = "def total(x):\n    return x.sum(0)\n"


def test_one_submission_is_graded(mini: MiniCourse) -> None:
    """The grade has the student, the score and every check; how well student code is walled in is told before."""
    told: list[Isolation] = []
    submission = make_submission("ada", {"total.py": ANSWER})
    grade = grade_submission(mini.assignment, submission, Settings("cpu"), began=told.append)
    assert (grade.student, grade.status, grade.submission_sha256) == ("ada", Status.GRADED, submission.sha256)
    scores = {exercise.name: (exercise.score, exercise.points) for exercise in grade.exercises}
    assert scores == {"layer": (0, 3), "total": (2, 2), "together": (0, 1)}
    assert [isolation.level for isolation in told] == [grade.environment["isolation"]]
