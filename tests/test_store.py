"""Grades on disk: nothing is lost, changed or mixed up, and a file that can't be used is refused in one line."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.results import CheckResult, ExerciseResult, Grade, Outcome, Status, grade_to_json
from grader.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path / "grades.db")
    yield opened
    opened.close()


def make_grade(
    student: str, score: int = 2, *, sha256: str = "a" * 64, version: str = "v1", status: Status = Status.GRADED
) -> Grade:
    """A grade of one exercise of three points."""
    checks = (
        CheckResult("one", "One.", Outcome.PASSED, Decimal(score)),
        CheckResult("two", "Two.", Outcome.FAILED, Decimal(3 - score)),
    )
    return Grade("digits", version, student, sha256, status, (ExerciseResult("linear", "Linear", checks),))


def rows(store: Store) -> list[tuple[str, ...]]:
    """What the file holds, in the order of its making."""
    with sqlite3.connect(store.path) as database:
        found = database.execute("SELECT student, submission_sha256, status, grade FROM grades ORDER BY id").fetchall()
    database.close()
    return found


def test_what_is_added_is_found(store: Store) -> None:
    """A grade comes back as it was, and `add` returns the text that was kept."""
    grade = make_grade("ada")
    assert store.add(grade) == grade_to_json(grade)
    assert store.find("ada", grade.submission_sha256, "v1") == (grade, True)
    assert (list(store.newest()), store.count(), store.assignments()) == ([grade], 1, ["digits"])


def test_key_is_student_submission_and_version(store: Store) -> None:
    """A grade is found for its own student, submission and version of the assignment only."""
    store.add(make_grade("ada"))
    assert store.find("bob", "a" * 64, "v1") is None
    assert store.find("ada", "b" * 64, "v1") is None
    assert store.find("ada", "a" * 64, "v2") is None


def test_nothing_is_replaced(store: Store) -> None:
    """Grading again adds a row; the earlier ones stay as they are, letter by letter."""
    before = []
    for score in (0, 3, 1):
        store.add(make_grade("ada", score))
        assert rows(store)[:-1] == before
        before = rows(store)
    assert store.count() == 3


def test_newest_counts(store: Store) -> None:
    """Of several grades of a student the last one added counts, whatever its score; students come by name."""
    for student, score in (("bob", 3), ("ada", 1), ("bob", 0), ("Cleo", 2)):
        store.add(make_grade(student, score, sha256=str(score) * 64))
    assert [(grade.student, grade.score) for grade in store.newest()] == [("Cleo", 2), ("ada", 1), ("bob", 0)]


def test_earlier_version_handed_in_again(store: Store) -> None:
    """The grade of an earlier submission is found, and told to be no longer the student's newest."""
    first, second = make_grade("ada", 1, sha256="1" * 64), make_grade("ada", 3, sha256="2" * 64)
    store.add(first)
    store.add(second)
    assert store.find("ada", "1" * 64, "v1") == (first, False)
    store.add(first)
    assert store.find("ada", "1" * 64, "v1") == (first, True)
    assert [grade.score for grade in store.newest()] == [1]


def test_other_students_do_not_make_a_grade_old(store: Store) -> None:
    """Newest is meant for each student."""
    store.add(make_grade("ada"))
    store.add(make_grade("bob"))
    assert store.find("ada", "a" * 64, "v1") == (make_grade("ada"), True)


def test_faults_of_the_grader_are_tried_again(store: Store) -> None:
    """A `grader_error` is kept, but not found: the submission is graded anew. A usable grade before it still is."""
    fault = make_grade("ada", status=Status.GRADER_ERROR)
    store.add(fault)
    assert store.find("ada", "a" * 64, "v1") is None
    assert list(store.newest()) == [fault]
    store.add(make_grade("ada", 3))
    store.add(fault)
    assert store.find("ada", "a" * 64, "v1") == (make_grade("ada", 3), False)


def test_not_gradable_is_a_grade(store: Store) -> None:
    """A submission without Python is not graded again and again."""
    grade = make_grade("ada", status=Status.NOT_GRADABLE)
    store.add(grade)
    assert store.find("ada", "a" * 64, "v1") == (grade, True)


