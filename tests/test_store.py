"""Grades on disk: nothing is lost, changed or mixed up, and a file that can't be used is refused in one line."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.errors import StorageError, UsageError
from grader.grade_json import grade_to_json
from grader.grades.store import Store
from grader.results import CheckResult, ExerciseResult, Flag, Grade, Outcome, Status
from grader.submissions.arrivals import Arrival
from grader.submissions.submission import make_submission


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
    code = f"from grader.grades.store import Store; from pathlib import Path; print(*Store(Path({str(store.path)!r})).newest())"
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
        "import os, signal, sys; from pathlib import Path; from grader.grades.store import Store;"
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


# -- a fault of the grader, and what counts then -----------------------------------------------------------------------


def failed(student: str, sha256: str, version: str) -> Grade:
    """The grade of a submission at which the grader failed."""
    grade = make_grade(student, 0, sha256=sha256, version=version, status=Status.GRADER_ERROR)
    return dataclasses.replace(grade, flags=(Flag("grader_error", "grader", "KeyError"),))


def test_failed_regrade_takes_nothing_away(store: Store) -> None:
    """The grade that the same submission has goes on counting, with a flag that says what happened; success repairs it."""
    good, regraded = make_grade("ada", 3, version="v1"), make_grade("ada", 1, version="v2")
    store.add(good)
    store.add(failed("ada", good.submission_sha256, "v2"))
    [counts] = store.newest()
    assert counts == store.counting("ada") == dataclasses.replace(good, flags=counts.flags)
    assert [(flag.kind, flag.where, flag.detail) for flag in counts.flags] == [
        ("regrade_failed", "assignment version v2", "the grader failed, so the grade under version v1 still counts"),
        ("grader_error", "grader", "KeyError"),
    ]
    assert store.find("ada", good.submission_sha256, "v2") is None  # it is tried again
    store.add(regraded)
    assert list(store.newest()) == [store.counting("ada")] == [regraded]
    assert store.count() == 3


def test_failed_grade_of_another_submission_counts(store: Store) -> None:
    """What was handed in later was not graded: an earlier submission's grade must not stand for it, and is kept."""
    first, second = make_grade("ada", 3, sha256="1" * 64), failed("ada", "2" * 64, "v1")
    store.add(first)
    store.add(second)
    (counting,) = store.newest()
    assert counting == store.counting("ada") == dataclasses.replace(second, attempts=counting.attempts)
    assert [(attempt.submission_sha256, attempt.score) for attempt in counting.attempts] == [("1" * 64, 3)]
    assert [row[1] for row in rows(store)] == ["1" * 64, "2" * 64]


def test_last_usable_grade_of_the_submission_counts(store: Store) -> None:
    """Of several grades of the submission the last one counts, whatever was handed in between."""
    for score, sha256 in ((1, "1"), (3, "2"), (2, "1")):
        store.add(make_grade("ada", score, sha256=sha256 * 64))
    store.add(failed("ada", "1" * 64, "v2"))
    assert [grade.score for grade in store.newest()] == [2]


def test_student_without_a_grade(store: Store) -> None:
    """Nobody is given a grade that is not there."""
    with pytest.raises(KeyError, match="eve"):
        store.counting("eve")


# -- clocks, disks, files that go away ---------------------------------------------------------------------------------


def test_clock_that_jumps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Years forward, years back: the order is that of adding."""
    for score, year in ((0, 2026), (1, 2099), (2, 1970), (3, 2025)):
        clock = SimpleNamespace(now=lambda zone, year=year: datetime(year, 1, 1, tzinfo=zone))
        monkeypatch.setattr("grader.grades.store.datetime", clock)
        store.add(make_grade("ada", score))
        assert [grade.score for grade in store.newest()] == [score]
        assert store.find("ada", "a" * 64, "v1") == (make_grade("ada", score), True)
    with sqlite3.connect(store.path) as database:
        years = [text[:4] for (text,) in database.execute("SELECT graded_at FROM grades ORDER BY id")]
    database.close()
    assert years == ["2026", "2099", "1970", "2025"]


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.rename(path.with_name("moved.db"))])
def test_file_that_is_gone(store: Store, change: Callable[[Path], object]) -> None:
    """SQLite would go on without a word; here the next grade is an error that names the file."""
    store.add(make_grade("ada"))
    change(store.path)
    with pytest.raises(StorageError) as caught:
        store.add(make_grade("bob"))
    assert str(caught.value).startswith(f"{store.path} is gone: it was deleted or moved during the run.")


def test_file_that_was_replaced(store: Store) -> None:
    """Another file of the same name is not the one that grades go to."""
    store.add(make_grade("ada"))
    store.path.unlink()
    store.path.touch()
    with pytest.raises(StorageError, match="is gone"):
        store.add(make_grade("bob"))


FILL = """
import resource, sys
from pathlib import Path
from grader.errors import StorageError
from grader.results import Grade, Status
from grader.grades.store import Store
from grader.submissions.submission import make_submission

