"""What a student's report says, before any format: what is hidden is dropped here, and every text is made inert.

`present` turns a `Grade` into views whose texts hold no control, bidi or invisible characters and have a limit. The
formats escape for their syntax and nothing else, so none of them can show what another hides.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from grader.reports import wording
from grader.results import (
    CheckResult,
    Curve,
    Evidence,
    ExerciseResult,
    Figure,
    Grade,
    Location,
    Outcome,
    Status,
    number,
)

INLINE_LIMIT = 600
MOST_CALLS = 40
MOST_REMARKS = 12
HALF_COLUMNS = 44
COMPLETE = (Outcome.PASSED, Outcome.SKIPPED)
_QUIET = (Outcome.NOT_ATTEMPTED, Outcome.BLOCKED, Outcome.SKIPPED)

_COLOUR = re.compile(r"\x1b\[[0-9;]{0,30}m")
_INERT = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "\u2421"}
_UNSEEN = re.compile(
    "[\x80-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\U000e0000-\U000e0fff]"
)
_BROKEN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_CODE = re.compile(r"`([^`]+)`")


def printable(text: str) -> str:
    """`text` with every control or invisible character replaced by a visible one; tabs and line ends stay."""
    text = _COLOUR.sub("", text).translate(_INERT)
    return _BROKEN.sub("\ufffd", _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text))


def line(text: str) -> str:
    """`text` on one line, printable, at most `INLINE_LIMIT` characters."""
    text = _SPACE.sub(" ", printable(_SPACE.sub(" ", text[: 8 * INLINE_LIMIT]))).strip()
    return text if len(text) <= INLINE_LIMIT else text[: INLINE_LIMIT - 1] + "…"


def block(text: str, limit: int) -> str:
    """`text` with its lines, printable; beyond `limit` characters it says how many more there are."""
    kept = printable("\n".join(text[:limit].splitlines()))
    return f"{kept}\n{wording.more_characters(len(text) - limit)}" if len(text) > limit else kept


def code_spans(text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of `text`, each with whether it stands between backticks and so is code."""
    for place, piece in enumerate(_CODE.split(text)):
        if piece:
            yield place % 2 == 1, piece


def shown(value: Decimal) -> str:
    """`value` as people read it: `3`, `2.5`."""
    return str(number(value))


def curve_table(curve: Curve, limit: int = 12) -> str:
    """The first `limit` points of a curve as columns of text: the place from 1, the value got, the value expected."""

    def at(values: tuple[float, ...], place: int) -> str:
        return f"{values[place]:.5g}" if place < len(values) else ""

    length = max(len(curve.got), len(curve.expected))
    rows = [(curve.unit[:12], "yours", "reference")]
    rows += [(str(place + 1), at(curve.got, place), at(curve.expected, place)) for place in range(min(length, limit))]
    lines = [f"{place:>12}{got:>14}{expected:>14}".rstrip() for place, got, expected in rows]
    return "\n".join(lines if length <= limit else [*lines, wording.more_lines(length - limit)])


