"""What grading produces: frozen records and exact score arithmetic. No I/O. Their JSON form is in `grade_json`.

The text below a field is what the JSON schema and the reference page say of it.

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
    """A line of the student's own source."""

    file: str
    """The file that was handed in."""
    line: int
    """Counted from 1; in a notebook the line of its cell."""
    function: str = ""
    """The function or method that the line is in; empty at the top level."""
    source: str = ""
    """The line itself."""
    cell: int | None = None
    """The cell of a notebook, counted among all cells from 1; null in a file."""
    context: tuple[str, ...] = ()
    """The lines around it, indented as they are; empty in grades of before they were kept."""
    first_line: int = 0
    """The number of the first line of `context`."""

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
    """What is drawn."""
    got: tuple[float, ...]
    """The submission's numbers."""
    expected: tuple[float, ...] = ()
    """Those expected; empty where only a band is known."""
    unit: str = "epoch"
    """What is counted from left to right."""
    low: tuple[float, ...] = ()
    """The lower end, point by point, of what right implementations do; empty without a band."""
    high: tuple[float, ...] = ()
    """Its upper end."""
    band: str = ""
    """How that band is known."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture beside bars, such as a digit and what a net thinks of it. The report draws it: there are only numbers in it."""

    title: str
    """What is shown."""
    image: tuple[tuple[float, ...], ...] = ()
    """Rows of grey values from 0 (black) to 1 (white)."""
    bars: tuple[tuple[str, float], ...] = ()
    """Pairs of a label and a length of 0 or more."""


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """An entry of a tensor that is not as expected. The numbers have as many digits as tell them apart."""

    index: str
    """Where it is, such as `2, 0`."""
    got: str
    """The submission's number."""
    expected: str
    """The one expected."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A tensor of the submission's beside the one expected, as rows of numbers, few enough to be looked at.

    Of a tensor with more than two dimensions the rows are the first one, the columns all others.
    """

    name: str
    """What the tensor is called in the check."""
    shape: tuple[int, ...]
    """Its shape."""
    block: tuple[int, int]
    """How many rows and columns a cell stands for: it is the entry of that block that is off most."""
    got: tuple[tuple[float, ...], ...]
    """The submission's cells, row by row."""
    expected: tuple[tuple[float, ...], ...]
    """Those expected."""
    difference: tuple[tuple[float, ...], ...]
    """The one less the other."""
    wrong: tuple[str, ...]
    """A character a cell, `x` where any entry of the block is wrong, else `.`."""
    where: str
    """Where it is wrong, in a sentence."""
    entries: tuple[WrongEntry, ...] = ()
    """The first wrong entries."""


@dataclass(frozen=True, slots=True)
class Misclassified:
    """An image that a net took for something else."""

    image: tuple[str, ...]
    """Rows of greys, a digit each, from 0 (black) to f (white)."""
    label: str
    """What it is."""
    prediction: str
    """What the net said."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a net said of labelled images."""

    title: str
    """What is shown."""
    classes: tuple[str, ...]
    """The names of the classes."""
    counts: tuple[tuple[int, ...], ...]
    """How often each label, a row, got each prediction, a column; both in the order of `classes`."""
    misclassified: tuple[Misclassified, ...] = ()
    """Some that it did not recognise."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check saw."""

    summary: str = ""
    """What is wrong, in a sentence."""
    got: str | None = None
    """What came, as a block of text; null where there is nothing to show."""
    expected: str | None = None
    """What was expected, as a block of text; null where there is nothing to compare with."""
    relation: str | None = None
    """What the one has to do with the other, such as "5 times too large"; null where nothing is known."""
    location: Location | None = None
    """The line of the student's that it is about; null where none is known."""
    calls: tuple[str, ...] = ()
    """What the check called, in its order: how to see the same thing again."""
    printed: str = ""
    """The end of what the code printed meanwhile."""
    curves: tuple[Curve, ...] = ()
    """Curves to be drawn."""
    figures: tuple[Figure, ...] = ()
    """Pictures to be drawn."""
    matrices: tuple[Matrix, ...] = ()
    """Heat maps to be drawn."""
    predictions: tuple[Predictions, ...] = ()
    """Confusion matrices to be drawn."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of one submission."""

    name: str
    """Its function in the rubric, without `test_`; of a hidden check, where students read it, `hidden_` and a number."""
    title: str
    """What is true when it passes: the first line of its docstring."""
    outcome: Outcome
    """How it ended."""
    points: Decimal
    """What it is worth."""
    visibility: str = "public"
    """Whether students have the check, too."""
    hint: str | None = None
    """The first hint; null where there is none, or nothing to be mended."""
    mistake: str | None = None
    """The id of the known mistake that it shows; null where none is certain."""
    mistake_line: str | None = None
    """That mistake in a teacher's words; null without one."""
    further_hints: tuple[str, ...] = ()
    """Those after the first; each says more."""
    evidence: Evidence | None = None
    """What it saw; null where there is nothing to show, and in hidden checks where students read it."""
    duration_seconds: float = 0.0
    """How long it took; 0 in hidden checks where students read it."""

    @property
    def score(self) -> Decimal:
        """The points earned. Only a check that ran to its end and passed earns any."""
        return self.points if self.outcome is Outcome.PASSED else Decimal(0)


