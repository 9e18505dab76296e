"""What a student's terminal shows after a run: a table of exercises, then the first problem in full."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

from grader.course.assignments import Assignment
from grader.isolation.levels import Level
from grader.results import CheckResult, ExerciseResult, Outcome, number
from grader.text import inert, sayable

WIDTH = 78
_NARROW = 46  # columns: with fewer an exercise has two lines
_BESIDE_TITLE = 30  # columns of a row: what was earned, and "not attempted", the state that is most often read
_LEVEL_WORDS = {
    None: "  your code ran in pytest's own process, without isolation",
    Level.PROCESS: "  your code ran without walls, isolation: process; check only code that you trust",
}
_QUIET = (Outcome.PASSED, Outcome.SKIPPED)


class Writer(Protocol):
    """What of pytest's terminal reporter is used."""

    def write_sep(self, sep: str, title: str | None = None, **markup: bool) -> None:
        """A line across the terminal with a title in it."""

    def write_line(self, line: str, **markup: bool) -> None:
        """A line."""


class InertWriter:
    """A writer in whose lines nothing is a command to the CI service that reads them, whoever wrote the text."""

    def __init__(self, writer: Writer, encoding: str | None = None) -> None:
        """Nothing is written that the `encoding` lacks, UTF-8 without one."""
        self._writer = writer
        self._encoding = encoding

    def write_sep(self, sep: str, title: str | None = None, **markup: bool) -> None:
        """A line across the terminal with a title in it."""
        self._writer.write_sep(sep, title if title is None else sayable(inert(title), self._encoding), **markup)

    def write_line(self, line: str, **markup: bool) -> None:
        """A line, or several."""
        self._writer.write_line(sayable(inert(line), self._encoding), **markup)


def write_summary(
    writer: InertWriter,
    assignment: Assignment,
    exercises: tuple[ExerciseResult, ...],
    level: Level | None = None,
    hints: int = 1,
    columns: int = WIDTH,
) -> None:
    """Write the table and the first problem, and how well the code was walled in; None if it ran in this process."""
    score = sum(exercise.score for exercise in exercises)
    points = sum(exercise.points for exercise in exercises)
    writer.write_sep("=", assignment.title)
    writer.write_line(level_words(level), light=True)
    width = write_rows(writer, exercises, columns)
    writer.write_line(f"  {'':<{width}}  {'-' * 9}")
    writer.write_line(
        f"  {'points':<{width}}  {f'{number(Decimal(score))} of {number(Decimal(points))}':>9}", bold=True
    )
    for line in next_step(assignment, exercises, hints, columns):
        writer.write_line(line)


def level_words(level: Level | None) -> str:
    """How well the code was walled in; None if it ran in this process."""
    return _LEVEL_WORDS.get(level, f"  your code ran walled in, isolation: {level}")


def write_rows(writer: Writer, exercises: tuple[ExerciseResult, ...], columns: int = WIDTH) -> int:
    """Write a line an exercise: what it earned, and its state in a few words; returns how wide the titles are.

    Two lines where the terminal is narrow.
    """
    is_narrow = columns < _NARROW
    width = 0 if is_narrow else min(max(len(exercise.title) for exercise in exercises), columns - _BESIDE_TITLE)
    for exercise in exercises:
        earned = f"{number(exercise.score)} of {number(exercise.points)}"
        colour = {Outcome.PASSED: {"green": True}, Outcome.NOT_ATTEMPTED: {}}.get(exercise.outcome, {"yellow": True})
        if is_narrow:
            title = textwrap.shorten(exercise.title, columns - 2, placeholder=" ...")
            writer.write_line(f"  {title}", **colour)
            writer.write_line(f"    {earned}  {_state(exercise)}", **colour)
            continue
        title = textwrap.shorten(exercise.title, width, placeholder=" ...")
        writer.write_line(f"  {title:<{width}}  {earned:>9}  {_state(exercise)}", **colour)
    return width


def next_step(
    assignment: Assignment, exercises: tuple[ExerciseResult, ...], hints: int = 1, columns: int = WIDTH
) -> Iterator[str]:
    """The first problem in full, and the command that checks it again."""
    yield from first_problem(assignment, exercises, hints, columns)
    name = first_open(exercises)
    if name is not None:
        yield ""
        yield f"Check it again: pytest assignments/{assignment.name} -k {name}"


def first_open(exercises: tuple[ExerciseResult, ...]) -> str | None:
    """The name of the exercise to work on first; None if all that was checked is right."""
    problems = _problems(exercises)
    return _first(problems)[0].name if problems else None


