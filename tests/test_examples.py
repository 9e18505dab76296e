"""The sample class, graded as an instructor does it: golden grades, every file of the results, and the class itself."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.course.assignments import Assignment
from grader.grade_json import grade_from_json
from grader.isolation.levels import Level
from grader.results import Grade, Status, number
from grader.submissions.inbox import inbox_entries
from grader.submissions.loading import student_name

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
INBOX = EXAMPLES / "inbox"
GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "corpus" / "examples.json").read_text(encoding="utf-8"))
STUDENTS = sorted(GOLDEN)
POINTS = {
    "nll_loss": 13,
    "linear": 10,
    "relu": 7,
    "net": 10,
    "optimizer": 8,
    "train": 10,
    "accuracy": 5,
    "accuracy_per_class": 5,
    "save_and_load": 10,
    "together": 4,
}

GRADE_KEYS = [
    "schema_version",
    "assignment",
    "assignment_version",
    "title",
    "student",
    "submission_sha256",
    "status",
    "score",
    "points",
    "earned",
    "lateness",
    "attempts",
    "exercises",
    "flags",
    "environment",
    "duration_seconds",
]
EXERCISE_KEYS = ["name", "title", "file", "score", "points", "earned", "override", "checks"]
CHECK_KEYS = [
    "name",
    "title",
    "visibility",
    "outcome",
    "score",
    "points",
    "hint",
    "further_hints",
    "mistake",
    "mistake_line",
    "evidence",
    "duration_seconds",
]

Files = dict[str, str]


@dataclass(frozen=True)
class Graded:
    """How the command ended, what it wrote, and where the results are."""

    status: int
    out: str
    err: str
    folder: Path

    def text(self, student: str, name: str) -> str:
        """One of a student's files."""
        return (self.folder / "students" / student / name).read_text(encoding="utf-8")

    def document(self, student: str) -> dict[str, Any]:
        """A student's grade.json."""
        document: dict[str, Any] = json.loads(self.text(student, "grade.json"))
        return document

    def grade(self, student: str) -> Grade:
        """A student's grade.json as a record."""
        return grade_from_json(self.text(student, "grade.json"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The sample class, graded once by the command in a process of its own."""
    out = tmp_path_factory.mktemp("class") / "out"
    command = "import sys; from grader.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments = ["grade", "examples/inbox", "-a", "classifier", "-o", str(out), "--device", "cpu", "--jobs", "2"]
    ended = subprocess.run(
        [sys.executable, "-c", command, *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return Graded(ended.returncode, ended.stdout, ended.stderr, out)


# -- golden grades ---------------------------------------------------------------------------------------------------------


def test_every_student_has_a_grade(graded: Graded) -> None:
    """The command succeeds, writes the level of isolation and nothing else on the error stream, and grades everyone."""
    assert graded.status == 0, graded.err
    assert re.fullmatch(r"isolation: \w+ \(verified: [^\n]*\)\n(  not [^\n]*\n)?", graded.err)
    names = sorted(entry.student for entry in inbox_entries(INBOX))
    assert names == STUDENTS
    assert sorted(path.name for path in (graded.folder / "students").iterdir()) == names


def test_golden_table_adds_up(classifier: Assignment) -> None:
    """The golden table speaks of the exercises there are, in their order, and its sums are right."""
    assert list(POINTS) == [exercise.name for exercise in classifier.exercises]
    for entry in GOLDEN.values():
        assert list(entry["exercises"]) == list(POINTS)
        assert sum(score for score, _ in entry["exercises"].values()) == entry["score"]


@pytest.mark.parametrize("student", STUDENTS)
def test_golden_grade(graded: Graded, student: str) -> None:
    """Everyone is graded; score, flags, named mistakes, and each exercise's score and outcome are those of the golden table."""
    grade = graded.grade(student)
    found = {
        "score": number(grade.score),
        "flags": graded.document(student)["flags"],
        "mistakes": {
            entry.name: sorted({check.mistake for check in entry.checks if check.mistake})
            for entry in grade.exercises
            if any(check.mistake for check in entry.checks)
        },
        "exercises": {entry.name: [number(entry.score), entry.outcome.value] for entry in grade.exercises},
    }
    assert found == GOLDEN[student]
    assert grade.status is Status.GRADED
    assert {entry.name: number(entry.points) for entry in grade.exercises} == POINTS
    assert number(grade.points) == sum(POINTS.values())


def test_table_on_the_terminal(graded: Graded) -> None:
    """The command prints a line for each student with the score, and where the results are; no student's print-outs."""
    lines = graded.out.rstrip("\n").split("\n")
    total = str(sum(POINTS.values()))
    rows = [line.split() for line in lines[:-2]]
    assert rows == [[student, str(GOLDEN[student]["score"]), "of", total] for student in STUDENTS]
    assert lines[-2] == ""
    assert lines[-1].startswith(f"{len(STUDENTS)} graded in ")
    assert lines[-1].endswith(f"Results: {graded.folder / 'grades.csv'}, {graded.folder / 'index.html'}")


# -- the files of the results ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", STUDENTS)
def test_student_has_pages(graded: Graded, student: str) -> None:
    """Everyone has a page, the same as Markdown, and the grade; the pages say who and how many points."""
    folder = graded.folder / "students" / student
    assert sorted(path.name for path in folder.iterdir()) == ["feedback.html", "feedback.md", "grade.json"]
    score = str(GOLDEN[student]["score"])
    for name in ("feedback.html", "feedback.md"):
        text = graded.text(student, name)
        assert student in text
        assert re.search(rf"\b{score}\b", text)
        assert "Building a classifier from scratch" in text


@pytest.mark.parametrize("student", STUDENTS)
def test_keys_of_the_grade(graded: Graded, student: str) -> None:
    """grade.json has the documented keys, in their order, and no others, at every level."""
    document = graded.document(student)
    assert list(document) == GRADE_KEYS
    for exercise in document["exercises"]:
        assert list(exercise) == EXERCISE_KEYS
        for check in exercise["checks"]:
            assert list(check) == CHECK_KEYS


def test_grade_says_how_it_was_made(graded: Graded, classifier: Assignment) -> None:
    """A grade names the assignment and its version, the submission by its content, and how well it was isolated."""
    documents = [graded.document(student) for student in STUDENTS]
    assert {document["schema_version"] for document in documents} == {1}
    assert {document["assignment"] for document in documents} == {"classifier"}
    assert {document["assignment_version"] for document in documents} == {classifier.version}
    assert [document["student"] for document in documents] == STUDENTS
    assert all(re.fullmatch("[0-9a-f]{64}", document["submission_sha256"]) for document in documents)
    assert len({document["submission_sha256"] for document in documents}) == len(STUDENTS)
    assert {document["environment"]["isolation"] for document in documents} <= {str(level) for level in Level}
    assert {document["environment"]["device"] for document in documents} == {"cpu"}


def test_sums_of_the_grade(graded: Graded) -> None:
    """Scores and points add up: checks to exercises, exercises to the grade. A check earns all of its points or none."""
    for student in STUDENTS:
        document = graded.document(student)
        for key in ("score", "points"):
            assert document[key] == sum(exercise[key] for exercise in document["exercises"])
            for exercise in document["exercises"]:
                assert exercise[key] == sum(check[key] for check in exercise["checks"])
        for exercise in document["exercises"]:
            for check in exercise["checks"]:
                assert check["score"] == (check["points"] if check["outcome"] == "passed" else 0)


def test_gradebook(graded: Graded, classifier: Assignment) -> None:
    """grades.csv has a column for each exercise between its own, and agrees with every grade.json."""
    with (graded.folder / "grades.csv").open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    names = [exercise.name for exercise in classifier.exercises]
    assert header == ["student", "status", "score", "points", *names, "earned", "late_days", "deduction", "overrides"]
    expected = []
    for student in STUDENTS:
        document = graded.document(student)
        scores = [exercise["score"] for exercise in document["exercises"]]
        numbers = (document["score"], document["points"], *scores, document["earned"], 0, 0)
        expected.append([student, document["status"], *map(str, numbers), ""])
    assert rows == expected


def test_class_page_leads_to_every_student(graded: Graded) -> None:
    """index.html links each student's page, and each link leads to a file."""
    links = re.findall(r'href="(students/[^"]+)"', (graded.folder / "index.html").read_text(encoding="utf-8"))
    assert {f"students/{student}/feedback.html" for student in STUDENTS} <= set(links)
    assert all((graded.folder / link).is_file() for link in links)


# -- the class itself ------------------------------------------------------------------------------------------------------


def roster() -> Mapping[str, str]:
    """Student -> handed in as, from the table of examples/README.md."""
    rows = re.findall(
        r"^\| ([a-z]+-[a-z]+) \| ([^|]+) \|", (EXAMPLES / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    return dict(rows)


def test_roster_names_every_entry() -> None:
    """The README of the class speaks of every entry, and of the form that it has."""
    described = roster()
    assert sorted(described) == STUDENTS
    for path in (entry.path for entry in inbox_entries(INBOX)):
        form = "folder" if path.is_dir() else {".py": "one file", ".zip": "zip", ".ipynb": "notebook"}[path.suffix]
        assert described[student_name(path)].startswith(form)


def test_folders_have_a_file_for_each_exercise(skeleton_files: Files) -> None:
    """The folders hold the files of the assignment; one has a helper module beside them."""
    for path in (entry.path for entry in inbox_entries(INBOX)):
        if path.is_dir():
            extra = {"helpers.py"} if path.name == "chiara-dogan" else set()
            assert {file.name for file in path.glob("*.py")} == set(skeleton_files) | extra


@pytest.mark.parametrize(
    ("student", "names"),
    [
        ("milan-novak", None),
        ("lena-moreau", ("net.py", "optimizer.py", "training.py", "evaluation.py", "save_and_load.py")),
    ],
)
def test_untouched_files_are_the_skeletons(
    student: str, names: tuple[str, ...] | None, classifier: Assignment, skeleton_files: Files
) -> None:
    """Who has not begun has the skeletons of today, byte for byte."""
    for name in names or skeleton_files:
        assert (INBOX / student / name).read_bytes() == (classifier.folder / name).read_bytes(), name


@pytest.mark.parametrize(("student", "top"), [("daniel-eriksen", ""), ("greta-haddad", "classifier_greta/")])
def test_zips_are_as_described(student: str, top: str, skeleton_files: Files) -> None:
    """Files lie at the top, or in one folder; sorted by name, stored uncompressed, dated 1980-01-01."""
    with zipfile.ZipFile(INBOX / f"{student}.zip") as archive:
        entries = archive.infolist()
        assert archive.testzip() is None
    assert [entry.filename for entry in entries] == [f"{top}{name}" for name in sorted(skeleton_files)]
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
