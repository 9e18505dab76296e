"""Checks of gradient_descent: from a given start it must follow the reference, step by step, and stop where that stops."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_number, assert_numbers, assert_tuple, assert_unchanged
from grader.errors import CheckFailed
from grader.results import Evidence

pytestmark = pytest.mark.exercise("gradient_descent")

PARTS = ("W", "losses", "converged")
# Ten steps of float32: right code is off by some 1e-6 of the largest entry, wrong code by a percent and more.
THRESHOLD = 1e-4


LR = 0.6  # along an axis of the valley with the curvature c, a step leaves 1 - 0.6 c of the way: 0.1 to 0.7


def valley(numbers, n: int, dim_in: int, dim_out: int) -> tuple[Tensor, Tensor, Tensor]:
    """x, targets and a start W, for a valley whose curvatures lie between 0.5 and 1.5: no step is the last one."""
    columns: list[Tensor] = []
    for column in numbers.normal(dim_in, n):
        for other in columns:
            column = column - (column @ other) * other
        columns.append(column / column.norm())
    x = torch.stack(columns, dim=1) * (n * torch.linspace(0.5, 1.5, dim_in)).sqrt()
    return x, numbers.normal(n, dim_out) * 2, numbers.normal(dim_out, dim_in) * 3


def follow(parts, x: Tensor, targets: Tensor, W: Tensor, steps: int):
    """What a right descent gives, in float64: the W, the losses and the largest entries of the gradient."""
    problem = parts.Valley(x.double(), targets.double())
    W = W.double()
    losses, largest = [], []
    for step in range(steps + 1):
        loss, gradient = problem(W)
        losses.append(float(loss))
        largest.append(float(gradient.abs().max()))
        if step < steps:
            W = W - LR * gradient
    return W, losses, largest


def descend(submission, problem, W, lr: float, max_steps: int, tolerance: float):
    """What the submission returns: W, losses, converged."""
    return assert_tuple("gradient_descent", submission.gradient_descent(problem, W, LR, max_steps, tolerance), PARTS)


def assert_losses(got: object, expected: list[float]) -> None:
    """The losses are those of the reference."""
    values = assert_numbers("losses", got, len(expected), of="that of the start and one for each step")
    for number, (value, wanted) in enumerate(zip(values, expected, strict=True)):
        assert_number(f"losses[{number}]", value, wanted, relative=THRESHOLD)


def assert_converged(got: object, expected: bool) -> None:
    """converged says what is so; a tensor with one entry counts."""
    value = bool(got) if isinstance(got, Tensor) and got.numel() == 1 else got
    if value is not expected:
        raise CheckFailed(
            f"converged is {value}, expected {expected}.", evidence=Evidence(got=str(value), expected=str(expected))
        )


@pytest.mark.points(3)
@pytest.mark.hint("One step: W less the learning rate times the gradient at this very W.")
def test_follows_the_reference(submission, provided, parts, numbers):
    """After so many steps, W is where gradient descent leads to from the given start."""
    for sizes, steps in (((8, 3, 2), 1), ((8, 3, 2), 6), ((6, 2, 4), 10)):
        x, targets, W = valley(numbers, *sizes)
        got, losses, _ = descend(submission, provided.Valley(x, targets), W, LR, steps, 0.0)
        assert_numbers("losses", losses, len(losses) if isinstance(losses, list | tuple) else steps + 1)
        expected, _, _ = follow(parts, x, targets, W, steps)
        factors = {"1 / lr": 1 / LR}
        change = None if not isinstance(got, Tensor) or got.shape != W.shape else got.double() - W.double()
        if change is None:
            assert_close("W", got, expected, like="the shape of W")
        assert_close("the change of W", change, expected - W.double(), relative=THRESHOLD, factors=factors)


@pytest.mark.points(2)
@pytest.mark.hint("Which W does each of your losses belong to? How many are there after one step?")
def test_losses(submission, provided, parts, numbers):
    """losses are the loss at the start and after each step; where max_steps ended it, converged is False."""
    for sizes, steps in (((8, 3, 2), 5), ((5, 2, 3), 1)):
        x, targets, W = valley(numbers, *sizes)
        _, losses, converged = descend(submission, provided.Valley(x, targets), W, LR, steps, 0.0)
        assert_losses(losses, follow(parts, x, targets, W, steps)[1])
        assert_converged(converged, False)


@pytest.mark.points(2)
@pytest.mark.hint("When is W at the minimum? Look at every entry of the gradient, whatever its sign.")
def test_stops_at_the_minimum(submission, provided, parts, numbers):
    """It stops as soon as no entry of the gradient is larger than tolerance, and says that it converged."""
    runs = []
    for sizes, wanted, is_exact in (((8, 3, 2), 3, False), ((9, 2, 3), 5, False), ((7, 4, 3), 4, True)):
        x, targets, W = valley(numbers, *sizes)
        if is_exact:  # a minimum where the loss is 0
            targets = x @ numbers.normal(*W.shape).T
        _, _, largest = follow(parts, x, targets, W, 12)
        # the step whose gradient is smaller than all before by most: rounding doesn't decide that it is the last
        step = min(range(wanted, wanted + 4), key=lambda step: largest[step] / min(largest[:step]))
        tolerance = 1.02 * largest[step]
        expected, losses, _ = follow(parts, x, targets, W, step)
        got = descend(submission, provided.Valley(x, targets), W, LR, 40, tolerance)
        runs.append((got, expected, losses))
    for (W, found, converged), expected, losses in runs:
        assert_losses(found, losses)
        assert_close("W", W, expected, relative=THRESHOLD, like="the shape of W")
        assert_converged(converged, True)


@pytest.mark.points(2)
@pytest.mark.hint("What becomes of the loss when the learning rate is too large? Is nan larger than anything?")
def test_divergence(submission, provided, numbers):
    """A descent that diverges raises ValueError: a loss that is not finite, or 1,000 times the first one."""
    x, targets, W = valley(numbers, 8, 3, 2)
    diverging = provided.Valley(x, targets), W, 40 * LR, 200, 1e-6
    ends = [provided.end_of(submission.gradient_descent, *diverging)]
    stairs = ([2.0, 1.0, float("nan"), 1.0, 0.5], [2.0, float("inf"), 1.0, 0.5], [0.5, 0.4, 501.0, 0.3, 0.2])
    for losses in stairs:
        start = torch.zeros(1)
        ends.append(provided.end_of(submission.gradient_descent, provided.Stairs(losses), start, 1.0, 20, 1e-3))
    what = (
        "a learning rate forty times too large",
        "a loss of nan after two steps",
        "an infinite loss after one step",
        "a loss of 1,002 times the first one",
    )
    for end, words in zip(ends, what, strict=True):
        if end[0] is not True:
            raise CheckFailed(f"With {words}, gradient_descent returned; expected ValueError.")


@pytest.mark.points(1)
@pytest.mark.hint("An operation that changes W in place changes the tensor of the caller too.")
def test_start_stays(submission, provided, worker, numbers):
    """The W that it was given is not changed."""
    x, targets, W = valley(numbers, 6, 3, 2)
    kept = worker.put(W, "W")
    descend(submission, provided.Valley(x, targets), kept, LR, 3, 0.0)
    assert_unchanged("W", worker.fetch(kept), W)
