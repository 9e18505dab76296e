"""Both pages in a real browser: nothing leaves the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.reports.html import class_html, feedback_html
from grader.results import Grade, Status


@pytest.fixture
def pages(tmp_path: Path) -> dict[str, Path]:
    """Each page, written to a file."""
    grade = Grade("digits", "v1", "Ada", "a" * 64, Status.GRADED, ())
    texts = {"student": feedback_html(grade), "class": class_html("Digits", [grade], {})}
    for name, text in texts.items():
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: tmp_path / f"{name}.html" for name in texts}


@pytest.mark.parametrize("name", ["student", "class"])
def test_nothing_leaves_the_file(name: str, pages: dict[str, Path], browser: Any) -> None:
    """Opening the page asks for nothing but the page, and the console stays silent."""
    with browser.open(pages[name]) as opened:
        assert (opened.requests, opened.complaints) == ([], [])
