"""The gradebook: one row a submission, as CSV that a spreadsheet can open without running anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.reports.inert import printable
from grader.results import Grade, Status, number

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_SEPARATING = re.compile('[,;|\t"\r\n]')

Cell = str | int | float


def grades_csv(grades: Iterable[Grade]) -> str:
    """`student,status,score,points`, a column for each exercise, then `LAST`; rows sorted by student, `grades` read once.

    Scores are blank where the status is `grader_error`, and where a submission has no such exercise.
    """
    exercises: dict[str, None] = {}
    rows: list[tuple[str, str, Cell, Cell, dict[str, Cell], list[Cell]]] = []
    for grade in grades:
        is_known = grade.status is not Status.GRADER_ERROR
        scores: dict[str, Cell] = {entry.name: number(entry.score) if is_known else "" for entry in grade.exercises}
        exercises |= dict.fromkeys(scores)
        score: Cell = number(grade.score) if is_known else ""
        rows.append((grade.student, grade.status.value, score, number(grade.points), scores, _last(grade)))
    rows.sort(key=lambda row: row[0])
    lines = [_csv_line(["student", "status", "score", "points", *map(as_cell, exercises), *LAST])]
    for student, status, score, points, scores, last in rows:
        of_exercises = [scores.get(name, "") for name in exercises]
        lines.append(_csv_line([as_cell(student), status, score, points, *of_exercises, *last]))
    return "".join(lines)


# What the checks alone gave; how many days late, and what that cost; the exercises that the instructor decided.
LAST = ("earned", "late_days", "deduction", "overrides")


def _last(grade: Grade) -> list[Cell]:
    is_known = grade.status is not Status.GRADER_ERROR
    decided = [exercise.name for exercise in grade.exercises if exercise.override is not None]
    return [
        number(grade.earned) if is_known else "",
        grade.lateness.days if grade.lateness is not None else 0,
        number(grade.deduction) if is_known else "",
        as_cell(" ".join(decided)),
    ]


def as_cell(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula."""
    shown = printable(text)  # looked at too: it drops a colour in front of a formula
    forms = (text, shown, text.lstrip(), shown.lstrip())
    return f"'{shown}" if any(form.startswith(_FORMULA) for form in forms) else shown


def _csv_line(cells: list[Cell]) -> str:
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(cell: Cell) -> str:
    """The cell, quoted where a comma does not separate cells either: much of Europe's Excel splits at semicolons."""
    text = str(cell)
    return '"' + text.replace('"', '""') + '"' if _SEPARATING.search(text) else text


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows of cells as CSV, in which no text is a formula."""
    return "".join(_csv_line([as_cell(cell) if isinstance(cell, str) else cell for cell in row]) for row in rows)