store = Store(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (160_000, 160_000))
try:
    for number in range(100):
        store.add(Grade("digits", "v1", f"student{number:02}", "a" * 64, Status.GRADED, (), title="x" * 3000))
        print(number)
except StorageError as error:
    print(error)
print(len(list(store.newest())))
store.close()
"""


def test_file_that_can_not_grow(tmp_path: Path) -> None:
    """Where the file may grow no more, `add` says so; what it confirmed before is there, and nothing else."""
    path = tmp_path / "grades.db"
    ran = subprocess.run([sys.executable, "-c", FILL, path], capture_output=True, text=True, timeout=60, check=True)
    *confirmed, message, seen = ran.stdout.splitlines()
    assert 2 < len(confirmed) < 50
    assert message.startswith(f"{path}: ")
    assert message.endswith(
        "Every grade before this is kept. Mend that, then run the same command: it goes on with the rest."
    )
    assert int(seen) == len(confirmed)
    store = Store(path)
    assert [grade.student for grade in store.newest()] == [f"student{int(number):02}" for number in confirmed]
    store.add(make_grade("ada"))
    store.close()


def test_file_without_a_grade_is_removed(tmp_path: Path) -> None:
    """A store to which nothing came leaves nothing behind; one with a grade stays."""
    Store(tmp_path / "grades.db").close()
    assert list(tmp_path.iterdir()) == []
    store = Store(tmp_path / "grades.db")
    store.add(make_grade("ada"))
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["grades.db"]


def test_file_of_another_run_is_not_removed(tmp_path: Path) -> None:
    """A store whose file was deleted leaves the new one alone that has its name."""
    first = Store(tmp_path / "grades.db")
    first.path.unlink()
    second = Store(tmp_path / "grades.db")
    second.add(make_grade("ada"))
    first.close()
    assert second.path.is_file()
    second.close()


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
        (other_layout, "a newer version of the grader (layout 7; this one's is 2)"),
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


def test_damaged_file(tmp_path: Path) -> None:
    """Of a file that is damaged behind its header nothing is said to be kept."""
    path = tmp_path / "grades.db"
    with closing(Store(path)) as store:
        for number in range(50):
            store.add(make_grade(f"student{number}"))
    raw = path.read_bytes()
    path.write_bytes(raw[:4096] + bytes(len(raw) - 4096))
    with closing(Store(path)) as store, pytest.raises(StorageError) as caught:
        list(store.newest())
    assert str(caught.value) == (
        f"{path} is damaged: database disk image is malformed. Bring back a copy of it, or grade into another folder."
    )


def test_grade_that_can_not_be_read(tmp_path: Path) -> None:
    """A grade that was changed by hand, or by a version to come, is told in one line with the file."""
    path = tmp_path / "grades.db"
    with closing(Store(path)) as store:
        store.add(make_grade("ada"))
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE grades SET grade = '{}'")
            database.commit()
        with pytest.raises(
            UsageError, match=r"grades\.db holds a grade that can't be read .* Use the version of the grader"
        ):
            store.counting("ada")


def test_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is locked is told as that, with what to do."""
    path = tmp_path / "grades.db"
    with closing(Store(path)) as store:
        store.add(make_grade("ada"))
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **options: connect(*given, **{**options, "timeout": 0}))
    with closing(connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("DELETE FROM runs")
        with pytest.raises(UsageError, match=r"grades\.db is held by another program\. End that"):
            Store(path)


@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_file_that_may_not_be_written(mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of grades that this user may not write is refused when it is opened, not at the first grade."""
    path = tmp_path / "grades.db"
    opened = Store(path)
    opened.add(make_grade("ada"))
    opened.close()
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


def test_last_run_is_told(store: Store) -> None:
    """What was noted of the last run is there again, also in a file opened anew; nothing before the first one."""
    assert store.last_run() == {}
    store.add(make_grade("ada"))
    store.note_run({"Device": "cpu"})
    store.note_run({"Device": "cuda", "Last run": "1 graded"})
    again = Store(store.path)
    assert again.last_run() == {"Device": "cuda", "Last run": "1 graded"}
    again.close()


def test_time_of_arrival_is_not_forgotten(store: Store) -> None:
    """Graded again from a plain folder, or by a system that tells no time, a submission came when it came."""
    submission = make_submission("ada", {"a.py": "x = 1\n"})
    late = Arrival("gradescope", ids={"email": "a@b"}, submitted_at="2026-03-02T12:00:00+00:00")
    for arrival in (late, Arrival()):
        store.take_in(submission, arrival)
        assert store.arrival("ada", submission.sha256) == late
    store.take_in(submission, Arrival("canvas", ids={"canvas_user": "7"}))
    expected = Arrival("canvas", ids={"canvas_user": "7"}, submitted_at=late.submitted_at)
    assert store.arrival("ada", submission.sha256) == expected
