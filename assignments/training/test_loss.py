"""Checks of nll_of_log_softmax, against the same in float64."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_number, assert_scalar, assert_tuple
from grader.errors import CheckFailed
from grader.showing import shown_value

pytestmark = pytest.mark.exercise("nll_of_log_softmax")


def expected_loss(logits: Tensor, labels: Tensor) -> float:
    """The mean of log-sum-exp minus the label's score, in float64."""
    rows = logits.double()
    return float((rows.logsumexp(dim=1) - rows[torch.arange(len(labels)), labels]).mean())


@pytest.mark.points(2)
@pytest.mark.hint("Compute the loss of one row by hand, then of two. Which number is left of each row?")
def test_value(submission, numbers):
    """The loss is the cross-entropy of the labels under the softmax of the scores."""
    for count, classes, scale in ((5, 3, 1.0), (7, 10, 3.0), (10, 10, 1.0), (1, 4, 2.0), (6, 2, 0.1)):
        logits, labels = numbers.normal(count, classes, scale=scale), numbers.labels(count, classes)
        loss = submission.nll_of_log_softmax(logits, labels)
        assert_scalar("the loss", loss)
        assert_number(f"the loss of {count} images and {classes} classes", loss, expected_loss(logits, labels))


@pytest.mark.points(1)
@pytest.mark.hint("Is there a place where a probability is rounded to 0 before its logarithm is taken?")
def test_large_scores(submission, numbers):
    """The loss is finite and right when scores are as large as 1e4, or as small as -1e4."""
    for scale in (1e2, 1e4):
        logits, labels = numbers.normal(6, 5, scale=scale).clamp(-1e4, 1e4), numbers.labels(6, 5)
        loss = submission.nll_of_log_softmax(logits, labels)
        # float32 has a spacing of 1e-3 at 1e4
        assert_number("the loss", loss, expected_loss(logits, labels), relative=3e-3, absolute=3e-3)


@pytest.mark.points(2)
@pytest.mark.hint("Is what you return a tensor that still knows how it was computed?")
def test_gradient(submission, provided, numbers):
    """Autograd can go back through the loss to the scores."""
    for count, classes in ((4, 6), (1, 3)):
        logits, labels = numbers.normal(count, classes, scale=2.0), numbers.labels(count, classes)
        got = provided.loss_and_gradient(submission.nll_of_log_softmax, logits, labels)
        loss, gradient = assert_tuple("loss_and_gradient", got, ("loss", "gradient"))
        if gradient is None:
            raise CheckFailed(
                f"Autograd can't go back from the loss to the scores; the loss is {shown_value(loss)}.",
            )
        with torch.enable_grad():
            tracked = logits.double().requires_grad_()
            (wanted,) = torch.autograd.grad(functional.cross_entropy(tracked, labels), tracked)
        assert_close(
            "the gradient of the scores", gradient, wanted, absolute=1e-6, factors={"the number of images": count}
        )
