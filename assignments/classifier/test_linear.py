"""Checks of Linear: x W^T + b, and the three gradients."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_tensor, assert_tuple, assert_unchanged
from grader.errors import CheckFailed

pytestmark = pytest.mark.exercise("linear")

SIZES = [(3, 5, 4), (6, 4, 4), (1, 5, 4), (5, 3, 1), (5, 1, 3)]  # N, dim_in, dim_out
ROUNDING = 1e-6  # of a sum of a few numbers near 1 in float32, whose result may be near 0: ten times what was measured


def make_linear(submission, provided, numbers, dim_in: int, dim_out: int) -> tuple[Any, Tensor, Tensor]:
    """A Linear of the submission with known W and b, none of which is 0."""
    linear = submission.Linear(dim_in, dim_out)
    W, b = numbers.normal(dim_out, dim_in), numbers.away_from_zero(dim_out)
    before = provided.replace_tensors(linear, {"W": W, "b": b})
    assert_tensor("W", before["W"], (dim_out, dim_in), like="(dim_out, dim_in)")
    assert_tensor("b", before["b"], (dim_out,), like="(dim_out,)")
    return linear, W, b


def expected_gradients(x: Tensor, W: Tensor, b: Tensor, dz: Tensor) -> dict[str, Tensor]:
    """dx, dW and db by torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = [tensor.double().requires_grad_() for tensor in (x, W, b)]
        gradients = torch.autograd.grad((functional.linear(*tracked) * dz.double()).sum(), tracked)
    return dict(zip(("dx", "dW", "db"), gradients, strict=True))


@pytest.mark.points(1)
@pytest.mark.hint("If all units start out equal, what makes them different later?")
def test_initial_parameters(submission):
    """A new layer has W (dim_out, dim_in) with random entries and b (dim_out,)."""
    linear = submission.Linear(40, 30)
    W = assert_tensor("W", linear.W, (30, 40), like="(dim_out, dim_in)")
    assert_tensor("b", linear.b, (30,), like="(dim_out,)")
    if len(W.unique()) == 1:
        raise CheckFailed("W is not random: all entries are equal.")
    for what, lines in (("rows", W), ("columns", W.T)):  # single entries may repeat: some starts cut off at a limit
        if len(lines.unique(dim=0)) < len(lines):
            raise CheckFailed(f"W is not random: some of its {what} are equal.")
    other = assert_tensor("W", submission.Linear(40, 30).W, (30, 40), like="(dim_out, dim_in)")
    if torch.equal(W.double(), other.double()):
        raise CheckFailed("Two new layers start with the same W; every layer needs random numbers of its own.")
    assert_unchanged("W of the first layer, after a second one was made,", linear.W, W)


@pytest.mark.points(2)
def test_forward(submission, provided, numbers):
    """forward(x) is x W^T + b, with W and b as they are at that moment."""
    linear, _, _ = make_linear(submission, provided, numbers, 4, 3)
    provided.replace_tensors(linear, {"W": torch.zeros(3, 4), "b": torch.zeros(3)})
    zeros = linear.forward(numbers.normal(2, 4))
    assert_close("forward(x) with W and b set to 0", zeros, torch.zeros(2, 3), absolute=ROUNDING, like="(N, dim_out)")
    for n, dim_in, dim_out in SIZES:
        linear, W, b = make_linear(submission, provided, numbers, dim_in, dim_out)
        x = numbers.normal(n, dim_in)
        expected = functional.linear(x.double(), W.double(), b.double())
        assert_close("forward(x)", linear.forward(x), expected, absolute=ROUNDING, like="(N, dim_out)")
    assert_close("linear(x)", linear(x), expected, absolute=ROUNDING)


CYCLES = ((0, 1.0), (2, 100.0), (4, 1e-3))  # images more than N, and the scale of dz


def check_gradient(which: str, like: str, submission, provided, numbers) -> None:
    """Layers of several sizes; on the first, several cycles with batches of other sizes and dz of other scales."""
    for n, dim_in, dim_out in SIZES:
        linear, W, b = make_linear(submission, provided, numbers, dim_in, dim_out)
        for extra, scale in CYCLES if n == SIZES[0][0] else CYCLES[:1]:
            x, dz = numbers.normal(n + extra, dim_in), numbers.normal(n + extra, dim_out, scale=scale)
            linear.forward(x)
            got = assert_tuple("backward", linear.backward(dz), ("dx", "dW", "db"))
            expected = expected_gradients(x, W, b, dz)
            factors = {"the batch size": n + extra, "dim_in": dim_in, "dim_out": dim_out}
            position = list(expected).index(which)
            assert_close(which, got[position], expected[which], absolute=ROUNDING * scale, like=like, factors=factors)


@pytest.mark.points(1)
@pytest.mark.hint("A change of x[i, m] reaches every z[i, j]. How strongly? Add up over j.")
def test_input_gradient(submission, provided, numbers):
    """dx is the gradient of the loss with respect to x."""
    check_gradient("dx", "the shape of x", submission, provided, numbers)


@pytest.mark.points(2)
@pytest.mark.hint("A change of W[j, m] reaches z[i, j] of every image i. How strongly? Add up over i.")
def test_weight_gradient(submission, provided, numbers):
    """dW is the gradient of the loss with respect to W."""
    check_gradient("dW", "the shape of W", submission, provided, numbers)
    linear, W, b = make_linear(submission, provided, numbers, 5, 4)
    x, dz = numbers.normal(3, 5), numbers.normal(3, 4)
    linear.forward(x)
    submission.Linear(5, 4).forward(numbers.normal(3, 5))
    got = assert_tuple("backward", linear.backward(dz), ("dx", "dW", "db"))
    expected = expected_gradients(x, W, b, dz)["dW"]
    assert_close("dW, where another layer was called between,", got[1], expected, absolute=ROUNDING)


@pytest.mark.points(1)
@pytest.mark.hint("b[j] is added to z[i, j] of every image i.")
def test_bias_gradient(submission, provided, numbers):
    """db is the gradient of the loss with respect to b."""
    check_gradient("db", "the shape of b", submission, provided, numbers)


@pytest.mark.points(1)
def test_parameters_stay(submission, provided, numbers):
    """forward and backward leave W and b as they are: changing them is the optimizer's work."""
    linear, W, b = make_linear(submission, provided, numbers, 4, 3)
    linear.forward(numbers.normal(5, 4))
    linear.backward(numbers.normal(5, 3))
    assert_unchanged("W", linear.W, W)
    assert_unchanged("b", linear.b, b)
