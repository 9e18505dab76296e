"""Checks of the gradients of a linear layer and of ReLU."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_tuple
from grader.errors import CheckFailed

SIZES = [(3, 5, 4), (6, 2, 3), (4, 4, 4)]  # N, dim_in, dim_out


def layers(numbers) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Inputs, weights and upstream gradients of several sizes and scales."""
    for (n, dim_in, dim_out), scale in zip(SIZES, (1.0, 30.0, 0.01), strict=True):
        yield numbers.normal(n, dim_in), numbers.normal(dim_out, dim_in), numbers.normal(n, dim_out, scale=scale)


def expected_gradients(x: Tensor, W: Tensor, dz: Tensor) -> list[Tensor]:
    """dx, dW and db by torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = [tensor.double().requires_grad_() for tensor in (x, W, torch.zeros(len(W)))]
        return list(torch.autograd.grad((functional.linear(*tracked) * dz.double()).sum(), tracked))


def parts_of(got: object) -> list:
    """dx, dW and db; a dict of these is as good as a tuple."""
    if isinstance(got, dict) and set(got) == {"dx", "dW", "db"}:
        return [got["dx"], got["dW"], got["db"]]
    return assert_tuple("linear_gradients", got, ["dx", "dW", "db"])


def assert_gradient(
    name: str, got: object, expected: Tensor, *, of: str, factors: dict[str, float] | None = None
) -> None:
    """The right one; a text says what is wrong with its formula."""
    if isinstance(got, str):
        raise CheckFailed(got)
    assert_close(name, got, expected, like=f"the shape of {of}", factors=factors)


@pytest.mark.exercise("linear_gradients")
@pytest.mark.points(1)
@pytest.mark.hint("One entry of x reaches several z of its own row. With which factor each?")
def test_input_gradient(answers, numbers):
    """dx is the gradient with respect to the input of the layer."""
    for x, W, dz in layers(numbers):
        dx, _, _ = parts_of(answers.linear_gradients(x, W, dz))
        assert_gradient("dx", dx, expected_gradients(x, W, dz)[0], of="x")


@pytest.mark.exercise("linear_gradients")
@pytest.mark.points(2)
@pytest.mark.hint("One weight is used once for every row of x. With which factor each time?")
def test_weight_gradient(answers, numbers):
    """dW is the gradient with respect to the weights."""
    for x, W, dz in layers(numbers):
        _, dW, _ = parts_of(answers.linear_gradients(x, W, dz))
        factors = {"the batch size": len(x)}
        assert_gradient("dW", dW, expected_gradients(x, W, dz)[1], of="W", factors=factors)


@pytest.mark.exercise("linear_gradients")
@pytest.mark.points(1)
@pytest.mark.hint("One entry of b is added in every row. What does the chain rule do with all these ways?")
def test_bias_gradient(answers, numbers):
    """db is the gradient with respect to the biases."""
    for x, W, dz in layers(numbers):
        _, _, db = parts_of(answers.linear_gradients(x, W, dz))
        factors = {"the batch size": len(x)}
        assert_gradient("db", db, expected_gradients(x, W, dz)[2], of="b", factors=factors)


@pytest.mark.exercise("relu_gradient")
@pytest.mark.points(2)
@pytest.mark.hint(
    "Draw ReLU. What is its slope left of 0, and what right of 0? Then multiply with what comes from upstream."
)
def test_slopes(answers, numbers):
    """dx is dz times the slope of ReLU at x."""
    for shape, scale in (((4, 3), 1.0), ((6,), 20.0)):
        x, dz = numbers.away_from_zero(*shape), numbers.away_from_zero(*shape) * scale
        x.reshape(-1)[0], dz.reshape(-1)[0] = -0.5, 3.0 * scale
        x.reshape(-1)[1], dz.reshape(-1)[1] = -1.5, -2.0 * scale
        x.reshape(-1)[2], dz.reshape(-1)[2] = 2.5, -1.0 * scale
        x.reshape(-1)[3], dz.reshape(-1)[3] = 0.4, 1.5 * scale
        with torch.enable_grad():
            tracked = x.double().requires_grad_()
            expected = torch.autograd.grad((functional.relu(tracked) * dz.double()).sum(), tracked)[0]
        assert_close("dx", answers.relu_gradient(x, dz), expected, like="the shape of x")


@pytest.mark.exercise("relu_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("At exactly 0 ReLU has a corner. Which slope does this course take there?")
def test_at_zero(answers, numbers):
    """Where x is exactly 0, dx is 0."""
    x, dz = numbers.away_from_zero(3, 4), numbers.away_from_zero(3, 4)
    x[0], x[:, 1] = 0.0, 0.0
    expected = torch.where(x > 0, dz, 0.0)
    assert_close("dx", answers.relu_gradient(x, dz), expected, like="the shape of x")
