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
from grader.reports.content import code_spans, confusions, entries_table, line, numbered_lines, present
from grader.reports.figures import curve_svg, figure_svg, histogram_svg, image_svg, matrix_svgs, sparkline_svg
from grader.reports.overview import BINS, MARKED, overview
from grader.results import Grade, Outcome

HERE = Path(__file__).parent
BLOCK_LIMIT = 12_000


def feedback_html(grade: Grade) -> str:
    """The page for the student of `grade`."""
    feedback = present(grade, BLOCK_LIMIT)
    return page("feedback.html.j2", feedback=feedback)


def class_html(assignment_title: str, grades: Iterable[Grade], batch: Mapping[str, str]) -> str:
    """The page for the instructor: `grades` are read once, `batch` is small print such as the time taken."""
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
            distribution=distribution,
            marks=[(wording.SYMBOLS[outcome], wording.LABELS[outcome]) for outcome in MARKED],
            batch=[(line(name), line(value)) for name, value in batch.items()],
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
    )
    environment.globals.update(wording=wording, Outcome=Outcome)
    return environment


@cache
def _script() -> str:
    return (HERE / "class.js").read_text(encoding="utf-8")
