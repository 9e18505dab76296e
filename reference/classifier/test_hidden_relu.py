"""Hidden checks of ReLU: inputs of other shapes and sizes, and what forward does to its input."""

import pytest
import torch

from grader.compare import assert_close, assert_unchanged

pytestmark = pytest.mark.exercise("relu")


@pytest.mark.points(1)
@pytest.mark.hint(
    "Every element is treated by itself. What does your code suppose about the shape of x, and the size of its entries?"
)
def test_any_input(submission, numbers):
    """Result and gradient are right for inputs of any shape, and for entries of any size, however near to zero."""
    relu = submission.ReLU()
    for shape, scale in (((7,), 1e6), ((2, 3, 4), 1e-3), ((1, 9), 1e-9), ((2, 1, 3, 5), 1e-30)):
        x, dz = numbers.away_from_zero(*shape) * scale, numbers.away_from_zero(*shape)
        assert_close("relu(x)", relu(x), x.clamp(min=0), like="the shape of x")
        assert_close("dx", relu.backward(dz), torch.where(x > 0, dz, torch.zeros(())), like="the shape of x")


@pytest.mark.points(1)
@pytest.mark.hint("The tensor that forward is given belongs to whoever called it.")
def test_input_stays(submission, worker, numbers):
    """forward leaves its input as it is, and returns a tensor of its own."""
    x = numbers.away_from_zero(4, 5)
    kept = worker.put(x, "x")
    assert_close("relu(x)", submission.ReLU().forward(kept), x.clamp(min=0))
    assert_unchanged("x", worker.fetch(kept), x)
