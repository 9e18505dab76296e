"""What several test files use: the course of this repository, a warm zygote, and a way to grade files given as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from grader.course import Assignment, find_assignment
from grader.grade import grade_each
from grader.isolation import Isolated
from grader.launchers import Launcher
from grader.results import Grade
from grader.submission import Submission, make_submission

ROOT = Path(__file__).parent.parent
collect_ignore = ["attacks", "corpus"]  # submissions, hostile ones among them, never to be imported by pytest
Files = dict[str, str]


@pytest.fixture(scope="session")
def zygote() -> Iterator[Isolated]:
    """One warm process that forks workers, behind the best walls of this machine, for a whole run of tests."""
    launcher = Isolated()
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def classifier() -> Assignment:
    """The assignment of this repository."""
    return find_assignment(ROOT, "classifier")


@pytest.fixture(scope="session")
def reference_files() -> Files:
    """The model answer."""
    return {
        path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "reference/classifier").glob("*.py"))
    }


@pytest.fixture(scope="session")
def skeleton_files(classifier: Assignment) -> Files:
    """What students start from."""
    names = sorted({exercise.file for exercise in classifier.exercises})
    return {name: (classifier.folder / name).read_text(encoding="utf-8") for name in names}


@pytest.fixture(scope="session")
def grade_all(zygote: Launcher, classifier: Assignment) -> Callable[[Iterable[Submission]], dict[str, Grade]]:
    """Grades submissions one after the other; returns the grades by student."""

    def grade(submissions: Iterable[Submission]) -> dict[str, Grade]:
        grades: dict[str, Grade] = {}

        def keep(grade: Grade) -> None:
            grades[grade.student] = grade

        grade_each(classifier, submissions, keep, launcher=zygote)
        return grades

    return grade


@pytest.fixture(scope="session")
def grade_files(
    grade_all: Callable[[Iterable[Submission]], dict[str, Grade]],
) -> Callable[[dict[str, Files]], dict[str, Grade]]:
    """Grades submissions given as text: student -> file -> source."""

    def grade(submissions: dict[str, Files]) -> dict[str, Grade]:
        return grade_all(make_submission(student, files) for student, files in submissions.items())

    return grade
