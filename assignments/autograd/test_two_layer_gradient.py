"""Checks of two_layer_gradient: the chain rule through two layers, against autograd."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_tuple, assert_unchanged

pytestmark = pytest.mark.exercise("two_layer_gradient")

SIZES = [(5, 3, 4, 2), (6, 4, 4, 4), (1, 3, 5, 2), (4, 2, 3, 1), (3, 1, 2, 5)]  # n, dim_in, dim_hidden, dim_out
NAMES = ("dW1", "dW2")
ROUNDING = 1e-6  # of a sum of a few numbers near 1 in float32


def batch(numbers, n: int, dim_in: int, dim_hidden: int, dim_out: int, scale: float = 1.0) -> tuple[Tensor, ...]:
    """x, W1, W2 and targets."""
    shapes = (n, dim_in), (dim_hidden, dim_in), (dim_out, dim_hidden), (n, dim_out)
    x, W1, W2, targets = (numbers.away_from_zero(*shape) for shape in shapes)
    return x, W1, W2, targets * 3 * scale


def expected_gradients(x: Tensor, W1: Tensor, W2: Tensor, targets: Tensor) -> dict[str, Tensor]:
    """dW1 and dW2 by torch's autograd, in float64."""
    with torch.enable_grad():
        first, second = W1.double().requires_grad_(), W2.double().requires_grad_()
        predictions = (x.double() @ first.T).sigmoid() @ second.T
        loss = (targets.double() - predictions).square().sum() / (2 * len(x))
        gradients = torch.autograd.grad(loss, (first, second))
    return dict(zip(NAMES, gradients, strict=True))


def check(which: str, like: str, submission, numbers) -> None:
    """One of the two gradients, for several sizes and scales."""
    for sizes, scale in zip(SIZES, (1.0, 1.0, 1.0, 100.0, 1.0), strict=True):
        inputs = batch(numbers, *sizes, scale)
        n, dim_in, dim_hidden, dim_out = sizes
        got = assert_tuple("two_layer_gradient", submission.two_layer_gradient(*inputs), NAMES)
        expected = expected_gradients(*inputs)[which]
        factors = {"the batch size": n, "dim_in": dim_in, "dim_hidden": dim_hidden, "dim_out": dim_out}
        assert_close(which, got[NAMES.index(which)], expected, absolute=ROUNDING * scale, like=like, factors=factors)


@pytest.mark.points(3)
@pytest.mark.hint("Go from the loss to W1 and name every link: predictions, a, z, W1. Is each of them in your product?")
def test_first_layer(submission, numbers):
    """dW1 is the gradient of the loss with respect to W1."""
    check("dW1", "the shape of W1", submission, numbers)


@pytest.mark.points(2)
@pytest.mark.hint("A change of W2[k, j] reaches predictions[i, k] of every example i. How strongly? Add up over i.")
def test_second_layer(submission, numbers):
    """dW2 is the gradient of the loss with respect to W2."""
    check("dW2", "the shape of W2", submission, numbers)


@pytest.mark.points(1)
def test_inputs_stay(submission, worker, numbers):
    """x, W1, W2 and targets are not changed."""
    inputs = dict(zip(("x", "W1", "W2", "targets"), batch(numbers, 4, 3, 5, 2), strict=True))
    kept = {name: worker.put(tensor, name) for name, tensor in inputs.items()}
    submission.two_layer_gradient(*kept.values())
    for name, before in inputs.items():
        assert_unchanged(name, worker.fetch(kept[name]), before)
