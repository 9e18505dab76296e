"""Grades that the tests of the formats share: one with everything in it, and any that Hypothesis can think of."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType

from hypothesis import strategies as st

from grader.results import (
    CheckResult,
    Evidence,
    ExerciseResult,
    Flag,
    Grade,
    Lateness,
    Location,
    Outcome,
    Override,
    Status,
)

HOSTILE = "<b>|`x`|</b> ]]> \x1b[31m\x00\n::error::pwned \u202e & \ud800"
SECRET = "the-inputs-of-a-hidden-check"

LINEAR = ExerciseResult(
    "linear",
    "Linear",
    (
        CheckResult("forward", "forward is right.", Outcome.PASSED, Decimal(2), duration_seconds=0.01),
        CheckResult(
            "gradient",
            "dW is the gradient of the loss with respect to W.",
            Outcome.FAILED,
            Decimal(3),
            hint="What does one entry of W change?",
            mistake="linear-transposed",
            mistake_line="dW is transposed",
            evidence=Evidence(
                summary=f"dW is wrong {HOSTILE}",
                got="[1, 2]",
                expected="[1, 3]",
                location=Location("linear.py", 7, "Linear.backward", "return dW.T"),
                printed=HOSTILE,
            ),
        ),
        CheckResult(
            "one_row",
            "A batch of one image works.",
            Outcome.RAISED,
            Decimal(1),
            "hidden",
            hint="What if N is 1?",
            evidence=Evidence(summary=SECRET, got=SECRET),
            duration_seconds=0.5,
        ),
    ),
    "linear.py",
)
RELU = ExerciseResult(
    "relu",
    "ReLU",
    (
        CheckResult("kink", "The gradient at 0 is 0.", Outcome.TIMED_OUT, Decimal("1.5")),
        CheckResult("gpu", "It works on a GPU.", Outcome.SKIPPED, Decimal(0)),
    ),
    "relu.py",
)
DECISION = Override(Decimal("1.25"), "right but slow", "2026-11-05T08:00:00+00:00")
LATENESS = Lateness("2026-11-03T10:00:00+00:00", "2026-11-01T22:59:59+00:00", 2, Decimal(20))


def made(*exercises: ExerciseResult, status: Status = Status.GRADED, **more: object) -> Grade:
    """A grade of these exercises."""
    kept: dict[str, object] = {
        "assignment": "mini",
        "assignment_version": "0123456789ab",
        "student": "ada-brennan",
        "submission_sha256": "ab" * 32,
        "environment": MappingProxyType({"grader": "0.1.0", "isolation": "full"}),
        "title": "Mini",
        "duration_seconds": 1.25,
    }
    return Grade(status=status, exercises=exercises, **(kept | more))  # type: ignore[arg-type]


PLAIN = made(LINEAR, RELU)
# 2 of 6 points for linear, 1.25 decided for relu, 20 % off for two days: 2.6 of 7.5.
CHANGED = made(
    LINEAR,
    ExerciseResult(RELU.name, RELU.title, RELU.checks, RELU.file, DECISION),
    lateness=LATENESS,
    flags=(Flag("ignored_file", "notes.txt", "is no Python file"), Flag("forbidden_name", "linear.py:3", SECRET)),
)
OUR_FAULT = made(
    ExerciseResult(
        "linear", "Linear", (CheckResult("forward", "t", Outcome.GRADER_ERROR, Decimal(2)), *LINEAR.checks[1:])
    ),
    status=Status.GRADER_ERROR,
    flags=(Flag("grader_error", "grader", f"KeyError in test_hidden_linear.py: {SECRET}"),),
)
LOST = made(status=Status.GRADER_ERROR, flags=(Flag("grader_error", "grader", SECRET),))
NOT_GRADABLE = made(
    ExerciseResult(
        "linear",
        "Linear",
        tuple(CheckResult(c.name, c.title, Outcome.BLOCKED, c.points, c.visibility) for c in LINEAR.checks),
    ),
    status=Status.NOT_GRADABLE,
    flags=(Flag("not_gradable", "ada-brennan", "holds no Python file: essay.docx is not a .py file"),),
)

_OUTCOMES = [outcome for outcome in Outcome if outcome not in (Outcome.GRADER_ERROR, Outcome.SKIPPED)]
_HUNDREDTHS = st.integers(1, 1000).map(lambda value: Decimal(value) / 100)
_POINTS = st.one_of(st.integers(1, 12).map(Decimal), st.sampled_from([Decimal("0.5"), Decimal("2.5")]), _HUNDREDTHS)


@st.composite
def _exercises(draw: st.DrawFn) -> ExerciseResult:
    checks = tuple(
        CheckResult(f"check{place}", f"Check {place}.", draw(st.sampled_from(_OUTCOMES)), draw(_POINTS), visibility)
        for place, visibility in enumerate(
            draw(st.lists(st.sampled_from(["public", "hidden"]), min_size=1, max_size=4))
        )
    )
    exercise = ExerciseResult("e", "E", checks)
    share = draw(st.one_of(st.none(), st.integers(0, 100)))
    if share is None:
        return exercise
    score = (exercise.points * share / 100).quantize(Decimal("0.01"))
    return ExerciseResult("e", "E", checks, "", Override(min(score, exercise.points), "why", "2026-11-05"))


@st.composite
def grades(draw: st.DrawFn) -> Grade:
    """A grade with fractions of points, decisions and lateness, its score between 0 and all points."""
    exercises = draw(st.lists(_exercises(), min_size=1, max_size=4))
    percent = draw(st.one_of(st.none(), st.integers(0, 100).map(Decimal), st.sampled_from([Decimal("33.3")])))
    late = None if percent is None else Lateness("2026-11-03T00:00:00+00:00", "2026-11-01T00:00:00+00:00", 2, percent)
    return made(*exercises, lateness=late)
