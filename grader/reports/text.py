"""A student's feedback as plain text for a terminal: the first problem in full, the rest in a line each."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from grader.reports import wording
from grader.reports.content import CheckView, Feedback, NextStep, curve_table, figure_in_words, present
from grader.results import Grade, Outcome
from grader.text import inert

COLUMNS = 80
BLOCK_LIMIT = 2_500
_LABEL_COLUMNS = 2 + max(len(outcome.words) for outcome in Outcome)


def feedback_text(grade: Grade) -> str:
    """The feedback on one submission as plain text, 80 columns wide, free of control characters and of commands to CI."""
    feedback = present(grade, BLOCK_LIMIT)
    parts = [list(_head(feedback))]
    parts += [_wrapped(notice) for notice in feedback.notices]
    if feedback.praise:
        parts.append(_wrapped(feedback.praise))
    if feedback.next_step is not None:
        parts += list(_next_step(feedback.next_step))
    for exercise in feedback.exercises:
        lines = _wrapped(f"{exercise.title}: {exercise.score} of {exercise.points}")
        if exercise.together:
            lines += _wrapped(exercise.together, "  ")
        for check in exercise.checks:
            lines += _wrapped(
                check.title, f"  {check.outcome.words}".ljust(_LABEL_COLUMNS + 2), " " * (_LABEL_COLUMNS + 2)
            )
        parts.append(lines)
    if feedback.remarks:
        parts.append([f"{wording.REMARKS_HEADING}:"])
        parts[-1] += [
            entry
            for label, where, detail in feedback.remarks
            for entry in _wrapped(f"{label}: {where} {detail}".rstrip(": "), "  ", "    ")
        ]
    parts.append(_wrapped(", ".join(f"{name} {value}" for name, value in feedback.small_print)))
    return inert("\n\n".join("\n".join(lines) for lines in parts if lines) + "\n")


def check_text(check: CheckView) -> str:
    """All that there is to say about one check, as plain text, 80 columns wide."""
    parts = [_wrapped(f"{check.label}: {check.summary}".removesuffix(": ")), *_told(check)]
    return inert("\n\n".join("\n".join(lines) for lines in parts if lines))


def _head(feedback: Feedback) -> Iterator[str]:
    yield from _wrapped(feedback.title)
    score = f"{feedback.score} of {feedback.points} points" if feedback.points != "0" else ""
    standing = ", ".join(entry for entry in (score, feedback.standing) if entry) or "no points"
    yield from _wrapped(f"{feedback.student}: {standing}")


def _next_step(step: NextStep) -> Iterator[list[str]]:
    check = step.check
    yield [wording.NEXT_HEADING, "-" * len(wording.NEXT_HEADING)]
    yield _wrapped(f"{step.exercise.title}: {check.title}") + _wrapped(
        f"{check.label}: {check.summary}".removesuffix(": "), "  "
    )
    yield from _told(check)
    note = f" {wording.HIDDEN_NEXT}" if check.is_hidden else ""
    yield [f"{wording.RUN}:", *_kept(step.command), *_wrapped(note.strip())]


def _told(check: CheckView) -> Iterator[list[str]]:
    if check.is_hidden:
        yield _wrapped(wording.HIDDEN, "  ")
    if check.mistake:
        yield _wrapped(f"{wording.MISTAKE}: {check.mistake}.", "  ")
    if check.relation:
        yield _wrapped(check.relation, "  ")
    if check.location is not None:
        yield _wrapped(f"{wording.WHERE}: {check.location}", "  ") + _kept(check.location.source)
    yield from _seen(check)
    if check.hint:
        first, *others = check.hint.splitlines()
        yield [entry for text in (f"{wording.HINT}: {first}", *others) for entry in _wrapped(text, "  ")]


def _seen(check: CheckView) -> Iterator[list[str]]:
    blocks = [(wording.EXPECTED, check.expected), (wording.GOT, check.got)]
    blocks += [(curve.title, curve_table(curve)) for curve in check.curves if check.outcome is not Outcome.PASSED]
    blocks += [(figure.title, figure_in_words(figure)) for figure in check.figures]
    blocks += [(wording.CALLS, "\n".join(check.calls) or None), (wording.PRINTED, check.printed or None)]
    for heading, text in blocks:
        if text is not None:
            yield _wrapped(f"{heading}:", "  ") + _kept(text)


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        text, COLUMNS, initial_indent=first, subsequent_indent=first if rest is None else rest, break_on_hyphens=False
    )


def _kept(text: str) -> list[str]:
    """The lines of `text` as they are, indented; one that is too long goes on in the next."""
    width = COLUMNS - 4
    lines = [entry.expandtabs(4) for entry in text.split("\n")]
    return [f"    {entry[at : at + width]}".rstrip() for entry in lines for at in range(0, max(1, len(entry)), width)]
