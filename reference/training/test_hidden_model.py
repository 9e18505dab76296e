"""Hidden checks of build_model: its initial weights, and a batch whose images must not meet."""

import pytest
import torch

from grader.compare import assert_close, assert_tensor
from grader.errors import CheckFailed

pytestmark = pytest.mark.exercise("build_model")


@pytest.mark.points(1)
@pytest.mark.hint("What do all units of a layer learn if they begin alike?")
def test_initial_weights(submission, provided):
    """The initial weights are random: no two units of a layer are alike."""
    parameters = provided.parameters_of(submission.build_model())
    for place, weights in enumerate(parameters[::2]):
        weights = assert_tensor(f"the weights of layer {place + 1}", weights)
        if weights.dim() != 2 or len(torch.unique(weights, dim=0)) < len(weights):
            raise CheckFailed(f"Units of layer {place + 1} begin with the same weights.")


@pytest.mark.points(1)
@pytest.mark.hint("What does the output for one image depend on?")
def test_images_do_not_meet(submission, numbers):
    """What the model says of an image does not depend on the others in the batch, nor on how often it was asked."""
    model = submission.build_model()
    x = numbers.normal(10, 784)
    together = assert_tensor("the output", model(x), (10, 10))
    for first, last in ((0, 1), (3, 10), (0, 10)):
        assert_close(
            f"the output for images {first} to {last}", model(x[first:last]), together[first:last], relative=1e-4
        )
