"""The class at a glance: small rows and counts, gathered in one pass so that no `Grade` is kept."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote

from grader.reports import wording
from grader.reports.content import line, shown
from grader.results import CheckResult, ExerciseResult, Flag, Grade, Outcome, Status

BINS = (*(f"{low}–{low + 9}" for low in range(0, 100, 10)), "100")
MOST_REASONS = 3
MOST_MISTAKES = 12
REASON_LIMIT = 200
_UNCOUNTED = (Outcome.SKIPPED, Outcome.GRADER_ERROR)
_NOT_BYTES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
# Outcomes that the numbers of a cell can't tell; the others need no mark.
MARKED = (
    Outcome.NOT_ATTEMPTED,
    Outcome.RAISED,
    Outcome.TIMED_OUT,
    Outcome.CRASHED,
    Outcome.BLOCKED,
    Outcome.SKIPPED,
    Outcome.GRADER_ERROR,
)


class Cell(NamedTuple):
    """An exercise of one submission: `shade` is `s0` (nothing) to `s4` (all points), `mark` an outcome's symbol."""

    text: str
    shade: str
    mark: str = ""
    label: str = ""


NO_CELL = Cell("", "s0")


class Row(NamedTuple):
    """One submission; `href` leads to its feedback. `score` is blank while the instructor has to look."""

    student: str
    href: str
    status: Status
    score: str
    points: str
    flags: int
    cells: tuple[Cell, ...]


class Concern(NamedTuple):
    """A submission for the instructor's eye, and why."""

    student: str
    href: str
    reasons: tuple[str, ...]


@dataclass(slots=True)
class CheckRate:
    """How many submissions passed a check, of those in which it ran to a verdict."""

    title: str
    is_hidden: bool
    passed: int = 0
    counted: int = 0
    mistakes: Counter[str] = field(default_factory=Counter)

    @property
    def percent(self) -> int:
        """The share that passed; 100 only when all did."""
        return 100 * self.passed // self.counted if self.counted else 0

    @property
    def commonest(self) -> list[tuple[str, int]]:
        """The two known mistakes seen most often, with their numbers."""
        return self.mistakes.most_common(2)


class Mistake(NamedTuple):
    """A known mistake: the title of its exercise, its id, and what a teacher says of it."""

    exercise: str
    id: str
    line: str


@dataclass(slots=True)
class Overview:
    """All that the page of a class shows."""

    exercises: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    concerns: dict[str, list[Concern]] = field(
        default_factory=lambda: {"grader_error": [], "not_gradable": [], "flag": []}
    )
    flag_kinds: Counter[str] = field(default_factory=Counter)
    rates: dict[str, dict[str, CheckRate]] = field(default_factory=dict)
    mistakes: Counter[Mistake] = field(default_factory=Counter)
    statuses: Counter[Status] = field(default_factory=Counter)
    bins: list[int] = field(default_factory=lambda: [0] * len(BINS))
    mean: str = ""
    median: str = ""

    @property
    def commonest_mistakes(self) -> list[tuple[Mistake, int]]:
        """The known mistakes that most submissions show, with the numbers of submissions."""
        return sorted(self.mistakes.most_common(MOST_MISTAKES), key=lambda entry: (-entry[1], entry[0]))

    @property
    def graded(self) -> int:
        """How many submissions have a grade that counts."""
        return self.statuses[Status.GRADED]


