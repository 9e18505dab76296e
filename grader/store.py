"""Grades on disk: one SQLite file, append-only, one durable transaction a grade. The only SQL of the project."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import StorageError, UsageError
from grader.results import Flag, Grade, Status, grade_from_json, grade_to_json

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
    """The grades of one assignment's class. Nothing in it is ever changed or deleted; the newest row of a student counts.

    Newest is meant by `id`: clocks are set back. But a `grader_error` never takes the place of a grade that the same
    submission has: that one still counts, with a flag of the kind `regrade_failed`.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises `UsageError` if it can't be written or is another version's."""
        self.path = path
        try:
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
        except sqlite3.Error as error:
            raise _unusable(path, error) from None
        try:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _LAYOUT_VERSION):
                raise UsageError(
                    f"{path} was made by another version of the grader (layout {version}). Choose another folder."
                )
            self._database.executescript(_LAYOUT)
            self._database.execute(f"PRAGMA user_version = {_LAYOUT_VERSION}")
            self._file = path.stat()
        except BaseException as error:
            self._database.close()
            if isinstance(error, sqlite3.Error | OSError):
                raise _unusable(path, error) from None
            raise

    def add(self, grade: Grade) -> str:
        """Append the grade; it is on disk when this returns. Returns it as JSON. Raises `StorageError`."""
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
        with self._explained():
            self._database.execute(
                "INSERT INTO grades (graded_at, assignment, assignment_version, student, submission_sha256, status, grade)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        if not self._is_in_place():
            raise StorageError(f"{self.path} is gone: it was deleted or moved during the run. {StorageError.ANEW}")
        return text

    def _is_in_place(self) -> bool:
        """SQLite goes on writing, without a word, to a file that was deleted: nobody would ever see that grade."""
        try:
            return os.path.samestat(self.path.stat(), self._file)
        except OSError:
            return False

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(f"{self.path}: {error}. {StorageError.KEPT}") from None

    def find(self, student: str, submission_sha256: str, assignment_version: str) -> tuple[Grade, bool] | None:
        """The last usable grade of this very submission and version, and whether it is the student's newest."""
        with self._explained():
            row = self._database.execute(
                "SELECT grade, id = (SELECT max(id) FROM grades AS newest WHERE newest.student = grades.student)"
                " FROM grades WHERE student = ? AND submission_sha256 = ? AND assignment_version = ? AND status != ?"
                " ORDER BY id DESC LIMIT 1",
                (student, submission_sha256, assignment_version, Status.GRADER_ERROR.value),
            ).fetchone()
        return None if row is None else (grade_from_json(row[0]), bool(row[1]))

    def counting(self, student: str) -> Grade:
        """The grade of the student that counts. Raises `KeyError` if there is none at all."""
        with self._explained():
            row = self._database.execute(
                "SELECT grade FROM grades WHERE student = ? ORDER BY id DESC LIMIT 1", (student,)
            ).fetchone()
        if row is None:
            raise KeyError(student)
        return self._or_earlier(grade_from_json(row[0]))

    def newest(self) -> Iterator[Grade]:
        """The grade of every student that counts, sorted by name, one at a time."""
        with self._explained():
            rows = self._database.execute(
                "SELECT grade FROM grades WHERE id IN (SELECT max(id) FROM grades GROUP BY student) ORDER BY student"
            )
            for (text,) in rows:
                yield self._or_earlier(grade_from_json(text))

    def _or_earlier(self, grade: Grade) -> Grade:
        """`grade`, or if the grader failed with it the last usable one of the very same submission, flagged."""
        if grade.status is not Status.GRADER_ERROR:
            return grade
        with self._explained():
            row = self._database.execute(
                "SELECT grade FROM grades WHERE student = ? AND submission_sha256 = ? AND status != ?"
                " ORDER BY id DESC LIMIT 1",
                (grade.student, grade.submission_sha256, Status.GRADER_ERROR.value),
            ).fetchone()
        if row is None:
            return grade
        earlier = grade_from_json(row[0])
        note = Flag(
            "regrade_failed",
            f"assignment version {grade.assignment_version}",
            f"the grader failed, so the grade under version {earlier.assignment_version} still counts",
        )
        reasons = [flag for flag in grade.flags if flag.kind == "grader_error"]
        return dataclasses.replace(earlier, flags=(note, *reasons, *earlier.flags))

    def assignments(self) -> list[str]:
        """The names of all assignments that have a grade here."""
        with self._explained():
            rows = self._database.execute("SELECT DISTINCT assignment FROM grades ORDER BY assignment")
            return [name for (name,) in rows]

    def students(self) -> list[str]:
        """The names of all students that have a grade here."""
        with self._explained():
            rows = self._database.execute("SELECT DISTINCT student FROM grades ORDER BY student")
            return [name for (name,) in rows]

    def count(self) -> int:
        """How many grades were ever added."""
        with self._explained():
            return int(self._database.execute("SELECT count(*) FROM grades").fetchone()[0])

    def close(self) -> None:
        """Close the file; one to which no grade ever came is removed."""
        try:
            is_empty = self.count() == 0
        except StorageError:
            is_empty = False
        self._database.close()
        if is_empty and self._is_in_place():
            self.path.unlink()


def _unusable(path: Path, error: Exception) -> UsageError:
    return UsageError(f"{path}: can't be used as the file of grades: {error}. Mend that, or choose another folder.")
