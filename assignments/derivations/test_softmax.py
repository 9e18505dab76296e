"""Checks of the Jacobian of softmax, and of the gradient of the loss with respect to the scores."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_tensor

# Where a softmax is almost 1, float32 knows 1 - softmax only to 1e-7.
ROUNDING = 5e-7


def expected_jacobian(z: Tensor) -> Tensor:
    """By torch's autograd, in float64, a row at a time."""
    with torch.enable_grad():
        tracked = z.double().requires_grad_()
        p = tracked.softmax(dim=0)
        return torch.stack([torch.autograd.grad(entry, tracked, retain_graph=True)[0] for entry in p])


def expected_gradient(z: Tensor, labels: Tensor) -> Tensor:
    """By torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = z.double().requires_grad_()
        return torch.autograd.grad(functional.cross_entropy(tracked, labels), tracked)[0]


def scores(numbers, *shape: int) -> Tensor:
    """Scores around something that is not 0."""
    return numbers.normal(*shape, scale=1.5) + 0.7


@pytest.mark.exercise("softmax_jacobian")
@pytest.mark.points(1)
@pytest.mark.hint("For i = j, both numerator and denominator contain the score. Which rule is for that?")
def test_diagonal(answers, numbers):
    """On the diagonal stands how a probability reacts to its own score."""
    for size in (4, 6):
        z = scores(numbers, size)
        got = assert_tensor("the Jacobian", answers.softmax_jacobian(z), (size, size))
        assert_close("the diagonal", got.diagonal(), expected_jacobian(z).diagonal(), absolute=ROUNDING)


@pytest.mark.exercise("softmax_jacobian")
@pytest.mark.points(2)
@pytest.mark.hint("If one score grows, the probabilities still sum to 1. What must the others do?")
def test_off_the_diagonal(answers, numbers):
    """Off the diagonal stands how a probability reacts to the score of another class."""
    for size in (4, 3):
        z = scores(numbers, size)
        got = assert_tensor("the Jacobian", answers.softmax_jacobian(z), (size, size))
        others = ~torch.eye(size, dtype=torch.bool)
        name = "what stands off the diagonal, row by row"
        assert_close(name, got[others], expected_jacobian(z)[others], absolute=ROUNDING)


@pytest.mark.exercise("softmax_jacobian")
@pytest.mark.points(1)
@pytest.mark.hint("Compute a Jacobian of two classes by hand, all four entries, and compare.")
def test_jacobian(answers, numbers):
    """The Jacobian is right for two, five and eight classes."""
    for size in (5, 2, 8):
        z = scores(numbers, size)
        got = answers.softmax_jacobian(z)
        assert_close(
            "the Jacobian", got, expected_jacobian(z), absolute=ROUNDING, factors={"the number of classes": size}
        )


@pytest.mark.exercise("nll_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("Through which probabilities does one score reach the loss? Look at the Jacobian of softmax.")
def test_one_observation(answers, numbers):
    """For a single observation the gradient says how the loss reacts to each of its scores."""
    for classes in (5, 3):
        z, labels = scores(numbers, 1, classes), torch.tensor([numbers.whole(1, classes - 1)])
        got = answers.nll_gradient(z, labels)
        assert_close("the gradient", got, expected_gradient(z, labels), absolute=ROUNDING, like="the shape of z")


@pytest.mark.exercise("nll_gradient")
@pytest.mark.points(2)
@pytest.mark.hint("L is a mean. What does a constant factor of a function do to its derivative?")
def test_batch(answers, numbers):
    """For a batch the gradient is that of the mean over its observations."""
    for n, k in ((5, 3), (4, 4), (3, 7)):
        z, labels = scores(numbers, n, k), numbers.labels(n, k)
        factors = {"the batch size": n, "the number of classes": k, "batch size times classes": n * k}
        got = answers.nll_gradient(z, labels)
        expected = expected_gradient(z, labels)
        assert_close("the gradient", got, expected, absolute=ROUNDING, like="the shape of z", factors=factors)
