"""Checks of mse_loss and mse_gradient: half the mean squared error, for vectors and for rows."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_number, assert_scalar, assert_unchanged

pytestmark = pytest.mark.exercise("mse_loss")

ROWS = [(5, 3), (2, 6), (4, 4), (1, 3)]
VECTORS = [(7,), (2,), (1,)]


def expected_loss(predictions: Tensor, targets: Tensor) -> Tensor:
    """The sum of the squared differences, over twice the number of examples."""
    return (targets - predictions).square().sum() / (2 * len(predictions))


def expected_gradient(predictions: Tensor, targets: Tensor) -> Tensor:
    """By torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = predictions.double().requires_grad_()
        (gradient,) = torch.autograd.grad(expected_loss(tracked, targets.double()), tracked)
    return gradient


def pairs(numbers, shapes) -> list[tuple[Tensor, Tensor]]:
    """Predictions and targets of each shape, no difference near 0, the differences of both signs and several sizes."""
    made = []
    for shape, scale in zip(shapes, (1.0, 30.0, 0.1, 1.0), strict=False):
        targets = numbers.normal(*shape)
        made.append((targets + numbers.away_from_zero(*shape, least=0.5) * scale, targets))
    return made


def check_loss(submission, numbers, shapes) -> None:
    """The loss is right for all of these shapes."""
    for predictions, targets in pairs(numbers, shapes):
        got = submission.mse_loss(predictions, targets)
        assert_scalar("the loss", got)
        assert_number("the loss", got, float(expected_loss(predictions.double(), targets.double())))


def check_gradient(submission, numbers, shapes) -> None:
    """The gradient is right for all of these shapes."""
    for predictions, targets in pairs(numbers, shapes):
        factors = {"the number of examples": len(predictions), "the number of columns": predictions.shape[-1]}
        got = submission.mse_gradient(predictions, targets)
        expected = expected_gradient(predictions, targets)
        # the difference of two numbers near 1 is less exact than itself
        assert_close("the gradient", got, expected, absolute=1e-6, like="the shape of predictions", factors=factors)


@pytest.mark.points(2)
@pytest.mark.hint("Which size of the tensor counts the examples? Every column of an example adds to its loss.")
def test_loss_of_rows(submission, numbers):
    """For predictions (n, d) the loss is the sum of all squared differences, divided by 2n."""
    check_loss(submission, numbers, ROWS)


@pytest.mark.points(1)
def test_loss_of_vectors(submission, numbers):
    """For predictions (n,) the loss is the sum of all squared differences, divided by 2n."""
    check_loss(submission, numbers, VECTORS)


@pytest.mark.points(2)
@pytest.mark.hint("One prediction is in one square only. What is the derivative of that square, and what of the 2n?")
def test_gradient_of_rows(submission, numbers):
    """For predictions (n, d) the gradient is the derivative of the loss by each of them."""
    check_gradient(submission, numbers, ROWS)


@pytest.mark.points(1)
def test_gradient_of_vectors(submission, numbers):
    """For predictions (n,) the gradient is the derivative of the loss by each of them."""
    check_gradient(submission, numbers, VECTORS)


@pytest.mark.points(1)
def test_inputs_stay(submission, worker, numbers):
    """Neither predictions nor targets are changed."""
    [(predictions, targets)] = pairs(numbers, [(4, 3)])
    kept = worker.put(predictions, "predictions"), worker.put(targets, "targets")
    submission.mse_loss(*kept)
    submission.mse_gradient(*kept)
    for name, tensor, before in zip(("predictions", "targets"), kept, (predictions, targets), strict=True):
        assert_unchanged(name, worker.fetch(tensor), before)