@pytest.mark.parametrize(
    "name", ["Zoë Ünal", "o'hara; DROP TABLE grades;--", '"', "%", "_", "=cmd|' /C calc'!A0", "学生"]
)
def test_names_are_only_names(store: Store, name: str) -> None:
    """No name of a student is taken for SQL or a pattern."""
    store.add(make_grade("someone"))
    store.add(make_grade(name, 3))
    assert store.find(name, "a" * 64, "v1") == (make_grade(name, 3), True)
    assert store.count() == 2


def test_opened_again(store: Store) -> None:
    """Grades outlast the process; a second opening changes nothing."""
    grade = make_grade("ada")
    store.add(grade)
    code = (
        f"from grader.store import Store; from pathlib import Path; print(*Store(Path({str(store.path)!r})).newest())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "ada" in ran.stdout
    assert rows(store) == rows(store)
    assert store.count() == 1


def test_two_at_once(store: Store) -> None:
    """Two openings of the file can both add."""
    other = Store(store.path)
    store.add(make_grade("ada"))
    other.add(make_grade("bob"))
    assert [grade.student for grade in store.newest()] == [grade.student for grade in other.newest()] == ["ada", "bob"]
    other.close()


def test_on_disk_when_add_returns(tmp_path: Path) -> None:
    """A process that is killed right after `add` has lost nothing."""
    path = tmp_path / "grades.db"
    code = (
        "import os, signal, sys; from pathlib import Path; from grader.store import Store;"
        "from grader.results import Grade, Status; store = Store(Path(sys.argv[1]));"
        "[store.add(Grade('digits', 'v1', name, 'a' * 64, Status.GRADED, ())) for name in 'abc'];"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], timeout=60, check=False)
    assert ran.returncode == -9
    store = Store(path)
    assert [grade.student for grade in store.newest()] == ["a", "b", "c"]
    store.close()


def test_numbers_json_lacks(store: Store) -> None:
    """A grade whose duration was odd is kept with finite numbers only."""
    grade = dataclasses.replace(make_grade("ada"), duration_seconds=0.1 + 0.2)
    store.add(grade)
    assert next(store.newest()).duration_seconds == 0.3


def other_layout(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 7")
    database.close()


def corrupt(path: Path) -> None:
    path.write_bytes(b"this is no database, and longer than the header of one" * 100)


def cut_short(path: Path) -> None:
    opened = Store(path)
    for number in range(50):
        opened.add(make_grade(f"student{number}"))
    opened.close()
    path.write_bytes(path.read_bytes()[:3000])


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (other_layout, "another version of the grader (layout 7)"),
        (corrupt, "file is not a database"),
        (cut_short, "can't be used as the file of grades"),
        (folder, "unable to open database file"),
    ],
)
def test_file_that_can_not_be_used(spoil: object, reason: str, tmp_path: Path) -> None:
    """A file of another layout, of something else, cut short or no file is refused in one line that names it."""
    path = tmp_path / "grades.db"
    assert callable(spoil)
    spoil(path)
    with pytest.raises(UsageError) as caught:
        Store(path).assignments()
    assert str(caught.value).startswith(str(path))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_file_that_may_not_be_written(mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of grades that this user may not write is refused when it is opened, not at the first grade."""
    path = tmp_path / "grades.db"
    Store(path).close()
    path.chmod(mode)
    tmp_path.chmod(0o555)
    monkeypatch.chdir(tmp_path)  # the folders above are closed to others
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        with pytest.raises(UsageError) as caught:
            Store(Path("grades.db"))
    finally:
        if is_root:
            os.seteuid(0)
        tmp_path.chmod(0o755)
    assert str(caught.value).startswith("grades.db: can't be used as the file of grades")
    assert "\n" not in str(caught.value)


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """A missing folder is a usage error too."""
    with pytest.raises(UsageError, match="unable to open"):
        Store(tmp_path / "nowhere" / "grades.db")