@dataclass(frozen=True, slots=True)
class Override:
    """An instructor's decision on an exercise: it is worth this score, whatever its checks say."""

    score: Decimal
    """What the exercise is worth."""
    why: str
    """The reason, which the student reads."""
    made_at: str
    """When it was decided, in ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class ExerciseResult:
    """The checks of one exercise, and an instructor's decision, if there is one."""

    name: str
    """Its name in the assignment.toml."""
    title: str
    """Its title."""
    checks: tuple[CheckResult, ...]
    """Its checks, in the order of the rubric."""
    file: str = ""
    """The file of its skeleton."""
    override: Override | None = None
    """The instructor's decision; null without one."""

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
    """Something for the instructor's eye; it changes no score by itself."""

    kind: str
    """What sort of thing it is, such as `forbidden_name` or `late`."""
    where: str
    """A file, a line or a check."""
    detail: str
    """What there is to know, in words."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late a submission came, and what that costs."""

    submitted_at: str
    """When it came, in ISO 8601, UTC."""
    deadline: str
    """When it was due, in ISO 8601, UTC."""
    days: int
    """Days begun since the deadline; 0 within the time of grace."""
    percent: Decimal
    """How much of the score that takes off."""

    def deduction(self, score: Decimal) -> Decimal:
        """What is taken off `score`, in hundredths of a point, rounded in the student's favour."""
        return (score * self.percent / 100).quantize(Decimal("0.01"), ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An earlier submission of the same student."""

    submission_sha256: str
    """Its digest."""
    graded_at: str
    """When it was graded, in ISO 8601, UTC."""
    score: Decimal
    """What its checks gave."""
    points: Decimal
    """The points available then."""
    passed: tuple[str, ...] = ()
    """The checks that passed, as `exercise/check`."""


@dataclass(frozen=True, slots=True)
class Grade:
    """All results of one submission."""

    assignment: str
    """The assignment's name, that of its folder."""
    assignment_version: str
    """Twelve digits that change with anything of the assignment that can change an outcome."""
    student: str
    """What the student goes by, and the name of the folder of results."""
    submission_sha256: str
    """The digest of what was handed in."""
    status: Status
    """Whether the grade can be used."""
    exercises: tuple[ExerciseResult, ...]
    """The exercises, in the order of the assignment."""
    flags: tuple[Flag, ...] = ()
    """What somebody should know of; students see those that are for them."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What it was graded with: versions, device, level of isolation."""
    title: str = ""
    """The assignment's title."""
    duration_seconds: float = 0.0
    """How long grading took."""
    lateness: Lateness | None = None
    """How late it came; null if it was on time, or if nobody knows when it came."""
    attempts: tuple[Attempt, ...] = ()
    """The submissions before it, oldest first."""

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
