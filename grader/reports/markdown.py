"""A student's feedback as Markdown, for a comment on a pull request or in an LMS.

Whatever a student controls stands in a fence or a code span longer than any run of backticks inside, or is escaped so
that it can't become a link, an image, HTML, a table, a heading or a mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.reports import wording
from grader.reports.content import CheckView, ExerciseView, Feedback, History, present
from grader.reports.in_words import (
    confusion_table,
    confusions,
    curve_table,
    entries_table,
    figure_in_words,
    source_in_text,
    table,
)
from grader.reports.inert import code_spans
from grader.results import Grade, Location, Outcome

BLOCK_LIMIT = 2_500
# A comment on GitHub holds 65,536 characters; beyond this budget the remaining checks get one line each.
BUDGET = 50_000

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~&$#]")
_LIST = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_RULE = re.compile(r"^[-+=]")
_LINKED = re.compile(r"(?i)(?=://)|(?<=www)(?=\.)")
_MENTION = re.compile(r"@(?=\w)|\\#(?=\w)")


def inline(text: str) -> str:
    """`text` as literal inline Markdown."""
    escaped = _LIST.sub(r"\1\\\2", _RULE.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\g<0>", text)))
    # A word joiner, which has no width, keeps @name and #1 from calling people and issues; no escape does.
    return _MENTION.sub("\\g<0>\u2060", _LINKED.sub(r"\\", escaped))


def code(text: str) -> str:
    """`text` as a code span."""
    if not text:
        return ""
    ticks = "`" * (_longest_run(text) + 1)
    padded = f" {text} " if text[0] in "` " or text[-1] in "` " else text
    return f"{ticks}{padded}{ticks}"


def fence(text: str, language: str = "text") -> str:
    """`text` as a fenced block."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def feedback_markdown(grade: Grade) -> str:
    """The feedback on one submission as Markdown, below 64 Ki characters."""
    feedback = present(grade, BLOCK_LIMIT)
    parts = [
        f"# {inline(feedback.title)}",
        f"**{inline(feedback.student)}** · {_score(feedback)}",
        *_standing(feedback),
    ]
    if feedback.history is not None:
        parts += _history(feedback.history)
    left = BUDGET - sum(map(len, parts))
    for exercise in feedback.told:
        for part in _exercise(exercise, left):
            parts.append(part)
            left -= len(part) + 2
    if feedback.remarks:
        parts.append(f"## {wording.REMARKS_HEADING}")
        parts.append(
            "\n".join(
                f"- {label}: {code(where)} {inline(detail)}".rstrip(": ") for label, where, detail in feedback.remarks
            )
        )
    parts += ["---", " · ".join(f"{inline(name)} {inline(value)}" for name, value in feedback.small_print)]
    return "\n\n".join(parts) + "\n"


def standing_markdown(grade: Grade) -> str:
    """What stands above all exercises, below the score: what changed it, what to do next, what is new since the last time."""
    feedback = present(grade, BLOCK_LIMIT)
    history = [] if feedback.history is None else list(_history(feedback.history))
    return "\n\n".join([*_standing(feedback), *history])


def _standing(feedback: Feedback) -> Iterator[str]:
    if feedback.adjustments:
        yield "\n".join(f"- **{label}:** {inline(text)}" for label, text in feedback.adjustments)
    yield from (f"> {_sentence(notice)}" for notice in feedback.notices)
    if feedback.praise:
        yield feedback.praise
    if feedback.next_step is not None:
        check = feedback.next_step.check
        yield f"## {wording.NEXT_HEADING}"
        yield f"**{inline(feedback.next_step.exercise.title)}:** {_sentence(check.title)}"
        yield from _opening(check)
        if check.hints:
            yield _hint(check)
        note = f" {wording.HIDDEN_NEXT}" if check.is_hidden else ""
        yield f"{wording.RUN} {code(feedback.next_step.command)}.{note}"


def _history(history: History) -> Iterator[str]:
    yield f"## {wording.HISTORY_HEADING}"
    yield f"**{inline(history.summary)}** · {inline(history.in_words)}"
    for label, names in ((wording.GAINED, history.gained), (wording.LOST, history.lost)):
        if names:
            yield f"{label}:"
            yield "\n".join(f"- {_sentence(name)}" for name in names)


def exercise_markdown(grade: Grade, name: str) -> str:
    """The feedback on one exercise alone; empty if the grade has none of that name."""
    exercises = present(grade, BLOCK_LIMIT).exercises
    parts = [list(_exercise(exercise, BUDGET)) for exercise in exercises if exercise.name == name]
    return "\n\n".join(part for exercise in parts for part in exercise)


