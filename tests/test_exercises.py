"""The table of exercises: what stands in it, and that docs/exercises.md is the one of this repository."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader import cli
from grader.authoring.exercises import exercises_page, tagged_exercises
from grader.course.assignments import assignment_names, find_assignment
from grader.errors import CourseError
from grader.text import anchor

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "exercises.md"


def test_page_is_current() -> None:
    """docs/exercises.md is what `grader exercises` writes now."""
    assignments = [find_assignment(ROOT, name) for name in assignment_names(ROOT)]
    assert PAGE.read_text(encoding="utf-8") == exercises_page(assignments, PAGE.parent), (
        "make it anew: grader exercises"
    )


def test_every_link_leads_somewhere() -> None:
    """Each link of the page leads to a file, and to a heading where it names one."""
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", PAGE.read_text(encoding="utf-8"))
    assert len(links) > 20
    for target, place in links:
        path = PAGE.parent / target
        assert path.is_file(), target
        headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE) if place else []
        assert not place or place in map(anchor, headings), f"{target}#{place}"


def rows(course: MiniCourse) -> list[list[str]]:
    """The cells of the small course's table, below its head."""
    course.forget_rubrics()
    lines = exercises_page([course.assignment], course.root / "docs").split("\n")
    assert "## Mini (`mini`)" in lines
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][2:]


def test_table(mini: MiniCourse) -> None:
    """Points, files and counts of an exercise; a dash where nothing is needed; the sums."""
    lesson, files = "../assignments/mini/README.md", "../assignments/mini"
    assert rows(mini) == [
        [
            "Layer",
            "3",
            f"[1. Layer]({lesson}#1-layer)",
            f"[layer.py]({files}/layer.py)",
            "[layer.py](../reference/mini/layer.py)",
            f"[3]({files}/test_layer.py)",
            "-",
            "[3](../reference/mini/mistakes/layer.py)",
            "-",
        ],
        [
            "total",
            "2",
            f"[2. Total]({lesson}#2-total)",
            f"[total.py]({files}/total.py)",
            "[total.py](../reference/mini/total.py)",
            f"[1]({files}/test_total.py)",
            "[1](../reference/mini/test_hidden_total.py)",
            "[2](../reference/mini/mistakes/total.py)",
            "-",
        ],
        ["Together", "1", f"[1. Layer]({lesson}#1-layer)", "-", "-", f"[1]({files}/test_together.py)", "-", "-", "-"],
        ["all", "6", "", "", "", "5", "1", "5", ""],
    ]


def test_cases_of_a_check_are_one(mini: MiniCourse) -> None:
    """A check that is run with several cases is counted once, with the points of all."""
    mini.replace("assignments/mini/test_total.py", "def test_columns(submission", "def test_columns(n, submission")
    mini.replace(
        "assignments/mini/test_total.py", "\n\ndef test", '\n\n@pytest.mark.parametrize("n", [1, 2])\ndef test'
    )
    total = rows(mini)[1]
    assert (total[1], total[5]) == ("3", "[1](../assignments/mini/test_total.py)")


def test_what_is_missing(mini: MiniCourse) -> None:
    """A lesson or a model answer that should be there and is not is said to be missing."""
    (mini.root / "assignments/mini/README.md").unlink()
    (mini.root / "reference/mini/total.py").unlink()
    assert [row[2] for row in rows(mini)] == ["missing", "missing", "missing", ""]
    assert [row[4] for row in rows(mini)] == ["[layer.py](../reference/mini/layer.py)", "missing", "-", ""]


def test_notebook(mini: MiniCourse) -> None:
    """Where there is a notebook, it is said of each exercise whether a cell of it has its tag."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["total"]},
        {"cell_type": "code", "metadata": {"tags": ["exercise:total", "other"]}, "source": []},
    ]
    mini.write({"assignments/mini/mini.ipynb": json.dumps({"cells": cells, "metadata": {}, "nbformat": 4})})
    assert [row[8] for row in rows(mini)] == ["no", "[yes](../assignments/mini/mini.ipynb)", "no", ""]


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 3}', '{"cells": [3]}'])
def test_no_notebook(tmp_path: Path, text: str) -> None:
    """A file that is no notebook is named."""
    (tmp_path / "mini.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=r"mini\.ipynb can't be used: it is (no notebook|an empty file)"):
        tagged_exercises(tmp_path / "mini.ipynb")


def test_command(mini: MiniCourse, capsys: pytest.CaptureFixture[str]) -> None:
    """`grader exercises` writes the page; with --check it says whether the page is current, and changes nothing."""
    page = mini.root / "docs" / "exercises.md"
    course = ["--course", str(mini.root)]
    assert cli.main(["exercises", "--check", *course]) == 1
    assert capsys.readouterr().out == f"{page}: is out of date. Make it anew: grader exercises\n"
    assert not page.exists()
    mini.forget_rubrics()
    assert cli.main(["exercises", *course]) == 0
    mini.forget_rubrics()
    assert cli.main(["exercises", "--check", *course]) == 0
    assert capsys.readouterr().out == f"{page}: written\n{page}: is current\n"
    (mini.root / "docs" / "page.md").mkdir()
    mini.forget_rubrics()
    assert cli.main(["exercises", "-o", str(mini.root / "docs" / "page.md"), *course]) == 2
    assert "can't be written" in capsys.readouterr().err
