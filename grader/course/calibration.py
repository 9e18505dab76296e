"""Thresholds that rest on measurement: how a check of a training run asks for them, and where they come from.

A rubric says `calibrated.is_enough("test accuracy", value)`. `grader calibrate` runs the model answer with many seeds, and
sets each threshold so that right code of that kind misses any of them with a probability below `FAILURE_PROBABILITY`. The
distribution behind it is kept beside the thresholds, in `assignments/<name>/calibration.json`.

The model: a quantity is transformed to the whole line - a share by its log odds, a positive number by its logarithm. Beyond
the worst tenth of the seeds its tail is taken as exponential, which is heavier than a normal one, with the upper
`CONFIDENCE` bound of its scale. A check that tries again independently, and needs one good try, may miss more often in each.
"""

from __future__ import annotations

import ast
import hashlib
import io
import math
import re
import statistics
import tokenize
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from grader.course.assignments import Assignment
from grader.course.provided import parts_of
from grader.errors import CourseError
from grader.files import course_text
from grader.submissions.syntax import is_text

FAILURE_PROBABILITY = 1e-6  # of right code, over all quantities of an assignment together
CONFIDENCE = 0.99
LEAST_SEEDS = 200
TAIL_SHARE = 0.1
MODEL = (
    "On the log odds of a share, the logarithm of a positive number: beyond the worst tenth of the seeds the tail is "
    f"exponential, its scale taken at its upper {CONFIDENCE:.0%} bound. Right code misses any threshold with a probability "
    f"below {FAILURE_PROBABILITY:g}, split evenly over the quantities; independent tries multiply."
)


class Quantity(msgspec.Struct, frozen=True):
    """Something measured of training runs. `values` are those of the model answer, one a seed.

    `bound` is a limit that the rubric fixed itself; it is then the threshold, if the model allows it.
    `miss_probability` is the model's for one try at the threshold.
    """

    is_share: bool
    larger_is_better: bool
    tries: int
    bound: float | None
    threshold: float
    miss_probability: float
    values: tuple[float, ...]

    def is_reached_by(self, value: float) -> bool:
        """Whether a value is good enough. NaN is not."""
        return value >= self.threshold if self.larger_is_better else value <= self.threshold


class MistakeRuns(msgspec.Struct, frozen=True):
    """What nets with a mistake reach over the seeds: (least, median, largest) of each quantity, the share of runs that pass.

    Only mistakes whose first run passes are measured: with the others a net does not learn.
    """

    digest: str
    passing: float
    quantities: dict[str, tuple[float, float, float]]


class CurveRange(msgspec.Struct, frozen=True):
    """Between which values, point by point, a curve of the model answer lay in so many runs."""

    runs: int
    low: tuple[float, ...]
    high: tuple[float, ...]


class Calibration(msgspec.Struct, frozen=True):
    """The content of a calibration.json. `curves` are for the report alone: nobody is judged by them."""

    digest: str
    seeds: int
    model: str
    quantities: dict[str, Quantity]
    mistakes: dict[str, MistakeRuns] = {}
    curves: dict[str, CurveRange] = {}

    @classmethod
    def read(cls, assignment: Assignment) -> Calibration | None:
        """The calibration of an assignment, None if there is none. Raises `CourseError` for what is none."""
        path = assignment.calibration_path
        if not path.is_file():
            return None
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except (OSError, msgspec.DecodeError) as error:
            raise CourseError(f"{path} is no calibration: {error}. Make it anew: `grader calibrate`.") from None

    def write(self, path: Path) -> None:
        """Write it, a line a quantity and a mistake."""
        head = msgspec.json.encode({"digest": self.digest, "seeds": self.seeds, "model": self.model})
        parts = [
            b'"%s":{\n%s\n}'
            % (
                name.encode(),
                b",\n".join(
                    msgspec.json.encode(key) + b":" + msgspec.json.encode(value) for key, value in table.items()
                ),
            )
            for name, table in (
                ("quantities", self.quantities),
                ("mistakes", self.mistakes),
                ("curves", self.curves),
            )
        ]
        path.write_bytes(head[:-1] + b",\n" + b",\n".join(parts) + b"}\n")


