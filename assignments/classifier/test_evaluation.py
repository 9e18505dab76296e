"""Checks of accuracy and accuracy_per_class, with nets whose scores are known."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_number, assert_numbers


def table(numbers, predictions: list[int], classes: int) -> Tensor:
    """Scores (M, K) whose largest entry in each row is the prediction."""
    scores = numbers.normal(len(predictions), classes)
    scores[torch.arange(len(predictions)), predictions] = scores.max() + 1.0
    return scores


def numbered_images(count: int) -> Tensor:
    """Image number i is filled with the value i: the net of the check looks its scores up by it."""
    return torch.arange(count, dtype=torch.float32).reshape(-1, 1, 1, 1).expand(count, 1, 28, 28).clone()


def evaluate(
    function, provided, numbers, predictions: list[int], labels: list[int], batch_size: int, classes: int, **more
):
    """What the submission's function says of a net with these predictions."""
    net = provided.ScoreTable(table(numbers, predictions, classes))
    loader = provided.make_loader(numbered_images(len(labels)), torch.tensor(labels), batch_size)
    return function(net, loader, **more)


@pytest.mark.exercise("accuracy")
@pytest.mark.points(2)
@pytest.mark.hint("How many images were right, of how many? Batches need not be equally large.")
def test_uneven_batches(submission, provided, numbers):
    """accuracy is the share of images whose largest score is at the label, also when the last batch is smaller."""
    labels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 3]
    predictions = [0, 1, 2, 9, 4, 0, 6, 8, 8, 9, 0, 1, 5]
    got = evaluate(submission.accuracy, provided, numbers, predictions, labels, 5, 10)
    assert_number("accuracy(net, loader)", got, 8 / 13)


@pytest.mark.exercise("accuracy")
@pytest.mark.points(1)
def test_all_right_and_all_wrong(submission, provided, numbers):
    """A perfect net has accuracy 1, one that is never right has 0, and another number of classes works too."""
    labels = [3, 1, 0, 2, 2, 1, 0]
    got = evaluate(submission.accuracy, provided, numbers, labels, labels, 4, 4)
    assert_number("the accuracy of a perfect net", got, 1.0)
    wrong = [(label + 1) % 4 for label in labels]
    got = evaluate(submission.accuracy, provided, numbers, wrong, labels, 3, 4)
    assert_number("the accuracy of a net that is never right", got, 0.0)


LABELS = [0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 3]
PREDICTIONS = [0, 0, 0, 1, 2, 1, 0, 2, 2, 2, 0]
PER_CLASS = [3 / 5, 1 / 2, 1.0, 0.0]


@pytest.mark.exercise("accuracy_per_class")
@pytest.mark.points(2)
@pytest.mark.hint("Of the images whose label is c, which share was recognised as c?")
def test_per_class(submission, provided, numbers):
    """Entry c is the share of the images of class c that were recognised, over all batches."""
    labels, predictions = LABELS[::2] + LABELS[1::2], PREDICTIONS[::2] + PREDICTIONS[1::2]
    got = evaluate(submission.accuracy_per_class, provided, numbers, predictions, labels, 4, 4, num_classes=4)
    values = assert_numbers("accuracy_per_class's result", got, 4, of="one for each class")
    for label, (value, expected) in enumerate(zip(values, PER_CLASS, strict=True)):
        assert_number(f"the accuracy of class {label}", value, expected)


@pytest.mark.exercise("accuracy_per_class")
@pytest.mark.points(1)
def test_ten_classes_by_default(submission, provided, numbers):
    """Without num_classes there are ten classes; a class without images does not break the others."""
    labels, predictions = [9, 9, 8, 7, 0, 0, 0, 5], [9, 8, 8, 7, 0, 0, 1, 4]
    got = evaluate(submission.accuracy_per_class, provided, numbers, predictions, labels, 3, 10)
    if isinstance(got, Tensor) and got.dim() == 1:
        got = got.tolist()
    if not isinstance(got, list | tuple) or len(got) != 10:
        assert_numbers("accuracy_per_class's result", got, 10, of="one for each class")
    for label, expected in {0: 2 / 3, 5: 0.0, 7: 1.0, 8: 1.0, 9: 1 / 2}.items():
        assert_number(f"the accuracy of class {label}", got[label], expected)
