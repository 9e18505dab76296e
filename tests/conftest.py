"""What several test files use: the course of this repository, a warm zygote, and a way to grade files given as text."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from grader import cli
from grader.authoring import calibrate, trials
from grader.course import catalogue
from grader.course.assignments import Assignment, find_assignment
from grader.grading.grade import grade_each
from grader.isolation.isolated import Isolated
from grader.isolation.launchers import Launcher
from grader.results import Grade
from grader.submissions.submission import Submission, make_submission

# The same examples in every run: a test that fails fails for everybody. HYPOTHESIS_PROFILE=default looks for new ones.
settings.register_profile("fixed", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

# What was started by nohup, or in the background of a script, ignores these signals, and so would all that it starts.
for number in (signal.SIGINT, signal.SIGHUP) if hasattr(signal, "SIGHUP") else ():
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

ROOT = Path(__file__).parent.parent
collect_ignore = ["attacks", "corpus"]  # submissions, hostile ones among them, never to be imported by pytest
Files = dict[str, str]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means: half as many again as there are processors, for many tests wait, for a deadline or a process."""
    return len(os.sched_getaffinity(0)) * 3 // 2 if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@pytest.fixture(scope="session")
def zygote() -> Iterator[Isolated]:
    """One warm process that forks workers, behind the best walls of this machine, for a whole run of tests."""
    launcher = Isolated()
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def classifier() -> Assignment:
    """The assignment of this repository."""
    return find_assignment(ROOT, "classifier")


@pytest.fixture(scope="session")
def reference_files(classifier: Assignment) -> Files:
    """The model answer."""
    return catalogue.reference_files(classifier)


@pytest.fixture(scope="session")
def skeleton_files(classifier: Assignment) -> Files:
    """What students start from."""
    names = sorted({exercise.file for exercise in classifier.exercises})
    return {name: (classifier.folder / name).read_text(encoding="utf-8") for name in names}


@pytest.fixture(scope="session")
def grade_all(zygote: Launcher, classifier: Assignment) -> Callable[..., dict[str, Grade]]:
    """Grades submissions one after the other, of `classifier` unless another assignment is given; grades by student."""

    def grade(submissions: Iterable[Submission], assignment: Assignment = classifier) -> dict[str, Grade]:
        grades: dict[str, Grade] = {}

        def keep(grade: Grade) -> None:
            grades[grade.student] = grade

        grade_each(assignment, submissions, keep, launcher=zygote)
        return grades

    return grade


@pytest.fixture(scope="session")
def grade_files(
    grade_all: Callable[..., dict[str, Grade]],
) -> Callable[[dict[str, Files]], dict[str, Grade]]:
    """Grades submissions given as text: student -> file -> source."""

    def grade(submissions: dict[str, Files]) -> dict[str, Grade]:
        return grade_all(make_submission(student, files) for student, files in submissions.items())

    return grade


# -- a course of two small exercises, with known mistakes and a lesson ---------------------------------------------------

