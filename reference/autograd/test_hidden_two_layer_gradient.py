"""Hidden checks of two_layer_gradient."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_tuple

pytestmark = pytest.mark.exercise("two_layer_gradient")

ROUNDING = 1e-6  # of a sum of a few numbers near 1 in float32


def check(submission, x: Tensor, W1: Tensor, W2: Tensor, targets: Tensor) -> None:
    """Both gradients, against autograd in float64."""
    with torch.enable_grad():
        first, second = W1.double().requires_grad_(), W2.double().requires_grad_()
        predictions = (x.double() @ first.T).sigmoid() @ second.T
        loss = (targets.double() - predictions).square().sum() / (2 * len(x))
        expected = torch.autograd.grad(loss, (first, second))
    got = assert_tuple("two_layer_gradient", submission.two_layer_gradient(x, W1, W2, targets), ("dW1", "dW2"))
    for name, part, gradient in zip(("dW1", "dW2"), got, expected, strict=True):
        assert_close(name, part, gradient, absolute=ROUNDING)


@pytest.mark.points(1)
@pytest.mark.hint("What is different from one batch to the next? Nothing of the one may be left in the other.")
def test_batches_in_turn(submission, numbers):
    """Batches of other sizes in turn, also with as many examples as sizes, each get their own gradients."""
    for n, dim_in, dim_hidden, dim_out in ((2, 5, 3, 4), (3, 3, 3, 3), (7, 2, 6, 3), (2, 5, 3, 4)):
        shapes = (n, dim_in), (dim_hidden, dim_in), (dim_out, dim_hidden), (n, dim_out)
        check(submission, *(numbers.away_from_zero(*shape) for shape in shapes))


@pytest.mark.points(1)
@pytest.mark.hint("What becomes of the slope of the sigmoid where z is large?")
def test_saturated_units(submission, numbers):
    """Where a sigmoid is nearly 0 or 1, hardly anything goes back through it, and nothing is nan."""
    x, W1 = numbers.away_from_zero(4, 3), numbers.away_from_zero(5, 3)
    W1[1] *= 60
    W1[3] *= 2000
    check(submission, x, W1, numbers.away_from_zero(2, 5), numbers.normal(4, 2))
