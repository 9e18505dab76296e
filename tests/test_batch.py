"""Grading a class: what was graded stays graded, whatever ends the run, and bad usage is one line and nothing written."""

from __future__ import annotations

import csv
import html
import os
import random
import re
import resource
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.parse
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader import cli
from grader.course.assignments import Assignment, find_assignment
from grader.errors import CourseError, UsageError
from grader.grades.results_folder import PAGES, ResultsFolder
from grader.grades.store import Store
from grader.grading import batch
from grader.grading.batch import Batch
from grader.grading.jobs import Jobs
from grader.grading.settings import Settings
from grader.results import Grade, Status
from grader.submissions.inbox import inbox_entries
from grader.submissions.submission import Submission

COURSE = {
    "assignments/tiny/assignment.toml": (
        'title = "Tiny"\ntimeout_seconds = 30\n'
        '[[exercise]]\nname = "double"\ntitle = "double"\nfile = "double.py"\ndefines = ["double"]\n'
    ),
    "assignments/tiny/double.py": "def double(x):\n    raise NotImplementedError\n",
    "assignments/tiny/test_double.py": """
import pytest

pytestmark = pytest.mark.exercise("double")


@pytest.mark.points(2)
def test_two(submission):
    \"\"\"double(2) is 4.\"\"\"
    assert submission.double(2) == 4


def test_zero(submission):
    \"\"\"double(0) is 0.\"\"\"
    assert submission.double(0) == 0
""",
}
ANSWERS = {"right": "2 * x", "half": "x * x", "wrong": "x + 1"}
SCORES = {"right": "3", "half": "3", "wrong": "0"}
COMMAND = Path(sys.executable).with_name("grader")


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with one quick assignment."""
    return write(tmp_path / "course", COURSE)


@pytest.fixture
def tiny(course: Path) -> Assignment:
    """Its assignment."""
    return find_assignment(course, "tiny")


def make_inbox(root: Path, count: int, pause_seconds: float = 0.0) -> Path:
    """Submissions in turn right, half right and wrong, each one different, that take their time."""
    kinds = list(ANSWERS)
    return write(
        root,
        {
            f"student{number:02}.py": f"import time\n\ndef double(x):  # {number}\n    time.sleep({pause_seconds})\n"
            f"    return {ANSWERS[kinds[number % 3]]}\n"
            for number in range(count)
        },
    )


def command(course: Path, inbox: Path, out: Path, *more: str) -> list[str]:
    return [str(COMMAND), "grade", str(inbox), "-a", "tiny", "-o", str(out), "--course", str(course), *more]


def count_rows(out: Path) -> int:
    """How many grades are on disk; 0 before there is a file."""
    if not (out / "grades.db").is_file():
        return 0
    database = sqlite3.connect(f"file:{out / 'grades.db'}?mode=ro", uri=True)
    try:
        return int(database.execute("SELECT count(*) FROM grades").fetchone()[0])
    except sqlite3.OperationalError:  # the table is not there yet
        return 0
    finally:
        database.close()


def descendants(pid: int) -> set[int]:
    """The processes that a process has started, and those that they have."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = {int(child) for child in (task / "children").read_text(encoding="ascii").split()}
        except OSError:
            continue
        found |= children.union(*map(descendants, children))
    return found


def assert_all_end(pids: set[int]) -> None:
    """Every one of the processes comes to an end by itself."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended, _, _ = select.select([descriptor], [], [], 30)
        os.close(descriptor)
        assert ended, f"process {pid} lives on"


def read_rows(out: Path) -> list[dict[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# -- stopped and begun again -------------------------------------------------------------------------------------------


# The real command, which stops itself (SIGSTOP) right after a grade is on disk: what happens then is no matter of luck.
STOPPING = """
import os, signal, sys
from grader import cli
from grader.grades.store import Store

left, add = int(sys.argv[1]), Store.add

def add_and_stop(store, grade):
    global left
    text = add(store, grade)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
    return text

