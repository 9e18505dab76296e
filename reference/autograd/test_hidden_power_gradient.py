"""Hidden checks of power_gradient."""

import pytest
import torch

from grader.compare import assert_close

pytestmark = pytest.mark.exercise("power_gradient")


@pytest.mark.points(1)
@pytest.mark.hint("Does the sign of an entry matter? And what is the gradient where x is 0?")
def test_zeros_and_signs(submission, numbers):
    """Where x is 0 the gradient is 0, and it has the sign of x everywhere, in any shape and at any scale."""
    for shape, scale in (((6, 2), 1e-4), ((2, 5, 3), 1.0), ((11,), 1e4), ((2, 1, 2, 2), 1.0)):
        x = numbers.away_from_zero(*shape) * scale
        x.view(-1)[numbers.whole(0, x.numel() - 1)] = 0.0
        expected = torch.tensor([2 * float(entry) / x.numel() for entry in x.flatten()]).reshape(shape)
        assert_close("the gradient", submission.power_gradient(x), expected, like="the shape of x")
