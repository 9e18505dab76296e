"""Hidden checks of mse_loss and mse_gradient."""

import pytest
import torch

from grader.compare import assert_close, assert_number

pytestmark = pytest.mark.exercise("mse_loss")


@pytest.mark.points(1)
@pytest.mark.hint("What should the loss of a batch be in which every example stands twice?")
def test_repeated_examples(submission, numbers):
    """A batch with all its examples twice has the same loss, and half the gradient for each of them."""
    predictions, targets = numbers.normal(3, 4), numbers.normal(3, 4)
    once = float((targets.double() - predictions.double()).square().sum() / 6)
    assert_number("the loss", submission.mse_loss(predictions, targets), once)
    twice = predictions.repeat(2, 1), targets.repeat(2, 1)
    assert_number("the loss of the examples twice", submission.mse_loss(*twice), once)
    half = (predictions.double() - targets.double()).repeat(2, 1) / 6
    assert_close("the gradient of the examples twice", submission.mse_gradient(*twice), half, absolute=1e-6)


@pytest.mark.points(1)
@pytest.mark.hint("What are loss and gradient where a prediction is exactly right?")
def test_right_predictions(submission, numbers):
    """Where all predictions are right, loss and gradient are 0; where one is not, only its entry of the gradient isn't."""
    targets = numbers.normal(4, 3)
    assert_number("the loss of right predictions", submission.mse_loss(targets, targets), 0.0)
    assert_close("the gradient", submission.mse_gradient(targets, targets), torch.zeros(4, 3))
    predictions, expected = targets.clone(), torch.zeros(4, 3)
    predictions[2, 1] += 8
    expected[2, 1] = 2
    assert_number("the loss", submission.mse_loss(predictions, targets), 8.0)
    assert_close("the gradient", submission.mse_gradient(predictions, targets), expected, absolute=1e-6)
