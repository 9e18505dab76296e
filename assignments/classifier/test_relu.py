"""Checks of ReLU: the larger of 0 and x, and its gradient."""

import pytest
import torch

from grader.compare import assert_close, assert_unchanged

pytestmark = pytest.mark.exercise("relu")


@pytest.mark.points(1)
def test_forward(submission, worker, numbers):
    """forward(x) is the larger of 0 and x, element by element, in the shape of x."""
    relu = submission.ReLU()
    for x in (
        numbers.away_from_zero(4, 3),
        torch.tensor([[-120.0, -9.0, -0.3, 0.0], [0.3, 0.9, 9.0, 120.0]]),
        numbers.away_from_zero(2, 3, 4),
    ):
        assert_close("forward(x)", relu.forward(x), x.clamp(min=0), like="the shape of x")
    assert_close("relu(x)", relu(x), x.clamp(min=0))
    kept = worker.put(x, "x")
    relu.forward(kept)
    assert_unchanged("x", worker.fetch(kept), x)


@pytest.mark.points(2)
@pytest.mark.hint("Which entries of x did forward let through? Only their dz goes back, whatever its own sign.")
def test_gradient(submission, numbers):
    """backward(dz) is dz where x was above 0, and 0 elsewhere."""
    relu = submission.ReLU()
    for shape, scale in (((4, 5), 1.0), ((6, 5), 100.0), ((3, 5), 1e-3), ((2, 3, 4), 1.0)):
        x, dz = numbers.away_from_zero(*shape) * 3, numbers.away_from_zero(*shape) * scale
        relu.forward(x)
        assert_close("dx", relu.backward(dz), torch.where(x > 0, dz, torch.zeros(())), like="the shape of x")


@pytest.mark.points(1)
@pytest.mark.hint("The course takes 0 for the gradient at the kink.")
def test_gradient_at_zero(submission, numbers):
    """The gradient at exactly 0 is 0."""
    relu = submission.ReLU()
    x, dz = numbers.away_from_zero(4, 5), numbers.away_from_zero(4, 5)
    for place, zero in zip(numbers.order(20), (0.0, 0.0, 0.0, 0.0, -0.0, -0.0), strict=False):
        x.view(-1)[place] = zero
    relu.forward(x)
    assert_close("dx", relu.backward(dz), torch.where(x > 0, dz, torch.zeros(())))


@pytest.mark.points(1)
def test_remembers_the_last_input(submission, numbers):
    """backward belongs to the last forward, also when the batch has another size; two ReLUs don't share their memory."""
    first, second = submission.ReLU(), submission.ReLU()
    x, other = numbers.away_from_zero(4, 3), numbers.away_from_zero(6, 3)
    first.forward(numbers.away_from_zero(2, 3))
    first.forward(x)
    second.forward(other)
    dz = numbers.away_from_zero(4, 3)
    assert_close("dx", first.backward(dz), torch.where(x > 0, dz, torch.zeros(())))
