"""Checks of cross_entropy, which gets arrays and computes with NumPy."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import as_number, assert_number, assert_unchanged
from grader.errors import CheckFailed
from grader.showing import shown_value

pytestmark = pytest.mark.exercise("cross_entropy_by_hand")

SIZES = [(5, 3), (1, 2), (4, 4), (3, 7), (40, 10)]


def expected_loss(logits: Tensor, labels: Tensor) -> float:
    """The loss by torch, in float64."""
    return float(functional.cross_entropy(logits.double(), labels))


def ask(submission, provided, logits: Tensor, labels: Tensor) -> object:
    """What the submission's function says of these logits, in float64 as NumPy makes them."""
    return provided.ask_with_arrays(submission.cross_entropy, logits.double(), labels)[0]


def assert_one_number(name: str, got: object) -> None:
    """It is one number, not one for every image."""
    if isinstance(got, Tensor):
        raise CheckFailed(f"{name} is an array of shape {tuple(got.shape)}, expected a single number.")
    if isinstance(got, str):
        raise CheckFailed(f"{name} is {shown_value(got)}, expected a single number.")


@pytest.mark.points(2)
@pytest.mark.hint("Compute one row by hand: softmax, then -log at the label. Then the mean over the batch.")
def test_value(submission, provided, numbers):
    """The loss is the mean over the batch of -log softmax(logits) at the label."""
    for n, k in SIZES:
        logits, labels = numbers.normal(n, k, scale=2.0), numbers.labels(n, k)
        name = f"the loss of {n} images and {k} classes"
        got = ask(submission, provided, logits, labels)
        assert_one_number(name, got)
        assert_number(name, got, expected_loss(logits, labels))


@pytest.mark.points(1)
@pytest.mark.hint(
    "exp(1000) is infinite. What changes in softmax when the same number is taken from every score of a row?"
)
def test_large_logits(submission, provided, numbers):
    """The loss is right and finite for logits as large as 10,000."""
    near, far = "the loss of large logits that differ little", "the loss of logits that differ much"
    for name, logits in (
        (near, torch.tensor([[1000.0, 999.0, 998.0], [998.0, 1000.0, 997.0], [-1000.0, -998.0, -1001.0]])),
        (far, torch.tensor([[1e4, 0.0, -1e4], [-1e4, 1e4, 0.0], [0.0, 5e3, 1e4]])),
        (far, torch.tensor([[0.0, 50.0, 0.0], [100.0, 0.0, 1.0], [-300.0, 300.0, 2.0]])),
        ("the loss of logits of several sizes", numbers.normal(3, 3) * torch.tensor([[1.0], [100.0], [10_000.0]])),
    ):
        labels = torch.tensor([2, 0, 1])
        assert_number(name, ask(submission, provided, logits, labels), expected_loss(logits, labels))


@pytest.mark.points(1)
@pytest.mark.hint("What is asked for is a number that Python can print, compare and add up.")
def test_is_a_float(submission, provided, numbers):
    """The result is a Python float, and a batch that is certain and right has a loss near 0."""
    logits, labels = numbers.normal(6, 4), numbers.labels(6, 4)
    got = ask(submission, provided, logits, labels)
    assert_one_number("the loss", got)
    as_number("the loss", got)
    if not isinstance(got, float):
        raise CheckFailed(f"the loss is {shown_value(got)}, expected a float.")
    certain = functional.one_hot(labels, 4) * 60.0
    assert_number(
        "the loss of certain logits", ask(submission, provided, certain, labels), expected_loss(certain, labels)
    )


@pytest.mark.points(1)
@pytest.mark.hint("logits -= ... changes the array that you were handed. A new array costs nothing.")
def test_arguments_are_left_alone(submission, provided, numbers):
    """logits and labels are the same after the call as before it."""
    logits, labels = numbers.normal(5, 3).double(), numbers.labels(5, 3)
    got, scores, classes = provided.ask_with_arrays(submission.cross_entropy, logits, labels)
    as_number("the loss", got)
    assert_unchanged("logits", scores, logits)
    assert_unchanged("labels", classes, labels)