def overview(grades: Iterable[Grade]) -> Overview:
    """What the class page shows of `grades`, which are read once; rows are sorted by student."""
    found = Overview()
    known: dict[Cell, Cell] = {}
    shares: list[float] = []
    gathered: list[tuple[Row, dict[str, Cell]]] = []
    for grade in grades:
        cells: dict[str, Cell] = {}
        for exercise in grade.exercises:
            name = line(exercise.name)
            found.exercises.setdefault(name, line(exercise.title or exercise.name))
            cell = _cell(exercise)
            cells[name] = known.setdefault(cell, cell)
            if grade.status is not Status.NOT_GRADABLE:
                _count(found.rates.setdefault(name, {}), exercise.checks)
        found.mistakes.update(_mistakes(grade))
        score, points = grade.score, grade.points
        shown_score = "" if grade.status is Status.GRADER_ERROR else shown(score)
        row = Row(
            line(grade.student), _href(grade.student), grade.status, shown_score, shown(points), len(grade.flags), ()
        )
        gathered.append((row, cells))
        found.statuses[grade.status] += 1
        _worry(found, grade, row)
        if grade.status is Status.GRADED and points:
            share = float(100 * score / points)
            shares.append(share)
            found.bins[min(len(BINS) - 1, int(share // 10))] += 1
    found.rows = [
        row._replace(cells=tuple(cells.get(name, NO_CELL) for name in found.exercises))
        for row, cells in sorted(gathered, key=lambda entry: entry[0].student)
    ]
    for concerns in found.concerns.values():
        concerns.sort()
    if shares:
        found.mean, found.median = f"{statistics.fmean(shares):.0f}", f"{statistics.median(shares):.0f}"
    return found


def _mistakes(grade: Grade) -> set[Mistake]:
    """The known mistakes of a submission, each once."""
    return {
        Mistake(line(exercise.title or exercise.name), line(check.mistake), line(check.mistake_line or ""))
        for exercise in grade.exercises
        for check in exercise.checks
        if check.mistake
    }


def _cell(exercise: ExerciseResult) -> Cell:
    outcome = exercise.outcome
    label = wording.LABELS[outcome] if outcome in MARKED else ""
    mark = wording.SYMBOLS[outcome] if outcome in MARKED else ""
    score, points = exercise.score, exercise.points
    return Cell(f"{shown(score)}/{shown(points)}", _shade(score, points), mark, label)


def _shade(score: Decimal, points: Decimal) -> str:
    if not points or not score:
        return "s0"
    return "s4" if score == points else f"s{1 + int(3 * score / points)}"


def _count(rates: dict[str, CheckRate], checks: Sequence[CheckResult]) -> None:
    for check in checks:
        rate = rates.get(check.name)
        if rate is None:
            rate = rates[check.name] = CheckRate(line(check.title or check.name), check.visibility != "public")
        if check.outcome not in _UNCOUNTED:
            rate.counted += 1
            rate.passed += check.outcome is Outcome.PASSED
            if check.mistake:
                rate.mistakes[line(check.mistake)] += 1


def _worry(found: Overview, grade: Grade, row: Row) -> None:
    """Note why the instructor should look at this submission, if there is a reason."""
    broken = [
        f"{(check.title or check.name).rstrip('.')}: {check.evidence.summary if check.evidence else 'grader error'}"
        for check in grade.checks
        if check.outcome is Outcome.GRADER_ERROR
    ]
    reasons = [*broken, *map(_reason, grade.flags)]
    if grade.status is Status.GRADER_ERROR or broken:
        group = "grader_error"
    elif grade.status is Status.NOT_GRADABLE:
        group = "not_gradable"
    elif grade.flags:
        group = "flag"
        found.flag_kinds.update(line(flag.kind.replace("_", " ")) for flag in grade.flags)
    else:
        return
    told = [line(reason)[:REASON_LIMIT] for reason in reasons[:MOST_REASONS]]
    if len(reasons) > MOST_REASONS:
        told.append(wording.more_lines(len(reasons) - MOST_REASONS))
    found.concerns[group].append(Concern(row.student, row.href, tuple(told)))


def _reason(flag: Flag) -> str:
    told = f"{flag.where} {flag.detail}"
    return told if flag.kind == "not_gradable" else f"{flag.kind.replace('_', ' ')}: {told}"


def _href(student: str) -> str:
    """The way from the class page to a student's page, for folder names with any character in them."""
    # The only lone surrogates of a path on POSIX are the bytes that are not UTF-8; these go back to what they were.
    name = _NOT_BYTES.sub("\ufffd", student).encode("utf-8", "surrogateescape")
    return f"students/{quote(name, safe='')}/feedback.html"
