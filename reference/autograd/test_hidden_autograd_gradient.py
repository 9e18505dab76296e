"""Hidden checks of autograd: functions that fail, and gradients that belong to nobody else."""

import pytest
import torch

from grader.compare import assert_close, assert_unchanged
from grader.errors import CheckFailed

pytestmark = pytest.mark.exercise("autograd_gradient")


def expected_gradient(function, x: torch.Tensor) -> torch.Tensor:
    """By autograd on this side, in float64."""
    with torch.enable_grad():
        tracked = x.double().requires_grad_()
        (gradient,) = torch.autograd.grad(function(tracked), tracked)
    return gradient


@pytest.mark.points(1)
@pytest.mark.hint("What runs in your function after an exception? A with statement puts things back even then.")
def test_mode_after_an_exception(submission, provided, numbers):
    """When function raises an exception, autograd records afterwards as it did before."""
    x = numbers.away_from_zero(2, 3)
    ends = []
    for before in (True, False):
        for name, more in (("without_gradient", ()), ("with_gradient_mode", (False,)), ("with_gradient_mode", (True,))):
            provided.switch(before)
            ends.append((before, provided.mode_after_failure(getattr(submission, name), x, *more)))
    provided.switch(True)
    if any(after is not before for before, after in ends):
        raise CheckFailed("After an exception, autograd is in another mode than before.")


@pytest.mark.points(1)
@pytest.mark.hint("Is the tensor that you return still needed by somebody else, who may change it?")
def test_gradients_in_turn(submission, provided, parts, worker, numbers):
    """Gradients of several functions in turn, at tensors that require a gradient and at others, don't mix."""
    provided.switch(True)
    x, other = numbers.away_from_zero(3, 4), numbers.away_from_zero(5)
    tracked, plain = worker.put(x, "x"), worker.put(other, "other")
    provided.track(tracked, torch.ones(3, 4))
    for name in ("neighbours", "cubes", "waves", "cubes"):
        for kept, values in ((tracked, x), (plain, other)):
            got = submission.autograd_gradient(getattr(provided, name), kept)
            assert_close("the gradient", got, expected_gradient(getattr(parts, name), values), absolute=1e-6)
    assert_unchanged("x.grad", provided.state_of(tracked)["grad"], torch.ones(3, 4))
