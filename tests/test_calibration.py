"""Thresholds: set so that right code nearly never misses one, kept in a file, asked for by checks."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.authoring.calibrate import calibrate
from grader.authoring.trials import Trials
from grader.course.calibration import (
    FAILURE_PROBABILITY,
    MODEL,
    Calibration,
    CurveRange,
    Measured,
    MistakeRuns,
    Quantity,
    Thresholds,
    calibration_digest,
    fitted,
)
from grader.course.catalogue import reference_files
from grader.errors import CourseError
from grader.results import Curve, Grade
from grader.submissions.submission import make_submission

if TYPE_CHECKING:
    from tests.conftest import MiniCourse


def shares(values: Sequence[float], tries: int = 1) -> list[Measured]:
    return [Measured(value, True, True, tries, None) for value in values]


def losses(values: Sequence[float], bound: float | None = None, tries: int = 1) -> list[Measured]:
    return [Measured(value, False, False, tries, bound) for value in values]


def normal(seed: int, count: int = 1000, mean: float = 0.0, deviation: float = 1.0) -> list[float]:
    source = random.Random(seed)
    return [source.gauss(mean, deviation) for _ in range(count)]


def as_share(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def log_odds(share: float) -> float:
    return math.log(share / (1 - share))


# -- thresholds from samples -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_model_is_careful_with_shares(seed: int) -> None:
    """Of shares whose log odds are normal, the threshold is missed less often than the model says, and than allowed."""
    quantity = fitted({"share": shares([as_share(value) for value in normal(seed, mean=2.0, deviation=0.3)])})["share"]
    truth = NormalDist(2.0, 0.3).cdf(log_odds(quantity.threshold))
    assert truth < quantity.miss_probability <= FAILURE_PROBABILITY
    assert quantity.threshold < min(quantity.values)


@pytest.mark.parametrize("seed", range(12))
def test_model_is_careful_with_losses(seed: int) -> None:
    """The same for positive numbers, of which less is better, with a normal logarithm."""
    quantity = fitted({"loss": losses([math.exp(value) for value in normal(seed, mean=-1.0, deviation=0.2)])})["loss"]
    truth = 1 - NormalDist(-1.0, 0.2).cdf(math.log(quantity.threshold))
    assert truth < quantity.miss_probability <= FAILURE_PROBABILITY
    assert quantity.threshold > max(quantity.values)


def test_model_is_careful_with_a_heavy_tail() -> None:
    """An exponential tail, which is the model's own, is missed as often as allowed at most, in nearly every sample."""
    missed = []
    for seed in range(100):
        source = random.Random(seed)
        values = [math.exp(source.expovariate(4.0)) for _ in range(1000)]
        threshold = fitted({"loss": losses(values)})["loss"].threshold
        missed.append(math.exp(-4.0 * math.log(threshold)))
    assert sum(truth > FAILURE_PROBABILITY for truth in missed) <= 4  # the bound of the scale is one of 99%
    assert max(missed) < 4 * FAILURE_PROBABILITY


def test_probability_is_split_over_quantities() -> None:
    """Of several quantities each may be missed less often, so that all together stay below what is allowed."""
    values = [as_share(value) for value in normal(1, mean=2.0, deviation=0.3)]
    alone = fitted({"a": shares(values)})["a"]
    beside = fitted({name: shares(values) for name in "abcde"})
    assert sum(quantity.miss_probability for quantity in beside.values()) <= FAILURE_PROBABILITY
    assert {quantity.threshold < alone.threshold for quantity in beside.values()} == {True}


@pytest.mark.parametrize("quantities", [1, 3])
def test_tries_multiply(quantities: int) -> None:
    """Of three tries that all must go wrong, each may miss any of its quantities with the third root of the budget."""
    values = [as_share(value) for value in normal(1, mean=2.0, deviation=0.3)]
    found = fitted({str(number): shares(values, tries=3) for number in range(quantities)})
    once = fitted({"a": shares(values)})["a"]
    assert {quantity.threshold > once.threshold for quantity in found.values()} == {True}
    any_missed = sum(quantity.miss_probability for quantity in found.values())
    assert any_missed**3 <= FAILURE_PROBABILITY
    assert any_missed**3 > FAILURE_PROBABILITY / 1000  # not more careful than it must be


def test_threshold_has_two_decimals() -> None:
    """Thresholds are rounded to the careful side, so that a page can show them."""
    values = normal(3, mean=1.0, deviation=0.1)
    share = fitted({"a": shares([as_share(value) for value in values])})["a"]
    loss = fitted({"a": losses([math.exp(value) for value in values])})["a"]
    assert (round(share.threshold, 2), round(loss.threshold, 2)) == (share.threshold, loss.threshold)
    assert max(share.miss_probability, loss.miss_probability) <= FAILURE_PROBABILITY


