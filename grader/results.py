"""What grading produces: frozen records and exact score arithmetic. No I/O. Their JSON form is in `grade_json`.

A `Grade` holds `ExerciseResult`s, these hold `CheckResult`s, and a check may carry `Evidence`. Scores and points are
`Decimal`: sums are exact. Whatever is taken off or put on beside the checks (`Override`, `Lateness`) stands in the grade.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum


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
    """A line of the student's own source; in a notebook the line of a `cell`, counted among all cells from 1.

    `context` are the lines around it, indented as they are, from `first_line` on; empty in grades of before they were kept.
    """

    file: str
    line: int
    function: str = ""
    source: str = ""
    cell: int | None = None
    context: tuple[str, ...] = ()
    first_line: int = 0

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
    """A series of the submission's beside the one expected, such as the loss of each epoch.

    Between `low` and `high`, point by point, is what right implementations do; `band` says how that is known.
    """

    title: str
    got: tuple[float, ...]
    expected: tuple[float, ...] = ()
    unit: str = "epoch"
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    band: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture beside bars, such as a digit and what a net thinks of it. The report draws it: there are only numbers in it.

    `image` are rows of grey values from 0 (black) to 1 (white), `bars` pairs of a label and a length of 0 or more.
    """

    title: str
    image: tuple[tuple[float, ...], ...] = ()
    bars: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """An entry of a tensor that is not as expected. The numbers have as many digits as tell them apart."""

    index: str
    got: str
    expected: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """A tensor of the submission's beside the one expected, as rows of numbers, few enough to be looked at.

    A cell stands for a block of `block` (rows, columns) entries: it is the entry of the block that is off most. `wrong` has a
    character a cell, `x` where any entry of the block is wrong, else `.`. Of a tensor with more than two dimensions the rows
    are the first one, the columns all others. `where` says in a sentence where it is wrong, `entries` are the first wrong ones.
    """

    name: str
    shape: tuple[int, ...]
    block: tuple[int, int]
    got: tuple[tuple[float, ...], ...]
    expected: tuple[tuple[float, ...], ...]
    difference: tuple[tuple[float, ...], ...]
    wrong: tuple[str, ...]
    where: str
    entries: tuple[WrongEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Misclassified:
    """An image that a net took for something else. `image` are rows of greys, a digit each, from 0 (black) to f (white)."""

    image: tuple[str, ...]
    label: str
    prediction: str


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a net said of labelled images: `counts[label][prediction]`, both in the order of `classes`, and some wrong ones."""

    title: str
    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    misclassified: tuple[Misclassified, ...] = ()


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
    matrices: tuple[Matrix, ...] = ()
    predictions: tuple[Predictions, ...] = ()


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
class Override:
    """An instructor's decision on an exercise: it is worth this score, whatever its checks say. `made_at` is ISO 8601, UTC."""

    score: Decimal
    why: str
    made_at: str


@dataclass(frozen=True, slots=True)
class ExerciseResult:
    """The checks of one exercise, and an instructor's decision, if there is one."""

    name: str
    title: str
    checks: tuple[CheckResult, ...]
    file: str = ""
    override: Override | None = None

    @property
    def earned(self) -> Decimal:
        """The points of the checks that passed."""
        return sum((check.score for check in self.checks), Decimal(0))

    @property
    def score(self) -> Decimal:
        """The score that counts: the instructor's, else what was earned."""
        return self.earned if self.override is None else self.override.score

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
class Lateness:
    """How late a submission came, and what that costs: `percent` of its score. Times are ISO 8601, UTC.

    `days` are those begun since the deadline; 0 within the time of grace.
    """

    submitted_at: str
    deadline: str
    days: int
    percent: Decimal

    def deduction(self, score: Decimal) -> Decimal:
        """What is taken off `score`, in hundredths of a point, rounded in the student's favour."""
        return (score * self.percent / 100).quantize(Decimal("0.01"), ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An earlier submission of the same student: what it earned, and the checks that passed, as `exercise/check`."""

    submission_sha256: str
    graded_at: str
    score: Decimal
    points: Decimal
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """All results of one submission. `attempts` are the submissions before it, oldest first."""

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
    lateness: Lateness | None = None
    attempts: tuple[Attempt, ...] = ()

    @property
    def earned(self) -> Decimal:
        """The points of the checks that passed, before anything else was decided."""
        return sum((exercise.earned for exercise in self.exercises), Decimal(0))

    @property
    def deduction(self) -> Decimal:
        """What being late costs."""
        total = sum((exercise.score for exercise in self.exercises), Decimal(0))
        return self.lateness.deduction(total) if self.lateness is not None else Decimal(0)

    @property
    def score(self) -> Decimal:
        """The score that counts, in whole hundredths: of all exercises, less what being late costs."""
        return sum((exercise.score for exercise in self.exercises), Decimal(0)) - self.deduction

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
    shown_as: dict[str, str] = {}
    exercises: list[ExerciseResult] = []
    for exercise in grade.exercises:
        checks: list[CheckResult] = []
        for check in exercise.checks:
            shown = check if check.visibility == "public" else _without_values(check, next(numbers))
            shown_as[f"{exercise.name}/{check.name}"] = f"{exercise.name}/{shown.name}"
            checks.append(shown)
        exercises.append(replace(exercise, checks=tuple(checks)))
    flags = tuple(flag for flag in grade.flags if flag.kind not in _INSTRUCTORS_FLAGS)
    if any(flag.kind == "grader_error" for flag in grade.flags) and grade.status is Status.GRADER_ERROR:
        flags += (Flag("grader_error", "grader", "the grader failed; your instructor was told"),)
    attempts = tuple(
        replace(attempt, passed=tuple(shown_as[name] for name in attempt.passed if name in shown_as))
        for attempt in grade.attempts
    )
    return replace(grade, exercises=tuple(exercises), flags=flags, attempts=attempts)


_INSTRUCTORS_FLAGS = (
    "grader_error",
    "regrade_failed",
    "diagnosis_failed",
    "odd_answer",
    "regraded",
    "override_outdated",
)


def _without_values(check: CheckResult, place: int) -> CheckResult:
    """A hidden check without its name, evidence and time: what it asked, expected and got stays with the instructor."""
    return replace(check, name=f"hidden_{place}", evidence=None, duration_seconds=0.0)


def number(value: Decimal) -> int | float:
    """`value` as the shortest JSON number."""
    return int(value) if value == value.to_integral_value() else float(value)
