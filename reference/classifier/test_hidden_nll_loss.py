"""Hidden checks of NLLLoss: batches, labels and scores that the public checks leave out."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_number

pytestmark = pytest.mark.exercise("nll_loss")

# Where softmax is almost 1, float32 knows 1 - softmax only to 1e-7: measured 8e-8, as for the public checks.
ROUNDING = 5e-7
# float32 has a spacing of 1.2e-4 at 2,000: the logarithm of the sum of exponentials, a number of that size, is off by as much.
FAR = 1e-3


def expected_values(outputs: Tensor, labels: Tensor) -> tuple[float, Tensor]:
    """The loss and its gradient by torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = outputs.double().requires_grad_()
        loss = functional.cross_entropy(tracked, labels)
        return float(loss.detach()), torch.autograd.grad(loss, tracked)[0]


@pytest.mark.points(1)
@pytest.mark.hint(
    "Which numbers in your code come from the shapes of outputs and labels, and which from somewhere else?"
)
def test_any_batch(submission, numbers):
    """Loss and gradient are right for batches of any size, any number of classes, and labels that leave classes out."""
    loss = submission.NLLLoss()
    for n, k, used in ((90, 17, 17), (7, 2, 2), (6, 5, 3), (4, 12, 1)):
        outputs, labels = numbers.normal(n, k, scale=2.0), numbers.labels(n, used)
        value, gradient = expected_values(outputs, labels)
        assert_number("the loss", loss.forward(outputs, labels), value)
        assert_close("the gradient", loss.backward(outputs, labels), gradient, absolute=ROUNDING)


@pytest.mark.points(1)
@pytest.mark.hint("What is taken from the scores of a row before exp, and is the largest exponent then 0 in every row?")
def test_far_below_zero(submission, numbers):
    """Loss and gradient are right and finite when all scores of an image are far below zero."""
    loss = submission.NLLLoss()
    for least in (400, 2000):
        outputs, labels = numbers.normal(5, 4, scale=2.0) - numbers.whole(least - 300, least), numbers.labels(5, 4)
        outputs[numbers.whole(1, 4)] += 100.0
        value, gradient = expected_values(outputs, labels)
        assert_number("the loss", loss.forward(outputs, labels), value, relative=FAR, absolute=FAR)
        assert_close("the gradient", loss.backward(outputs, labels), gradient, relative=FAR)


@pytest.mark.points(1)
@pytest.mark.hint(
    "Operations that end in an underscore, and x -= ..., change their tensor in place: for everyone who has it."
)
def test_asked_again(submission, worker, numbers):
    """Loss and gradient stay the same however often, and in whatever order, they are asked for with the same tensors."""
    outputs, labels = numbers.normal(5, 4, scale=2.0), numbers.labels(5, 4)
    kept_outputs, kept_labels = worker.put(outputs, "outputs"), worker.put(labels, "labels")
    value, gradient = expected_values(outputs, labels)
    loss = submission.NLLLoss()
    for _ in range(2):
        assert_close("the gradient", loss.backward(kept_outputs, kept_labels), gradient, absolute=ROUNDING)
        for _ in range(2):
            assert_number("the loss", loss.forward(kept_outputs, kept_labels), value)
