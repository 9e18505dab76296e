"""A student's feedback as Markdown, for a comment on a pull request or in an LMS.

Whatever a student controls stands in a fence or a code span longer than any run of backticks inside, or is escaped so
that it can't become a link, an image, HTML, a table, a heading or a mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.reports import wording
from grader.reports.content import CheckView, ExerciseView, Feedback, code_spans, curve_table, figure_in_words, present
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
    parts = [f"# {inline(feedback.title)}", f"**{inline(feedback.student)}** · {_score(feedback)}"]
    parts += [f"> {_sentence(notice)}" for notice in feedback.notices]
    if feedback.praise:
        parts.append(feedback.praise)
    if feedback.next_step is not None:
        check = feedback.next_step.check
        parts += [
            f"## {wording.NEXT_HEADING}",
            f"**{inline(feedback.next_step.exercise.title)}:** {_sentence(check.title)}",
        ]
        parts += _opening(check)
        if check.hint:
            parts.append(_hint(check))
        note = f" {wording.HIDDEN_NEXT}" if check.is_hidden else ""
        parts.append(f"{wording.RUN} {code(feedback.next_step.command)}.{note}")
    left = BUDGET - sum(map(len, parts))
    for exercise in feedback.exercises:
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


def exercise_markdown(grade: Grade, name: str) -> str:
    """The feedback on one exercise alone; empty if the grade has none of that name."""
    exercises = present(grade, BLOCK_LIMIT).exercises
    parts = [list(_exercise(exercise, BUDGET)) for exercise in exercises if exercise.name == name]
    return "\n\n".join(part for exercise in parts for part in exercise)


def _exercise(exercise: ExerciseView, left: int) -> Iterator[str]:
    yield f"## {inline(exercise.title)}: {exercise.score} of {exercise.points}"
    if exercise.together:
        yield _sentence(exercise.together)
    lines: list[str] = []
    for check in exercise.checks:
        detail = list(_detail(check)) if check.has_more or check.location or check.hint else []
        length = sum(len(part) + 2 for part in detail)
        if check.outcome is Outcome.PASSED or not detail or length > left:
            mark = f"{check.symbol} {check.label}, {check.score} of {check.points}"
            summary = _sentence(check.summary) if left > 0 else ""
            lines.append(f"- {mark}: {_sentence(check.title)} {summary}".rstrip())
            left -= len(lines[-1])
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
    for heading, text in ((wording.EXPECTED, check.expected), (wording.GOT, check.got)):
        if text is not None:
            yield f"{heading}:"
            yield fence(text)
    for curve in check.curves:
        yield f"{inline(curve.title)}:"
        yield fence(curve_table(curve))
    for figure in check.figures:
        yield f"{inline(figure.title)}: {inline(figure_in_words(figure))}."
    if check.calls:
        yield f"{wording.CALLS}:"
        yield fence("\n".join(check.calls), "python")
    if check.printed:
        yield f"{wording.PRINTED}:"
        yield fence(check.printed)
    if check.hint:
        yield _hint(check)


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
        if check.location.source:
            yield fence(check.location.source, "python")


def _place(location: Location) -> str:
    place = f"{code(location.file)}, {location.line_in_file}"
    return f"{place}, in {code(location.function)}" if location.function else place


def _hint(check: CheckView) -> str:
    lines = [_sentence(entry.strip()) for entry in check.hint.splitlines()]
    parts = ["\n".join(f"> {entry}".rstrip() for entry in (f"**{wording.HINT}:** {lines[0]}", *lines[1:]))]
    for further in check.further_hints:
        text = " ".join(_sentence(entry.strip()) for entry in further.splitlines())
        parts.append(f"<details><summary>{wording.FURTHER_HINT}</summary>\n\n{text}\n\n</details>")
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
