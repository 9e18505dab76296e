"""A new assignment: it is right as it is begun, under any name that will do, and never takes the place of another."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader import cli
from grader.course import find_assignment
from grader.skeletons import skeletons
from grader.syntax import has_stub


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The folder of a course that has no assignment yet; its name has a space and no Latin letters."""
    folder = tmp_path / "курс глубокий"
    (folder / "assignments").mkdir(parents=True)
    return folder


def test_begun_is_proved(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `grader new` writes is validated without a finding: two checks and three mistakes, each named."""
    assert cli.main(["new", "batch-norm", "--course", str(course), "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    assert said.endswith("Change what is there, then prove it: grader validate batch-norm. How: docs/authors.md\n")
    assert cli.main(["validate", "batch-norm", "--course", str(course), "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    assert "Nothing to be mended." in said
    assert "2 checks, 3 known mistakes in 3 forms: 3 forms caught, 3 mistakes named." in said
    written = sorted(path.relative_to(course).as_posix() for path in course.rglob("*") if path.is_file())
    assert [name for name in written if not name.startswith(".grader") and "__pycache__" not in name] == [
        "assignments/batch-norm/README.md",
        "assignments/batch-norm/assignment.toml",
        "assignments/batch-norm/batch-norm.ipynb",
        "assignments/batch-norm/batch_norm.py",
        "assignments/batch-norm/mistakes.jsonl",
        "assignments/batch-norm/test_batch_norm.py",
        "reference/batch-norm/batch_norm.py",
        "reference/batch-norm/mistakes.jsonl",
        "reference/batch-norm/mistakes/batch_norm.py",
    ]


def test_skeleton_is_to_be_written(course: Path) -> None:
    """The student's file has stubs only, under the title that the name makes."""
    cli.main(["new", "relu6", "--course", str(course), "--jobs", "1"])
    assignment = find_assignment(course, "relu6")
    [(path, text)] = skeletons(assignment).items()
    assert (path.name, path.read_text("utf-8")) == ("relu6.py", text)
    [layer] = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    assert has_stub(layer)
    assert "tanh(x)" not in text.partition("def forward")[2].partition('"""')[2].partition('"""')[2]
    assert assignment.title == "Relu6"


@pytest.mark.parametrize(
    "name", ["", "Batch", "batch norm", "../x", "batch--norm", "-x", "x-", "1st", "übung", "a" * 41, "class", "random", "copy"]
)
def test_name_that_will_not_do(course: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A name that is no plain word, or Python's own, is refused with what is expected, and nothing is written."""
    assert cli.main(["new", "--course", str(course), "--", name]) == 2
    assert capsys.readouterr().err.startswith(f"grader: {name!r} can't be the name of an assignment: ")
    assert list(course.rglob("*")) == [course / "assignments"]


@pytest.mark.parametrize("folder", ["assignments", "reference"])
def test_never_in_the_place_of_another(course: Path, capsys: pytest.CaptureFixture[str], folder: str) -> None:
    """A folder that is there is not touched."""
    (course / folder / "mine").mkdir(parents=True)
    before = sorted(course.rglob("*"))
    assert cli.main(["new", "mine", "--course", str(course)]) == 2
    assert f"{course / folder / 'mine'} is there already." in capsys.readouterr().err
    assert sorted(course.rglob("*")) == before


def test_outside_a_course(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no course, that is said."""
    assert cli.main(["new", "mine", "--course", str(tmp_path)]) == 2
    assert "lies in no course" in capsys.readouterr().err
