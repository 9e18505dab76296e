"""The gradebook: one row a submission, as CSV that a spreadsheet can open without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from grader.reports.content import printable
from grader.results import Grade, Status, number

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

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
    guarded = f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
    return printable(guarded)


def _csv_line(cells: list[Cell]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue().removesuffix("\r\n") + "\n"