MINI: Files = {
    "assignments/mini/assignment.toml": """
title = "Mini"
timeout_seconds = 5

[[exercise]]
name = "layer"
title = "Layer"
file = "layer.py"
defines = ["Layer"]
lesson = "1. Layer"

[[exercise]]
name = "total"
title = "total"
file = "total.py"
defines = ["total"]
lesson = "2. Total"

[[exercise]]
name = "together"
title = "Together"
file = "layer.py"
needs = ["layer"]
lesson = "1. Layer"
""",
    "assignments/mini/README.md": """# Mini

## 1. Layer

**Forward.** Three times x, less one.

**Backward.** Think of one entry.

## 2. Total
""",
    "assignments/mini/parts.py": "TIMES = 3\n",
    "assignments/mini/layer.py": """
class Layer:
    def start(self):
        raise NotImplementedError

    def forward(self, x):
        raise NotImplementedError

    def backward(self, dz):
        raise NotImplementedError
""",
    "assignments/mini/total.py": "def total(x):\n    raise NotImplementedError\n",
    "assignments/mini/test_layer.py": '''
import pytest

from grader.compare import as_number, assert_close

pytestmark = pytest.mark.exercise("layer")


def test_start(submission):
    """start() is a number between 0 and 1."""
    assert 0 <= as_number("start()", submission.Layer().start()) <= 1


def test_forward(submission, numbers):
    """forward(x) is 3 x - 1."""
    layer = submission.Layer()
    for n in (4, 6):
        x = numbers.normal(n, 3)
        assert_close("z", layer.forward(x), 3 * x - 1)


@pytest.mark.hint("What does one entry of x do to one entry of z?")
def test_backward(submission, numbers):
    """backward(dz) is 3 dz."""
    layer, dz = submission.Layer(), numbers.normal(4, 3)
    layer.forward(numbers.normal(4, 3))
    assert_close("dx", layer.backward(dz), 3 * dz)
''',
    "assignments/mini/test_total.py": '''
import pytest

from grader.compare import assert_close

pytestmark = pytest.mark.exercise("total")


def test_columns(submission, numbers):
    """total(x) is the sum of each column."""
    x = numbers.normal(4, 3)
    assert_close("total(x)", submission.total(x), x.sum(0))
''',
    "assignments/mini/test_together.py": '''
import math

import pytest

from grader.compare import as_number

pytestmark = pytest.mark.exercise("together")


def test_learns(submission, calibrated):
    """A layer that was started well learns."""
    share = 1 / (1 + math.exp(as_number("start()", submission.Layer().start()) - 3))
    assert calibrated.is_enough("share", share)
''',
    "reference/mini/layer.py": """
import torch


class Layer:
    def start(self):
        return 0.2 + 0.6 * torch.rand(())

    def forward(self, x):
        tripled_input = 3 * x
        return tripled_input - 1

    def backward(self, dz):
        return dz * 3
""",
    "reference/mini/total.py": "def total(x):\n    return x.sum(dim=0)\n",
    "reference/mini/test_hidden_total.py": '''
import pytest

from grader.compare import assert_close

pytestmark = pytest.mark.exercise("total")


def test_one_row(submission, numbers):
    """total of one row is that row."""
    x = numbers.normal(1, 3)
    assert_close("total(x)", submission.total(x), x[0])
''',
    "reference/mini/mistakes/layer.py": '''
"""Known mistakes of Layer."""


@mistake(
    "layer-two-starts",
    "start gives two numbers",
    ask="How many numbers does start give?",
    idea="A start is one number.",
    lesson="1. Layer",
    named_by="start",
)
class Layer(reference.Layer):
    def start(self):
        return torch.rand(2)


@mistake(
    "layer-no-shift",
    "nothing is taken off",
    ask="What comes after the product?",
    idea="A zero must come out as minus one.",
    lesson="1. Layer: Forward",
    named_by="forward",
)
class Layer(reference.Layer):
    def forward(self, x):
        return 3 * x


@mistake(
    "layer-passes-on",
    "dz is passed on as it came",
    ask="What does a step of x do to z?",
    idea="Each step of x is one of three times its size in z.",
    lesson="1. Layer: Backward",
    named_by="backward",
)
class Layer(reference.Layer):
    def backward(self, dz):
        return dz
''',
    "reference/mini/mistakes/total.py": '''
"""Known mistakes of total."""


@mistake(
    "total-mean",
    "the mean is taken",
    ask="What is the total of two equal rows?",
    idea="A total grows with every row.",
    lesson="2. Total",
    named_by="columns",
)
def total(x):
    return x.mean(0)


@mistake("total-mean")
def total(x):
    return reference.total(x) / len(x)


@mistake(
    "total-times",
    "the total is multiplied with something",
    ask="What is the total of one row?",
    idea="A single row is its own total.",
    lesson="2. Total",
    named_by="columns",
    values={"TIMES": (2, -1)},
)
def total(x):
    return reference.total(x) * TIMES
''',
}


MANY = "1000"  # jobs: with so many, trials are run by this process


class MiniCourse:
    """A course in a folder, made of files, whose rubric is imported anew whenever one of them changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.forget_rubrics()

    @property
    def assignment(self) -> Assignment:
        """The assignment, read anew."""
        return find_assignment(self.root, "mini")

    def write(self, files: Files) -> None:
        """Write these files."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.forget_rubrics()

    def read(self, name: str) -> str:
        """The text of a file."""
        return (self.root / name).read_text(encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a file; `old` must be in it."""
        text = self.read(name)
        assert old in text
        self.write({name: text.replace(old, new)})

    def forget_rubrics(self) -> None:
        """Pytest keeps rubrics by their path in the course: those of another course, or of before, go first."""
        for name in [name for name in sys.modules if name.startswith(("assignments.mini", "reference.mini"))]:
            del sys.modules[name]


@pytest.fixture
def mini(tmp_path: Path) -> MiniCourse:
    """The small course, in a folder of the test's own."""
    course = MiniCourse(tmp_path / "course")
    course.write(MINI)
    return course


@pytest.fixture(scope="session")
def proved_folder(zygote: Isolated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course recorded, calibrated and validated once: with recordings, thresholds and what was tried."""
    course = MiniCourse(tmp_path_factory.mktemp("proved") / "course")
    course.write(MINI)
    with pytest.MonkeyPatch.context() as patch:
        share_workers(patch, zygote)
        assert cli.main(["notebook", "--course", str(course.root)]) == 0
        for command in ("calibrate", "record", "validate"):
            course.forget_rubrics()
            few = ["--seeds", "1"] if command == "calibrate" else []
            assert cli.main([command, "mini", "--course", str(course.root), "--jobs", MANY, *few]) == 0
    return course.root


@pytest.fixture
def proved(proved_folder: Path, zygote: Isolated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MiniCourse:
    """A copy of it, with the shared zygote: only what a test changes is run."""
    share_workers(monkeypatch, zygote)
    return MiniCourse(Path(shutil.copytree(proved_folder, tmp_path / "course")))


def share_workers(patch: pytest.MonkeyPatch, zygote: Isolated) -> None:
    """Trials fork their workers from the zygote of these tests, and a calibration is one of few seeds."""
    patch.setattr(trials, "_launcher", lambda: zygote)
    patch.setattr(calibrate, "LEAST_SEEDS", 10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real browser, see `browser.py`; tests that ask for it are skipped where there is none."""
    pytest.importorskip("playwright")
    pytest.importorskip("axe_playwright_python")
    spec = importlib.util.spec_from_file_location("browser", Path(__file__).parent / "browser.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["browser"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    if module.CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    with module.started() as running:
        yield running