def figure_in_words(figure: Figure) -> str:
    """A figure where none can be drawn: how large the picture is, and the longest bar."""
    parts = [f"a picture of {len(figure.image)} x {len(figure.image[0])}"] if figure.image else []
    if figure.bars:
        label, length = max(figure.bars, key=lambda bar: bar[1])
        parts.append(f"{len(figure.bars)} bars, the longest at {label} ({length:.4g})")
    return ", ".join(parts) or "empty"


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check as its student may see it. `summary` is one line; `got`, `expected` and `printed` are blocks.

    `mistake` is the known mistake that it shows, in a teacher's words. `further_hints` are to be shown on request.
    """

    anchor: str
    title: str
    outcome: Outcome
    score: str
    points: str
    summary: str = ""
    got: str | None = None
    expected: str | None = None
    mistake: str = ""
    relation: str = ""
    location: Location | None = None
    calls: tuple[str, ...] = ()
    printed: str = ""
    curves: tuple[Curve, ...] = ()
    figures: tuple[Figure, ...] = ()
    hint: str = ""
    further_hints: tuple[str, ...] = ()
    is_hidden: bool = False

    @property
    def label(self) -> str:
        """The outcome in words."""
        return wording.LABELS[self.outcome]

    @property
    def symbol(self) -> str:
        """The outcome as one character."""
        return wording.SYMBOLS[self.outcome]

    @property
    def has_more(self) -> bool:
        """Whether there is more to see than the summary and the place."""
        seen = (self.expected, self.got, self.relation, self.calls, self.printed, self.curves, self.figures)
        return any(entry for entry in seen)

    @property
    def is_wide(self) -> bool:
        """Whether got and expected are too wide to stand side by side."""
        lines = f"{self.got or ''}\n{self.expected or ''}".split("\n")
        return max(map(len, lines)) > HALF_COLUMNS


@dataclass(frozen=True, slots=True)
class ExerciseView:
    """One exercise. `together` is what its checks have in common, when one sentence says it for all of them."""

    anchor: str
    name: str
    title: str
    outcome: Outcome
    score: str
    points: str
    checks: tuple[CheckView, ...]
    together: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do now: the first check that did not pass, and the command that runs its exercise."""

    exercise: ExerciseView
    check: CheckView
    command: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """All that one student's report says. `notices` stand above everything else."""

    title: str
    student: str
    status: Status
    standing: str
    score: str
    points: str
    share: int
    notices: tuple[str, ...]
    praise: str
    next_step: NextStep | None
    exercises: tuple[ExerciseView, ...]
    remarks: tuple[tuple[str, str, str], ...]
    small_print: tuple[tuple[str, str], ...]


def present(grade: Grade, block_limit: int) -> Feedback:
    """What the report of `grade` says; a block of text is cut at `block_limit` characters."""
    exercises = tuple(_exercise(place, entry, block_limit) for place, entry in enumerate(grade.exercises, 1))
    points = grade.points
    return Feedback(
        title=line(grade.title or grade.assignment),
        student=line(grade.student),
        status=grade.status,
        standing=wording.STANDINGS[grade.status],
        score=shown(grade.score),
        points=shown(points),
        share=int(100 * grade.score / points) if points else 0,
        notices=_notices(grade),
        praise=_praise(grade),
        next_step=None if grade.status is Status.NOT_GRADABLE else _next_step(grade, exercises),
        exercises=exercises,
        remarks=_remarks(grade),
        small_print=_small_print(grade),
    )


def _notices(grade: Grade) -> tuple[str, ...]:
    if grade.status is Status.GRADER_ERROR:
        return wording.GRADER_ERROR
    if grade.status is Status.NOT_GRADABLE:
        reasons = (line(f"{flag.where} {flag.detail}") for flag in grade.flags if flag.kind == "not_gradable")
        return (wording.NOT_GRADABLE, *reasons, wording.HAND_IN_AGAIN)
    return ()


def _praise(grade: Grade) -> str:
    complete = grade.exercises and all(exercise.outcome in COMPLETE for exercise in grade.exercises)
    return wording.ALL_PASSED if complete and grade.status is Status.GRADED else ""


def _next_step(grade: Grade, exercises: tuple[ExerciseView, ...]) -> NextStep | None:
    for exercise in exercises:
        for check in exercise.checks:
            if check.outcome not in (*COMPLETE, Outcome.GRADER_ERROR):
                told = replace(check, summary=check.summary or exercise.together)
                return NextStep(exercise, told, _command(grade, exercise.name))
    return None


def _command(grade: Grade, exercise: str) -> str:
    """What checks the exercise again: in a notebook, if that is what was handed in, else in a shell."""
    checks = [check for entry in grade.exercises for check in entry.checks]
    places = [check.evidence.location for check in checks if check.evidence and check.evidence.location]
    if any(place.cell is not None for place in places):
        return f'check("{exercise}")'
    return f"pytest {shlex.quote(line(f'assignments/{grade.assignment}'))} -k {shlex.quote(exercise)}"


def _remarks(grade: Grade) -> tuple[tuple[str, str, str], ...]:
    flags = [flag for flag in grade.flags if flag.kind in wording.REMARKS]
    remarks = [(wording.REMARKS[flag.kind], line(flag.where), line(flag.detail)) for flag in flags[:MOST_REMARKS]]
    if len(flags) > MOST_REMARKS:
        remarks.append((wording.more_lines(len(flags) - MOST_REMARKS), "", ""))
    return tuple(remarks)


