"""What the tests of Canvas and of Moodle share: zips of submissions, what was read from them, grades and pages."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from grader.course.assignments import Assignment
from grader.lms.detection import open_inbox
from grader.results import CheckResult, ExerciseResult, Grade, Outcome, Status


def write_zip(path: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def files_of(path: Path, assignment: Assignment) -> dict[str, dict[str, str]]:
    """The files of every student."""
    return {entry.student: dict(entry.load().files) for entry in open_inbox(path, assignment).entries}


def grade(student: str, score: str = "2.5", points: str = "2.5", status: Status = Status.GRADED) -> Grade:
    """A grade of that score."""
    earned, rest = Decimal(score), Decimal(points) - Decimal(score)
    checks = (CheckResult("a", "A", Outcome.PASSED, earned), CheckResult("b", "B", Outcome.FAILED, rest))
    return Grade("tiny", "1", student, f"sha-{student}", status, (ExerciseResult("e", "E", checks),), title="Tiny")


def page(student: str) -> bytes:
    return f"<p>{student}</p>".encode()
