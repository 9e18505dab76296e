"""What checks use: the fixtures of a rubric. Each stands for whatever submission is on the bench at that moment."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.course.assignments import Assignment
from grader.errors import CourseError
from grader.results import Curve, Figure, Flag, Misclassified, Predictions
from grader.text import clean

if TYPE_CHECKING:
    from types import ModuleType

    from torch import Tensor

    from grader.checks.bench import Bench
    from grader.checks.check import Check
    from grader.checks.proxy import Answers, Names
    from grader.checks.session import Session
    from grader.course.calibration import Thresholds
    from grader.data import Dataset
    from grader.numbers import Numbers

BENCH: pytest.StashKey[Bench] = pytest.StashKey()  # on the configuration: where the checks of this run are run
CHECK: pytest.StashKey[Check] = pytest.StashKey()  # on a test: the check that was made of it


@pytest.fixture(scope="session")
def worker(pytestconfig: pytest.Config) -> Session:
    """The process with the student's code: `put` keeps a value there, `fetch` gets it back."""
    bench = pytestconfig.stash[BENCH]

    class Current:
        def __getattr__(self, name: str) -> Any:
            return getattr(bench.session, name)

    current: Any = Current()
    session: Session = current
    return session


@pytest.fixture(scope="session")
def submission(worker: Session) -> Names:
    """The public names of the submission, as attributes: `submission.Linear(5, 3)`."""
    from grader.checks.proxy import Names

    return Names(worker)


@pytest.fixture(scope="session")
def answers(worker: Session) -> Answers:
    """Names of the submission that may be functions or formulas: `answers.slope(x)`; see `Answers`."""
    from grader.checks.proxy import Answers

    return Answers(worker)


@pytest.fixture(scope="session")
def provided(worker: Session) -> Names:
    """The names of the course's `parts.py`, in the worker beside the student's code."""
    from grader.checks.proxy import Names

    return Names(worker, provided=True)


@pytest.fixture(scope="session")
def device(pytestconfig: pytest.Config) -> str:
    """Where student code runs: `cpu` or `cuda`. Tensors come back on the CPU."""
    from grader.isolation.devices import kind_of

    return kind_of(pytestconfig.stash[BENCH].device)