class Measured(msgspec.Struct, frozen=True):
    """One value of a quantity, from one run."""

    value: float
    is_share: bool
    larger_is_better: bool
    tries: int
    bound: float | None


def curve_name(exercise: str, title: str) -> str:
    """What a curve that a check shows is called in a calibration."""
    return f"{exercise}: {title}"


class Thresholds:
    """What checks ask. While calibration measures, every value is noted and enough."""

    def __init__(self, calibration: Calibration | None, place: Path, measured: dict[str, Measured] | None) -> None:
        self._calibration = calibration
        self._place = place
        self._measured = measured

    def is_enough(self, name: str, share: float, *, tries: int = 1) -> bool:
        """Whether a share (0 to 1), of which more is better, reaches its threshold. NaN does not.

        `tries` is how many independent runs the check makes at most, of which one must reach it.
        """
        if self._measured is not None:
            self._measured[name] = Measured(share, True, True, tries, None)
            return True
        return share >= self.threshold(name)

    def is_low_enough(self, name: str, value: float, *, tries: int = 1, bound: float | None = None) -> bool:
        """Whether a positive number, of which less is better, is within its threshold, or the `bound` that is fixed here."""
        if self._measured is not None:
            self._measured[name] = Measured(value, False, False, tries, bound)
            return True
        return value < bound if bound is not None else value <= self.threshold(name)

    def range_of(self, exercise: str, title: str) -> CurveRange | None:
        """Between which values a curve of the model answer lay, if that was measured."""
        return None if self._calibration is None else self._calibration.curves.get(curve_name(exercise, title))

    def threshold(self, name: str) -> float:
        """The threshold. Raises `CourseError` if the assignment is not calibrated for it."""
        if self._calibration is None or name not in self._calibration.quantities:
            raise CourseError(f"{self._place} has no threshold for {name!r}. Measure it: `grader calibrate`.")
        return self._calibration.quantities[name].threshold


def fitted(samples: Mapping[str, Sequence[Measured]]) -> dict[str, Quantity]:
    """The quantities with their thresholds. Raises `CourseError` for what can't be modelled, or misses a fixed bound."""
    count = len(samples)
    return {name: _fit(name, sample, FAILURE_PROBABILITY / count, count) for name, sample in samples.items()}


def _fit(name: str, sample: Sequence[Measured], budget: float, quantities: int) -> Quantity:
    """`budget` is the probability that this quantity may add to all failures, of so many quantities."""
    first = sample[0]
    values = [entry.value for entry in sample]
    if not all(math.isfinite(value) and value > 0 and not (first.is_share and value >= 1) for value in values):
        raise CourseError(
            f"{name}: the model answer reached {min(values):g} to {max(values):g}, which can't be modelled. "
            "Expected finite numbers above 0, and shares below 1."
        )
    sign = 1 if first.larger_is_better else -1
    start, scale = _tail([sign * _to_line(value, first.is_share) for value in values])
    # Where there are tries, one is missed when any of the quantities is.
    each = budget if first.tries == 1 else budget ** (1 / first.tries) / quantities
    threshold = _from_line(sign * (start - scale * math.log(TAIL_SHARE / each)), first.is_share)
    if threshold < math.inf:
        threshold = math.floor(100 * threshold) / 100 if first.larger_is_better else math.ceil(100 * threshold) / 100
    if not 0 < threshold < math.inf:
        raise CourseError(
            f"{name}: the model answer reached {min(values):g} to {max(values):g}: too far apart to ask for any. "
            "Let the check measure something steadier."
        )
    if first.bound is not None:
        if first.bound < threshold:
            raise CourseError(
                f"{name}: the bound {first.bound:g} is too tight for the model answer. Use {threshold:g}."
            )
        threshold = first.bound
    # With a scale of 0 it reached the same with every seed.
    miss = TAIL_SHARE * math.exp((sign * _to_line(threshold, first.is_share) - start) / scale) if scale else 0.0
    return Quantity(
        first.is_share,
        first.larger_is_better,
        first.tries,
        first.bound,
        threshold,
        float(f"{miss:.2g}"),
        tuple(round(value, 4) for value in values),
    )


