"""What the benchmarks rest on: the tables in the page, the classes, and the peers' assignments. No figure is taken here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import classes
import measuring
import nbformat
import pytest
import run
from peers import for_nbgrader, for_otter, notebooks

ROOT = Path(__file__).parent.parent


def test_page_has_a_place_for_every_family() -> None:
    """docs/performance.md has the markers between which each family's table is put."""
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    for family in run.FAMILIES:
        assert "\nNEW\n<!-- end of figures -->" in run.with_figures(page, family, "NEW\n")


def test_commands_of_the_pages_measure_something() -> None:
    """What a reader is told to type is the one command that measures, with families that it knows."""
    pages = [
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        ROOT / "benchmarks" / "README.md",
    ]
    told = [
        words.split()
        for page in pages
        for words in re.findall(r"python benchmarks/([\w.]+(?: [a-z_]+)*)", page.read_text(encoding="utf-8"))
    ]
    assert len(told) > 5
    assert [words for words in told if words[0] != "run.py" or not {*words[1:]} <= {*run.FAMILIES}] == []


def test_table_takes_the_place_of_the_old_one() -> None:
    """Only what is between the markers of the family is replaced."""
    page = (
        "a\n<!-- figures: x -->\nold\n<!-- end of figures -->\nb\n<!-- figures: y -->\nkept\n<!-- end of figures -->\n"
    )
    assert run.with_figures(page, "x", "new\n") == page.replace("old", "new")


def test_page_without_markers_is_refused() -> None:
    """A page that has no place for the table is said to have none."""
    with pytest.raises(measuring.CannotMeasure, match=r"^the page has no <!-- figures: x -->"):
        run.with_figures("nothing", "x", "new\n")


def test_table_fills_short_rows() -> None:
    """A row without a wish has an empty last cell."""
    assert measuring.markdown_table(("what", "is", "wanted"), [("a", "1")]) == (
        "| what | is | wanted |\n| --- | --- | --- |\n| a | 1 |  |\n"
    )


def test_median_stands_with_its_range() -> None:
    """Several rounds show their median and how far they lie apart; a single one stands alone."""
    assert measuring.with_range([3.0, 1.0, 2.0], 1, "s") == "2.0 s (1.0 to 3.0)"
    assert measuring.with_range([3.0], 1, "s") == "3.0 s"


def test_orphans_are_counted() -> None:
    """The CPU of a process whose parent has ended belongs to the command."""
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
    code = "import measuring, sys; measuring.adopt_orphans(); print(measuring.timed([sys.executable, '-c', sys.argv[1]]).cpu)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "benchmarks")}
    found = subprocess.run(
        [sys.executable, "-c", code, parent], env=environment, capture_output=True, text=True, check=True
    )
    assert float(found.stdout) >= 0.5


def test_failed_command_is_no_measurement() -> None:
    """A command that fails ends the measurement with its last words."""
    with pytest.raises(measuring.CannotMeasure, match=r"ended with 1: no such thing$"):
        measuring.timed([sys.executable, "-c", "raise SystemExit('no such thing')"])


def test_classes_have_their_size(tmp_path: Path) -> None:
    """A class has as many entries as it was asked for, and nobody in it hangs on purpose."""
    assert len(list(classes.right_class(tmp_path / "right", 9).iterdir())) == 9
    assert len(list(classes.mixed_class(tmp_path / "mixed", 45).iterdir())) == 45
    hanging = (classes.SAMPLE_CLASS / "nora-okafor" / "linear.py").read_text(encoding="utf-8")
    assert hanging not in [path.read_text(encoding="utf-8") for path in (tmp_path / "mixed").glob("*/linear.py")]


@pytest.fixture(scope="module")
def tests_of_peers() -> list[notebooks.Test]:
    """The peers' tests."""
    return notebooks.tests_of_rubric()


def test_peers_have_every_check_and_point(tests_of_peers: list[notebooks.Test]) -> None:
    """The peers' tests carry the points of the assignment, and each exercise's stand together."""
    assert sum(test.points for test in tests_of_peers) == 82
    exercises = [test.exercise for test in tests_of_peers]
    assert len(dict.fromkeys(exercises)) == sum(a != b for a, b in zip(exercises, ["", *exercises], strict=False))


@pytest.mark.parametrize("name", classes.RIGHT)
def test_answers_are_one_cell(name: str) -> None:
    """A submission's files make one text that runs alone, with helpers first and without imports of each other."""
    text = notebooks.answer_of(classes.SAMPLE_CLASS / name)
    names: dict[str, object] = {}
    exec(compile(text, "answer", "exec"), names)
    assert {"NLLLoss", "Linear", "ReLU", "Net", "Optimizer", "train", "accuracy", "save", "load"} <= names.keys()


def test_otters_test_file_is_python(tests_of_peers: list[notebooks.Test]) -> None:
    """A test file for otter compiles and has a case for each check of the exercise."""
    chosen = [test for test in tests_of_peers if test.exercise == "relu"]
    text = for_otter.test_file("relu", chosen)
    compile(text, "relu.py", "exec")
    assert text.count("@test_case(") == len(chosen)


def test_nbgraders_cells_carry_points(tests_of_peers: list[notebooks.Test], tmp_path: Path) -> None:
    """Nbgrader's notebook has the answer, then a locked cell with points for each check."""
    notebooks.write_notebook(tmp_path / "a.ipynb", for_nbgrader.cells("x = 1\n", tests_of_peers))
    cells = nbformat.read(tmp_path / "a.ipynb", as_version=4).cells
    assert json.loads(json.dumps(cells[0].metadata.nbgrader))["solution"] is True
    assert [cell.metadata.nbgrader.points for cell in cells[1:]] == [test.points for test in tests_of_peers]
