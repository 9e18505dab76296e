"""A student's feedback as plain text for a terminal: the first problem in full, the rest in a line each."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from grader.reports import wording
from grader.reports.content import CheckView, Feedback, History, NextStep, present
from grader.reports.in_words import (
    confusion_table,
    confusions,
    curve_table,
    entries_table,
    figure_in_words,
    source_in_text,
    table,
)
from grader.results import Grade, Outcome
from grader.text import inert

COLUMNS, LEAST_COLUMNS = 80, 40
BLOCK_LIMIT = 2_500
_LABEL_COLUMNS = 2 + max(len(outcome.words) for outcome in Outcome)


def feedback_text(grade: Grade, width: int = COLUMNS, hints: int = 1) -> str:
    """The feedback on one submission as plain text, so many columns wide, free of control characters and of commands to CI.

    Of the hints on the first problem so many are told; how many more there are is said.
    """
    return _Text(max(width, LEAST_COLUMNS), hints).feedback(present(grade, BLOCK_LIMIT))


def check_text(check: CheckView) -> str:
    """What there is to say about one check, as plain text, 80 columns wide, with the first of its hints."""
    text = _Text(COLUMNS, hints=1)
    parts = [text.wrapped(f"{check.label}: {check.summary}".removesuffix(": ")), *text.told(check)]
    return inert("\n\n".join("\n".join(lines) for lines in parts if lines))


class _Text:
    """Lays feedback out in so many columns."""

    def __init__(self, width: int, hints: int) -> None:
        self._width = width
        self._hints = hints

    def feedback(self, feedback: Feedback) -> str:
        """The whole text."""
        parts = [list(self._head(feedback))]
        if feedback.adjustments:
            parts.append(
                [entry for told in feedback.adjustments for entry in self.wrapped(": ".join(told), "  ", "    ")]
            )
        parts += [self.wrapped(notice) for notice in feedback.notices]
        if feedback.praise:
            parts.append(self.wrapped(feedback.praise))
        if feedback.next_step is not None:
            parts += list(self._next_step(feedback.next_step))
        if feedback.history is not None:
            parts += list(self._history(feedback.history))
        for exercise in feedback.told:
            lines = self.wrapped(f"{exercise.title}: {exercise.score} of {exercise.points}")
            if exercise.decision:
                lines += self.wrapped(f"{wording.DECISION}: {exercise.decision}", "  ")
            if exercise.together:
                lines += self.wrapped(exercise.together, "  ")
            for check in exercise.checks:
                lead = f"  {check.outcome.words}".ljust(_LABEL_COLUMNS + 2)
                lines += self.wrapped(check.title, lead, " " * (_LABEL_COLUMNS + 2))
            parts.append(lines)
        if feedback.remarks:
            parts.append([f"{wording.REMARKS_HEADING}:"])
            parts[-1] += [
                entry
                for label, where, detail in feedback.remarks
                for entry in self.wrapped(f"{label}: {where} {detail}".rstrip(": "), "  ", "    ")
            ]
        parts.append(self.wrapped(", ".join(f"{name} {value}" for name, value in feedback.small_print)))
        return inert("\n\n".join("\n".join(lines) for lines in parts if lines) + "\n")

    def _head(self, feedback: Feedback) -> Iterator[str]:
        yield from self.wrapped(feedback.title)
        score = f"{feedback.score} of {feedback.points} points" if feedback.points != "0" else ""
        standing = ", ".join(entry for entry in (score, feedback.standing) if entry) or "no points"
        yield from self.wrapped(f"{feedback.student}: {standing}")

    def _history(self, history: History) -> Iterator[list[str]]:
        yield [*self.wrapped(f"{wording.HISTORY_HEADING}: {history.summary}"), *self.wrapped(history.in_words, "  ")]
        for label, names in ((wording.GAINED, history.gained), (wording.LOST, history.lost)):
            if names:
                yield [f"  {label}:", *(entry for name in names for entry in self.wrapped(name, "  - ", "    "))]

    def _next_step(self, step: NextStep) -> Iterator[list[str]]:
        check = step.check
        yield [wording.NEXT_HEADING, "-" * len(wording.NEXT_HEADING)]
        yield self.wrapped(f"{step.exercise.title}: {check.title}") + self.wrapped(
            f"{check.label}: {check.summary}".removesuffix(": "), "  "
        )
        yield from self.told(check)
        note = f" {wording.HIDDEN_NEXT}" if check.is_hidden else ""
        yield [f"{wording.RUN}:", *self._kept(step.command), *self.wrapped(note.strip())]

    def told(self, check: CheckView) -> Iterator[list[str]]:
        """What there is to say about a check below its summary."""
        if check.is_hidden:
            yield self.wrapped(wording.HIDDEN, "  ")
        if check.mistake:
            yield self.wrapped(f"{wording.MISTAKE}: {check.mistake}.", "  ")
        if check.relation:
            yield self.wrapped(check.relation, "  ")
        if check.location is not None:
            yield self.wrapped(f"{wording.WHERE}: {check.location}", "  ") + self._kept(source_in_text(check.location))
        yield from self._seen(check)
        for label, text in check.hints[: self._hints]:
            first, *others = text.splitlines()
            yield [entry for told in (f"{label}: {first}", *others) for entry in self.wrapped(told, "  ", "    ")]
        if len(check.hints) > self._hints:
            yield self.wrapped(wording.hints_left(len(check.hints) - self._hints), "  ")

    def _seen(self, check: CheckView) -> Iterator[list[str]]:
        for matrix in check.matrices:
            yield self.wrapped(f"{matrix.name}, {wording.shape(matrix.shape)}: {matrix.where}", "  ")
        blocks = list(check.blocks)
        if not blocks:
            blocks += [(wording.FIRST_ENTRIES, table(entries_table(matrix))) for matrix in check.matrices]
        blocks += [(curve.title, curve_table(curve)) for curve in check.curves]
        blocks += [(figure.title, figure_in_words(figure)) for figure in check.figures]
        blocks += [(entry.title, f"{confusions(entry)}\n{confusion_table(entry)}") for entry in check.predictions]
        blocks += [(wording.CALLS, "\n".join(check.calls)), (wording.PRINTED, check.printed)]
        for heading, text in blocks:
            if text:
                yield self.wrapped(f"{heading}:", "  ") + self._kept(text)

    def wrapped(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        """The lines of `text`, the first behind `first`, the others behind `rest`."""
        return textwrap.wrap(
            text,
            self._width,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            break_on_hyphens=False,
        )

    def _kept(self, text: str) -> list[str]:
        """The lines of `text` as they are, indented; one that is too long goes on in the next. No text has no line."""
        if not text:
            return []
        width = self._width - 4
        lines = [entry.expandtabs(4) for entry in text.split("\n")]
        return [
            f"    {entry[at : at + width]}".rstrip() for entry in lines for at in range(0, max(1, len(entry)), width)
        ]