Store.add = add_and_stop
sys.exit(cli.main(sys.argv[2:]))
"""


def problem_in(errors: str) -> str:
    """What the command wrote to standard error after the line about isolation, which every run that grades begins with."""
    level, _, rest = errors.partition("\n")
    assert level.startswith("isolation: ")
    return rest


@contextmanager
def stopped_after(grades: int, arguments: list[str], **how: Any) -> Iterator[subprocess.Popen[str]]:
    """The command, stopped after so many grades; whoever uses it sends SIGCONT or SIGKILL."""
    with subprocess.Popen(
        [sys.executable, "-c", STOPPING, str(grades), *arguments[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **how,
    ) as process:
        seen = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert seen is not None
        assert seen.si_code == os.CLD_STOPPED, process.communicate()
        try:
            yield process
        finally:
            process.kill()


def run_command(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, timeout=120, capture_output=True, text=True, check=False)


STOPPED = "grader: stopped. What is graded is kept; the same command goes on with the rest."


def test_ended_by_every_signal(course: Path, tmp_path: Path) -> None:
    """Ctrl-C, SIGTERM, a closed terminal and SIGKILL, one after the other, each after two more grades.

    No process of the run remains, what was graded is on disk, and the same command goes on; at the end all is as if
    nothing had happened.
    """
    inbox, out, undisturbed = make_inbox(tmp_path / "inbox", 14), tmp_path / "out", tmp_path / "undisturbed"
    assert run_command(command(course, inbox, undisturbed, "--jobs", "2")).returncode == 0
    endings: list[tuple[signal.Signals, Callable[[int, int], None]]] = [
        (signal.SIGINT, os.killpg), (signal.SIGTERM, os.kill), (signal.SIGTERM, os.killpg), (signal.SIGHUP, os.killpg),
        (signal.SIGKILL, os.kill), (signal.SIGKILL, os.killpg),
    ]  # fmt: skip
    for rows, (number, send) in enumerate(endings, 1):
        with stopped_after(2, command(course, inbox, out, "--jobs", "2")) as process:
            started = descendants(process.pid)
            assert len(started) >= 3  # the server of jobs, a job, and the zygote
            assert count_rows(out) == 2 * rows  # it can be read meanwhile
            send(process.pid, number)
            os.kill(process.pid, signal.SIGCONT)
            printed, errors = process.communicate(timeout=60)
        assert (process.returncode, printed, problem_in(errors).strip()) == (
            (-9, "", "") if number == signal.SIGKILL else (128 + number, "", STOPPED)
        )
        assert_all_end(started)
        assert count_rows(out) == 2 * rows
    ran = run_command(command(course, inbox, out, "--jobs", "2"))
    assert (ran.returncode, problem_in(ran.stderr)) == (0, "")
    assert [path.name for path in sorted(out.iterdir())] == ["grades.csv", "grades.db", "index.html", "students"]
    assert re.search(r"^2 graded in .*, 12 were graded before\.", ran.stdout, re.MULTILINE)
    assert count_rows(out) == 14
    assert [row["score"] for row in read_rows(out)] == [list(SCORES.values())[number % 3] for number in range(14)]
    assert (out / "grades.csv").read_bytes() == (undisturbed / "grades.csv").read_bytes()
    for number in range(14):
        folder = out / "students" / f"student{number:02}"
        assert sorted(path.name for path in folder.iterdir()) == ["feedback.html", "feedback.md", "grade.json"]


def test_closed_terminal_under_nohup(course: Path, tmp_path: Path) -> None:
    """A run that was told to ignore SIGHUP goes on after it."""
    inbox, out = make_inbox(tmp_path / "inbox", 3), tmp_path / "out"

    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with stopped_after(1, command(course, inbox, out, "--jobs", "1"), preexec_fn=ignore) as process:
        os.kill(process.pid, signal.SIGHUP)
        os.kill(process.pid, signal.SIGCONT)
        process.communicate(timeout=60)
    assert (process.returncode, count_rows(out)) == (0, 3)


def test_second_run_at_the_same_time(course: Path, tmp_path: Path) -> None:
    """A second run on the same folder is refused in one line and changes nothing; the first goes on to its end."""
    inbox, out = make_inbox(tmp_path / "inbox", 4), tmp_path / "out"
    arguments = command(course, inbox, out, "--jobs", "1")
    with stopped_after(2, arguments) as process:
        before = listing(out)
        ran = run_command(arguments)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr.startswith(f"grader: {out} is in use by another run of grader (process {process.pid} on ")
        assert len(ran.stderr.splitlines()) == 1
        assert listing(out) == before
        os.kill(process.pid, signal.SIGCONT)
        printed, errors = process.communicate(timeout=60)
    assert (process.returncode, problem_in(errors)) == (0, "")
    assert "4 graded in" in printed
    assert [row["score"] for row in read_rows(out)] == ["3", "3", "0", "3"]
    assert count_rows(out) == 4


def test_folder_deleted_in_the_middle(course: Path, tmp_path: Path) -> None:
    """One line says that the folder is gone; nothing of it comes back, and the same command starts anew."""
    inbox, out = make_inbox(tmp_path / "inbox", 4), tmp_path / "out"
    arguments = command(course, inbox, out, "--jobs", "2")
    with stopped_after(2, arguments) as process:
        shutil.rmtree(out)
        os.kill(process.pid, signal.SIGCONT)
        printed, errors = process.communicate(timeout=60)
    assert (process.returncode, printed) == (3, "")
    assert re.fullmatch(
        rf"grader: {out}(/grades\.db)? is gone: it was deleted or moved during the run\. The grades in it went with it\. "
        r"Bring it back to keep them; the same command grades what is missing\.\n",
        problem_in(errors),
    )
    assert not out.exists()
    assert run_command(arguments).returncode == 0
    assert count_rows(out) == 4


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))  # enough for the empty tables, not for 16 grades


def test_files_that_can_not_grow(course: Path, tmp_path: Path) -> None:
    """As on a full disk the run ends with status 3 and one line; what was graded is kept, and later runs go on."""
    inbox, out = make_inbox(tmp_path / "inbox", 16), tmp_path / "out"
    arguments = command(course, inbox, out, "--jobs", "2")
    ran = subprocess.run(arguments, timeout=120, capture_output=True, text=True, check=False, preexec_fn=limit_files)
    graded = count_rows(out)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert problem_in(ran.stderr).splitlines() == [problem_in(ran.stderr).strip()]
    assert problem_in(ran.stderr).startswith(f"grader: {out}/")
    assert ran.stderr.endswith("is kept. Mend that, then run the same command: it goes on with the rest.\n")
    assert 1 <= graded < 16
    ran = run_command(arguments)
    assert (ran.returncode, problem_in(ran.stderr)) == (0, "")
    assert f"{16 - graded} graded in" in ran.stdout
    assert count_rows(out) == 16


def test_full_disk(course: Path, tmp_path: Path) -> None:
    """A disk that fills up during the run, and then has room again."""
    inbox, disk = make_inbox(tmp_path / "inbox", 16), tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=260k", "tmpfs", disk], check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    try:
        arguments = command(course, inbox, disk / "out", "--jobs", "2")
        ran = run_command(arguments)
        graded = count_rows(disk / "out")
        assert (ran.returncode, ran.stdout) == (3, "")
        assert problem_in(ran.stderr).splitlines() == [problem_in(ran.stderr).strip()]
        assert re.match(
            rf"grader: {disk}/out/.*(No space left on device|disk is full|disk I/O error)\. Every",
            problem_in(ran.stderr),
        )
        assert 1 <= graded < 16
        assert run_command(arguments).returncode in (2, 3)  # still full
        subprocess.run(["mount", "-o", "remount,size=16m", disk], check=True)
        ran = run_command(arguments)
        assert (ran.returncode, problem_in(ran.stderr)) == (0, "")
        assert f"{16 - graded} graded in" in ran.stdout
        assert [row["score"] for row in read_rows(disk / "out")] == [list(SCORES.values())[n % 3] for n in range(16)]
        assert list((disk / "out").rglob("*.new")) == []
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_can_not_be_written(course: Path, tmp_path: Path) -> None:
    """A log on a full disk, and a pipe that nobody reads, cost no result: status 3 and one line."""
    inbox, out = make_inbox(tmp_path / "inbox", 2), tmp_path / "out"
    reader, writer = os.pipe()
    os.close(reader)
    for output, reason in ((os.open("/dev/full", os.O_WRONLY), "No space left on device"), (writer, "Broken pipe")):
        ran = subprocess.run(
            command(course, inbox, out), stdout=output, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
        os.close(output)
        assert (ran.returncode, problem_in(ran.stderr)) == (
            3,
            f"grader: what is printed here can't be written: {reason}. Grades and pages are kept all the same.\n",
        )
        assert [row["score"] for row in read_rows(out)] == ["3", "3"]


def test_read_only_disk(course: Path, tmp_path: Path) -> None:
    """Results that may only be read are refused before anything is graded, with status 2 and one line."""
    inbox, disk = make_inbox(tmp_path / "inbox", 2), tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    try:
        (disk / "out").mkdir()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for out in (disk / "out", disk / "new"):
            ran = run_command(command(course, inbox, out))
            assert (ran.returncode, ran.stdout, ran.stderr) == (
                2,
                "",
                f"grader: {out}: can't be used as the folder for results: Read-only file system. Name a place that can be "
                "written to.\n",
            )
    finally:
        subprocess.run(["umount", disk], check=True)


# -- killed at any point of keeping a grade ----------------------------------------------------------------------------

# A batch whose grades are ready made, so that all its time goes into keeping them. It is killed at the N-th call or return
# in the files that keep grades, calls of SQLite and of the system included, or after so many microseconds wherever it is.
KILLED = """
import hashlib, os, pathlib, signal, sys, time
from decimal import Decimal
from pathlib import Path
from grader.grading import batch
from grader.grades import results_folder
from grader.grades import store
from grader.course.assignments import find_assignment
from grader.isolation.levels import Isolation, Level
from grader.results import CheckResult, ExerciseResult, Grade, Outcome, Status
from grader.grading.settings import Settings
from grader.submissions.inbox import inbox_entries

