"""What grading produces: frozen records, their JSON form, exact score arithmetic. No I/O.

A `Grade` holds `ExerciseResult`s, these hold `CheckResult`s, and a check may carry `Evidence`. Scores and points are
`Decimal`: sums are exact, and JSON shows the shortest number.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

SCHEMA_VERSION = 1

_SURROGATE = re.compile("[\ud800-\udfff]")


class Outcome(StrEnum):
    """How a check ended. Never merged: each one means a different next step for the reader."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    GRADER_ERROR = "grader_error"

    @property
    def words(self) -> str:
        """The outcome as people read it."""
        return self.value.replace("_", " ")


class Status(StrEnum):
    """Whether a grade can be used: `grader_error` means the instructor must look before anything is exported."""

    GRADED = "graded"
    NOT_GRADABLE = "not_gradable"
    GRADER_ERROR = "grader_error"


@dataclass(frozen=True, slots=True)
class Location:
    """A line of the student's own source; in a notebook the line of a `cell`, counted among all cells from 1."""

    file: str
    line: int
    function: str = ""
    source: str = ""
    cell: int | None = None

    @property
    def line_in_file(self) -> str:
        """`line 3`, or `cell 7, line 3`."""
        return f"line {self.line}" if self.cell is None else f"cell {self.cell}, line {self.line}"

    @property
    def place(self) -> str:
        """The file and the line."""
        return f"{self.file}, {self.line_in_file}"

    def __str__(self) -> str:
        return f"{self.place}, in {self.function}" if self.function else self.place


