"""What a student's report says, before any format: what is hidden is dropped here, and every text is made inert.

`present` turns a `Grade` into views whose texts hold no control, bidi or invisible characters and have a limit. The
formats escape for their syntax and nothing else, so none of them can show what another hides.
"""

from __future__ import annotations

import math
import shlex
import textwrap
from dataclasses import dataclass, replace
from decimal import Decimal

from grader.reports import wording
from grader.reports.inert import INLINE_LIMIT, block, line, moment, printable, shown
from grader.results import (
    CheckResult,
    Curve,
    Evidence,
    ExerciseResult,
    Figure,
    Grade,
    Location,
    Matrix,
    Misclassified,
    Outcome,
    Predictions,
    Status,
    WrongEntry,
)

MOST_CALLS = 40
MOST_REMARKS = 12
MOST_LINES = 60
MOST_NAMES = 6
MOST_ATTEMPTS = 12
WHOLE_IN_TEXT = 36  # entries: of a tensor as small as that, got and expected are in the text as a whole
HALF_COLUMNS = 44
COMPLETE = (Outcome.PASSED, Outcome.SKIPPED)
_QUIET = (Outcome.NOT_ATTEMPTED, Outcome.BLOCKED, Outcome.SKIPPED)


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
    source_shown_in: str = ""
    calls: tuple[str, ...] = ()
    printed: str = ""
    curves: tuple[Curve, ...] = ()
    figures: tuple[Figure, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    predictions: tuple[Predictions, ...] = ()
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
    def hints(self) -> tuple[tuple[str, str], ...]:
        """Every hint behind what it is called, each says more than the one before."""
        texts = [text for text in (self.hint, *self.further_hints) if text]
        levels = wording.HINT_LEVELS if self.mistake and len(texts) == len(wording.HINT_LEVELS) else ()
        return tuple(zip(levels or [wording.HINT, *[wording.FURTHER_HINT] * len(texts)], texts, strict=False))

    @property
    def has_more(self) -> bool:
        """Whether there is more to see than the summary and the place."""
        seen = (self.expected, self.got, self.relation, self.calls, self.printed, self.has_pictures)
        return any(entry for entry in seen)

    @property
    def has_pictures(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.curves or self.figures or self.matrices or self.predictions)

    @property
    def blocks(self) -> tuple[tuple[str, str], ...]:
        """What was expected and what came, where no table of entries says the same."""
        if any(math.prod(matrix.shape) > WHOLE_IN_TEXT for matrix in self.matrices if matrix.entries):
            return ()
        pairs = ((wording.EXPECTED, self.expected), (wording.GOT, self.got))
        return tuple((heading, text) for heading, text in pairs if text is not None)

    @property
    def is_wide(self) -> bool:
        """Whether got and expected are too wide to stand side by side."""
        lines = f"{self.got or ''}\n{self.expected or ''}".split("\n")
        return max(map(len, lines)) > HALF_COLUMNS


@dataclass(frozen=True, slots=True)
class ExerciseView:
    """One exercise. `together` is what its checks have in common, when one sentence says it for all of them.

    `decision` is what an instructor decided of it, with the reason.
    """

    anchor: str
    name: str
    title: str
    outcome: Outcome
    score: str
    points: str
    checks: tuple[CheckView, ...]
    together: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do now: the first check that did not pass, and the command that runs its exercise."""

    exercise: ExerciseView
    check: CheckView
    command: str


@dataclass(frozen=True, slots=True)
class History:
    """What has changed since the last submission. `scores` are those that checks gave, oldest first, the newest last."""

    summary: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    scores: tuple[float, ...]
    in_words: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """All that one student's report says. `notices` stand above everything else.

    `adjustments` say what changed the score beside the checks, each a heading and a sentence.
    """

    title: str
    student: str
    status: Status
    standing: str
    score: str
    points: str
    share: int
    adjustments: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    praise: str
    history: History | None
    next_step: NextStep | None
    exercises: tuple[ExerciseView, ...]
    remarks: tuple[tuple[str, str, str], ...]
    small_print: tuple[tuple[str, str], ...]

    @property
    def told(self) -> tuple[ExerciseView, ...]:
        """The exercises to tell of: none where nothing could be read, since all of them only wait for that."""
        return () if self.status is Status.NOT_GRADABLE else self.exercises


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
        share=max(0, min(100, int(100 * grade.score / points))) if points else 0,
        adjustments=_adjustments(grade),
        notices=_notices(grade),
        praise=_praise(grade),
        history=_history(grade),
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


def _adjustments(grade: Grade) -> tuple[tuple[str, str], ...]:
    """What changed the score beside the checks, and what the checks gave."""
    decided = [exercise for exercise in grade.exercises if exercise.override is not None]
    told = [
        (wording.DECISION, f"{line(exercise.title or exercise.name)}: {_decision(exercise)}") for exercise in decided
    ]
    if grade.lateness is not None:
        late = grade.lateness
        arrived, due = moment(late.submitted_at), moment(late.deadline)
        taken = wording.late(arrived, due, late.days, shown(late.percent), shown(grade.deduction))
        told.append((wording.LATE, taken))
    if decided or grade.deduction:
        told.append((wording.COUNTED, wording.earned_and_counted(shown(grade.earned), shown(grade.score))))
    return tuple(told)


def _decision(exercise: ExerciseResult) -> str:
    override = exercise.override
    if override is None:
        return ""
    return wording.decided(shown(override.score), shown(exercise.points), shown(exercise.earned), line(override.why))


def _history(grade: Grade) -> History | None:
    """What the last submission was worth against this one; None without one, or when this one says nothing."""
    if not grade.attempts or grade.status is Status.GRADER_ERROR:
        return None
    last = grade.attempts[-1]
    titles = {
        f"{exercise.name}/{check.name}": (line(exercise.title), line(check.title or check.name), check.outcome)
        for exercise in grade.exercises
        for check in exercise.checks
    }
    passed = {name for name, (_, _, outcome) in titles.items() if outcome is Outcome.PASSED}
    before = set(last.passed)

    def told(names: set[str]) -> tuple[str, ...]:
        found = [f"{titles[name][0]}: {titles[name][1]}".rstrip(".") for name in titles if name in names]
        more = [wording.more_lines(len(found) - MOST_NAMES)] if len(found) > MOST_NAMES else []
        return (*found[:MOST_NAMES], *more)

    lost = {name for name in before - passed if name in titles and titles[name][2] is not Outcome.GRADER_ERROR}
    attempts = [*((attempt.score, attempt.points) for attempt in grade.attempts), (grade.earned, grade.points)]
    kept = attempts[-MOST_ATTEMPTS:]
    return History(
        wording.since(_of(last.score, last.points, grade.points), shown(grade.earned)),
        told(passed - before),
        told(lost),
        tuple(float(score / points) if points else 0.0 for score, points in kept),
        wording.all_attempts([_of(score, points, grade.points) for score, points in kept], len(attempts)),
    )


def _of(score: Decimal, points: Decimal, now: Decimal) -> str:
    """A score; where other points were to be had then, of how many."""
    return shown(score) if points == now else f"{shown(score)} (of {shown(points)})"


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
    checks = _each_source_once(checks)
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
        decision=_decision(exercise),
    )


def _each_source_once(checks: tuple[CheckView, ...]) -> tuple[CheckView, ...]:
    """Checks that stopped at the same line show it once; the others lead there."""
    shown_in: dict[Location, str] = {}
    views: list[CheckView] = []
    for check in checks:
        first = shown_in.setdefault(check.location, check.anchor) if check.location is not None else check.anchor
        if check.location is not None and first != check.anchor:
            location = replace(check.location, source="", context=())
            check = replace(check, location=location, source_shown_in=first)
        views.append(check)
    return tuple(views)


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
        return _with_pictures(view, evidence)
    return replace(
        _with_pictures(view, evidence),
        summary=line(evidence.summary) or view.summary,
        got=None if evidence.got is None else block(evidence.got, limit),
        expected=None if evidence.expected is None else block(evidence.expected, limit),
        relation=line(evidence.relation or ""),
        location=_location(evidence.location),
        calls=_calls(evidence, limit),
        printed=block(evidence.printed, limit).strip("\n"),
    )


def _with_pictures(view: CheckView, evidence: Evidence) -> CheckView:
    return replace(
        view,
        curves=_curves(evidence),
        figures=_figures(evidence),
        matrices=tuple(map(_matrix, evidence.matrices)),
        predictions=tuple(map(_predictions, evidence.predictions)),
    )


def _location(location: Location | None) -> Location | None:
    if location is None:
        return None
    source = textwrap.dedent(block(location.source, INLINE_LIMIT)).strip("\n").rstrip()
    kept = (printable(entry[:INLINE_LIMIT].replace("\n", " ")).expandtabs(4) for entry in location.context[:MOST_LINES])
    return replace(
        location,
        file=line(location.file),
        function=line(location.function),
        source=source,
        context=tuple(textwrap.dedent("\n".join(kept)).split("\n")) if location.context else (),
    )


def _matrix(matrix: Matrix) -> Matrix:
    entries = tuple(WrongEntry(line(entry.index), line(entry.got), line(entry.expected)) for entry in matrix.entries)
    return replace(matrix, name=line(matrix.name), where=line(matrix.where), entries=entries)


def _predictions(predictions: Predictions) -> Predictions:
    return replace(
        predictions,
        title=line(predictions.title),
        classes=tuple(map(line, predictions.classes)),
        misclassified=tuple(
            Misclassified(entry.image, line(entry.label), line(entry.prediction)) for entry in predictions.misclassified
        ),
    )


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
    return tuple(
        replace(curve, title=line(curve.title), unit=line(curve.unit), band=line(curve.band))
        for curve in evidence.curves
    )
