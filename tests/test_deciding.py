"""After grading: a mended check is run again on everybody, decisions are kept and shown, lateness is taken off on reading."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from grader import cli
from grader.isolation.isolated import Isolated

MANIFEST = (
    'title = "Tiny"\ntimeout_seconds = 30\n'
    '[[exercise]]\nname = "double"\ntitle = "Double"\nfile = "double.py"\ndefines = ["double"]\n'
    '[[exercise]]\nname = "triple"\ntitle = "Triple"\nfile = "double.py"\ndefines = ["triple"]\n'
)
RUBRIC = """
import pytest

pytestmark = pytest.mark.exercise("double")


@pytest.mark.points(2)
def test_two(submission):
    \"\"\"double(2) is 4.\"\"\"
    assert submission.double(2) == {expected}


def test_zero(submission):
    \"\"\"double(0) is 0.\"\"\"
    assert submission.double(0) == 0


@pytest.mark.exercise("triple")
@pytest.mark.points(1.5)
def test_three(submission):
    \"\"\"triple(1) is 3.\"\"\"
    assert submission.triple(1) == {three}
"""
RIGHT = "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"
WRONG = "def double(x):\n    return x + 3\n\n\ndef triple(x):\n    return 3 * x\n"


class Class:
    """A small class that was graded, and its course."""

    def __init__(self, root: Path) -> None:
        self.course, self.inbox, self.out = root / "course", root / "inbox", root / "out"
        folder = self.course / "assignments" / "tiny"
        folder.mkdir(parents=True)
        (folder / "double.py").write_text("def double(x):\n    raise NotImplementedError\n")
        self.rubric(expected="4", three="3")
        self.manifest(MANIFEST)
        self.inbox.mkdir()
        self.hand_in("ada", RIGHT)
        self.hand_in("bob", WRONG)

    def manifest(self, text: str) -> None:
        (self.course / "assignments" / "tiny" / "assignment.toml").write_text(text)

    def rubric(self, **parts: str) -> None:
        (self.course / "assignments" / "tiny" / "test_double.py").write_text(RUBRIC.format(**parts))

    def hand_in(self, student: str, text: str) -> None:
        (self.inbox / f"{student}.py").write_text(text)

    def run(self, *arguments: str) -> int:
        common = ["--course", str(self.course), "--jobs", "1", "--device", "cpu"]
        if arguments[0] == "grade":
            return cli.main(["grade", str(self.inbox), "-a", "tiny", "-o", str(self.out), *common, *arguments[1:]])
        name, *more = arguments
        return cli.main([name, str(self.out), *(common if name == "regrade" else []), *more])

    def scores(self) -> dict[str, str]:
        with (self.out / "grades.csv").open(newline="") as file:
            return {row["student"]: row["score"] for row in csv.DictReader(file)}

    def document(self, student: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "students" / student / "grade.json").read_text())
        return found

    def page(self, student: str) -> str:
        return (self.out / "students" / student / "feedback.html").read_text()


@pytest.fixture
def graded(tmp_path: Path, zygote: Isolated, monkeypatch: pytest.MonkeyPatch) -> Class:
    """Graded once: ada has everything, bob fails a check that expects 4 for double(2) and one for double(0)."""
    made = Class(tmp_path)
    assert made.run("grade") == 0
    assert made.scores() == {"ada": "4.5", "bob": "1.5"}
    return made


def test_mended_check_is_run_again(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    """Old to new for everyone, and only what changed; grading again later finds nothing left to do."""
    graded.rubric(expected="5", three="3")
    assert graded.run("regrade", "--check", "two") == 0
    said = capsys.readouterr().out
    assert "  ada     4.5 -> 2.5 of 4.5  double/two\n  bob     1.5 -> 3.5 of 4.5  double/two\n" in said
    assert "double/two: failed (0 of 2) -> passed (2 of 2): 1\n" in said
    assert "2 of 2 changed" in said
    assert graded.scores() == {"ada": "2.5", "bob": "3.5"}
    assert (graded.document("bob")["score"], graded.document("ada")["score"]) == (3.5, 2.5)
    assert (graded.out / "regraded.csv").read_text().splitlines() == [
        "student,check,outcome before,outcome after,score before,score after",
        "ada,double/two,passed,failed,4.5,2.5",
        "bob,double/two,failed,passed,1.5,3.5",
    ]
    assert graded.run("grade") == 0
    assert "0 graded" in capsys.readouterr().out


def test_other_checks_stay_as_they_were(graded: Class) -> None:
    """Only the named check is taken over, whatever else the rubric says by now."""
    graded.rubric(expected="5", three="4")
    assert graded.run("regrade", "--check", "double/two") == 0
    assert graded.scores() == {"ada": "2.5", "bob": "3.5"}
    assert graded.run("regrade") == 0
    assert graded.scores() == {"ada": "1", "bob": "2"}


def test_outdated_mistakes_are_said(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    """A mended rubric has mistakes recorded for the one before: no name is given, and the instructor is told."""
    reference = graded.course / "reference" / "tiny"
    reference.mkdir(parents=True)
    (reference / "mistakes.jsonl").write_text('{"type":"recording"}\n')
    assert graded.run("regrade", "--dry-run") == 0
    assert "Record them: grader record tiny" in capsys.readouterr().err


def test_dry_run_keeps_nothing(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    """With --dry-run the changes are shown, and every file stays as it was."""
    graded.rubric(expected="5", three="3")
    before = {path: path.read_bytes() for path in graded.out.rglob("*") if path.is_file()}
    assert graded.run("regrade", "--dry-run") == 0
    assert "2 of 2 changed" in capsys.readouterr().out
    after = {path: path.read_bytes() for path in graded.out.rglob("*") if path.is_file()}
    assert after == before


def test_broken_check_that_was_mended(graded: Class) -> None:
    """A check that broke needed the instructor; once it is mended the class is graded, without the grader's fault."""
    graded.rubric(expected="1 / 0", three="3")
    assert graded.run("regrade", "--check", "two") == 3
    assert graded.scores() == {"ada": "4.5", "bob": "1.5"}  # the grade of before still counts
    graded.rubric(expected="4", three="3")
    assert graded.run("regrade", "--check", "two") == 0
    assert graded.scores() == {"ada": "4.5", "bob": "1.5"}
    assert graded.document("ada")["flags"] == []


