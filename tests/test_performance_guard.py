"""Speed is not lost unnoticed: what a run starts, imports, forks and waits for is counted; CPU is compared with CPU.

No time is compared with a number of seconds. Counts are the same on every machine; the one ratio of CPU times has room for
a busy one. Measured figures are in docs/performance.md; a limit that must change is a decision about speed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import MINI

from grader.course.assignments import Assignment
from grader.grading.grade import grade_each
from grader.isolation.isolated import Isolated
from grader.isolation.workers import Worker
from grader.results import Grade, Status
from grader.submissions.loading import load_submission
from grader.submissions.submission import Submission, make_submission
from grader.untrusted.sandbox import Limits

ROOT = Path(__file__).parent.parent
RIGHT = ("ada-brennan", "bruno-castell.py", "chiara-dogan", "daniel-eriksen.zip")

# What a run may use, whatever the number of submissions.
INTERPRETERS = {"command": 1, "forkserver": 1, "resource_tracker": 1, "zygote": 1}
TORCH_IMPORTS = {"forkserver": 1, "zygote": 1}
# What a right submission may use.
WORKERS = 3  # for public checks, for the joint exercise and for hidden checks
WORKERS_IN_THE_SMALL_COURSE = 2  # which has no joint exercise here
WAITS_FOR_THE_DISK = 2
CPU_OVER_THE_FLOOR = 2.5  # measured: 1.5
# By how much the last ten of 40 submissions may cost more than ten of the first: the counts differ by less than 0.5 %.
GROWTH = 1.02

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts forks and what forks use")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that workers' processes, which may be another user's, can reach."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def small_assignment(folder: Path) -> Assignment:
    """The small course without its joint exercise, which needs a calibration. Whenever its rubric is imported, it says so."""
    for name, text in MINI.items():
        if "together" not in name:
            path = folder / "course" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.partition('[[exercise]]\nname = "together"')[0], encoding="utf-8")
    rubric = folder / "course" / "assignments" / "mini" / "test_layer.py"
    told = f"with open({str(folder / 'imports')!r}, 'a') as file:\n    file.write('rubric\\n')\n"
    rubric.write_text(told + rubric.read_text(encoding="utf-8"), encoding="utf-8")
    return Assignment(folder / "course", "mini")


def right_answers(count: int) -> list[Submission]:
    """Right submissions to the small course, each a text of its own."""
    answer = "\n".join(MINI[f"reference/mini/{name}.py"] for name in ("layer", "total"))
    return [make_submission(f"s{number:03}", {"all.py": f"# {number}\n{answer}"}) for number in range(count)]


class Run:
    """What happened while `grader grade` graded so many right submissions of the small course with two jobs."""

    def __init__(self, folder: Path, count: int) -> None:
        """Grade them, at a level whose processes can write into the folder."""
        here = folder / f"run{count}"
        counting = here / "counting"
        shutil.copytree(ROOT / "tests" / "counting", counting, ignore=shutil.ignore_patterns("__pycache__"))
        (here / "inbox").mkdir()
        for submission in right_answers(count):
            (here / "inbox" / f"{submission.student}.py").write_text(submission.files["all.py"], encoding="utf-8")
        noted, imports = counting / "events", folder / "imports"
        noted.touch()
        noted.chmod(0o666)
        imports.write_text("", encoding="utf-8")
        environment = {**os.environ, "PATH": "/nonexistent", "PYTHONPATH": f"{counting}:{ROOT}"}
        command = [str(Path(sys.executable).with_name("grader")), "grade", str(here / "inbox"), "-a", "mini"]
        command += ["--course", str(folder / "course"), "-o", str(here / "out"), "--jobs", "2", "--device", "cpu"]
        command += ["--allow-isolation", "process"]
        result = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        events = [line.split() for line in noted.read_text(encoding="utf-8").splitlines()]
        self.submissions = count
        self.starts = Counter(role for role, event, *_ in events if event == "start")
        self.torch_imports = Counter(role for role, event, *_ in events if event == "torch")
        self.forks = Counter(role for role, event, *_ in events if event == "fork")
        self.writes = sum(event == "write" for _, event, *_ in events)
        self.calls = [int(more[0]) for _, event, *more in events if event == "grade"]
        self.rubric_imports = imports.read_text(encoding="utf-8").count("rubric")


@pytest.fixture(scope="module")
def few(folder: Path, small_assignment: Assignment) -> Run:
    """A run over 10 submissions."""
    return Run(folder, 10)


@pytest.fixture(scope="module")
def many(folder: Path, small_assignment: Assignment) -> Run:
    """A run over 40 submissions."""
    return Run(folder, 40)


def test_interpreters_are_started_once_a_run(few: Run, many: Run) -> None:
    """However many submissions there are, the same few interpreters are started."""
    assert few.starts == many.starts == INTERPRETERS


def test_torch_is_imported_once_a_process(few: Run, many: Run) -> None:
    """Jobs and workers are forked from processes that have torch; none of them imports it."""
    assert few.torch_imports == many.torch_imports == TORCH_IMPORTS


def test_rubric_is_collected_once_a_job(few: Run, many: Run) -> None:
    """The rubric's files are imported by each of the two jobs, and not again for the next submission."""
    assert [few.rubric_imports, many.rubric_imports] == [2, 2]


