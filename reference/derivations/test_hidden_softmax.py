"""Hidden checks of the derivatives of softmax: other sizes and scores."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_unchanged

# Where a softmax is almost 1, float32 knows 1 - softmax only to 1e-7.
ROUNDING = 5e-7


def expected_jacobian(z: Tensor) -> Tensor:
    """By torch's autograd, in float64, a row at a time."""
    with torch.enable_grad():
        tracked = z.double().requires_grad_()
        p = tracked.softmax(dim=0)
        return torch.stack([torch.autograd.grad(entry, tracked, retain_graph=True)[0] for entry in p])


@pytest.mark.exercise("softmax_jacobian")
@pytest.mark.points(1)
@pytest.mark.hint(
    "Where does your answer learn how many classes there are, and what does it hold for a class that is almost sure?"
)
def test_any_scores(answers, numbers):
    """The Jacobian is right for one class, for thirteen, and where one class is almost sure."""
    sure = torch.tensor([8.0, -3.0, 2.0, -9.5])[numbers.order(4)]
    for z in (numbers.normal(13), numbers.normal(1) - 2, numbers.normal(3) - 5, sure):
        assert_close("the Jacobian", answers.softmax_jacobian(z), expected_jacobian(z), absolute=ROUNDING)


@pytest.mark.exercise("nll_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("Which numbers in your answer come from the shape of z, and which from somewhere else?")
def test_any_batch(answers, worker, numbers):
    """The gradient is right for batches of any size and any number of classes, and leaves z and the labels as they are."""
    for n, k, used in ((40, 13, 13), (7, 2, 1), (6, 5, 3)):
        z, labels = numbers.normal(n, k, scale=2.5), numbers.labels(n, used)
        kept_z, kept_labels = worker.put(z, "z"), worker.put(labels, "labels")
        with torch.enable_grad():
            tracked = z.double().requires_grad_()
            expected = torch.autograd.grad(functional.cross_entropy(tracked, labels), tracked)[0]
        for _ in range(2):
            got = answers.nll_gradient(kept_z, kept_labels)
            assert_close("the gradient", got, expected, absolute=ROUNDING, like="the shape of z")
        assert_unchanged("z", worker.fetch(kept_z), z)
        assert_unchanged("labels", worker.fetch(kept_labels), labels)
