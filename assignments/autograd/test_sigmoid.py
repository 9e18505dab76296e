"""Checks of sigmoid and sigmoid_derivative: ordinary and very large entries."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_unchanged

pytestmark = pytest.mark.exercise("sigmoid")

LARGE = (-10_000.0, -300.0, -89.0, -30.0, -2.0, 1.0, 30.0, 89.0, 300.0, 10_000.0)


def expected_derivative(z: Tensor) -> Tensor:
    """sigmoid(z) sigmoid(-z), in float64."""
    return z.double().sigmoid() * (-z.double()).sigmoid()


def ordinary(numbers) -> list[Tensor]:
    """Tensors of several shapes, with entries of both signs up to about 6."""
    return [numbers.away_from_zero(*shape) * scale for shape, scale in (((4, 3), 1.0), ((6,), 3.0), ((2, 3, 2), 0.3))]


def large(numbers) -> Tensor:
    """Very large and small entries beside ordinary ones, in some order."""
    return torch.tensor([LARGE[place] for place in numbers.order(len(LARGE))])


@pytest.mark.points(2)
@pytest.mark.hint("What is it at 0, what for large numbers of either sign? Every entry stands for itself.")
def test_sigmoid(submission, numbers):
    """sigmoid(z) is 1 / (1 + exp(-z)), entry by entry."""
    for z in ordinary(numbers):
        assert_close("sigmoid(z)", submission.sigmoid(z), z.double().sigmoid(), like="the shape of z")


@pytest.mark.points(2)
@pytest.mark.hint("Which exponential in your formula overflows, for which sign of z? And what is inf / inf?")
def test_large_entries(submission, numbers):
    """sigmoid(z) is finite and right for entries from -10,000 to 10,000."""
    z = large(numbers)
    assert_close("sigmoid(z)", submission.sigmoid(z), z.double().sigmoid(), like="the shape of z")


@pytest.mark.points(2)
@pytest.mark.hint("How steep is the curve at 0, and how steep far away from it?")
def test_derivative(submission, numbers):
    """sigmoid_derivative(z) is the slope of the sigmoid at z, entry by entry."""
    for z in ordinary(numbers):
        assert_close("the derivative", submission.sigmoid_derivative(z), expected_derivative(z), like="the shape of z")


@pytest.mark.points(1)
@pytest.mark.hint("Far from 0 the sigmoid is flat. Can your formula say so without a division by infinity?")
def test_derivative_of_large_entries(submission, numbers):
    """sigmoid_derivative(z) is finite and right for entries from -10,000 to 10,000."""
    z = large(numbers)
    assert_close("the derivative", submission.sigmoid_derivative(z), expected_derivative(z), like="the shape of z")


@pytest.mark.points(1)
def test_input_stays(submission, worker, numbers):
    """z is not changed."""
    z = numbers.away_from_zero(3, 4)
    for name in ("sigmoid", "sigmoid_derivative"):
        kept = worker.put(z, "z")
        getattr(submission, name)(kept)
        assert_unchanged("z", worker.fetch(kept), z)