def test_unknown_check_is_refused(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    """A check that the rubric lacks is refused with the nearest name."""
    assert graded.run("regrade", "--check", "tow") == 2
    assert 'the rubric has no check "tow". Did you mean "two"?' in capsys.readouterr().err


def test_submission_that_was_not_kept_is_named(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    """A class graded before submissions were kept: whoever can't be graded again is named, nothing is lost."""
    import sqlite3

    with sqlite3.connect(graded.out / "grades.db") as database:
        database.execute("DELETE FROM submissions WHERE sha256 = ?", (graded.document("bob")["submission_sha256"],))
    database.close()
    graded.rubric(expected="5", three="3")
    assert graded.run("regrade", "--check", "two") == 3
    assert "bob: not graded again: was graded before submissions were kept" in capsys.readouterr().out
    assert graded.scores() == {"ada": "2.5", "bob": "1.5"}


def test_decision_is_kept_and_shown(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    """A decision counts at once, is on the page with its reason, survives grading again, and can be listed and undone."""
    decide = ["override", "--student", "bob", "--exercise", "double", "--why", "Explained <b>it</b> at the board"]
    assert graded.run(*decide, "--score", "2,5") == 0
    assert "bob: 1.5 -> 4 of 4.5" in capsys.readouterr().out
    assert graded.scores() == {"ada": "4.5", "bob": "4"}
    (double, _) = graded.document("bob")["exercises"]
    assert (double["score"], double["earned"], double["override"]["why"]) == (
        2.5,
        0,
        "Explained <b>it</b> at the board",
    )
    graded.rubric(expected="5", three="3")
    assert graded.run("regrade", "--check", "two") == 0
    assert graded.scores()["bob"] == "4"
    assert graded.run("override") == 0
    assert "bob, double: 2 -> 2.5 of 3" in capsys.readouterr().out
    assert graded.run("override", "--student", "bob", "--exercise", "double", "--why", "again", "--undo") == 0
    assert graded.scores()["bob"] == "3.5"


def test_decision_is_for_one_submission(graded: Class) -> None:
    """What is handed in later has its own score, and the instructor is told of the decision that no longer counts."""
    graded.run("override", "--student", "bob", "--exercise", "double", "--score", "3", "--why", "w")
    graded.hand_in("bob", RIGHT)
    assert graded.run("grade") == 0
    assert graded.scores()["bob"] == "4.5"
    assert "override outdated" in (graded.out / "index.html").read_text()
    assert graded.document("bob")["attempts"][0]["score"] == 1.5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--student", "bib", "--exercise", "double", "--score", "1", "--why", "w"], 'Did you mean "bob"?'),
        (["--student", "bob", "--exercise", "dbl", "--score", "1", "--why", "w"], "there is no exercise 'dbl'"),
        (["--student", "bob", "--exercise", "double", "--score", "4", "--why", "w"], "expected 0 to 3"),
        (["--student", "bob", "--exercise", "double", "--score", "-1", "--why", "w"], "expected 0 to 3"),
        (["--student", "bob", "--exercise", "double", "--score", "1.005", "--why", "w"], "at most two decimals"),
        (["--student", "bob", "--exercise", "double", "--score", "nan", "--why", "w"], "at most two decimals"),
        (["--student", "bob", "--exercise", "double", "--score", "much", "--why", "w"], "expected a number"),
        (["--student", "bob", "--exercise", "double", "--score", "1e999999", "--why", "w"], "expected a number"),
        (["--student", "bob", "--exercise", "double", "--score", "1"], "needs --why too"),
        (["--student", "bob", "--exercise", "double", "--why", "w"], "needs --score or --undo too"),
        (["--student", "bob", "--exercise", "double", "--score", "1", "--why", " "], "needs a reason"),
        (["--student", "bob", "--exercise", "double", "--undo", "--why", "w"], "no decision to take back"),
    ],
)
def test_decisions_that_can_not_be(
    arguments: list[str], said: str, graded: Class, capsys: pytest.CaptureFixture[str]
) -> None:
    """A decision that can't be is refused in one line, and nothing is changed."""
    assert graded.run("override", *arguments) == 2
    assert said in capsys.readouterr().err
    assert graded.scores()["bob"] == "1.5"


def test_folder_without_grades_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds no grades is left as it is."""
    assert cli.main(["override", str(tmp_path)]) == 2
    assert "holds no grades" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_changed_rule_grades_nobody_again(graded: Class, capsys: pytest.CaptureFixture[str]) -> None:
    """What being late costs is no part of the assignment's version: nobody is graded again for it."""
    graded.manifest(f"{MANIFEST}[late]\npercent_per_day = 10\n")
    assert graded.run("grade") == 0
    assert "0 graded" in capsys.readouterr().out
