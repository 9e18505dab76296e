"""What a check puts into the report is kept within what the report can draw."""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks.fixtures import as_figure, as_predictions
from grader.results import Figure, Misclassified, Predictions


def test_figure_of_good_numbers_is_kept() -> None:
    """Grey values and lengths stay what they are, with four digits."""
    figure = as_figure("A", [[0.0, 0.12345], [1, 0.5]], [("0", 0.25), ("1", 3)])
    assert figure == Figure("A", ((0.0, 0.1235), (1.0, 0.5)), (("0", 0.25), ("1", 3.0)))


def test_figure_of_bad_numbers_is_clamped() -> None:
    """What lies outside, or is no number, can't spoil the picture."""
    figure = as_figure("A", [[-1.0, 2.0, math.nan, math.inf]], [("a", -1.0), ("b", math.inf), ("c", math.nan)])
    assert figure == Figure("A", ((0.0, 1.0, 0.0, 1.0),), (("a", 0.0), ("b", 1e6), ("c", 0.0)))


def test_figure_is_cut() -> None:
    """A picture beyond 64 x 64, more than 32 bars and long labels are cut."""
    figure = as_figure("A", [[0.5] * 100] * 100, [("x" * 100, 1.0)] * 100)
    assert (len(figure.image), len(figure.image[0]), len(figure.bars)) == (64, 64, 32)
    assert len(figure.bars[0][0]) < 40


def test_figure_has_rows_of_one_length() -> None:
    """Rows of different lengths are the rubric's mistake."""
    with pytest.raises(ValueError, match="not equally long"):
        as_figure("A", [[0.0], [0.0, 1.0]])


def test_predictions_are_counted() -> None:
    """Every image is counted by label and prediction; of the wrong ones the first ten are kept, a digit a pixel."""
    images = torch.tensor([[[0, 255], [17, 128]]], dtype=torch.uint8).expand(15, 2, 2)
    labels, predictions = torch.tensor([0] * 12 + [1, 1, 1]), torch.tensor([1] * 12 + [1, 0, 1])
    found = as_predictions("A", images, labels, predictions, ["cat", "dog"])
    assert found == Predictions(
        "A", ("cat", "dog"), ((0, 12), (1, 2)), (Misclassified(("0f", "18"), "cat", "dog"),) * 10
    )


def test_predictions_are_as_many_as_their_images() -> None:
    """Anything else is the rubric's mistake."""
    images = torch.zeros(2, 28, 28)
    with pytest.raises(ValueError, match="2 images, 1 labels, 2 predictions"):
        as_predictions("A", images, torch.tensor([0]), torch.tensor([0, 1]), "ab")
