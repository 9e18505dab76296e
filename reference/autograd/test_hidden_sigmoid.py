"""Hidden checks of sigmoid and sigmoid_derivative."""

import pytest
import torch

from grader.compare import assert_close

pytestmark = pytest.mark.exercise("sigmoid")


@pytest.mark.points(1)
@pytest.mark.hint("Which symmetry has the curve? Look at z and -z side by side, and at 0 itself.")
def test_symmetry(submission, numbers):
    """sigmoid(z) and sigmoid(-z) sum to 1, and the slope is the same at both; 0 and single numbers are among them."""
    for shape in ((3, 2, 4), ()):
        z = numbers.away_from_zero(*shape) * 2
        for signed in (z, -z, torch.zeros(shape)):
            value = signed.double().sigmoid()
            assert_close("sigmoid(z)", submission.sigmoid(signed), value, like="the shape of z")
            assert_close("the derivative", submission.sigmoid_derivative(signed), value * (1 - value))


@pytest.mark.points(1)
@pytest.mark.hint("Does one entry have an influence on what comes out for another?")
def test_large_beside_small(submission, numbers):
    """In a matrix, a very large entry changes nothing of what comes out for the others."""
    z = numbers.away_from_zero(4, 5)
    z[1, 2], z[3, 0], z[0, 4] = 20_000.0, -20_000.0, 95.0
    value = z.double().sigmoid()
    assert_close("sigmoid(z)", submission.sigmoid(z), value)
    assert_close("the derivative", submission.sigmoid_derivative(z), value * (1 - value))
