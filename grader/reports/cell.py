"""What a cell of a notebook shows after a check: a piece of HTML that brings its own style, light and dark."""

from __future__ import annotations

from grader.reports.content import present
from grader.reports.html import fragment
from grader.results import Grade

BLOCK_LIMIT = 4_000


def cell_html(grade: Grade, *, whole: bool) -> str:
    """The results as HTML: a table of all exercises with the next step (`whole`), or every check of the ones there are."""
    return fragment("cell.html.j2", feedback=present(grade, BLOCK_LIMIT), whole=whole)
