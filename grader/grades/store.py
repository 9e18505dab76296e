"""Grades on disk: one SQLite file, append-only, one durable transaction a grade. The only SQL of the project.

Beside the grades lie the submissions themselves, how each came in, what the instructor decided, and what being late costs:
all that a score rests on. What is read from here, a score that counts, has everything in it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from grader.course.adjustments import LatePolicy, adjusted, as_attempt
from grader.errors import StorageError, UsageError
from grader.grade_json import grade_from_json, grade_to_json
from grader.results import Attempt, CheckResult, Flag, Grade, Outcome, Override, Status
from grader.submissions.arrivals import Arrival
from grader.submissions.submission import Submission

_LAYOUT_VERSION = 2  # 1 had the table of grades alone; opening such a file adds the others
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
CREATE TABLE IF NOT EXISTS submissions (
    sha256 TEXT PRIMARY KEY,
    content BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS arrivals (
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    submission_sha256 TEXT NOT NULL,
    arrival TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS arrivals_by_submission ON arrivals (student, submission_sha256);
CREATE TABLE IF NOT EXISTS overrides (
    id INTEGER PRIMARY KEY,
    made_at TEXT NOT NULL,
    student TEXT NOT NULL,
    submission_sha256 TEXT NOT NULL,
    exercise TEXT NOT NULL,
    score TEXT,
    why TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS overrides_by_student ON overrides (student);
CREATE TABLE IF NOT EXISTS late_policies (
    id INTEGER PRIMARY KEY,
    policy TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    ended_at TEXT NOT NULL,
    about TEXT NOT NULL
);
"""


