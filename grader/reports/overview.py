"""The class at a glance: small rows and counts, gathered in one pass so that no `Grade` is kept."""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from urllib.parse import quote

from grader.reports import wording
from grader.reports.inert import line, shown
from grader.reports.items import CheckStatistics
from grader.results import ExerciseResult, Flag, Grade, Outcome, Status

BINS = (*(f"{low}–{low + 9}" for low in range(0, 100, 10)), "100")
MOST_REASONS = 3
MOST_SLOW = 5
REASON_LIMIT = 200
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
# One letter each, all as wide as each other: thousands of outcomes as lines of text, from which the page draws its map.
LETTERS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.PASSED: ".",
        Outcome.FAILED: "x",
        Outcome.NOT_ATTEMPTED: "o",
        Outcome.RAISED: "!",
        Outcome.TIMED_OUT: "t",
        Outcome.CRASHED: "c",
        Outcome.BLOCKED: "b",
        Outcome.SKIPPED: "-",
        Outcome.GRADER_ERROR: "?",
    }
)
_NO_LETTER = " "

_Known = TypeVar("_Known", bound=Hashable)


class Cell(NamedTuple):
    """An exercise of one submission: `shade` is `s0` (nothing) to `s4` (all points), `mark` an outcome's symbol.

    `letter` is the outcome's, see `LETTERS`. `override` is what the checks alone would give, where the instructor decided.
    """

    text: str
    shade: str
    mark: str = ""
    label: str = ""
    letter: str = _NO_LETTER
    override: str = ""


NO_CELL = Cell("", "s0")


class Late(NamedTuple):
    """How late a submission came: days begun since the deadline, and what that costs."""

    days: int
    percent: str
    cost: str


class Row(NamedTuple):
    """One submission; `href` leads to its feedback. `score` is blank while the instructor has to look.

    `mistakes` and `flag_kinds` are places in the lists of the overview, `overrides` the exercises that were decided.
    """

    student: str
    href: str
    status: Status
    score: str
    points: str
    flags: int
    cells: tuple[Cell, ...] = ()
    late: Late | None = None
    overrides: tuple[str, ...] = ()
    attempts: int = 0
    mistakes: tuple[int, ...] = ()
    flag_kinds: tuple[int, ...] = ()


class Concern(NamedTuple):
    """A submission for the instructor's eye, and why."""

    student: str
    href: str
    reasons: tuple[str, ...]


class Mistake(NamedTuple):
    """A known mistake: the title of its exercise, its id, and what a teacher says of it."""

    exercise: str
    id: str
    line: str


class Slow(NamedTuple):
    """A submission that took long to grade."""

    seconds: float
    student: str
    href: str


