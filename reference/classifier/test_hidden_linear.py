"""Hidden checks of Linear: its initial weights, and layers beside each other."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_tensor, assert_tuple
from grader.errors import CheckFailed

pytestmark = pytest.mark.exercise("linear")

ROUNDING = 1e-6  # of a sum of a few numbers near 1 in float32, whose result may be near 0: as in the public checks


def make_linear(submission, provided, numbers, dim_in: int, dim_out: int) -> tuple[Any, Tensor, Tensor]:
    """A Linear of the submission with known W and b, none of which is 0."""
    linear = submission.Linear(dim_in, dim_out)
    W, b = numbers.normal(dim_out, dim_in) / dim_in**0.5, numbers.away_from_zero(dim_out)
    provided.set_tensors(linear, {"W": W, "b": b})
    return linear, W, b


def check_backward(linear, x: Tensor, W: Tensor, b: Tensor, dz: Tensor) -> None:
    """What backward returns is what torch's autograd gives in float64, for the x of the last forward."""
    with torch.enable_grad():
        tracked = [tensor.double().requires_grad_() for tensor in (x, W, b)]
        expected = torch.autograd.grad((functional.linear(*tracked) * dz.double()).sum(), tracked)
    got = assert_tuple("backward", linear.backward(dz), ("dx", "dW", "db"))
    for name, part, gradient in zip(("dx", "dW", "db"), got, expected, strict=True):
        assert_close(name, part, gradient, absolute=ROUNDING)


@pytest.mark.points(1)
@pytest.mark.hint("Which of torch's random numbers are of both signs? W is to be random and around zero.")
def test_weights_around_zero(submission):
    """In a new layer, some weights are above zero and some below, about as many."""
    W = assert_tensor("W", submission.Linear(30, 40).W, (40, 30), like="(dim_out, dim_in)")
    positive = float((W > 0).double().mean())
    # Of 1,200 entries of any distribution around zero, a half; five standard deviations are 0.07.
    if not 0.25 <= positive <= 0.75:
        raise CheckFailed(f"{positive:.0%} of the entries of W are above zero.")


@pytest.mark.points(1)
@pytest.mark.hint("Where does your layer keep what it remembers? No other layer, and no earlier call, may reach it.")
def test_own_last_input(submission, provided, numbers):
    """backward belongs to the last forward of its own layer, also when other layers and batches came in between."""
    first, *of_first = make_linear(submission, provided, numbers, 4, 3)
    second, *of_second = make_linear(submission, provided, numbers, 4, 3)
    first.forward(numbers.normal(6, 4))
    x, other = numbers.normal(5, 4), numbers.normal(5, 4)
    first.forward(x)
    second.forward(other)
    check_backward(first, x, *of_first, numbers.normal(5, 3))
    check_backward(second, other, *of_second, numbers.normal(5, 3))
