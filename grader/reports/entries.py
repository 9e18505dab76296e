"""What the result files of other systems list: an entry a check, and one for all that changes a score beside the checks.

Every such file is one that the student sees, so what is hidden is left out here. The scores of the entries add up to the
score of the grade, their points to its points, whatever was decided: each format can rely on that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from grader.reports import wording
from grader.reports.content import Feedback, present
from grader.reports.inert import line, shown
from grader.reports.text import check_text
from grader.results import Grade, Outcome, Status, for_student

BLOCK_LIMIT = 1_500
MOST_ATTEMPTS = 10
BUDGET = 150_000  # characters of all entries; PrairieLearn takes 1 MB, and a character may be four bytes


class NotExpressible(Exception):
    """A score that a system has no way to say; the text continues the name of a student."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A check, or without an `outcome` what changes the score beside the checks; its `points` are 0 then.

    `number` is its place, as `2.3`; `text` has everything that there is to say.
    """

    number: str
    name: str
    outcome: Outcome | None
    score: Decimal
    points: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A grade as its student may see it: why it is no usual one, what is to be said about all of it, its entries."""

    notices: str
    output: str
    entries: tuple[Entry, ...]


def listing(grade: Grade) -> Listing:
    """The entries of the grade, for its student."""
    grade = for_student(grade)
    feedback = present(grade, BLOCK_LIMIT)
    adjustments = tuple(_adjustments(grade, feedback))
    entries = (*_checks(grade, feedback), *adjustments)
    return Listing("\n".join(feedback.notices), _output(grade, feedback, adjustments), entries)


def require_share(grade: Grade) -> None:
    """Raise `NotExpressible` unless the score is one of 0 to all points, which some systems ask for."""
    if not grade.points > 0:
        raise NotExpressible("has no points to earn, so there is no share of them")
    if not 0 <= grade.score <= grade.points:
        raise NotExpressible(f"has {shown(grade.score)} of {shown(grade.points)} points; expected 0 to all of them")


def _checks(grade: Grade, feedback: Feedback) -> Iterator[Entry]:
    left = BUDGET
    for place, (exercise, view) in enumerate(zip(grade.exercises, feedback.exercises, strict=True), 1):
        for at, (check, seen) in enumerate(zip(exercise.checks, view.checks, strict=True), 1):
            text = check_text(seen)
            if len(text) > left:
                text = f"{seen.label}: {seen.summary}".removesuffix(": ")
            left -= len(text)
            name = f"{view.title}: {seen.title}"
            yield Entry(f"{place}.{at}", name, check.outcome, check.score, check.points, text)


def _adjustments(grade: Grade, feedback: Feedback) -> Iterator[Entry]:
    place = len(grade.exercises)
    for exercise, view in zip(grade.exercises, feedback.exercises, strict=True):
        if exercise.override is not None:
            place += 1
            name = f"{view.title}: {wording.set_to(shown(exercise.override.score), view.points)}"
            change = exercise.override.score - exercise.earned
            yield Entry(str(place), name, None, change, Decimal(0), line(exercise.override.why))
    if grade.lateness is not None and grade.deduction:
        late = grade.lateness
        text = wording.handed_in(late.submitted_at, late.deadline)
        name = wording.late_by(late.days, shown(late.percent))
        yield Entry(str(place + 1), name, None, -grade.deduction, Decimal(0), text)


def _output(grade: Grade, feedback: Feedback, adjustments: tuple[Entry, ...]) -> str:
    lines = list(feedback.notices)
    if grade.status is not Status.GRADER_ERROR:
        lines.append(f"{feedback.score} of {feedback.points} points")
        lines += [f"{entry.name} ({signed(entry.score)})" for entry in adjustments]
    if grade.attempts:
        lines.append(wording.earlier_scores([shown(attempt.score) for attempt in grade.attempts[-MOST_ATTEMPTS:]]))
    if feedback.praise:
        lines.append(feedback.praise)
    if feedback.next_step is not None and grade.status is Status.GRADED:
        step = feedback.next_step
        lines.append(f"{wording.NEXT_HEADING}: {step.exercise.title}: {step.check.title}")
        lines.append(f"{wording.RUN}: {step.command}")
    lines += [f"{label}: {where} {detail}".rstrip(": ") for label, where, detail in feedback.remarks]
    return "\n".join(lines)


def signed(change: Decimal) -> str:
    """A change of a score as people read it: `+2`, `-3.5`."""
    return f"{'+' if change >= 0 else ''}{shown(change)}"