def test_fixed_bound() -> None:
    """A bound of the rubric's own is the threshold if the model allows it; one that is too tight is an error."""
    values = [math.exp(value) for value in normal(3, mean=-2.0, deviation=0.1)]
    free = fitted({"ratio": losses(values)})["ratio"]
    bound = fitted({"ratio": losses(values, bound=1.0)})["ratio"]
    assert (bound.threshold, bound.bound) == (1.0, 1.0)
    assert bound.miss_probability < free.miss_probability
    with pytest.raises(CourseError) as caught:
        fitted({"ratio": losses(values, bound=0.15)})
    assert str(caught.value) == f"ratio: the bound 0.15 is too tight for the model answer. Use {free.threshold:g}."


@pytest.mark.parametrize(
    "sample",
    [
        shares([0.9] * 20 + [1.0]),
        shares([0.9] * 20 + [0.0]),
        shares([0.9] * 20 + [math.nan]),
        losses([1.0] * 20 + [0.0]),
        losses([1.0] * 20 + [-1.0]),
        losses([1.0] * 20 + [math.inf]),
    ],
)
def test_what_can_not_be_modelled(sample: list[Measured]) -> None:
    """A share of all or nothing, a number that is not positive or not finite: an error that names the quantity."""
    with pytest.raises(CourseError, match=r"^it: the model answer reached .*, which can't be modelled\. "):
        fitted({"it": sample})


def test_values_that_do_not_vary() -> None:
    """A model answer that reaches the same with every seed has a threshold too: what it reaches."""
    share, loss = (fitted({"it": sample})["it"] for sample in (shares([0.75] * 20), losses([0.25] * 20)))
    assert 0.74 <= share.threshold <= 0.75
    assert 0.25 <= loss.threshold <= 0.26
    assert max(share.miss_probability, loss.miss_probability) <= FAILURE_PROBABILITY


@pytest.mark.parametrize("sample", [shares([0.5] * 9 + [0.25]), losses([0.001] * 8 + [100.0, 1000.0])])
def test_values_that_are_too_far_apart(sample: list[Measured]) -> None:
    """Where a threshold would have to let everything through, that is an error of the course."""
    with pytest.raises(CourseError, match=r"^it: the model answer reached 0\..*: too far apart to ask for any\. "):
        fitted({"it": sample})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.49, 0.51), min_size=50, max_size=80), st.booleans())
def test_right_code_is_on_the_right_side(values: list[float], is_share: bool) -> None:
    """Whatever the sample, a threshold for one try lies on the far side of all of it, and the values are kept."""
    quantity = fitted({"it": shares(values) if is_share else losses(values)})["it"]
    assert quantity.threshold <= min(values) if is_share else quantity.threshold >= max(values)
    assert quantity.values == tuple(round(value, 4) for value in values)


# -- the file ----------------------------------------------------------------------------------------------------------

CALIBRATION = Calibration(
    "0123456789ab",
    200,
    MODEL,
    {
        'a "share"': Quantity(True, True, 3, None, 0.87, 1e-7, (0.9, 0.91)),
        "loss": Quantity(False, False, 1, 1.0, 1.0, 2.5e-9, (0.3, 0.4)),
    },
    {"layer-no-shift": MistakeRuns("abcdef", 0.25, {"loss": (0.1, 0.2, 0.3)})},
)


@pytest.mark.parametrize("calibration", [CALIBRATION, Calibration("x", 1, "m", {}, {})])
def test_round_trip(mini: MiniCourse, calibration: Calibration) -> None:
    """A calibration comes back from its file as it was; the file is JSON."""
    calibration.write(mini.assignment.calibration_path)
    assert Calibration.read(mini.assignment) == calibration
    assert list(msgspec.json.decode(mini.assignment.calibration_path.read_bytes())) == [
        "digest",
        "seeds",
        "model",
        "quantities",
        "mistakes",
        "curves",
    ]


def test_a_line_a_thing(mini: MiniCourse) -> None:
    """A change of one quantity or mistake is a change of one line."""
    calibration = msgspec.structs.replace(CALIBRATION, mistakes={"b": MistakeRuns("other", 0.5, {})})
    CALIBRATION.write(mini.assignment.calibration_path)
    before = mini.read("assignments/mini/calibration.json").splitlines()
    calibration.write(mini.assignment.calibration_path)
    after = mini.read("assignments/mini/calibration.json").splitlines()
    assert len(before) == len(after)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_no_calibration(mini: MiniCourse) -> None:
    """An assignment without a file has none; a file that is something else is an error that says what makes it anew."""
    assert Calibration.read(mini.assignment) is None
    for text in ("", "{}", '{"digest": 3}', "[1]"):
        mini.write({"assignments/mini/calibration.json": text})
        with pytest.raises(CourseError) as caught:
            Calibration.read(mini.assignment)
        assert str(caught.value).startswith(f"{mini.root}/assignments/mini/calibration.json is no calibration: ")
        assert str(caught.value).endswith(". Make it anew: `grader calibrate`.")