def _small_print(grade: Grade) -> tuple[tuple[str, str], ...]:
    entries = {"assignment": f"{grade.assignment} {grade.assignment_version}".strip()}
    entries["submission"] = grade.submission_sha256[:12]
    entries |= dict(grade.environment)
    return tuple((line(name), line(value)) for name, value in entries.items() if value)


def _exercise(place: int, exercise: ExerciseResult, limit: int) -> ExerciseView:
    anchor = f"exercise-{place}"
    checks = tuple(
        _check(f"{anchor}-check-{at}", check, exercise.file, limit) for at, check in enumerate(exercise.checks, 1)
    )
    together = ""
    if len(checks) > 1 and {check.outcome for check in checks} in ({outcome} for outcome in _QUIET):
        summaries = {check.summary for check in checks if not check.is_hidden}
        if len(summaries) == 1:
            together = summaries.pop()
            rest = (replace(check, summary="", location=None) for check in checks[1:])
            checks = (replace(checks[0], summary=""), *rest)
    return ExerciseView(
        anchor=anchor,
        name=line(exercise.name),
        title=line(exercise.title or exercise.name),
        outcome=exercise.outcome,
        score=shown(exercise.score),
        points=shown(exercise.points),
        checks=checks,
        together=together,
    )


def _check(anchor: str, check: CheckResult, file: str, limit: int) -> CheckView:
    is_told = check.outcome not in (*COMPLETE, Outcome.GRADER_ERROR)
    view = CheckView(
        anchor=anchor,
        title=line(check.title or check.name),
        outcome=check.outcome,
        score=shown(check.score),
        points=shown(check.points),
        summary=wording.FALLBACKS[check.outcome],
        mistake=line(check.mistake_line or "") if is_told else "",
        hint=block(check.hint or "", limit).strip() if is_told else "",
        further_hints=tuple(block(entry, limit).strip() for entry in check.further_hints if is_told),
        is_hidden=check.visibility != "public",
    )
    if view.is_hidden:
        return replace(view, summary="") if check.outcome is Outcome.PASSED else view
    if check.outcome is Outcome.GRADER_ERROR:
        return view
    evidence = check.evidence or Evidence()
    if check.outcome is Outcome.NOT_ATTEMPTED:
        at = evidence.location
        return replace(view, summary=wording.open_at(line(at.file if at else file), at.line_in_file if at else ""))
    if check.outcome is Outcome.PASSED:
        return replace(view, curves=_curves(evidence), figures=_figures(evidence))
    return replace(
        view,
        summary=line(evidence.summary) or view.summary,
        got=None if evidence.got is None else block(evidence.got, limit),
        expected=None if evidence.expected is None else block(evidence.expected, limit),
        relation=line(evidence.relation or ""),
        location=_location(evidence.location),
        calls=_calls(evidence, limit),
        printed=block(evidence.printed, limit).strip("\n"),
        curves=_curves(evidence),
        figures=_figures(evidence),
    )


def _location(location: Location | None) -> Location | None:
    if location is None:
        return None
    source = textwrap.dedent(block(location.source, INLINE_LIMIT)).strip("\n").rstrip()
    return Location(line(location.file), location.line, line(location.function), source, location.cell)


def _calls(evidence: Evidence, limit: int) -> tuple[str, ...]:
    calls = tuple(block(call, limit) for call in evidence.calls[:MOST_CALLS])
    left_out = len(evidence.calls) - len(calls)
    return (*calls, wording.more_lines(left_out)) if left_out else calls


def _figures(evidence: Evidence) -> tuple[Figure, ...]:
    return tuple(
        Figure(line(figure.title), figure.image, tuple((line(label), length) for label, length in figure.bars))
        for figure in evidence.figures
    )


def _curves(evidence: Evidence) -> tuple[Curve, ...]:
    return tuple(replace(curve, title=line(curve.title), unit=line(curve.unit)) for curve in evidence.curves)
