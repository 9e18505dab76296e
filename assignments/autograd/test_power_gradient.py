"""Checks of power_gradient: the derivative of a mean of squares, entry by entry."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_unchanged

pytestmark = pytest.mark.exercise("power_gradient")


def expected_gradient(x: Tensor) -> Tensor:
    """By torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = x.double().requires_grad_()
        (gradient,) = torch.autograd.grad(tracked.square().mean(), tracked)
    return gradient


def check(submission, x: Tensor) -> None:
    """The gradient at x is what autograd gives."""
    factors = {"the number of entries": x.numel(), "the number of rows": len(x) if x.dim() else 1}
    got = submission.power_gradient(x)
    assert_close("the gradient", got, expected_gradient(x), like="the shape of x", factors=factors)


@pytest.mark.points(2)
@pytest.mark.hint("Write the mean out as a sum. Which of its terms contain x_k, and with which factor?")
def test_matrix(submission, numbers):
    """For a matrix, entry (i, j) is the derivative of mean(x²) by x[i, j]."""
    for shape, scale in (((3, 5), 1.0), ((2, 2), 1.0), ((4, 3), 100.0), ((1, 6), 0.01)):
        check(submission, numbers.away_from_zero(*shape) * scale)


@pytest.mark.points(1)
@pytest.mark.hint("How many entries does a tensor have, whatever its shape?")
def test_any_shape(submission, numbers):
    """It works for vectors, for three sizes and for a single number."""
    for shape in ((7,), (2, 3, 4), ()):
        check(submission, numbers.away_from_zero(*shape))


@pytest.mark.points(1)
def test_input_stays(submission, worker, numbers):
    """x is not changed."""
    x = numbers.away_from_zero(3, 4)
    kept = worker.put(x, "x")
    assert_close("the gradient", submission.power_gradient(kept), expected_gradient(x))
    assert_unchanged("x", worker.fetch(kept), x)