course, inbox, out, log = map(Path, sys.argv[1:5])
way, left = sys.argv[5], int(sys.argv[6])
announced = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
files = {batch.__file__, results_folder.__file__, store.__file__, pathlib.__file__}
events = 0


class ReadyMade:
    devices = "cpu"

    def __init__(self, assignment, count, settings, closed):
        self.version = assignment.version

    def isolation(self):
        return Isolation(Level.PROCESS)

    def grade_all(self, submissions, deliver):
        for submission in submissions:
            score = Decimal(int(submission.sha256[:2], 16))
            check = CheckResult("two", "double(2) is 4.", Outcome.PASSED, score)
            exercise = ExerciseResult("double", "double", (check,), "double.py")
            deliver(Grade("tiny", self.version, submission.student, submission.sha256, Status.GRADED, (exercise,)))

    def close(self):
        pass


def count(frame, event, argument):
    global events
    if frame.f_code.co_filename in files:
        events += 1
        if events == left and way == "call":
            os.kill(os.getpid(), signal.SIGKILL)


def moved_on(grade):
    os.write(announced, f"{grade.student} {grade.submission_sha256}\\n".encode())


batch.Jobs = ReadyMade
entries, assignment = inbox_entries(inbox), find_assignment(course, "tiny")
sys.setprofile(count)
started = time.monotonic()
if way == "time":
    signal.setitimer(signal.ITIMER_REAL, left / 1e6)  # nothing catches it: the process ends wherever it is
