"""Checks of the log likelihood, of its form for labels, and of its gradient with respect to the probabilities."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_number, assert_scalar

SIZES = [(5, 3), (1, 4), (4, 4), (3, 7)]
# A sum of hundreds of logarithms in float32, in another order than ours: 2e-6 of the sum at most, so 1e-4 is lenient.


def probabilities(numbers, n: int, k: int) -> Tensor:
    """Rows of K probabilities, none very small."""
    return numbers.normal(n, k).softmax(dim=1)


def targets(numbers, n: int, k: int) -> Tensor:
    """Soft targets from 0.2 upwards; the rows have different sums."""
    return numbers.normal(n, k, scale=1.5).abs() + 0.2


def counts(numbers, n: int, k: int) -> Tensor:
    """Whole numbers from 0 to 9, both among them."""
    y = torch.tensor([float(numbers.whole(0, 9)) for _ in range(n * k)]).reshape(n, k)
    y[0, 0], y[-1, -1] = 0.0, 9.0
    return y


def expected_value(p: Tensor, y: Tensor) -> float:
    """The double sum, in float64."""
    return float((y.double() * p.double().log()).sum())


def expected_gradient(p: Tensor, y: Tensor) -> Tensor:
    """By torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = p.double().requires_grad_()
        return torch.autograd.grad((tracked ** y.double()).log().sum(), tracked)[0]


def batches(numbers) -> Iterator[tuple[Tensor, Tensor]]:
    """Probabilities and soft targets of several sizes."""
    for n, k in SIZES:
        yield probabilities(numbers, n, k), targets(numbers, n, k)


def assert_likelihood(name: str, got: object, expected: float) -> None:
    """A single number, and the right one."""
    assert_scalar(name, got)
    assert_number(name, got, expected)


@pytest.mark.exercise("log_likelihood")
@pytest.mark.points(2)
@pytest.mark.hint(
    "Take N = 1 and K = 2 and write the product out, with every factor. Then take its logarithm, step by step."
)
def test_log_likelihood_value(answers, numbers):
    """log_likelihood is the logarithm of the product of all p ** y."""
    for p, y in batches(numbers):
        assert_likelihood(
            f"the log likelihood of {p.shape[0]} rows", answers.log_likelihood(p, y), expected_value(p, y)
        )


@pytest.mark.exercise("log_likelihood")
@pytest.mark.points(1)
@pytest.mark.hint("0.1 ** 50 is 0 in float32, and the logarithm of 0 is -inf. Which of the two do you take first?")
def test_log_likelihood_of_many(answers, numbers):
    """log_likelihood is right and finite for hundreds of observations."""
    p, y = probabilities(numbers, 300, 4), counts(numbers, 300, 4)
    assert_likelihood("the log likelihood of 300 rows", answers.log_likelihood(p, y), expected_value(p, y))


@pytest.mark.exercise("one_hot_log_likelihood")
@pytest.mark.points(2)
@pytest.mark.hint("Write y out for one observation with the label 1 and K = 3. What do its zeros do in the double sum?")
def test_one_hot_value(answers, numbers):
    """one_hot_log_likelihood is log_likelihood for labels."""
    for n, k in SIZES:
        p, labels = probabilities(numbers, n, k), numbers.labels(n, k)
        expected = expected_value(p, torch.eye(k)[labels])
        assert_likelihood(f"the log likelihood of {n} labels", answers.one_hot_log_likelihood(p, labels), expected)


@pytest.mark.exercise("one_hot_log_likelihood")
@pytest.mark.points(1)
@pytest.mark.hint("A product of many probabilities is 0 in float32. Which of the two do you take first?")
def test_one_hot_of_many(answers, numbers):
    """one_hot_log_likelihood is right and finite for hundreds of labels, some classes without any."""
    p, labels = probabilities(numbers, 300, 6), numbers.labels(300, 4)
    expected = expected_value(p, torch.eye(6)[labels])
    assert_likelihood("the log likelihood of 300 labels", answers.one_hot_log_likelihood(p, labels), expected)


@pytest.mark.exercise("log_likelihood_gradient")
@pytest.mark.points(2)
@pytest.mark.hint(
    "Write the double sum out for N = 1 and K = 3. In how many of its terms does the second probability stand?"
)
def test_gradient_value(answers, numbers):
    """log_likelihood_gradient is the derivative of log_likelihood with respect to each p."""
    for p, y in batches(numbers):
        factors = {"the batch size": p.shape[0], "the number of classes": p.shape[1]}
        got = answers.log_likelihood_gradient(p, y)
        assert_close("the gradient", got, expected_gradient(p, y), like="the shape of p", factors=factors)


@pytest.mark.exercise("log_likelihood_gradient")
@pytest.mark.points(1)
@pytest.mark.hint(
    "If a class was counted twice as often, what happens to its term, and to the derivative of that term?"
)
def test_gradient_of_counts(answers, numbers):
    """The gradient is right for counts, also where a count is 0."""
    for n, k in ((4, 6), (7, 2)):
        p, y = probabilities(numbers, n, k), counts(numbers, n, k)
        assert_close(
            "the gradient", answers.log_likelihood_gradient(p, y), y.double() / p.double(), like="the shape of p"
        )