def test_digest(mini: MiniCourse) -> None:
    """It changes with the rubric that asks, the parts it speaks of, the settings and the model answer, with nothing else."""
    mini.replace(
        "assignments/mini/test_together.py", "def test_learns(submission,", "def test_learns(submission, provided,"
    )
    mini.replace("assignments/mini/test_together.py", "- 3))", "- provided.THREE))")
    parts = "import math\n\nTHREE = 3\n\n\ndef root(x):\n    return math.sqrt(x)\n"
    mini.write({"assignments/mini/parts.py": parts})
    before = calibration_digest(mini.assignment)
    for name in ("assignments/mini/test_total.py", "assignments/mini/layer.py", "reference/mini/mistakes/total.py"):
        mini.write({name: mini.read(name) + "\n"})
    mini.write({"assignments/mini/parts.py": parts.replace("sqrt", "cbrt") + "\n# a comment\n"})
    said = mini.read("reference/mini/layer.py").replace(
        "class Layer:", 'class Layer:\n    """What it is."""\n    x: int  # of it\n'
    )
    mini.write({"reference/mini/layer.py": f"# a comment\n{said}"})
    assert calibration_digest(mini.assignment) == before
    seen = {before}
    for name, old, new in (
        ("assignments/mini/test_together.py", "learns.", "learns!"),
        ("assignments/mini/parts.py", "THREE = 3", "THREE = 3.0"),
        ("reference/mini/layer.py", "0.6", "0.7"),
    ):
        mini.replace(name, old, new)
        seen.add(calibration_digest(mini.assignment))
    assert len(seen) == 4


def test_digest_leaves_out_what_is_not_trained(mini: MiniCourse) -> None:
    """An exercise that the measured runs don't need may change, and so may what is said of the exercises."""
    before = calibration_digest(mini.assignment)
    for name in ("reference/mini/total.py", "assignments/mini/assignment.toml"):
        mini.write({name: mini.read(name) + "\n"})
    assert calibration_digest(mini.assignment) == before


# -- what checks ask ---------------------------------------------------------------------------------------------------

PLACE = Path("assignments/mini/calibration.json")


def test_thresholds_decide() -> None:
    """The threshold itself is enough, what is beyond it is not, and NaN never is."""
    thresholds = Thresholds(CALIBRATION, PLACE, None)
    assert thresholds.threshold('a "share"') == 0.87
    assert [thresholds.is_enough('a "share"', share) for share in (0.88, 0.87, 0.86, math.nan)] == [
        True,
        True,
        False,
        False,
    ]
    assert [thresholds.is_low_enough("loss", loss) for loss in (0.9, 1.0, 1.1, math.nan)] == [True, True, False, False]


def test_what_reaches_a_quantity() -> None:
    """A measured run reaches a threshold on its good side, the threshold itself included; NaN does not."""
    share, loss = CALIBRATION.quantities.values()
    assert [share.is_reached_by(value) for value in (0.88, 0.87, 0.86, math.nan)] == [True, True, False, False]
    assert [loss.is_reached_by(value) for value in (0.9, 1.0, 1.1, math.nan)] == [True, True, False, False]


def test_fixed_bound_needs_no_calibration() -> None:
    """A bound that the rubric fixed decides by itself, and must be undercut."""
    thresholds = Thresholds(None, PLACE, None)
    assert [thresholds.is_low_enough("ratio", value, bound=1.0) for value in (0.9, 1.0, math.nan)] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("calibration", [None, CALIBRATION])
def test_missing_threshold(calibration: Calibration | None) -> None:
    """A check that asks for a threshold nobody measured is the course's mistake; the error says what to run."""
    thresholds = Thresholds(calibration, PLACE, None)
    text = f"{PLACE} has no threshold for 'other'. Measure it: `grader calibrate`."
    for ask in (thresholds.is_enough, thresholds.is_low_enough):
        with pytest.raises(CourseError) as caught:
            ask("other", 0.5)
        assert str(caught.value) == text


def test_measuring() -> None:
    """While calibration measures, every value is noted and enough, whatever it is."""
    measured: dict[str, Measured] = {}
    thresholds = Thresholds(None, PLACE, measured)
    assert thresholds.is_enough("share", 0.0, tries=3)
    assert thresholds.is_low_enough("loss", math.inf)
    assert thresholds.is_low_enough("ratio", 7.0, bound=1.0)
    assert measured == {
        "share": Measured(0.0, True, True, 3, None),
        "loss": Measured(math.inf, False, False, 1, None),
        "ratio": Measured(7.0, False, False, 1, 1.0),
    }