def test_jobs_are_forked_once(few: Run, many: Run) -> None:
    """Two jobs grade all submissions; one more process tries the walls before."""
    assert [few.forks["forkserver"], many.forks["forkserver"]] == [3, 3]


def test_workers_by_submission(few: Run, many: Run) -> None:
    """Each further submission of the small course has as many workers as any other."""
    assert (many.forks["zygote"] - few.forks["zygote"]) / (
        many.submissions - few.submissions
    ) <= WORKERS_IN_THE_SMALL_COURSE


def test_waits_for_the_disk(few: Run, many: Run) -> None:
    """Each further submission waits for the disk a few times: what came in is kept, and its grade."""
    assert (many.writes - few.writes) / (many.submissions - few.submissions) <= WAITS_FOR_THE_DISK


def test_coordinator_does_not_slow_down(many: Run) -> None:
    """To take in, keep and publish one of the last submissions takes no more Python calls than one of the first."""
    calls = [after - before for before, after in pairwise(many.calls)]
    assert sum(calls[-10:]) <= GROWTH * sum(calls[2:12])


def test_job_does_not_slow_down(small_assignment: Assignment) -> None:
    """To grade one of the last of 40 submissions takes no more Python calls than one of the first."""
    calls = 0
    at: list[int] = []

    def called(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    def keep(grade: Grade) -> None:
        assert grade.status is Status.GRADED
        at.append(calls)

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        grade_each(small_assignment, right_answers(40), keep, in_process=True)
    finally:
        sys.setprofile(before)
    costs = [after - before for before, after in pairwise(at)]
    assert sum(costs[-10:]) <= GROWTH * sum(costs[2:12])


class Counting:
    """A launcher that counts the workers it starts."""

    def __init__(self, isolated: Isolated) -> None:
        self.isolated = isolated
        self.level = isolated.level
        self.started = 0

    def spawn(self, limits: Limits) -> Worker:
        self.started += 1
        return self.isolated.spawn(limits)

    def close(self) -> None:
        """It is lent."""


def test_workers_of_a_right_submission(zygote: Isolated, classifier: Assignment) -> None:
    """A right submission of the classifier has a few workers for its 60 checks, in every style."""
    launcher = Counting(zygote)
    started: list[int] = []

    def keep(grade: Grade) -> None:
        assert grade.score == grade.points
        started.append(launcher.started)
        launcher.started = 0

    paths = [ROOT / "examples" / "inbox" / name for name in RIGHT]
    submissions = [load_submission(path, course_files=classifier.course_files) for path in paths]
    grade_each(classifier, submissions, keep, launcher=launcher)
    assert max(started) <= WORKERS


@pytest.mark.alone
def test_cpu_over_the_floor() -> None:
    """A further submission takes few times the CPU of the same checks in one process that is warm."""
    code = "import json, throughput; print(json.dumps(throughput.marginal_overhead()))"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'benchmarks'}:{ROOT}"}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) <= CPU_OVER_THE_FLOOR
