"""What an author begins with: a course of one's own, and a new assignment that is right as it is begun."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader import cli
from grader.authoring.scaffold import new_course
from grader.authoring.skeletons import skeletons
from grader.course import shipped
from grader.course.assignments import assignment_names, find_assignment
from grader.course.calibration import why_not_calibrated
from grader.course.recording import why_no_mistakes
from grader.errors import UsageError
from grader.submissions.syntax import has_stub

# -- a course --------------------------------------------------------------------------------------------------------------


def test_course_with_what_was_picked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A course of one's own has the assignments that were named, whole and of the same version, and says what comes next."""
    folder = tmp_path / "my course"
    assert cli.main(["init", str(folder), "derivations", "classifier"]) == 0
    assert capsys.readouterr().out == (
        f"{folder}: a course with derivations, classifier\n"
        f"Go on in it: cd '{folder}'\n"
        "  grader new my-exercise      an assignment of your own\n"
        "  grader validate derivations prove an assignment after a change\n"
        "  grader release -o bundle    what students get\n"
    )
    assert assignment_names(folder) == ["classifier", "derivations"]
    for name in assignment_names(folder):
        mine, theirs = find_assignment(folder, name), find_assignment(shipped.shipped_course(), name)
        assert (mine.version, why_not_calibrated(mine), why_no_mistakes(mine)) == (theirs.version, "", "")
    assert not list(folder.rglob("__pycache__"))
    assert "It began with derivations, classifier" in (folder / "README.md").read_text("utf-8")
    assert ".grader/" in (folder / ".gitignore").read_text("utf-8").splitlines()


def test_course_without_an_assignment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is taken that was not named; what there is to be named is said. A new assignment can begin there."""
    assert cli.main(["init", str(tmp_path / "mine")]) == 0
    said = capsys.readouterr().out
    assert "to be named behind the folder: autograd, classifier, cnn, derivations, training\n" in said
    assert assignment_names(tmp_path / "mine") == []
    assert cli.main(["new", "mine", "--course", str(tmp_path / "mine"), "--jobs", "1"]) == 0


def test_course_in_a_folder_with_something_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there already is never touched; an empty folder is as good as none."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine", encoding="utf-8")
    assert cli.main(["init", str(tmp_path / "full")]) == 2
    assert cli.main(["init", str(tmp_path / "full" / "notes.txt")]) == 2
    assert capsys.readouterr().err.count("is there already and not empty.") == 2
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]
    (tmp_path / "empty").mkdir()
    assert cli.main(["init", str(tmp_path / "empty")]) == 0


def test_commands_for_all_assignments_of_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no assignment yet, a command for all of them says so, with how to begin one."""
    (tmp_path / "assignments").mkdir()
    for command in ("validate", "record", "skeleton", "notebook"):
        assert cli.main([command, "--course", str(tmp_path)]) == 2
        said = f"grader: {tmp_path}/assignments has no assignment. Begin one: `grader new NAME`.\n"
        assert capsys.readouterr() == ("", said)


def test_course_with_an_assignment_that_there_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt assignment is answered with the nearest, before anything is written."""
    assert cli.main(["init", str(tmp_path / "mine"), "clasifier"]) == 2
    assert "has no assignment 'clasifier'" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_installed_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside an installed package it has a name of its own; without one, as students have it, that is said.

    A checkout's own comes first: it is the newest.
    """
    monkeypatch.setattr(shipped, "INSTALLED", tmp_path / "backgrade_course")
    monkeypatch.setattr(shipped, "PACKAGE", tmp_path / "grader")
    with pytest.raises(UsageError, match="what students get has no model answers"):
        new_course(tmp_path / "mine", [])
    for name in ("assignments", "reference"):
        (tmp_path / "backgrade_course" / name).mkdir(parents=True)
    assert shipped.shipped_course() == tmp_path / "backgrade_course"
    for name in ("assignments", "reference"):
        (tmp_path / name).mkdir()
    assert shipped.shipped_course() == tmp_path


# -- an assignment ---------------------------------------------------------------------------------------------------------


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
    assert said.endswith("Change what is there, then prove it: grader validate batch-norm\n")
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
    "name",
    ["", "Batch", "batch norm", "../x", "batch--norm", "-x", "x-", "1st", "übung", "a" * 41, "class", "random", "copy"],
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
