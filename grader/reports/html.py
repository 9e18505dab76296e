"""The two web pages: one for a student, one for the instructor. Each is a single file that needs no network.

Everything is escaped by jinja2; a content security policy in the page forbids every script but the one whose hash it
holds, and everything from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.reports import wording
from grader.reports.content import present
from grader.reports.figures import curve_svg, figure_svg, histogram_svg, image_svg, matrix_svgs, sparkline_svg
from grader.reports.in_words import confusions, entries_table, numbered_lines
from grader.reports.inert import code_spans, line, shown
from grader.reports.items import FEW_STUDENTS
from grader.reports.overview import BINS, LETTERS, MARKED, overview
from grader.results import Grade, Outcome, Status

HERE = Path(__file__).parent
BLOCK_LIMIT = 12_000
MOST_MISTAKES = 12  # that are not folded away


def feedback_html(grade: Grade) -> str:
    """The page for the student of `grade`."""
    feedback = present(grade, BLOCK_LIMIT)
    return page("feedback.html.j2", feedback=feedback)


def class_html(assignment_title: str, grades: Iterable[Grade], batch: Mapping[str, str], similarity: str = "") -> str:
    """The page for the instructor: `grades` are read once, `batch` is small print such as the time taken.

    `similarity` is the address of the report on submissions that are alike, if there is one.
    """
    found = overview(grades)
    script = _script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    distribution = histogram_svg(
        "Number of submissions by score", found.bins, BINS, "score, % of the points (10 means 10 to 19)"
    )
    return (
        _environment()
        .get_template("class.html.j2")
        .render(
            title=line(assignment_title),
            overview=found,
            ranked=found.ranked_mistakes,
            most_mistakes=MOST_MISTAKES,
            few_students=FEW_STUDENTS,
            statuses=[status.value for status in Status],
            letters=LETTERS,
            distribution=distribution,
            marks=[(wording.SYMBOLS[outcome], wording.LABELS[outcome]) for outcome in MARKED],
            batch=[(line(name), line(value)) for name, value in batch.items()],
            similarity=similarity,
            script=script,
            script_policy=f"'sha256-{digest}'",
        )
    )


def page(template: str, **content: object) -> str:
    """A page without a script, from a template of this folder."""
    return _environment().get_template(template).render(script_policy="'none'", **content)


def fragment(template: str, **content: object) -> str:
    """A piece of a page, from a template of this folder."""
    return _environment().get_template(template).render(**content)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(
        code_spans=code_spans,
        confusions=confusions,
        curve_svg=curve_svg,
        entries_table=entries_table,
        figure_svg=figure_svg,
        image_svg=image_svg,
        matrix_svgs=matrix_svgs,
        numbered_lines=numbered_lines,
        sparkline_svg=sparkline_svg,
        points=shown,
        seconds=_seconds,
    )
    environment.globals.update(wording=wording, Outcome=Outcome)
    return environment


def _seconds(value: float) -> str:
    """A time as people read it: `31 ms`, `2.4 s`, `3 min 20 s`."""
    if value < 1:
        return f"{1000 * value:.0f} ms"
    return f"{value:.1f} s" if value < 60 else f"{value // 60:,.0f} min {value % 60:.0f} s"


@cache
def _script() -> str:
    return (HERE / "class.js").read_text(encoding="utf-8")
