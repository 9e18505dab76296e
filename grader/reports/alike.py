"""Submissions that are alike: a page for the instructor, and the pairs as CSV and JSON. Never for students."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from grader.reports.gradebook import csv_text
from grader.reports.html import page
from grader.reports.inert import line, printable
from grader.reports.overview import page_of

MOST_SHOWN = 100  # pairs with their code; all are in the table
_AROUND = 2  # lines shown before and after a passage
_LINE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of a submission; `number` is as people count it, `passage` that which it belongs to, 0 for none."""

    number: str
    text: str
    passage: int = 0


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A file of a submission."""

    name: str
    lines: tuple[CodeLine, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One submission of a pair: whose it is, how much of what is its own the other has too, and its code."""

    students: tuple[str, ...]
    percent: int
    files: tuple[CodeFile, ...]

    @property
    def alike_lines(self) -> int:
        """How many of its lines the other has too."""
        return sum(entry.passage > 0 for file in self.files for entry in file.lines)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions that are alike. `in_model_answer` is how much of what they share the model answer has, in percent."""

    left: Side
    right: Side
    in_model_answer: int | None = None


@dataclass(frozen=True, slots=True)
class Similarity:
    """What a comparison found. `same` are groups of students with the very same submission.

    `compared` are submissions, `too_little` those of them with too little of their own for a pair, `not_kept` those that
    could not be compared. `least` and `common` are the settings, in percent; `more` counts pairs beyond those that are listed.
    """

    title: str
    compared: int
    too_little: int
    not_kept: int
    least: int
    common: int
    same: tuple[tuple[str, ...], ...] = ()
    pairs: tuple[Pair, ...] = ()
    more: int = 0


def similarity_html(found: Similarity, results: str = "") -> str:
    """The page. `results` is the way from it to the folder of results, such as `../out/`, empty if it lies there."""
    return page(
        "alike.html.j2",
        found=found,
        shown_pairs=found.pairs[:MOST_SHOWN],
        link=lambda student: results + page_of(student),
        excerpts=excerpts,
        name=line,
        home=f"{results}index.html",
    )


def excerpts(file: CodeFile) -> list[tuple[int, list[CodeLine]]]:
    """The passages of a file with some lines around them, each with how many lines before it are left out.

    The last one has no lines: it tells how many follow. Empty for a file without a passage.
    """
    wanted: set[int] = set()
    for place, entry in enumerate(file.lines):
        if entry.passage:
            wanted.update(range(max(0, place - _AROUND), min(len(file.lines), place + _AROUND + 1)))
    if not wanted:
        return []
    found: list[tuple[int, list[CodeLine]]] = []
    following = 0
    for place in sorted(wanted):
        if place != following or not found:
            found.append((place - following, []))
        entry = file.lines[place]
        text = printable(entry.text.expandtabs(4))
        shown = text if len(text) <= _LINE_LIMIT else f"{text[:_LINE_LIMIT]}…"
        found[-1][1].append(CodeLine(entry.number, shown, entry.passage))
        following = place + 1
    return [*found, (len(file.lines) - following, [])]


def similarity_csv(found: Similarity) -> str:
    """A row a pair, the most alike first; students with the very same submission stand in one cell."""
    rows: list[Sequence[str | int]] = [
        ("student_a", "student_b", "percent_a", "percent_b", "lines_a", "lines_b", "percent_in_model_answer")
    ]
    rows += [(group[0], ", ".join(group[1:]), 100, 100, "", "", "") for group in found.same]
    for pair in found.pairs:
        in_model_answer = "" if pair.in_model_answer is None else pair.in_model_answer
        sides = (pair.left, pair.right)
        names = [", ".join(side.students) for side in sides]
        percents = [side.percent for side in sides]
        rows.append((*names, *percents, *(side.alike_lines for side in sides), in_model_answer))
    return csv_text(rows)


def similarity_json(found: Similarity) -> str:
    """All pairs with the lines that are alike: of each file the numbers as the page shows them."""
    document = {
        "title": found.title,
        "compared": found.compared,
        "too_little": found.too_little,
        "not_kept": found.not_kept,
        "least_percent": found.least,
        "common_percent": found.common,
        "more_pairs": found.more,
        "same": [list(group) for group in found.same],
        "pairs": [
            {
                "percent_in_model_answer": pair.in_model_answer,
                "sides": [
                    {
                        "students": list(side.students),
                        "percent": side.percent,
                        "lines": {
                            file.name: [entry.number for entry in file.lines if entry.passage]
                            for file in side.files
                            if any(entry.passage for entry in file.lines)
                        },
                    }
                    for side in (pair.left, pair.right)
                ],
            }
            for pair in found.pairs
        ],
    }
    return json.dumps(document, indent=1) + "\n"
