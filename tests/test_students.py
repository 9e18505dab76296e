"""The page for students, docs/students.md: what it shows is what they see."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import grader

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "students.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ANSWERS = {
    "x: any shape, remembered for backward. Not changed.": "self.x = x\n        return x.clamp(min=0)",
    "dz: the gradient of the loss with respect to forward's result, the shape of x.": "return dz * self.x.clamp(min=0)",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a student has, as far as it matters here."""
    shutil.copytree(ROOT / "assignments" / "classifier", tmp_path / "assignments" / "classifier")
    shutil.copy(grader.PACKAGE / "release" / "handout" / "pytest.ini", tmp_path)
    return tmp_path


def said(folder: Path, *words: str, status: int = 1) -> list[str]:
    """The lines that pytest prints there."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | {"COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]


def assert_shown(shown: str, lines: list[str]) -> None:
    """Each line of an example is a line of what was said, and they come in that order; dots stand for what is left out."""
    place = 0
    for line in shown.splitlines():
        if line != "...":
            assert line in lines[place:], line
            place += lines[place:].index(line) + 1


def write_answers(path: Path, answers: dict[str, str]) -> None:
    """Put these below the line of the docstring that each is named by, in the place of the stub."""
    text = path.read_text(encoding="utf-8")
    for line, answer in answers.items():
        before, after = text.split(line)
        text = (
            before + line + re.sub(r"# TODO.*\n +raise NotImplementedError", lambda _, new=answer: new, after, count=1)
        )
    path.write_text(text, encoding="utf-8")


def test_first_run(folder: Path) -> None:
    """With the skeletons, everything is not attempted, and the first file is named."""
    assert_shown(SHOWN[0], said(folder, "assignments/classifier"))


def test_result(folder: Path) -> None:
    """The example of a wrong answer is one."""
    write_answers(folder / "assignments" / "classifier" / "relu.py", ANSWERS)
    assert_shown(SHOWN[1], said(folder, "assignments/classifier", "-k", "relu"))


@pytest.mark.parametrize(
    ("name", "old", "new", "message", "shown"),
    [
        (
            "linear",
            "class Linear:",
            "class Linaer:",
            "Linear is not defined; linear.py, line 6, defines",
            "is not defined; ",
        ),
        ("relu", "class ReLU:", "class ReLU", "can't be read as Python", "can't be read as Python`"),
    ],
)
def test_broken_file(folder: Path, name: str, old: str, new: str, message: str, shown: str) -> None:
    """What the last table has of files is said where such a thing is in them."""
    path = folder / "assignments" / "classifier" / f"{name}.py"
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    assert message in "\n".join(said(folder, "assignments/classifier", "-k", name))
    assert f"| `{shown}" in PAGE


def test_wrong_name_and_wrong_place(folder: Path) -> None:
    """So is what it has of the command line."""
    assert "43 deselected" in said(folder, "assignments/classifier", "-k", "reul", status=5)[-1]
    elsewhere = "\n".join(said(folder / "assignments", "assignments/classifier", status=4))
    assert "file or directory not found" in elsewhere
    assert "| `43 deselected`" in PAGE
    assert "| `file or directory not found`" in PAGE