@dataclass(frozen=True, slots=True)
class Curve:
    """A series of the submission's beside the one expected, such as the loss of each epoch."""

    title: str
    got: tuple[float, ...]
    expected: tuple[float, ...] = ()
    unit: str = "epoch"


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture beside bars, such as a digit and what a net thinks of it. The report draws it: there are only numbers in it.

    `image` are rows of grey values from 0 (black) to 1 (white), `bars` pairs of a label and a length of 0 or more.
    """

    title: str
    image: tuple[tuple[float, ...], ...] = ()
    bars: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check saw. `got` and `expected` are blocks of text; `calls` is how to see the same thing again."""

    summary: str = ""
    got: str | None = None
    expected: str | None = None
    relation: str | None = None
    location: Location | None = None
    calls: tuple[str, ...] = ()
    printed: str = ""
    curves: tuple[Curve, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of one submission. `score` is all of `points` or none of them.

    `mistake` is the id of the known mistake that it shows, `mistake_line` that mistake in a teacher's words.
    `further_hints` come after `hint`, each says more.
    """

    name: str
    title: str
    outcome: Outcome
    points: Decimal
    visibility: str = "public"
    hint: str | None = None
    mistake: str | None = None
    mistake_line: str | None = None
    further_hints: tuple[str, ...] = ()
    evidence: Evidence | None = None
    duration_seconds: float = 0.0

    @property
    def score(self) -> Decimal:
        """The points earned. Only a check that ran to its end and passed earns any."""
        return self.points if self.outcome is Outcome.PASSED else Decimal(0)


@dataclass(frozen=True, slots=True)
class ExerciseResult:
    """The checks of one exercise."""

    name: str
    title: str
    checks: tuple[CheckResult, ...]
    file: str = ""

    @property
    def score(self) -> Decimal:
        """The points earned."""
        return sum((check.score for check in self.checks), Decimal(0))

    @property
    def points(self) -> Decimal:
        """The points available."""
        return sum((check.points for check in self.checks), Decimal(0))

    @property
    def outcome(self) -> Outcome:
        """The outcome of the exercise as a whole: that of its first check that did not pass, else `passed`."""
        counted = [check.outcome for check in self.checks if check.outcome is not Outcome.SKIPPED]
        if not counted:
            return Outcome.SKIPPED
        return next((outcome for outcome in counted if outcome is not Outcome.PASSED), Outcome.PASSED)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something for the instructor's eye. `where` is a file, a line or a check; a flag changes no score by itself."""

    kind: str
    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class Grade:
    """All results of one submission."""

    assignment: str
    assignment_version: str
    student: str
    submission_sha256: str
    status: Status
    exercises: tuple[ExerciseResult, ...]
    flags: tuple[Flag, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    duration_seconds: float = 0.0

    @property
    def score(self) -> Decimal:
        """The points earned."""
        return sum((exercise.score for exercise in self.exercises), Decimal(0))

    @property
    def points(self) -> Decimal:
        """The points available."""
        return sum((exercise.points for exercise in self.exercises), Decimal(0))

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """Every check, in the order of the rubric."""
        return tuple(check for exercise in self.exercises for check in exercise.checks)


def for_student(grade: Grade) -> Grade:
    """`grade` as its student may see it: of hidden checks their titles, hints and how they ended; of our faults only that.

    The flags of a `grader_error` hold tracebacks of rubrics, hidden ones among them.
    """
    numbers = itertools.count(1)
    exercises = tuple(
        replace(
            exercise,
            checks=tuple(
                check if check.visibility == "public" else _without_values(check, next(numbers))
                for check in exercise.checks
            ),
        )
        for exercise in grade.exercises
    )
    flags = tuple(flag for flag in grade.flags if flag.kind not in _INSTRUCTORS_FLAGS)
    if any(flag.kind == "grader_error" for flag in grade.flags) and grade.status is Status.GRADER_ERROR:
        flags += (Flag("grader_error", "grader", "the grader failed; your instructor was told"),)
    return replace(grade, exercises=exercises, flags=flags)


_INSTRUCTORS_FLAGS = ("grader_error", "regrade_failed", "diagnosis_failed")


def _without_values(check: CheckResult, place: int) -> CheckResult:
    """A hidden check without its name, evidence and time: what it asked, expected and got stays with the instructor."""
    return replace(check, name=f"hidden_{place}", evidence=None, duration_seconds=0.0)


def number(value: Decimal) -> int | float:
    """`value` as the shortest JSON number."""
    return int(value) if value == value.to_integral_value() else float(value)


def grade_to_json(grade: Grade) -> str:
    """`grade` as the JSON text of `grade.json`: every number finite, keys in a fixed order, writable as UTF-8."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "assignment": grade.assignment,
        "assignment_version": grade.assignment_version,
        "title": grade.title,
        "student": grade.student,
        "submission_sha256": grade.submission_sha256,
        "status": grade.status.value,
        "score": number(grade.score),
        "points": number(grade.points),
        "exercises": [
            {
                "name": exercise.name,
                "title": exercise.title,
                "file": exercise.file,
                "score": number(exercise.score),
                "points": number(exercise.points),
                "checks": [_check_to_dict(check) for check in exercise.checks],
            }
            for exercise in grade.exercises
        ],
        "flags": [asdict(flag) for flag in grade.flags],
        "environment": dict(grade.environment),
        "duration_seconds": round(grade.duration_seconds, 4),
    }
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _check_to_dict(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        "title": check.title,
        "visibility": check.visibility,
        "outcome": check.outcome.value,
        "score": number(check.score),
        "points": number(check.points),
        "hint": check.hint,
        "further_hints": list(check.further_hints),
        "mistake": check.mistake,
        "mistake_line": check.mistake_line,
        "evidence": None if check.evidence is None else _finite(asdict(check.evidence)),
        "duration_seconds": round(check.duration_seconds, 4),
    }


def _finite(value: Any) -> Any:
    """`value` with NaN and infinities, which JSON lacks, as the words `nan`, `inf` and `-inf`."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value


def grade_from_json(text: str) -> Grade:
    """The grade that `grade_to_json` wrote. Raises `ValueError` for another `schema_version`."""
    document = json.loads(text)
    if document.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"grade.json has schema_version {document.get('schema_version')!r}, expected {SCHEMA_VERSION}")
    return Grade(
        assignment=document["assignment"],
        assignment_version=document["assignment_version"],
        title=document["title"],
        student=document["student"],
        submission_sha256=document["submission_sha256"],
        status=Status(document["status"]),
        exercises=tuple(
            ExerciseResult(
                exercise["name"],
                exercise["title"],
                tuple(_check_from_dict(check) for check in exercise["checks"]),
                exercise["file"],
            )
            for exercise in document["exercises"]
        ),
        flags=tuple(Flag(**flag) for flag in document["flags"]),
        environment=document["environment"],
        duration_seconds=document["duration_seconds"],
    )


def _check_from_dict(document: dict[str, Any]) -> CheckResult:
    kept = {key: document[key] for key in ("name", "title", "visibility", "hint", "mistake", "duration_seconds")}
    return CheckResult(
        outcome=Outcome(document["outcome"]),
        points=Decimal(str(document["points"])),
        evidence=None if document["evidence"] is None else _evidence_from_dict(document["evidence"]),
        mistake_line=document.get("mistake_line"),  # grades of before there was such a line stay readable
        further_hints=tuple(document.get("further_hints", ())),
        **kept,
    )


def _evidence_from_dict(document: dict[str, Any]) -> Evidence:
    plain = {entry.name: document[entry.name] for entry in fields(Evidence) if entry.name != "figures"}
    plain["location"] = None if plain["location"] is None else Location(**plain["location"])
    plain["calls"] = tuple(plain["calls"])
    plain["curves"] = tuple(
        Curve(curve["title"], tuple(map(float, curve["got"])), tuple(map(float, curve["expected"])), curve["unit"])
        for curve in plain["curves"]
    )
    plain["figures"] = tuple(
        Figure(
            figure["title"],
            tuple(tuple(map(float, row)) for row in figure["image"]),
            tuple((label, float(length)) for label, length in figure["bars"]),
        )
        for figure in document.get("figures", ())  # grades of before there were any stay readable
    )
    return Evidence(**plain)
