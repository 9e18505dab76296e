"""Grades on disk: one SQLite file, append-only, one durable transaction a grade. The only SQL of the project."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import UsageError
from grader.results import Grade, Status, grade_from_json, grade_to_json

_LAYOUT_VERSION = 1
_LAYOUT = """
CREATE TABLE IF NOT EXISTS grades (
    id INTEGER PRIMARY KEY,
    graded_at TEXT NOT NULL,
    assignment TEXT NOT NULL,
    assignment_version TEXT NOT NULL,
    student TEXT NOT NULL,
    submission_sha256 TEXT NOT NULL,
    status TEXT NOT NULL,
    grade TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS grades_by_submission ON grades (student, submission_sha256, assignment_version);
"""


class Store:
    """The grades of one assignment's class. Nothing in it is ever changed or deleted; the newest row of a student counts."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises `UsageError` if it can't be written or is another version's."""
        self.path = path
        try:
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _LAYOUT_VERSION):
                self._database.close()
                raise UsageError(
                    f"{path} was made by another version of the grader (layout {version}). Choose another folder."
                )
            self._database.executescript(_LAYOUT)
            self._database.execute(f"PRAGMA user_version = {_LAYOUT_VERSION}")
        except sqlite3.Error as error:
            raise UsageError(f"{path}: can't be used as the file of grades: {error}") from None

    def add(self, grade: Grade) -> str:
        """Append the grade; it is on disk when this returns. Returns it as JSON."""
        text = grade_to_json(grade)
        row = (
            datetime.now(UTC).isoformat(timespec="seconds"),
            grade.assignment,
            grade.assignment_version,
            grade.student,
            grade.submission_sha256,
            grade.status.value,
            text,
        )
        with self._database:
            self._database.execute(
                "INSERT INTO grades (graded_at, assignment, assignment_version, student, submission_sha256, status, grade)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        return text

    def find(self, student: str, submission_sha256: str, assignment_version: str) -> tuple[Grade, bool] | None:
        """The last usable grade of this very submission and version, and whether it is the student's newest."""
        row = self._database.execute(
            "SELECT grade, id = (SELECT max(id) FROM grades AS newest WHERE newest.student = grades.student) FROM grades"
            " WHERE student = ? AND submission_sha256 = ? AND assignment_version = ? AND status != ?"
            " ORDER BY id DESC LIMIT 1",
            (student, submission_sha256, assignment_version, Status.GRADER_ERROR.value),
        ).fetchone()
        return None if row is None else (grade_from_json(row[0]), bool(row[1]))

    def newest(self) -> Iterator[Grade]:
        """The newest grade of every student, sorted by name, one at a time."""
        rows = self._database.execute(
            "SELECT grade FROM grades WHERE id IN (SELECT max(id) FROM grades GROUP BY student) ORDER BY student"
        )
        for (text,) in rows:
            yield grade_from_json(text)

    def assignments(self) -> list[str]:
        """The names of all assignments that have a grade here."""
        return [
            name for (name,) in self._database.execute("SELECT DISTINCT assignment FROM grades ORDER BY assignment")
        ]

    def count(self) -> int:
        """How many grades were ever added."""
        return int(self._database.execute("SELECT count(*) FROM grades").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._database.close()