def _exercise(exercise: ExerciseView, left: int) -> Iterator[str]:
    yield f"## {inline(exercise.title)}: {exercise.score} of {exercise.points}"
    if exercise.decision:
        yield f"**{wording.DECISION}:** {inline(exercise.decision)}"
    if exercise.together:
        yield _sentence(exercise.together)
    lines: list[str] = []
    for check in exercise.checks:
        is_passed = check.outcome is Outcome.PASSED
        detail = list(_detail(check)) if check.has_more or check.location or check.hint else []
        length = sum(len(part) + 2 for part in detail)
        if is_passed or not detail or length > left:
            mark = f"{check.symbol} {check.label}, {check.score} of {check.points}"
            summary = _sentence(check.summary) if left > 0 else ""
            lines.append(f"- {mark}: {_sentence(check.title)} {summary}".rstrip())
            left -= len(lines[-1])
            if is_passed and check.has_pictures and length < left:
                left -= length
                yield "\n".join(lines)
                yield f"<details><summary>{_pictures_of(check)}</summary>"
                yield from _pictures(check)
                yield "</details>"
                lines = []
            continue
        left -= length
        if lines:
            yield "\n".join(lines)
            lines = []
        yield f"### {_sentence(check.title)}"
        yield from detail
    if lines:
        yield "\n".join(lines)


def _detail(check: CheckView) -> Iterator[str]:
    yield from _opening(check)
    yield from _pictures(check)
    for heading, text in check.blocks:
        yield f"{heading}:"
        yield fence(text)
    if check.calls:
        yield f"{wording.CALLS}:"
        yield fence("\n".join(check.calls), "python")
    if check.printed:
        yield f"{wording.PRINTED}:"
        yield fence(check.printed)
    if check.hints:
        yield _hint(check)


def _pictures_of(check: CheckView) -> str:
    return wording.PREDICTIONS if check.predictions else wording.CURVES if check.curves else wording.FIGURES


def _pictures(check: CheckView) -> Iterator[str]:
    """What others see as pictures: in words and in small tables."""
    for matrix in check.matrices:
        yield f"{inline(matrix.name)}, {wording.shape(matrix.shape)}: **{inline(matrix.where)}**"
        if matrix.entries:
            yield f"{wording.FIRST_ENTRIES}:"
            yield fence(table(entries_table(matrix)))
    for curve in check.curves:
        band = f" ({wording.RIGHT_RUNS}: {inline(curve.band)})" if curve.band else ""
        yield f"{inline(curve.title)}{band}:"
        yield fence(curve_table(curve))
    for figure in check.figures:
        yield f"{inline(figure.title)}: {inline(figure_in_words(figure))}."
    for entry in check.predictions:
        yield f"{inline(entry.title)}: {inline(confusions(entry))}"
        yield fence(confusion_table(entry))


def _opening(check: CheckView) -> Iterator[str]:
    yield f"**{check.symbol} {check.label}**, {check.score} of {check.points}: {_sentence(check.summary)}".removesuffix(
        ": "
    )
    if check.is_hidden:
        yield wording.HIDDEN
    if check.mistake:
        yield f"**{wording.MISTAKE}:** {_sentence(check.mistake)}."
    if check.relation:
        yield _sentence(check.relation)
    if check.location is not None:
        yield f"{wording.WHERE}: {_place(check.location)}"
        lines = source_in_text(check.location)
        if lines:
            yield fence(lines)


def _place(location: Location) -> str:
    place = f"{code(location.file)}, {location.line_in_file}"
    return f"{place}, in {code(location.function)}" if location.function else place


def _hint(check: CheckView) -> str:
    """The first hint, and each further one folded away."""
    (label, first), *further = check.hints
    lines = [_sentence(entry.strip()) for entry in first.splitlines()]
    parts = ["\n".join(f"> {entry}".rstrip() for entry in (f"**{label}:** {lines[0]}", *lines[1:]))]
    for label, told in further:
        text = " ".join(_sentence(entry.strip()) for entry in told.splitlines())
        parts.append(f"<details><summary>{label}</summary>\n\n{text}\n\n</details>")
    return "\n\n".join(parts)


def _score(feedback: Feedback) -> str:
    if feedback.points == "0":
        return feedback.standing or "no points"
    score = f"**{feedback.score} of {feedback.points} points**"
    return f"{score} ({feedback.standing})" if feedback.standing else score


def _sentence(text: str) -> str:
    """`text` with what stands between backticks as code, the rest literal."""
    return "".join(code(piece) if is_code else inline(piece) for is_code, piece in code_spans(text))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
