"""Checks of NLLLoss: softmax and negative log likelihood, and its gradient."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_number, assert_scalar, assert_unchanged

pytestmark = pytest.mark.exercise("nll_loss")

SIZES = [(5, 3), (1, 2), (4, 4), (3, 7), (64, 10)]
# Where softmax is almost 1, float32 knows 1 - softmax only to 1e-7: measured 8e-8 over 1,200 draws of the inputs.
ROUNDING = 5e-7
# At 1e4 the logarithm of a sum is itself rounded to 1e-3, and exp(outputs - it) is off by up to 6e-5 of a batch of four.
ROUNDING_OF_LARGE = 2e-4


def batches(numbers) -> Iterator[tuple[Tensor, Tensor]]:
    """Scores and labels of several sizes; in the last batch no image has the last class."""
    for n, k in SIZES:
        yield numbers.normal(n, k, scale=2.0), numbers.labels(n, k)
    yield numbers.normal(4, 3, scale=2.0), torch.tensor([1, 0, 0, 1])


def expected_loss(outputs: Tensor, labels: Tensor) -> float:
    """The loss by torch, in float64."""
    return float(functional.cross_entropy(outputs.double(), labels))


def expected_gradient(outputs: Tensor, labels: Tensor) -> Tensor:
    """The gradient by torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = outputs.double().requires_grad_()
        return torch.autograd.grad(functional.cross_entropy(tracked, labels), tracked)[0]


@pytest.mark.points(2)
@pytest.mark.hint(
    "Compute one row by hand: softmax, then -log of the label's probability. Then the mean over the batch."
)
def test_loss_value(submission, numbers):
    """The loss is the mean over the batch of -log softmax(outputs) at the label."""
    loss = submission.NLLLoss()
    for outputs, labels in batches(numbers):
        n, k = outputs.shape
        got = loss.forward(outputs, labels)
        assert_scalar(f"the loss of {n} images and {k} classes", got)
        assert_number(f"the loss of {n} images and {k} classes", got, expected_loss(outputs, labels))


@pytest.mark.points(1)
def test_call_is_forward(submission, numbers):
    """loss(outputs, labels) gives the same as loss.forward(outputs, labels)."""
    loss = submission.NLLLoss()
    outputs, labels = numbers.normal(6, 4), numbers.labels(6, 4)
    assert_number("loss(outputs, labels)", loss(outputs, labels), expected_loss(outputs, labels))


@pytest.mark.points(1)
@pytest.mark.hint(
    "exp(1000) is infinite in float32. What changes in softmax when the same number is taken from every score?"
)
def test_large_scores(submission, numbers):
    """The loss is right and finite for scores as large as 10,000."""
    loss = submission.NLLLoss()
    near, far = "the loss of large scores that differ little", "the loss of scores that differ much"
    for name, outputs in (
        (near, torch.tensor([[1000.0, 999.0, 998.0], [998.0, 1000.0, 997.0], [-1000.0, -998.0, -1001.0]])),
        (far, torch.tensor([[1e4, 0.0, -1e4], [-1e4, 1e4, 0.0], [0.0, 5e3, 1e4]])),
        (far, torch.tensor([[0.0, 50.0, 0.0], [100.0, 0.0, 1.0], [-300.0, 300.0, 2.0]])),
        ("the loss of scores of several sizes", numbers.normal(3, 3) * torch.tensor([[1.0], [100.0], [10_000.0]])),
    ):
        labels = torch.tensor([2, 0, 1])
        got = loss.forward(outputs, labels)
        # float32 has a spacing of 1e-3 at 1e4
        assert_number(name, got, expected_loss(outputs, labels), relative=3e-3, absolute=3e-3)


@pytest.mark.points(3)
@pytest.mark.hint("What does the mean over the batch do to the gradient of each row?")
def test_gradient(submission, numbers):
    """backward is the gradient of the loss with respect to outputs."""
    loss = submission.NLLLoss()
    for outputs, labels in batches(numbers):
        n, k = outputs.shape
        loss.forward(outputs, labels)
        got = loss.backward(outputs, labels)
        factors = {"the batch size": n, "the number of classes": k, "batch size times classes": n * k}
        assert_close(
            "the gradient",
            got,
            expected_gradient(outputs, labels),
            absolute=ROUNDING,
            like="the shape of outputs",
            factors=factors,
        )


@pytest.mark.points(1)
@pytest.mark.hint("backward is handed outputs and labels: it needs nothing that forward has remembered.")
def test_gradient_needs_no_forward(submission, numbers):
    """backward uses its own arguments: without a forward before it, and after a forward of other scores."""
    outputs, labels = numbers.normal(5, 3), numbers.labels(5, 3)
    expected = expected_gradient(outputs, labels)
    loss = submission.NLLLoss()
    size = {"the batch size": 5}
    assert_close(
        "the gradient without a forward", loss.backward(outputs, labels), expected, absolute=ROUNDING, factors=size
    )
    loss.forward(numbers.normal(5, 3), numbers.labels(5, 3))
    assert_close(
        "the gradient after a forward of other scores",
        loss.backward(outputs, labels),
        expected,
        absolute=ROUNDING,
        factors=size,
    )
    assert_close(
        "the gradient asked for a second time",
        loss.backward(outputs, labels),
        expected,
        absolute=ROUNDING,
        factors=size,
    )


@pytest.mark.points(1)
def test_gradient_after_forward_on_the_same_tensor(submission, worker, numbers):
    """forward leaves the scores as they are, so that backward can use them again."""
    outputs, labels = numbers.normal(5, 3), numbers.labels(5, 3)
    kept = worker.put(outputs, "outputs")
    loss = submission.NLLLoss()
    loss.forward(kept, labels)
    assert_unchanged("outputs", worker.fetch(kept), outputs)
    expected = expected_gradient(outputs, labels)
    assert_close(
        "the gradient", loss.backward(kept, labels), expected, absolute=ROUNDING, factors={"the batch size": 5}
    )


@pytest.mark.points(1)
@pytest.mark.hint("Where does your backward take an exp? The same shift that saves forward saves it.")
def test_gradient_of_large_scores(submission, numbers):
    """The gradient is right and finite for scores as large as 10,000."""
    rows, columns = numbers.order(4), numbers.order(3)
    scores = [[1e4, 0.0, -1e4], [0.0, 50.0, 0.0], [1e4, 1e4, -1.0], [1000.0, 998.0, 997.0]]
    outputs = torch.tensor(scores)[rows][:, columns]
    labels = numbers.labels(4, 3)
    got = submission.NLLLoss().backward(outputs, labels)
    assert_close(
        "the gradient",
        got,
        expected_gradient(outputs, labels),
        absolute=ROUNDING_OF_LARGE,
        factors={"the batch size": len(labels)},
    )