opened = batch.Batch(assignment, entries, out)
opened.run(1, Settings(device="cpu"), moved_on)
opened.close()
sys.setprofile(None)
signal.setitimer(signal.ITIMER_REAL, 0)
print(events, round(1e6 * (time.monotonic() - started)))
"""
KILLS = 50


def submissions_on_disk(out: Path, copy: Path) -> list[tuple[str, str]]:
    """Student and submission of every grade, read from a copy: what a killed run left is not tidied up by looking at it."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in out.glob("grades.db*"):
        shutil.copy(path, copy)
    database = sqlite3.connect(copy / "grades.db")
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return list(database.execute("SELECT student, submission_sha256 FROM grades ORDER BY id"))
    finally:
        database.close()


def test_killed_fifty_times(course: Path, tmp_path: Path) -> None:
    """Killed at 50 random points of keeping grades: what was announced is on disk, nothing is lost or graded twice, and
    in the end tables and pages are those of an undisturbed run, also where a student's page was of an earlier hand-in.
    """
    inbox, before, undisturbed = make_inbox(tmp_path / "inbox", 5), tmp_path / "before", tmp_path / "undisturbed"
    log = tmp_path / "announced"

    def run(out: Path, way: str = "never", left: int = 0) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, "-c", KILLED, *map(str, (course, inbox, out, log)), way, str(left)]
        ran = subprocess.run(arguments, timeout=60, capture_output=True, text=True, check=False)
        assert ran.stderr == ""
        return ran

    assert run(before).returncode == 0
    make_inbox(inbox, 7)
    for path in inbox.iterdir():
        path.write_text(path.read_text(encoding="utf-8") + "# handed in again\n", encoding="utf-8")
    shutil.copytree(before, undisturbed)
    events, microseconds = map(int, run(undisturbed).stdout.split())
    expected = sorted(submissions_on_disk(undisturbed, tmp_path / "copy"))
    assert len(expected) == len(set(expected)) == 5 + 7
    for name, sha256 in submissions_on_disk(undisturbed, tmp_path / "copy")[5:]:
        assert sha256 in (undisturbed / "students" / name / "grade.json").read_text(encoding="utf-8")

    chance, kills, chains = random.Random(7), 0, 0
    while kills < KILLS:
        chains += 1
        out = tmp_path / f"out{chains}"
        shutil.copytree(before, out)
        log.unlink()
        kept = submissions_on_disk(out, tmp_path / "copy")
        while True:
            way = "time" if chance.random() < 0.2 else "call"
            ran = run(out, way, chance.randint(1, microseconds if way == "time" else events))
            now = submissions_on_disk(out, tmp_path / "copy")
            announced = log.read_text(encoding="ascii").splitlines() if log.exists() else []
            assert now[: len(kept)] == kept
            assert {tuple(line.split()) for line in announced} <= set(now)
            assert len(set(now)) == len(now)
            kept = now
            if ran.returncode == 0:
                break
            assert ran.returncode == -(signal.SIGALRM if way == "time" else signal.SIGKILL)
            kills += 1
        assert sorted(kept) == expected
        assert pages(out) == pages(undisturbed)


def pages(out: Path) -> dict[str, bytes]:
    """Every file but the database, without the class page's small print about the last run."""
    small_print = re.compile(rb"<dt>Last run</dt><dd>.*?</dd>")
    return {
        path.relative_to(out).as_posix(): small_print.sub(b"", path.read_bytes())
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "grades.db"
    }


# -- jobs that die -----------------------------------------------------------------------------------------------------


@pytest.fixture
def jobs_of() -> Iterator[Callable[..., Jobs]]:
    """Makes jobs of a class, and closes them."""
    made: list[Jobs] = []

    def make(kind: type[Jobs], assignment: Assignment, count: int = 1) -> Jobs:
        made.append(kind(assignment, count, Settings(device="cpu")))
        return made[-1]

    yield make
    for jobs in made:
        jobs.close()


class Killing(Jobs):
    """Jobs of which one is killed as soon as it has the submission of `victim`, `times` times."""

    victim = "student01"
    times = 1

    def _give_work(self, again: Any, tasks: Any) -> None:
        super()._give_work(again, tasks)
        for job in self._jobs:
            if job.task is not None and job.task.submission.student == self.victim and self.times > 0:
                self.times -= 1
                os.kill(job.process.pid or 0, signal.SIGKILL)


class KillingTwice(Killing):
    times = 2


def load_all(inbox: Path) -> Iterable[Submission]:
    return (entry.load() for entry in inbox_entries(inbox))


@pytest.mark.parametrize("count", [1, 2])
def test_job_that_dies_once(tiny: Assignment, tmp_path: Path, jobs_of: Callable[..., Jobs], count: int) -> None:
    """A job that is killed is replaced, and its submission graded by another; every submission has one grade."""
    grades: list[Grade] = []
    jobs_of(Killing, tiny, count).grade_all(load_all(make_inbox(tmp_path / "inbox", 4)), grades.append)
    assert sorted((grade.student, grade.status) for grade in grades) == [
        (f"student{number:02}", Status.GRADED) for number in range(4)
    ]