def first_problem(
    assignment: Assignment, exercises: tuple[ExerciseResult, ...], hints: int = 1, width: int = WIDTH
) -> Iterator[str]:
    """The first problem in full: what, expected and got, where, what was printed, what to do. Then the others in a line."""
    problems = _problems(exercises)
    if not problems:
        yield ""
        yield "Everything that was checked is right."
        return
    exercise, check = _first(problems)
    evidence = check.evidence
    yield ""
    if check.outcome is Outcome.NOT_ATTEMPTED:
        place = evidence.location.place if evidence and evidence.location else exercise.file
        yield from _wrapped_below(f"Next: {exercise.title}. Open {assignment.folder.name}/{place}.", width)
        yield f"      {evidence.summary if evidence else ''}".rstrip()
    else:
        yield from textwrap.wrap(f"First problem: {exercise.title}: {check.title}", width, subsequent_indent="  ")
        yield from describe(check, hints, width)
        yield from _others([entry for entry in problems if entry[1] is not check], width)


def describe(check: CheckResult, hints: int = 1, width: int = WIDTH) -> Iterator[str]:
    """A check that did not pass, in full; of its hints the first so many."""
    evidence = check.evidence
    if evidence is None:
        yield f"  {check.outcome.words}"
    else:
        yield from _wrapped(evidence.summary, "  ", width)
        if check.mistake_line:
            yield from _wrapped(f"It looks like this: {check.mistake_line}.", "  ", width)
        if evidence.relation:
            yield from _wrapped(evidence.relation, "  ", width)
        if evidence.got is not None and evidence.expected is not None:
            yield from _block("expected", evidence.expected, width)
            yield from _block("got", evidence.got, width)
        elif evidence.got is not None:
            yield from _block("got", evidence.got, width)
        if evidence.location is not None:
            yield f"  where: {evidence.location}"
            if evidence.location.source:
                yield f"      {evidence.location.line} | {evidence.location.source}"
        if evidence.calls:
            yield from _block("the check called", "\n".join(evidence.calls), width)
        if evidence.printed.strip():
            yield from _block("your code printed", _tail(evidence.printed), width)
    told = [check.hint, *check.further_hints] if check.hint else []
    for hint in told[:hints]:
        yield from _wrapped(hint or "", "  hint: ", width)
    if len(told) > hints:
        yield f"  There {_are(len(told) - hints)}: --hints {hints + 1}"


def _problems(exercises: tuple[ExerciseResult, ...]) -> list[tuple[ExerciseResult, CheckResult]]:
    return [(exercise, check) for exercise in exercises for check in exercise.checks if check.outcome not in _QUIET]


def _first(problems: list[tuple[ExerciseResult, CheckResult]]) -> tuple[ExerciseResult, CheckResult]:
    """What stops Python from finding an answer, else the first problem that is not merely waiting for another."""
    return next(
        (entry for entry in problems if _is_unreadable(entry[1])),
        next((entry for entry in problems if entry[1].outcome is not Outcome.BLOCKED), problems[0]),
    )


def _is_unreadable(check: CheckResult) -> bool:
    """Whether it is blocked by a line that Python can't read; a name that is nearly right has the function it names, too."""
    location = check.evidence.location if check.evidence is not None else None
    return check.outcome is Outcome.BLOCKED and location is not None and not location.function


def _others(problems: list[tuple[ExerciseResult, CheckResult]], width: int) -> Iterator[str]:
    """The other problems, a line each; what is not attempted yet stands in the table."""
    shown = [entry for entry in problems if entry[1].outcome not in (Outcome.NOT_ATTEMPTED, Outcome.BLOCKED)]
    if shown:
        yield ""
        yield "Then:"
    for exercise, check in shown:
        yield textwrap.shorten(
            f"{exercise.title}, {check.outcome.words}: {check.title}", width - 2, placeholder=" ..."
        ).join(["  ", ""])


def _state(exercise: ExerciseResult) -> str:
    """The exercise in a few words: its worst news, how often."""
    if exercise.outcome is Outcome.PASSED:
        return "done"
    outcomes = [check.outcome for check in exercise.checks if check.outcome not in _QUIET]
    if not outcomes:
        return "skipped"
    counted = {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}
    if len(counted) == 1 and outcomes[0] in (Outcome.NOT_ATTEMPTED, Outcome.BLOCKED):
        return outcomes[0].words
    words = [f"{count} {outcome.words}" for outcome, count in counted.items()]
    return ", ".join(words)


def _are(count: int) -> str:
    return "is one hint more" if count == 1 else f"are {count} hints more"


def _wrapped_below(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False)


def _wrapped(text: str, lead: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=lead, subsequent_indent=" " * len(lead)) or [lead.rstrip()]


def _block(title: str, text: str, width: int) -> Iterator[str]:
    yield f"  {title}:"
    for line in text.split("\n"):
        yield f"      {line}" if len(line) <= 2 * width else f"      {line[: 2 * width]} ..."


def _tail(text: str, lines: int = 12) -> str:
    kept = text.rstrip().split("\n")
    return "\n".join(["...", *kept[-lines:]] if len(kept) > lines else kept)