@pytest.fixture(scope="module")
def dataset(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Dataset:
    """The assignment's data set, on this side: what a worker gets of it is the check's choice."""
    from grader.data import load_dataset

    assignment = _assignment_of(request.path)
    return load_dataset(assignment.dataset, pytestconfig.stash[BENCH].dataset_root)


@pytest.fixture(scope="module")
def parts(request: pytest.FixtureRequest) -> ModuleType:
    """The course's `parts.py` on this side, for expected values."""
    return _import_parts(_assignment_of(request.path).parts_path)


@cache
def _import_parts(path: Path) -> ModuleType:
    """The module at `path`, one for the whole process: rubrics keep expected values by it."""
    import importlib.util

    spec = importlib.util.spec_from_file_location(f"parts_of_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise CourseError(f"{path}: can't be imported. Expected a Python file.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def numbers(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Numbers:
    """Random tensors, the same in every run of the check."""
    from grader.numbers import Numbers

    return Numbers(pytestconfig.stash[BENCH].seed_of(request.node.stash[CHECK]))


@pytest.fixture
def show_curve(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Callable[..., None]:
    """`show_curve(title, got, expected=())` puts a curve into the report, whether the check passes or not.

    With `tolerance`, the band of what is right reaches so far from `expected`, in parts of it; without, it is what the
    calibration saw of this curve, if it did.
    """
    bench = pytestconfig.stash[BENCH]
    exercise = request.node.stash[CHECK].exercise.name

    def show(
        title: str,
        got: list[float],
        expected: list[float] | tuple[float, ...] = (),
        unit: str = "epoch",
        *,
        tolerance: float = 0.0,
    ) -> None:
        curve = Curve(title, tuple(map(float, got)), tuple(map(float, expected)), unit)
        measured = None if expected else request.getfixturevalue("calibrated").range_of(exercise, title)
        if expected and tolerance:
            around = [abs(value) * tolerance for value in curve.expected]
            low = tuple(value - by for value, by in zip(curve.expected, around, strict=True))
            high = tuple(value + by for value, by in zip(curve.expected, around, strict=True))
            curve = replace(curve, low=low, high=high, band=f"may be off by {100 * tolerance:g} %")
        elif measured is not None:
            band = f"{measured.runs} runs of the model answer"
            curve = replace(curve, low=measured.low, high=measured.high, band=band)
        bench.curves.append(curve)

    return show


_MOST_PIXELS = 64  # along a side: a picture is drawn for the eye, not kept
_MOST_BARS = 32
_LONGEST_LABEL = 20
_LONGEST_BAR = 1e6


@pytest.fixture
def show_figure(pytestconfig: pytest.Config) -> Callable[..., None]:
    """`show_figure(title, image, bars=())` puts a picture and bars beside it into the report, whether the check passes or not.

    `image` are rows of grey values from 0 (black) to 1 (white), `bars` pairs of a label and a length. They are plain numbers:
    values beyond their range are put at its end, what is no number at 0, and what is too large to be looked at is cut.
    """
    bench = pytestconfig.stash[BENCH]

    def show(title: str, image: Iterable[Sequence[float]], bars: Iterable[tuple[str, float]] = ()) -> None:
        bench.figures.append(as_figure(title, image, bars))

    return show


def as_figure(title: str, image: Iterable[Sequence[float]], bars: Iterable[tuple[str, float]] = ()) -> Figure:
    """A figure of these numbers, kept within what can be drawn. Raises `ValueError` for rows of different lengths."""
    rows = [tuple(row) for row in image]
    if len({len(row) for row in rows}) > 1:
        raise ValueError(f"the rows of the picture {title!r} are not equally long")
    picture = tuple(tuple(_kept_within(value, 1.0) for value in row[:_MOST_PIXELS]) for row in rows[:_MOST_PIXELS])
    lengths = tuple((clean(str(label), _LONGEST_LABEL), _kept_within(length, _LONGEST_BAR)) for label, length in bars)
    return Figure(title, picture, lengths[:_MOST_BARS])


_MOST_MISCLASSIFIED = 10
_GREYS = "0123456789abcdef"


@pytest.fixture
def show_predictions(pytestconfig: pytest.Config) -> Callable[..., None]:
    """`show_predictions(title, images, labels, predictions, classes)` shows how often each class was taken for which.

    Beside it stand some of the images (count, rows, columns; 0 to 255) whose prediction is not the label. `classes` are the
    names of the classes: labels and predictions are places in it. Whatever is shown, a student gets to know.
    """
    bench = pytestconfig.stash[BENCH]

    def show(title: str, images: Tensor, labels: Tensor, predictions: Tensor, classes: Sequence[str]) -> None:
        bench.predictions.append(as_predictions(title, images, labels, predictions, classes))

    return show


def as_predictions(
    title: str, images: Tensor, labels: Tensor, predictions: Tensor, classes: Sequence[str]
) -> Predictions:
    """These predictions, counted. Raises `ValueError` where images, labels and predictions are not equally many."""
    if not len(images) == len(labels) == len(predictions):
        raise ValueError(f"{len(images)} images, {len(labels)} labels, {len(predictions)} predictions: {title!r}")
    names = tuple(clean(str(name), _LONGEST_LABEL) for name in classes)
    counts = [[0] * len(names) for _ in names]
    for label, prediction in zip(labels.tolist(), predictions.tolist(), strict=True):
        counts[label][prediction] += 1
    wrong = (labels != predictions).nonzero().reshape(-1)[:_MOST_MISCLASSIFIED].tolist()
    return Predictions(
        title,
        names,
        tuple(map(tuple, counts)),
        tuple(
            Misclassified(_as_greys(images[place]), names[int(labels[place])], names[int(predictions[place])])
            for place in wrong
        ),
    )


def _as_greys(image: Tensor) -> tuple[str, ...]:
    """The rows of an image of 0 to 255, a digit a pixel."""
    rows = (image[:_MOST_PIXELS, :_MOST_PIXELS].long() // 16).clamp(0, 15).tolist()
    return tuple("".join(_GREYS[grey] for grey in row) for row in rows)


def _kept_within(value: float, most: float) -> float:
    """The number, from 0 to `most`, with as many digits as can be seen."""
    return 0.0 if math.isnan(value) else round(min(max(float(value), 0.0), most), 4)


@pytest.fixture(scope="module")
def calibrated(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Thresholds:
    """The measured thresholds of the assignment: `calibrated.is_enough("test accuracy", value)`."""
    from grader.course.calibration import Calibration, Thresholds

    assignment = _assignment_of(request.path)
    measured = pytestconfig.stash[BENCH].measured
    calibration = None if measured is not None else Calibration.read(assignment)
    return Thresholds(calibration, assignment.calibration_path, measured)


@pytest.fixture
def flag(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """`flag(kind, detail)` shows something to the instructor; it changes no score by itself."""
    bench = pytestconfig.stash[BENCH]

    def add(kind: str, detail: str) -> None:
        bench.flags.append(Flag(kind, request.node.stash[CHECK].exercise.file, detail))

    return add


@cache
def _assignment_of(path: Path) -> Assignment:
    """The assignment of a rubric file, which lies in `assignments/<name>/` or `reference/<name>/`."""
    return Assignment(path.parent.parent.parent, path.parent.name)