class Store:
    """The grades of one assignment's class. Nothing in it is ever changed or deleted; the newest row of a student counts.

    Newest is meant by `id`: clocks are set back. But a `grader_error` never takes the place of a grade that the same
    submission has: that one still counts, with a flag of the kind `regrade_failed`. `counting` and `newest` give grades with
    lateness, an instructor's decisions and earlier attempts in them; `find` gives one as it was added.
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
            if version > _LAYOUT_VERSION:
                raise UsageError(
                    f"{path} was made by a newer version of the grader (layout {version}; this one's is "
                    f"{_LAYOUT_VERSION}). Use that one, or another folder."
                )
            if version != _LAYOUT_VERSION:
                self._database.executescript(
                    f"BEGIN IMMEDIATE; {_LAYOUT} PRAGMA user_version = {_LAYOUT_VERSION}; COMMIT;"
                )
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
            _now(),
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
            if _kind(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                raise StorageError(
                    f"{self.path} is damaged: {error}. Bring back a copy of it, or grade into another folder."
                ) from None
            raise StorageError(f"{self.path}: {error}. {StorageError.KEPT}") from None

    def _read_back(self, text: str) -> Grade:
        """A grade as it was added. Raises `UsageError` if another version wrote it, or somebody by hand."""
        try:
            return grade_from_json(text)
        except (ArithmeticError, KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"{self.path} holds a grade that can't be read ({type(error).__name__}: {error}). Use the version of the "
                "grader that wrote it, or grade into another folder."
            ) from None

    def find(self, student: str, submission_sha256: str, assignment_version: str) -> tuple[Grade, bool] | None:
        """The last usable grade of this very submission and version, and whether it is the student's newest."""
        with self._explained():
            row = self._database.execute(
                "SELECT grade, id = (SELECT max(id) FROM grades AS newest WHERE newest.student = grades.student)"
                " FROM grades WHERE student = ? AND submission_sha256 = ? AND assignment_version = ? AND status != ?"
                " ORDER BY id DESC LIMIT 1",
                (student, submission_sha256, assignment_version, Status.GRADER_ERROR.value),
            ).fetchone()
        return None if row is None else (self._read_back(row[0]), bool(row[1]))

    def counting(self, student: str) -> Grade:
        """The grade of the student that counts. Raises `KeyError` if there is none at all."""
        newest = self.last_added(student)
        if newest is None:
            raise KeyError(student)
        return self.counted(newest)

    def last_added(self, student: str) -> Grade | None:
        """The student's newest grade as it was added, without lateness and decisions; None if there is none."""
        with self._explained():
            row = self._database.execute(
                "SELECT grade FROM grades WHERE student = ? ORDER BY id DESC LIMIT 1", (student,)
            ).fetchone()
        return None if row is None else self._read_back(row[0])

    def newest(self) -> Iterator[Grade]:
        """The grade of every student that counts, sorted by name, one at a time."""
        policy = self.late_policy()
        with self._explained():
            rows = self._database.execute(
                "SELECT grade FROM grades WHERE id IN (SELECT max(id) FROM grades GROUP BY student) ORDER BY student"
            )
            for (text,) in rows:
                yield self.counted(self._read_back(text), policy)

    def counted(self, newest: Grade, policy: LatePolicy | None = None) -> Grade:
        """The grade that counts if `newest` is the last one of its student: with all that was decided beside its checks."""
        policy = policy if policy is not None else self.late_policy()
        grade = self._or_earlier(newest)
        if not grade.exercises and grade.status is Status.GRADER_ERROR:
            grade = self._with_exercises(grade)
        arrival = self.arrival(grade.student, grade.submission_sha256)
        overrides = self._overrides(grade.student, grade.submission_sha256)
        return adjusted(grade, arrival, policy, overrides, self._attempts(grade))

    def _with_exercises(self, grade: Grade) -> Grade:
        """A grade that the grader never came to, with the exercises that others' have, so that each can be decided on."""
        with self._explained():
            row = self._database.execute(
                "SELECT grade FROM grades WHERE assignment_version = ? AND status != ? LIMIT 1",
                (grade.assignment_version, Status.GRADER_ERROR.value),
            ).fetchone()
        if row is None:
            return grade
        exercises = tuple(
            dataclasses.replace(exercise, checks=tuple(map(_not_judged, exercise.checks)))
            for exercise in self._read_back(row[0]).exercises
        )
        return dataclasses.replace(grade, exercises=exercises)

    def _overrides(self, student: str, submission_sha256: str) -> dict[str, tuple[str, Override]]:
        """The decisions on a student's exercises: one for this submission, else the last one for another."""
        with self._explained():
            rows = self._database.execute(
                "SELECT exercise, submission_sha256, score, why, made_at FROM overrides WHERE student = ?"
                " ORDER BY submission_sha256 = ?, id",
                (student, submission_sha256),
            ).fetchall()
        found: dict[str, tuple[str, Override]] = {}
        for exercise, sha256, score, why, made_at in rows:
            if score is not None:
                found[exercise] = (sha256, Override(Decimal(score), why, made_at))
            elif exercise in found and found[exercise][0] == sha256:
                del found[exercise]
        return found

    def _attempts(self, grade: Grade) -> list[Attempt]:
        """The last usable grade of each other submission that the student handed in before this one."""
        with self._explained():
            rows = self._database.execute(
                "SELECT graded_at, grade FROM grades WHERE id IN (SELECT max(id) FROM grades"
                " WHERE student = ? AND submission_sha256 != ? AND status != ? GROUP BY submission_sha256) ORDER BY id",
                (grade.student, grade.submission_sha256, Status.GRADER_ERROR.value),
            ).fetchall()
        return [as_attempt(self._read_back(text), graded_at) for graded_at, text in rows]

    def take_in(self, submission: Submission, arrival: Arrival) -> None:
        """Keep the submission and how it came in, unless both are known. Raises `StorageError`.

        A folder that knows nothing of it takes nothing away, and a time that was known stays known: nobody becomes punctual
        by being graded again.
        """
        known = self.arrival(submission.student, submission.sha256)
        if known is not None:
            arrival = dataclasses.replace(arrival, submitted_at=arrival.submitted_at or known.submitted_at)
            if arrival == known or arrival == Arrival(submitted_at=known.submitted_at):
                return
        content = zlib.compress(json.dumps([dict(submission.files), _flags_of(submission)]).encode())
        with self._explained(), self._transaction():
            self._database.execute(
                "INSERT OR IGNORE INTO submissions (sha256, content) VALUES (?, ?)", (submission.sha256, content)
            )
            self._database.execute(
                "INSERT INTO arrivals (student, submission_sha256, arrival) VALUES (?, ?, ?)",
                (submission.student, submission.sha256, json.dumps(dataclasses.asdict(arrival))),
            )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise

    def submission(self, student: str, sha256: str) -> Submission | None:
        """The submission as it was graded; None if it was graded before submissions were kept."""
        with self._explained():
            row = self._database.execute("SELECT content FROM submissions WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None:
            return None
        files, flags = json.loads(zlib.decompress(row[0]))
        return Submission(student, files, sha256, tuple(Flag(*flag) for flag in flags))

    def arrival(self, student: str, submission_sha256: str) -> Arrival | None:
        """How the submission came in, as told last; None if nobody told."""
        with self._explained():
            row = self._database.execute(
                "SELECT arrival FROM arrivals WHERE student = ? AND submission_sha256 = ? ORDER BY id DESC LIMIT 1",
                (student, submission_sha256),
            ).fetchone()
        return None if row is None else msgspec.convert(json.loads(row[0]), Arrival)

    def override(self, student: str, submission_sha256: str, exercise: str, score: Decimal | None, why: str) -> None:
        """Append a decision on an exercise of a submission; without a score, that the one before it is taken back."""
        row = (_now(), student, submission_sha256, exercise, None if score is None else str(score), why)
        with self._explained():
            self._database.execute(
                "INSERT INTO overrides (made_at, student, submission_sha256, exercise, score, why)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def note_run(self, about: Mapping[str, str]) -> None:
        """Append what is to be said of a run that has ended: how it graded, how long it took."""
        with self._explained():
            self._database.execute(
                "INSERT INTO runs (ended_at, about) VALUES (?, ?)", (_now(), json.dumps(dict(about)))
            )

    def last_run(self) -> dict[str, str]:
        """What was noted of the last run; empty before the first has ended."""
        with self._explained():
            row = self._database.execute("SELECT about FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        return {} if row is None else json.loads(row[0])

    def late_policy(self) -> LatePolicy:
        """What applies to this class, as set last."""
        with self._explained():
            row = self._database.execute("SELECT policy FROM late_policies ORDER BY id DESC LIMIT 1").fetchone()
        return LatePolicy() if row is None else msgspec.json.decode(row[0], type=LatePolicy)

    def set_late_policy(self, policy: LatePolicy) -> bool:
        """From now on this applies to every submission of the class. Returns whether it is another one than before."""
        if policy == self.late_policy():
            return False
        with self._explained():
            self._database.execute(
                "INSERT INTO late_policies (policy) VALUES (?)", (msgspec.json.encode(policy).decode(),)
            )
        return True

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
        earlier = self._read_back(row[0])
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

    def seconds(self) -> dict[str, float]:
        """How long each student's last grading took, by name."""
        with self._explained():
            rows = self._database.execute(
                "SELECT student, json_extract(grade, '$.duration_seconds') FROM grades"
                " WHERE id IN (SELECT max(id) FROM grades GROUP BY student)"
            ).fetchall()
        return {student: float(seconds or 0) for student, seconds in rows}

    def students_by_id(self) -> dict[tuple[str, str], str]:
        """Which student with a grade here came in with an id, by its kind and value; a group's is nobody's own."""
        with self._explained():
            rows = self._database.execute(
                "SELECT student, arrival FROM arrivals WHERE student IN (SELECT student FROM grades) ORDER BY id"
            ).fetchall()
        return {
            (kind, value): student
            for student, arrival in rows
            for kind, value in msgspec.convert(json.loads(arrival), Arrival).ids.items()
            if value and kind != "group"
        }

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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _flags_of(submission: Submission) -> list[tuple[str, str, str]]:
    return [(flag.kind, flag.where, flag.detail) for flag in submission.flags]


def _not_judged(check: CheckResult) -> CheckResult:
    return CheckResult(check.name, check.title, Outcome.GRADER_ERROR, check.points, check.visibility)


def _kind(error: Exception) -> str:
    return getattr(error, "sqlite_errorname", "")  # those of Python's own have none


def _unusable(path: Path, error: Exception) -> UsageError:
    if _kind(error).startswith("SQLITE_BUSY"):
        return UsageError(f"{path} is held by another program. End that, then run the same command again.")
    return UsageError(f"{path}: can't be used as the file of grades: {error}. Mend that, or choose another folder.")
