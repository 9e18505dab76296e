"""`grader show`: what a student's pages say, in the terminal."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from grader.cli import main
from grader.grades.store import Store
from grader.results import CheckResult, Evidence, ExerciseResult, Grade, Outcome, Status


def grade(student: str, title: str = "backward is right.") -> Grade:
    told = Evidence(summary="dx is wrong.", got="secret" if "hidden" in title else "[1.0]")
    hints = {"hint": "A?", "mistake": "id", "mistake_line": "m", "further_hints": ("B.", "C.")}
    failed = CheckResult("backward", title, Outcome.FAILED, Decimal(2), evidence=told, **hints)  # type: ignore[arg-type]
    hidden = CheckResult("named", "A hidden one.", Outcome.FAILED, Decimal(1), "hidden", evidence=Evidence("secret"))
    exercises = (ExerciseResult("relu", "ReLU", (failed, hidden), "relu.py"),)
    return Grade("digits", "v1", student, student[0] * 64, Status.GRADED, exercises, title="Digits")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with the grades of two students."""
    with closing(Store(tmp_path / "grades.db")) as store:
        for name in ("ada-brennan", "bo"):
            store.add(grade(name))
    return tmp_path


def test_show_prints_the_feedback(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is the student's: as wide as the terminal, with nothing of what hidden checks saw."""
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["show", str(out), "--student", "bo"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Digits\nbo: 0 of 3 points\n\nWhat to do next\n")
    assert "There are 2 hints more." in shown
    assert "secret" not in shown
    assert "named" not in shown
    assert max(map(len, shown.split("\n"))) <= 60


def test_show_tells_more_hints(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--hints 3 tells all three."""
    assert main(["show", str(out), "--student", "bo", "--hints", "3"]) == 0
    shown = capsys.readouterr().out
    assert [hint for hint in ("A?", "B.", "C.", "hints more") if hint in shown] == ["A?", "B.", "C."]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ada", '{out} has no grade of ada. Did you mean "ada-brennan"?'),
        ("ada-brenan", '{out} has no grade of ada-brenan. Did you mean "ada-brennan"?'),
        ("zoe", "{out} has no grade of zoe. There are: ada-brennan, bo."),
    ],
)
def test_show_of_somebody_unknown(name: str, told: str, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who has no grade is said, with whoever may have been meant."""
    assert main(["show", str(out), "--student", name]) == 2
    assert capsys.readouterr().err == f"grader: {told.format(out=out)}\n"


def test_show_without_grades(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without grades is refused, and stays as it is."""
    assert main(["show", str(tmp_path), "--student", "bo"]) == 2
    assert capsys.readouterr().err.startswith(
        f"grader: {tmp_path} holds no grades. Grade an inbox first: `grader grade"
    )
    assert list(tmp_path.iterdir()) == []