def test_submission_at_which_jobs_die(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twice is enough: the instructor is asked to look, no score is exported for this student, and the others are graded."""
    monkeypatch.setattr(batch, "Jobs", KillingTwice)
    inbox, out = make_inbox(tmp_path / "inbox", 3), tmp_path / "out"
    arguments = command(course, inbox, out, "--jobs", "1", "--device", "cpu")[1:]
    assert cli.main(arguments) == 3
    printed = capsys.readouterr()
    assert "student01  grader error: needs your review" in printed.out
    assert "1 need you" in printed.out
    assert [(row["student"], row["status"], row["score"], row["double"]) for row in read_rows(out)] == [
        ("student00", "graded", "3", "3"),
        ("student01", "grader_error", "", ""),
        ("student02", "graded", "0", "0"),
    ]
    store = Store(out / "grades.db")
    [failed] = [grade for grade in store.newest() if grade.student == "student01"]
    store.close()
    assert re.search(r"ended twice with exit status -9", failed.flags[-1].detail)
    assert (out / "students" / "student01" / "feedback.html").is_file()

    monkeypatch.undo()
    assert cli.main(arguments) == 0
    assert "1 graded in" in capsys.readouterr().out
    assert [row["score"] for row in read_rows(out)] == ["3", "3", "0"]
    assert count_rows(out) == 4


def test_rubric_that_can_not_be_run(course: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A broken rubric ends the run with its reason, and no grade is made up."""
    rubric = course / "assignments/tiny/test_double.py"
    rubric.write_text(rubric.read_text(encoding="utf-8").replace('"""double(2) is 4."""', ""), encoding="utf-8")
    inbox, out = make_inbox(tmp_path / "inbox", 3), tmp_path / "out"
    assert cli.main(command(course, inbox, out, "--jobs", "2", "--device", "cpu")[1:]) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(problem_in(printed.err).splitlines()) == 1
    assert "check 'test_two' has no docstring" in problem_in(printed.err)
    assert not out.exists()


# -- what is graded again, and what is not -----------------------------------------------------------------------------


def test_only_what_changed_is_graded_again(tiny: Assignment, tmp_path: Path) -> None:
    """Same submission, same assignment: known. A new submission is graded, an old one handed in again counts again."""
    inbox, out = make_inbox(tmp_path / "inbox", 3), tmp_path / "out"
    first, second = (inbox / "student00.py").read_text(encoding="utf-8"), "double = abs\n"

    def run() -> tuple[int, int, int, str]:
        moved_on: list[str] = []
        opened = Batch(tiny, inbox_entries(inbox), out)
        end = opened.run(1, Settings(device="cpu"), lambda grade: moved_on.append(grade.student))
        opened.close()
        assert sorted(moved_on) == ["student00", "student01", "student02"]
        return end.graded, end.known, count_rows(out), read_rows(out)[0]["score"]

    assert run() == (3, 0, 3, "3")
    assert run() == (0, 3, 3, "3")
    (inbox / "student00.py").write_text(second, encoding="utf-8")
    assert run() == (1, 2, 4, "1")
    (inbox / "student00.py").write_text(first, encoding="utf-8")
    assert run() == (0, 3, 5, "3")
    (out / "students" / "student00" / "feedback.html").unlink()
    assert run() == (0, 3, 5, "3")
    assert (out / "students" / "student00" / "feedback.html").is_file()


def test_slowest_first(course: Path, tmp_path: Path) -> None:
    """Whose grading took longest comes first the next time; who is new is taken to be as slow as most."""
    inbox, out = make_inbox(tmp_path / "inbox", 4), tmp_path / "out"
    for number, pause in (1, 0.5), (2, 0.25):
        text = f"import time\n\ndef double(x):\n    time.sleep({pause})\n"
        (inbox / f"student{number:02}.py").write_text(text, encoding="utf-8")

    def run() -> list[str]:
        moved_on: list[str] = []
        opened = Batch(find_assignment(course, "tiny"), inbox_entries(inbox), out)
        opened.run(1, Settings(device="cpu"), lambda grade: moved_on.append(grade.student))
        opened.close()
        return moved_on

    assert run() == ["student00", "student01", "student02", "student03"]
    rubric = course / "assignments" / "tiny" / "test_double.py"
    rubric.write_text(rubric.read_text(encoding="utf-8") + "\n", encoding="utf-8")  # all are to be graded again
    (inbox / "a-new-one.py").write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    assert run()[:3] == ["student01", "student02", "a-new-one"]


def test_coordinator_imports_no_torch(course: Path, tmp_path: Path) -> None:
    """The process that holds the grades never imports torch: what needs it runs in others, which have it already."""
    inbox, out = make_inbox(tmp_path / "inbox", 1), tmp_path / "out"
    grade = command(course, inbox, out)[1:]
    code = f"import sys\nfrom grader.cli import main\nstatus = main({grade!r})\nprint(status, 'torch' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "0 False"


def test_another_version_of_the_assignment_is_graded_anew(course: Path, tmp_path: Path) -> None:
    """A change of the rubric makes every grade old."""
    inbox, out = make_inbox(tmp_path / "inbox", 2), tmp_path / "out"
    counts = []
    for text in ("", "\n# changed\n"):
        rubric = course / "assignments/tiny/test_double.py"
        rubric.write_text(rubric.read_text(encoding="utf-8") + text, encoding="utf-8")
        opened = Batch(find_assignment(course, "tiny"), inbox_entries(inbox), out)
        opened.run(1, Settings(device="cpu"), lambda grade: None)
        opened.close()
        counts.append(count_rows(out))
    assert counts == [2, 4]


def test_failed_regrade(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When the grader fails on what it had graded before, the earlier grade is the one shown, and the instructor is told.

    Of what was handed in meanwhile there is no grade to show. A later run repairs both.
    """
    inbox, out, rubric = make_inbox(tmp_path / "inbox", 3), tmp_path / "out", course / "assignments/tiny/test_double.py"
    arguments, working = command(course, inbox, out, "--device", "cpu")[1:], rubric.read_text(encoding="utf-8")

    def shown() -> list[tuple[str, str, str]]:
        return [(row["status"], row["score"], row["double"]) for row in read_rows(out)]

    assert cli.main(arguments) == 0
    before = pages(out)
    (inbox / "student01.py").write_text("double = abs\n", encoding="utf-8")
    rubric.write_text(working.replace("assert submission.double(0) == 0", "{}['pomelo']"), encoding="utf-8")
    capsys.readouterr()
    assert cli.main(arguments) == 3
    printed = capsys.readouterr().out
    assert "student00      3 of 3  grader error when graded again: needs your review" in printed
    assert "student01  grader error: needs your review" in printed
    assert "2 need you: the grader failed when it graded them again, so their earlier grade still counts." in printed
    assert shown() == [("graded", "3", "3"), ("grader_error", "", ""), ("graded", "0", "0")]
    after = pages(out)
    assert {name for name in before if before[name] != after[name]} == {
        "grades.csv", "index.html", *(f"students/student01/{page}" for page in ("feedback.html", "feedback.md", "grade.json")),
    }  # fmt: skip
    assert b"regrade failed: assignment version" in after["index.html"]
    assert b"pomelo" in after["index.html"]
    assert not any(b"pomelo" in text for name, text in after.items() if name.startswith("students/"))
    assert count_rows(out) == 6

    rubric.write_text(working + "\n", encoding="utf-8")
    assert cli.main(arguments) == 0
    assert shown() == [("graded", "3", "3"), ("graded", "1", "1"), ("graded", "0", "0")]
    assert b"regrade failed" not in pages(out)["index.html"]
    assert count_rows(out) == 9


def test_error_while_delivering_leaves_no_process(tiny: Assignment, tmp_path: Path) -> None:
    """A full disk, say, ends the run with its error, and every process with it."""
    opened = Batch(tiny, inbox_entries(make_inbox(tmp_path / "inbox", 3)), tmp_path / "out")
    before, during = descendants(os.getpid()), set()

    def fail(grade: Grade) -> None:
        during.update(descendants(os.getpid()))
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        opened.run(2, Settings(device="cpu"), fail)
    opened.close()
    server = {pid for pid in during if "forkserver" in command_line(pid) or "resource_tracker" in command_line(pid)}
    assert_all_end(during - before - server)


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


# -- names -------------------------------------------------------------------------------------------------------------

NAMES = [
    "ada lovelace", "Zoë Ünal", "学生", "o'hara", '"quoted"', "<script>alert(1)<", "=cmd|' C calc'!A0", "new\nline",
    "100%25", "#1?x=2&y", "-rf", "not..hidden..", "a\tb", "\u202egnp", "x" * 120, "semi;colon,comma", "back\\slash",
    "::error file=a::owned", " ::stop-commands::x", "##[error]owned", "ada.", " ", "Ada Lovelace", "~", "$(id)", "%s",
    "\U0001d160" * 60, "学" * 80 + "\x01\x02\x03\x04", "[red]", "\u037e", "a\u2028b",
]  # fmt: skip


def test_names_of_students(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a student is called, there are pages, the class page's links lead to them, and nothing is a formula or code."""
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    write(inbox, {f"{name}.py": "double = abs\n" for name in NAMES})
    assert cli.main(command(course, inbox, out, "--jobs", "1", "--device", "cpu")[1:]) == 0
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == len(NAMES) + 2
    assert not any(line.strip().startswith("::") or "##[" in line for line in printed.splitlines())
    folders = sorted(path for path in (out / "students").iterdir())
    assert len(folders) == len(NAMES)
    assert all(sorted(path.name for path in folder.iterdir()) == sorted(PAGES) for folder in folders)
    page = (out / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="(students/[^"]*)"', page)
    targets = {
        (out / urllib.parse.unquote(link.replace("&#39;", "'").replace("&amp;", "&"))).resolve() for link in links
    }
    assert targets == {folder.resolve() / "feedback.html" for folder in folders}
    assert all(target.is_file() for target in targets)
    assert "<script>alert" not in page
    rows = read_rows(out)
    assert len(rows) == len(NAMES)
    assert [row["student"] for row in rows if row["student"][0] in "=+-@\t"] == []
    assert {row["score"] for row in rows} == {"1"}


def test_students_whose_names_differ_in_case(tiny: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a disk would give two students one folder, nothing is graded; elsewhere each has their own."""
    inbox, out = write(tmp_path / "inbox", {"Ada.py": "double = abs\n", "ada.py": "double = abs\n"}), tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(ResultsFolder, "ignores_case", lambda folder: True)
        with pytest.raises(UsageError, match="Ada and ada would share a folder"):
            Batch(tiny, inbox_entries(inbox), out)
    assert not out.exists()
    opened = Batch(tiny, inbox_entries(inbox), out)
    opened.run(1, Settings(device="cpu"), lambda grade: None)
    opened.close()
    if not (tmp_path / "INBOX").exists():
        assert sorted(path.name for path in (out / "students").iterdir()) == ["Ada", "ada"]


# -- what an inbox may hold --------------------------------------------------------------------------------------------


def hostile_inbox(inbox: Path) -> dict[str, str]:
    """Entries that can't be graded, each with what its student must read about it."""
    inbox.mkdir()
    files = {"../../evil.py": "x = 1\n", "/etc/evil.py": "x = 1\n"}
    for name, members in {"slip": files, "nested": {"work.zip": b"PK"}, "bomb": {"a.py": bytes(30_000_000)}}.items():
        with zipfile.ZipFile(inbox / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
    with zipfile.ZipFile(inbox / "crowd.zip", "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number}.py", "x = 1\n")
    (inbox / "no-zip.zip").write_bytes(b"PK\3\4 and no more")
    (inbox / "essay.docx").write_bytes(b"words")
    (inbox / "link.py").symlink_to("/etc/passwd")
    (inbox / "zero").symlink_to("/dev/zero")
    os.mkfifo(inbox / "fifo.py")
    (inbox / "empty").mkdir()
    (inbox / "latin.py").write_bytes(b"x = '\xe9'\n")
    (inbox / "large.py").write_bytes(b"#" * 10_000_000)
    (inbox / "crowded").mkdir()
    for number in range(2001):
        (inbox / "crowded" / f"{number}.txt").touch()
    deep = inbox / "deep"
    for _ in range(6):
        deep /= "/".join(["d"] * 200)
        deep.mkdir(parents=True)
    return {
        "slip": "points outside the zip", "nested": "is an archive inside", "bomb": "is too large",
        "crowd": "holds 3,000 files", "no-zip": "is no zip that can be read", "essay.docx": "is not a .py file",
        "link": "is not a regular file", "zero": "is not a regular file", "fifo": "is not a regular file",
        "empty": "holds no Python file", "latin": "is not UTF-8 (line 1)", "large": "is too large",
        "crowded": "holds more than 2,000 files", "deep": "lies 50 folders deep",
    }  # fmt: skip


def test_inbox_full_of_harm(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each entry that can't be used says so to its student; nothing is written outside, and the others are graded."""
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    expected = hostile_inbox(inbox)
    try:
        write(inbox, {"good.py": "def double(x):\n    return 2 * x\n"})
        before = sorted(path.name for path in tmp_path.iterdir())
        assert cli.main(command(course, inbox, out, "--jobs", "1", "--device", "cpu")[1:]) == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "out"])
    finally:
        subprocess.run(["rm", "-rf", inbox / "deep"], check=True)
    rows = {row["student"]: (row["status"], row["score"]) for row in read_rows(out)}
    assert rows == {"good": ("graded", "3")} | dict.fromkeys(expected, ("not_gradable", "0"))
    assert f"{len(expected)} could not be graded" in capsys.readouterr().out
    for student, reason in expected.items():
        assert reason in (out / "students" / student / "grade.json").read_text(encoding="utf-8")
        assert reason in html.unescape((out / "students" / student / "feedback.html").read_text(encoding="utf-8"))


# -- bad usage ---------------------------------------------------------------------------------------------------------


def bad_usage(root: Path) -> dict[str, tuple[list[str], str]]:
    """Arguments that can't be followed, and what the message must say. Files are made as needed."""
    course = write(root / "course", COURSE)
    broken = write(root / "broken", {**COURSE, "assignments/tiny/assignment.toml": "title = \n"})
    inbox, out = make_inbox(root / "inbox", 2), root / "out"
    (root / "empty").mkdir()
    (root / "file").write_text("text", encoding="utf-8")
    twice = write(root / "twice", {"ada.py": "", "ada/linear.py": "", "bob.py": ""})
    other = write(root / "other", {"grades.db": "this is no database at all " * 100})

    def grade(inbox: Path = inbox, name: str = "tiny", out: Path = out, course: Path = course, *more: str) -> list[str]:
        return ["grade", str(inbox), "-a", name, "-o", str(out), "--course", str(course), *more]

    return {
        "no inbox": (grade(inbox=root / "nowhere"), f"{root / 'nowhere'}: no such folder"),
        "an empty inbox": (grade(inbox=root / "empty"), "is empty"),
        "a file for an inbox": (grade(inbox=root / "file"), f"{root / 'file'}"),
        "an unknown assignment": (grade(name="tyni"), 'Did you mean "tiny"'),
        "an assignment like no other": (grade(name="zzz"), "There are: tiny."),
        "a broken manifest": (grade(course=broken), f"{broken}/assignments/tiny/assignment.toml: can't be read as TOML"),
        "a file for a folder": (grade(out=root / "file"), f"{root / 'file'}: can't be used as the folder for results"),
        "a folder in a file": (grade(out=root / "file" / "out"), "can't be used as the folder for results"),
        "a folder in the inbox": (grade(out=inbox / "out"), "lies inside the inbox"),
        "the inbox itself": (grade(out=inbox), "lies inside the inbox"),
        "a database of something else": (grade(out=other), "file is not a database"),
        "two entries of one student": (grade(inbox=twice), "ada and ada.py are both of ada"),
        "no jobs": (grade(inbox, "tiny", out, course, "--jobs", "0"), "give 1 or more"),
        "half a job": (grade(inbox, "tiny", out, course, "--jobs", "1.5"), "give 1 or more"),
        "an unknown student": (grade(inbox, "tiny", out, course, "--student", "eve"), "no submission of eve"),
        "an unknown device": (grade(inbox, "tiny", out, course, "--device", "tpu"), "tpu"),
        "no course": (["grade", str(inbox), "-a", "tiny", "-o", str(out), "--course", str(root / "empty")], "no course"),
        "no assignment named": (["grade", str(inbox), "-o", str(out)], "-a"),
        "no such data set": (
            grade(inbox, "tiny", out, course, "--dataset-root", str(root / "file")),
            str(root / "file"),
        ),
    }  # fmt: skip


CASES = [
    "no inbox", "an empty inbox", "a file for an inbox", "an unknown assignment", "an assignment like no other",
    "a broken manifest", "a file for a folder", "a folder in a file", "a folder in the inbox", "the inbox itself",
    "a database of something else", "two entries of one student", "no jobs", "half a job", "an unknown student",
    "an unknown device", "no course", "no assignment named", "no such data set",
]  # fmt: skip


def listing(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in sorted(root.rglob("*"))}


@pytest.mark.parametrize("case", CASES)
def test_bad_usage(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, one line on stderr that says what and where, nothing on stdout, nothing written."""
    arguments, reason = bad_usage(tmp_path)[case]
    before = listing(tmp_path)
    try:
        status = cli.main(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert reason in printed.err
    assert len(printed.err.splitlines()) == 1
    assert printed.err.startswith("grader")
    assert listing(tmp_path) == before


def test_every_bad_usage_is_tried(tmp_path: Path) -> None:
    """The list of cases is complete."""
    assert list(bad_usage(tmp_path)) == CASES


def test_bad_usage_outside_a_course(tmp_path: Path) -> None:
    """The command itself, outside any course: status 2 and the line that says what to do."""
    inbox = make_inbox(tmp_path / "inbox", 1)
    ran = subprocess.run(
        [COMMAND, "grade", inbox, "-a", "tiny", "-o", tmp_path / "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.splitlines() == [
        f"grader: {tmp_path} lies in no course: neither it nor a folder above it holds assignments/. Go to the course's "
        "folder, or name it with --course."
    ]
    assert not (tmp_path / "out").exists()


def test_folder_of_another_assignment(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Grades of two assignments are not mixed in one folder."""
    inbox, out = make_inbox(tmp_path / "inbox", 1), tmp_path / "out"
    for name, text in COURSE.items():
        write(course, {name.replace("tiny", "small"): text})
    store_of_another = Batch(find_assignment(course, "small"), inbox_entries(inbox), out)
    store_of_another.run(1, Settings(device="cpu"), lambda grade: None)
    store_of_another.close()
    before = listing(out)
    assert cli.main(command(course, inbox, out)[1:]) == 2
    assert capsys.readouterr().err == (
        f"grader: {out} holds grades of 'small', not of 'tiny'. Choose another folder.\n"
    )
    assert {name: raw for name, raw in listing(out).items() if "grades.db" not in name} == {
        name: raw for name, raw in before.items() if "grades.db" not in name
    }


def test_only_one_student(course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--student` grades those named, and leaves the others alone."""
    inbox, out = make_inbox(tmp_path / "inbox", 4), tmp_path / "out"
    arguments = command(course, inbox, out, "--student", "student03", "--student", "student01", "--device", "cpu")[1:]
    assert cli.main(arguments) == 0
    assert [row["student"] for row in read_rows(out)] == ["student01", "student03"]
    assert problem_in(capsys.readouterr().err) == ""


def test_jobs_raise_what_no_submission_is_to_blame_for(
    course: Path, tmp_path: Path, jobs_of: Callable[..., Jobs]
) -> None:
    """A rubric that can't be imported is an error of the course, raised in the process that asked."""
    (course / "assignments/tiny/test_double.py").write_text("import no_such_module\n", encoding="utf-8")
    jobs = jobs_of(Jobs, find_assignment(course, "tiny"))
    with pytest.raises(CourseError, match="no_such_module"):
        jobs.grade_all(load_all(make_inbox(tmp_path / "inbox", 2)), lambda grade: None)