@dataclass(slots=True)
class Overview:
    """All that the page of a class shows.

    `outcomes` are the letters of every check of a submission, a space between exercises; the best score first, each with
    the place of its row.
    """

    exercises: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    concerns: dict[str, list[Concern]] = field(
        default_factory=lambda: {"grader_error": [], "not_gradable": [], "flag": [], "late": [], "override": []}
    )
    flag_kinds: Counter[str] = field(default_factory=Counter)
    all_flag_kinds: list[str] = field(default_factory=list)
    checks: dict[str, dict[str, CheckStatistics]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    made_by: list[list[int]] = field(default_factory=list)
    outcomes: list[tuple[int, str]] = field(default_factory=list)
    statuses: Counter[Status] = field(default_factory=Counter)
    isolation: Counter[str] = field(default_factory=Counter)
    bins: list[int] = field(default_factory=lambda: [0] * len(BINS))
    mean: str = ""
    median: str = ""
    slowest: list[Slow] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ranked_mistakes(self) -> list[tuple[int, Mistake, list[Row]]]:
        """The known mistakes, those that most submissions show first, each with its place and who made it."""
        places = sorted(range(len(self.mistakes)), key=lambda place: (-len(self.made_by[place]), self.mistakes[place]))
        return [(place, self.mistakes[place], [self.rows[row] for row in self.made_by[place]]) for place in places]

    @property
    def mistake_ids(self) -> list[tuple[str, list[int], int]]:
        """The ids of all known mistakes, the commonest first, with their places: several, where more exercises show it."""
        places: dict[str, list[int]] = {}
        for place, mistake in enumerate(self.mistakes):
            places.setdefault(mistake.id, []).append(place)
        times = {name: len(set().union(*(self.made_by[place] for place in found))) for name, found in places.items()}
        return [(name, places[name], times[name]) for name in sorted(places, key=lambda name: (-times[name], name))]

    @property
    def graded(self) -> int:
        """How many submissions have a grade that counts."""
        return self.statuses[Status.GRADED]

    @property
    def judged(self) -> int:
        """How many submissions could show a mistake at all."""
        return len(self.rows) - self.statuses[Status.NOT_GRADABLE]


def overview(grades: Iterable[Grade]) -> Overview:
    """What the class page shows of `grades`, which are read once; rows are sorted by student."""
    gathered = _Gathered()
    for grade in grades:
        gathered.take(grade)
    return gathered.overview()


class _Entry(NamedTuple):
    """A submission on its way to an overview: its row, and what is put in order once all are known.

    `letters` are the outcomes of its checks, which stand in these `columns`.
    """

    row: Row
    cells: dict[str, Cell]
    columns: tuple[int, ...]
    letters: str
    share: float
    seconds: float


class _Gathered:
    """What is known of the class so far. What many submissions have in common is kept once."""

    def __init__(self) -> None:
        self.found = Overview()
        self.entries: list[_Entry] = []
        self.columns: dict[tuple[str, str], int] = {}
        self.mistakes: dict[Mistake, int] = {}
        self.flag_kinds: dict[str, int] = {}
        self.shares: list[float] = []
        self.cells: dict[Cell, Cell] = {}
        self.layouts: dict[tuple[int, ...], tuple[int, ...]] = {}

    def take(self, grade: Grade) -> None:
        found = self.found
        columns = self._count(grade)
        cells: dict[str, Cell] = {}
        for exercise in grade.exercises:
            name = line(exercise.name)
            found.exercises.setdefault(name, line(exercise.title or exercise.name))
            cell = _cell(exercise)
            cells[name] = self.cells.setdefault(cell, cell)
        score, points = grade.score, grade.points
        row = Row(
            line(grade.student),
            page_of(grade.student),
            grade.status,
            "" if grade.status is Status.GRADER_ERROR else shown(score),
            shown(points),
            len(grade.flags),
            late=_late(grade),
            overrides=tuple(line(exercise.title) for exercise in grade.exercises if exercise.override is not None),
            attempts=len(grade.attempts),
            mistakes=_places(_mistakes(grade), self.mistakes),
            flag_kinds=_places(map(_kind, grade.flags), self.flag_kinds),
        )
        share = float(100 * score / points) if points and row.score else -1.0
        letters = "".join(LETTERS[check.outcome] for check in grade.checks)
        columns = self.layouts.setdefault(columns, columns)
        self.entries.append(_Entry(row, cells, columns, letters, share, grade.duration_seconds))
        found.statuses[grade.status] += 1
        found.isolation[line(grade.environment.get("isolation", ""))] += 1
        found.seconds += grade.duration_seconds
        _worry(found, grade, row)
        if grade.status is Status.GRADED and points:
            self.shares.append(share)
            found.bins[max(0, min(len(BINS) - 1, int(share // 10)))] += 1

    def _count(self, grade: Grade) -> tuple[int, ...]:
        """Count every check; returns the columns that they stand in."""
        is_whole = all(check.outcome is not Outcome.GRADER_ERROR for check in grade.checks)
        earned = grade.earned if is_whole and grade.status is Status.GRADED else None
        columns: list[int] = []
        for exercise in grade.exercises:
            name = line(exercise.name)
            known = self.found.checks.setdefault(name, {})
            for check in exercise.checks:
                columns.append(self.columns.setdefault((name, check.name), len(self.columns)))
                found = known.get(check.name)
                if found is None:
                    title = line(check.title or check.name)
                    found = known[check.name] = CheckStatistics(title, check.visibility != "public", check.points)
                if grade.status is not Status.NOT_GRADABLE:
                    found.count(check, earned)
        return tuple(columns)

    def overview(self) -> Overview:
        found, entries = (
            self.found,
            sorted(self.entries, key=lambda entry: (entry.row.student.casefold(), entry.row.student)),
        )
        found.rows = [
            entry.row._replace(cells=tuple(entry.cells.get(name, NO_CELL) for name in found.exercises))
            for entry in entries
        ]
        # In the order of the exercises, also where a check came up later than those of the next exercise.
        order = tuple(self.columns[name, check] for name in found.exercises for check in found.checks[name])
        best_first = sorted(range(len(entries)), key=lambda place: -entries[place].share)
        sizes = [len(checks) for checks in found.checks.values()]
        found.outcomes = [(place, _grouped(_spread(entries[place], order), sizes)) for place in best_first]
        found.mistakes = list(self.mistakes)
        found.made_by = [[] for _ in self.mistakes]
        for place, row in enumerate(found.rows):
            for mistake in row.mistakes:
                found.made_by[mistake].append(place)
        found.all_flag_kinds = list(self.flag_kinds)
        slowest = sorted(entries, key=lambda entry: -entry.seconds)[:MOST_SLOW]
        found.slowest = [Slow(entry.seconds, entry.row.student, entry.row.href) for entry in slowest]
        for concerns in found.concerns.values():
            concerns.sort(key=lambda concern: concern.student.casefold())
        if self.shares:
            found.mean, found.median = f"{statistics.fmean(self.shares):.0f}", f"{statistics.median(self.shares):.0f}"
        return found


def _spread(entry: _Entry, order: tuple[int, ...]) -> str:
    """The letters of a submission in this order of columns, blank where it has no such check."""
    if entry.columns == order:
        return entry.letters
    at = dict(zip(entry.columns, entry.letters, strict=True))
    return "".join(at.get(column, _NO_LETTER) for column in order)


def _grouped(letters: str, sizes: Sequence[int]) -> str:
    """The letters with a space between exercises of these sizes."""
    ends = list(itertools.accumulate(sizes))
    return " ".join(letters[end - size : end] for size, end in zip(sizes, ends, strict=True))


def _places(entries: Iterable[_Known], known: dict[_Known, int]) -> tuple[int, ...]:
    """The number of each entry, each once; a new one gets the next."""
    return tuple(sorted({known.setdefault(entry, len(known)) for entry in entries}))


def _mistakes(grade: Grade) -> Iterator[Mistake]:
    for exercise in grade.exercises:
        for check in exercise.checks:
            if check.mistake:
                title = line(exercise.title or exercise.name)
                yield Mistake(title, line(check.mistake), line(check.mistake_line or ""))


def _kind(flag: Flag) -> str:
    return line(flag.kind.replace("_", " "))


def _late(grade: Grade) -> Late | None:
    if grade.lateness is None:
        return None
    return Late(grade.lateness.days, shown(grade.lateness.percent), shown(grade.deduction))


def _cell(exercise: ExerciseResult) -> Cell:
    outcome = exercise.outcome
    label = wording.LABELS[outcome] if outcome in MARKED else ""
    mark = wording.SYMBOLS[outcome] if outcome in MARKED else ""
    score, points = exercise.score, exercise.points
    override = shown(exercise.earned) if exercise.override is not None else ""
    return Cell(f"{shown(score)}/{shown(points)}", _shade(score, points), mark, label, LETTERS[outcome], override)


def _shade(score: Decimal, points: Decimal) -> str:
    if points <= 0 or score <= 0:
        return "s0"
    return "s4" if score >= points else f"s{1 + int(3 * score / points)}"


def _worry(found: Overview, grade: Grade, row: Row) -> None:
    """Note why the instructor should look at this submission, if there is a reason."""
    broken = [
        f"{(check.title or check.name).rstrip('.')}: {check.evidence.summary if check.evidence else 'grader error'}"
        for check in grade.checks
        if check.outcome is Outcome.GRADER_ERROR
    ]
    reasons = [*broken, *map(_reason, grade.flags)]
    if grade.status is Status.GRADER_ERROR or (broken and not row.overrides):
        _add(found, "grader_error", row, reasons)
    elif grade.status is Status.NOT_GRADABLE:
        _add(found, "not_gradable", row, reasons)
    elif grade.flags:
        _add(found, "flag", row, [*map(_reason, grade.flags)])
        found.flag_kinds.update(map(_kind, grade.flags))
    if grade.lateness is not None and row.late is not None:
        handed_in = f"handed in {_clock(grade.lateness.submitted_at)}, deadline {_clock(grade.lateness.deadline)}"
        _add(found, "late", row, [f"{handed_in}: {_late_words(row.late)}"])
    decided = [
        f"{exercise.title}: {shown(exercise.override.score)} instead of {shown(exercise.earned)}: {exercise.override.why}"
        for exercise in grade.exercises
        if exercise.override is not None
    ]
    if decided:
        _add(found, "override", row, decided)


def _add(found: Overview, group: str, row: Row, reasons: Sequence[str]) -> None:
    told = [line(reason)[:REASON_LIMIT] for reason in reasons[:MOST_REASONS]]
    if len(reasons) > MOST_REASONS:
        told.append(wording.more_lines(len(reasons) - MOST_REASONS))
    found.concerns[group].append(Concern(row.student, row.href, tuple(told)))


def _late_words(late: Late) -> str:
    if not late.days:
        return "within the time of grace, nothing taken off"
    days = f"{late.days} day{'s' if late.days > 1 else ''}"
    return f"{days} begun, {late.percent} % taken off ({late.cost})"


def _clock(moment: str) -> str:
    """`2026-03-02T10:00:00+00:00` as `2026-03-02 10:00 UTC`."""
    return re.sub(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*?(\+00:00)?$", r"\1 \2 UTC", moment)


def _reason(flag: Flag) -> str:
    told = f"{flag.where} {flag.detail}"
    return told if flag.kind == "not_gradable" else f"{flag.kind.replace('_', ' ')}: {told}"


def page_of(student: str) -> str:
    """The way from the folder of results to a student's page, for folder names with any character in them."""
    # The only lone surrogates of a path on POSIX are the bytes that are not UTF-8; these go back to what they were.
    name = _NOT_BYTES.sub("\ufffd", student).encode("utf-8", "surrogateescape")
    return f"students/{quote(name, safe='')}/feedback.html"