# -- what was measured before ------------------------------------------------------------------------------------------


def calibrated(course: MiniCourse) -> tuple[Calibration, int]:
    """The calibration after `grader calibrate`, and how many trials had to be run for it."""
    with closing(Trials(course.assignment, int(MANY))) as trials:
        calibrate(course.assignment, trials, 1)
    found = Calibration.read(course.assignment)
    assert found is not None
    return found, trials.ran


MANY = "1000"
CURVE = """    share = 1 / (1 + math.exp(as_number("start()", submission.Layer().start()) - 3))
"""
SHOWN = f"""{CURVE}    show_curve("Share", [share, 1.0])
"""


def test_values_that_are_reached_again_need_no_new_measurement(proved: MiniCourse) -> None:
    """A rubric that reads another way, and measures the very same, keeps its thresholds after a few runs."""
    before = Calibration.read(proved.assignment)
    assert before is not None
    proved.replace("assignments/mini/test_together.py", "submission, calibrated", "submission, calibrated, show_curve")
    proved.replace("assignments/mini/test_together.py", CURVE, SHOWN)
    after, ran = calibrated(proved)
    assert after.digest == calibration_digest(proved.assignment) != before.digest
    assert (after.quantities, after.mistakes) == (before.quantities, before.mistakes)
    assert ran < 40
    (drawn,) = after.curves.items()
    assert drawn[0] == "together: Share"
    assert drawn[1].runs == 20
    assert drawn[1].low[0] < drawn[1].high[0]
    assert (drawn[1].low[1], drawn[1].high[1]) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("reference/mini/layer.py", "0.6", "0.7"),
        ("assignments/mini/test_together.py", "- 3))", "- 3.1))"),
        ("assignments/mini/test_together.py", '"share", share', '"share", share, tries=2'),
        ("assignments/mini/test_together.py", '"share", share', '"part", share'),
    ],
)
def test_other_values_are_measured_anew(proved: MiniCourse, name: str, old: str, new: str) -> None:
    """Other values, tries or names are another calibration."""
    before = Calibration.read(proved.assignment)
    proved.replace(name, old, new)
    after, ran = calibrated(proved)
    assert before is not None
    assert after.quantities != before.quantities
    assert ran >= 50


def test_range_of_a_curve(mini: MiniCourse) -> None:
    """A check is told between which values its curve lay; a calibration of before knows of none."""
    known = Calibration("d", 1, MODEL, {}, {}, {"together: Share": CurveRange(20, (0.5,), (1.5,))})
    known.write(mini.assignment.calibration_path)
    assert Calibration.read(mini.assignment) == known
    thresholds = Thresholds(known, PLACE, None)
    assert thresholds.range_of("together", "Share") == CurveRange(20, (0.5,), (1.5,))
    assert thresholds.range_of("layer", "Share") is None
    assert Thresholds(None, PLACE, None).range_of("together", "Share") is None


@pytest.mark.parametrize(
    ("shown", "curve"),
    [
        ('"Share", [0.5]', Curve("Share", (0.5,), (), "epoch", (0.25,), (0.75,), "20 runs of the model answer")),
        ('"Other", [0.5]', Curve("Other", (0.5,))),
        ('"Share", [0.5], [2.0]', Curve("Share", (0.5,), (2.0,))),
        (
            '"Share", [0.5], [2.0], tolerance=0.25',
            Curve("Share", (0.5,), (2.0,), "epoch", (1.5,), (2.5,), "may be off by 25 %"),
        ),
    ],
)
def test_curve_is_shown_with_its_band(
    shown: str, curve: Curve, proved: MiniCourse, grade_all: Callable[..., dict[str, Grade]]
) -> None:
    """The band is the tolerance where there is one, else what the calibration saw; without either there is none."""
    proved.replace("assignments/mini/test_together.py", "submission, calibrated", "submission, calibrated, show_curve")
    proved.replace("assignments/mini/test_together.py", CURVE, f"{CURVE}    show_curve({shown})\n")
    before = Calibration.read(proved.assignment)
    assert before is not None
    seen = replace(before, curves={"together: Share": CurveRange(20, (0.25,), (0.75,))})
    seen.write(proved.assignment.calibration_path)
    made = make_submission("ada", reference_files(proved.assignment))
    (check,) = [entry for entry in grade_all([made], proved.assignment)["ada"].checks if entry.name == "learns"]
    assert check.evidence is not None
    assert check.evidence.curves == (curve,)
