"""Hidden checks of gradient_descent: losses that rise, and nothing to do."""

import pytest
import torch

from grader.compare import assert_close, assert_number, assert_numbers, assert_tuple
from grader.errors import CheckFailed

pytestmark = pytest.mark.exercise("gradient_descent")

PARTS = ("W", "losses", "converged")


def descend(submission, problem, W, lr: float, max_steps: int, tolerance: float):
    """What the submission returns: W, the losses as a list of numbers, converged."""
    got = submission.gradient_descent(problem, W, lr, max_steps, tolerance)
    W, losses, converged = assert_tuple("gradient_descent", got, PARTS)
    if not isinstance(losses, list | tuple | torch.Tensor) or not len(losses):
        raise CheckFailed("losses is no list of numbers.")
    return W, assert_numbers("losses", losses, len(losses)), bool(converged)


@pytest.mark.points(1)
@pytest.mark.hint("Is every rise of the loss a divergence? The exercise says how large it must be.")
def test_rising_loss(submission, provided):
    """A loss that rises for a while, to less than 1,000 times the first one, is no divergence."""
    rising = [2.0, 3.0, 900.0, 1990.0, 1.0, 0.25]
    W, losses, converged = descend(submission, provided.Stairs(rising), torch.zeros(1), 1.0, 20, 1e-3)
    assert_close("W", W, torch.tensor([-5.0]))
    for value, expected in zip(assert_numbers("losses", losses, 6), rising, strict=True):
        assert_number("a loss", value, expected)
    if not converged:
        raise CheckFailed("It did not go on to the minimum.")


@pytest.mark.points(1)
@pytest.mark.hint("What does your loop do when it starts at the minimum, and when it may make no step at all?")
def test_nothing_to_do(submission, provided, numbers):
    """Without a step, because it starts at the minimum or max_steps is 0, there is one loss and W is the start."""
    start = torch.tensor([-3.0])
    for max_steps in (5, 0):
        W, losses, converged = descend(submission, provided.Stairs([4.0, 3.0, 2.0, 1.5]), start, 1.0, max_steps, 1e-3)
        assert_close("W", W, start)
        assert_number("the loss", assert_numbers("losses", losses, 1)[0], 1.5)
        if not converged:
            raise CheckFailed("At the minimum, converged is False.")
    x, targets, W = numbers.normal(5, 2), numbers.normal(5, 3), numbers.normal(3, 2)
    got, losses, converged = descend(submission, provided.Valley(x, targets), W, 0.1, 0, 1e-3)
    assert_close("W", got, W)
    assert_number("the loss", assert_numbers("losses", losses, 1)[0], float((x @ W.T - targets).square().sum() / 10))
    if converged:
        raise CheckFailed("Away from the minimum, with max_steps = 0, converged is True.")