def _tail(values: Sequence[float]) -> tuple[float, float]:
    """Where the lower tail of a sample starts, and the upper bound of its scale."""
    count = max(2, round(TAIL_SHARE * len(values)))
    ordered = sorted(values)
    start = ordered[count]
    scale = statistics.fmean(start - value for value in ordered[:count])
    # Twice the sum over the scale is chi-squared with 2 * count degrees of freedom (quantile after Wilson and Hilferty).
    degrees = 2 * count
    z = statistics.NormalDist().inv_cdf(CONFIDENCE)
    quantile = degrees * (1 - 2 / (9 * degrees) - z * math.sqrt(2 / (9 * degrees))) ** 3
    return start, scale * degrees / quantile


def _to_line(value: float, is_share: bool) -> float:
    return math.log(value / (1 - value)) if is_share else math.log(value)


def _from_line(value: float, is_share: bool) -> float:
    if is_share:
        return 1 / (1 + math.exp(min(-value, 700.0)))
    return math.exp(value) if value < 700 else math.inf


def asking_rubric(assignment: Assignment) -> list[Path]:
    """The files of the public rubric in which a check asks for a measured threshold."""
    return [path for path in assignment.public_rubric if "calibrated" in course_text(path)]


def measuring_exercises(assignment: Assignment) -> tuple[str, ...]:
    """The exercises whose checks ask for thresholds."""
    asking = [course_text(path) for path in asking_rubric(assignment)]
    return tuple(
        entry.name
        for entry in assignment.exercises
        if any(f"exercise({quote}{entry.name}{quote})" in text for text in asking for quote in "'\"")
    )


def calibration_digest(assignment: Assignment) -> str:
    """Changes with everything that the thresholds rest on: the rubric that asks, the parts of which it speaks, what the model
    answer executes, the model.
    """
    digest = hashlib.sha256(f"{MODEL} {assignment.dataset}".encode())
    measuring = [assignment.exercise(name) for name in measuring_exercises(assignment)]
    needed = {assignment.exercise(name) for exercise in measuring for name in exercise.needs}
    rubric = asking_rubric(assignment)
    spoken_of = {word for path in rubric for word in re.findall(r"\w+", course_text(path))}
    stand_ins = {name for exercise in measuring for name in exercise.stand_ins}
    parts = parts_of(assignment.parts_source, str(assignment.parts_path))
    digest.update(parts.essence_of(sorted(spoken_of | stand_ins)).encode())
    files = sorted(assignment.reference_folder / exercise.file for exercise in {*measuring, *needed})
    for path in rubric:
        digest.update(path.read_bytes())
    for path in dict.fromkeys(files):
        digest.update(_executed(course_text(path)).encode() if path.is_file() else b"")
    return digest.hexdigest()[:12]


def _executed(text: str) -> str:
    """A source without comments, docstrings, bare annotations and empty lines: they change nothing that is measured."""
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    idle = (ast.Expr, ast.AnnAssign)
    left_out = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, idle) and (is_text(node) or getattr(node, "value", None) is None)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return "\n".join(line.rstrip() for number, line in enumerate(lines, 1) if number not in left_out and line.strip())


def why_not_calibrated(assignment: Assignment) -> str:
    """What is wrong with the calibration of the assignment as it is now; empty if nothing is, or none is asked for.

    Raises `CourseError` for a file that is no calibration.
    """
    calibration = Calibration.read(assignment)
    if calibration is None:
        return "is missing. Make it: grader calibrate" if asking_rubric(assignment) else ""
    if calibration.digest != calibration_digest(assignment):
        return "is stale: something it rests on has changed since. Make it anew: grader calibrate"
    return ""
