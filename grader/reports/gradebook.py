"""The gradebook: one row a submission, as CSV that a spreadsheet can open without running anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.reports.content import printable
from grader.results import Grade, Status, number

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_SEPARATING = re.compile('[,;|\t"\r\n]')

Cell = str | int | float


def grades_csv(grades: Iterable[Grade]) -> str:
    """`student,status,score,points` and a column for each exercise, rows sorted by student, `grades` read once.

    Scores are blank where the status is `grader_error`, and where a submission has no such exercise.
    """
    exercises: dict[str, None] = {}
    rows: list[tuple[str, str, Cell, Cell, dict[str, Cell]]] = []
    for grade in grades:
        is_known = grade.status is not Status.GRADER_ERROR
        scores: dict[str, Cell] = {entry.name: number(entry.score) if is_known else "" for entry in grade.exercises}
        exercises |= dict.fromkeys(scores)
        score: Cell = number(grade.score) if is_known else ""
        rows.append((grade.student, grade.status.value, score, number(grade.points), scores))
    rows.sort(key=lambda row: row[0])
    lines = [_csv_line(["student", "status", "score", "points", *map(_cell, exercises)])]
    for student, status, score, points, scores in rows:
        lines.append(_csv_line([_cell(student), status, score, points, *(scores.get(name, "") for name in exercises)]))
    return "".join(lines)


def _cell(text: str) -> str:
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
    return "".join(_csv_line([_cell(cell) if isinstance(cell, str) else cell for cell in row]) for row in rows)
