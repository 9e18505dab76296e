"""A corpus of right solutions in many styles: every one of them gets every point.

`tests/corpus/correct/` holds one solution an entry, a file or a folder of files, whose first docstring says what is
special about it. One that loses a point shows a mistake of the grader's.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from grader.course import Assignment
from grader.results import Grade, Outcome, Status
from grader.submission import Submission, inbox_entries, load_submission, student_name

CORPUS = Path(__file__).parent / "corpus" / "correct"
SOLUTIONS = {student_name(path): path for path in inbox_entries(CORPUS)}
LEAST = 44
DEMO_FAILS = {
    "fails_at_the_end"
}  # of a statement at the top level, which is mentioned to the instructor and costs nothing


def docstrings(submission: Submission) -> list[str]:
    """The docstrings of a submission's files, where they have one."""
    trees = [ast.parse(text) for text in submission.files.values()]
    return [text for tree in trees if (text := ast.get_docstring(tree))]


@pytest.fixture(scope="module")
def submissions(classifier: Assignment) -> dict[str, Submission]:
    """Every solution, read as it is when a class is graded."""
    return {name: load_submission(path, course_files=classifier.course_files) for name, path in SOLUTIONS.items()}


@pytest.fixture(scope="module")
def grades(
    submissions: dict[str, Submission], grade_all: Callable[[Iterable[Submission]], dict[str, Grade]]
) -> dict[str, Grade]:
    """The grades of all solutions."""
    return grade_all(submissions.values())


def test_there_are_many() -> None:
    """There are enough of them to stand for a class."""
    assert len(SOLUTIONS) >= LEAST


def test_all_are_different(submissions: dict[str, Submission]) -> None:
    """No solution is there twice."""
    assert len({submission.sha256 for submission in submissions.values()}) == len(SOLUTIONS)


@pytest.mark.parametrize("name", SOLUTIONS)
def test_says_what_is_special(submissions: dict[str, Submission], name: str) -> None:
    """A solution begins by saying in one line what it is there for."""
    assert docstrings(submissions[name])
    assert all("\n" not in text.strip() for text in docstrings(submissions[name])[:1])


@pytest.mark.parametrize("name", SOLUTIONS)
def test_gets_every_point(grades: dict[str, Grade], name: str) -> None:
    """Every check passes, and nothing is noticed that costs points or a look by the instructor."""
    grade = grades[name]
    others = {
        f"{exercise.name}/{check.name}": (check.outcome, check.evidence and check.evidence.summary)
        for exercise in grade.exercises
        for check in exercise.checks
        if check.outcome is not Outcome.PASSED and check.points
    }
    assert not others
    assert grade.status is Status.GRADED
    assert grade.score == grade.points > 0
    assert [flag.kind for flag in grade.flags] == ["module_error"] * (name in DEMO_FAILS)
