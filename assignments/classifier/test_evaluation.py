"""Checks of accuracy and accuracy_per_class, with nets whose scores are known."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_number, assert_numbers


def table(numbers, predictions: list[int], classes: int) -> Tensor:
    """Scores (M, K) whose largest entry in each row is the prediction, by a little."""
    scores = numbers.normal(len(predictions), classes)
    scores[torch.arange(len(predictions)), predictions] = scores.max(dim=1).values + 0.1
    return scores


def numbered_images(count: int) -> Tensor:
    """Image number i is filled with the value i: the net of the check looks its scores up by it."""
    return torch.arange(count, dtype=torch.float32).reshape(-1, 1, 1, 1).expand(count, 1, 28, 28).clone()


def with_mistakes(numbers, labels: list[int], count: int, classes: int) -> list[int]:
    """Predictions that are wrong at so many places, chosen at random; nobody can know the shares beforehand."""
    wrong = set(numbers.order(len(labels))[:count])
    return [
        (label + numbers.whole(1, classes - 1)) % classes if position in wrong else label
        for position, label in enumerate(labels)
    ]


def shares(labels: list[int], predictions: list[int]) -> dict[int, float]:
    """For each class among the labels, the share of its images that is predicted right."""
    right = [label for label, prediction in zip(labels, predictions, strict=True) if label == prediction]
    return {label: right.count(label) / labels.count(label) for label in sorted(set(labels))}


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
    results = []
    for wrong in [numbers.whole(3, 9) for _ in range(5)]:
        labels = numbers.labels(13, 10).tolist()
        predictions = with_mistakes(numbers, labels, wrong, 10)
        results.append((wrong, evaluate(submission.accuracy, provided, numbers, predictions, labels, 5, 10)))
    # judged when all are there: in the first alone, by chance, some wrong ways look the same
    for wrong, got in results:
        assert_number("accuracy(net, loader)", got, (13 - wrong) / 13)


@pytest.mark.exercise("accuracy")
@pytest.mark.points(1)
def test_all_right_and_all_wrong(submission, provided, numbers):
    """A perfect net has accuracy 1, one that is never right has 0, and another number of classes works too."""
    some_wrong = [numbers.whole(1, 7) for _ in range(4)]
    for wrong in (*some_wrong[:2], *(8 * number for number in numbers.order(2)), *some_wrong[2:]):
        labels = numbers.labels(8, 4).tolist()
        predictions = with_mistakes(numbers, labels, wrong, 4)
        got = evaluate(submission.accuracy, provided, numbers, predictions, labels, 4, 4)
        net = {0: "a perfect net", 8: "a net that is never right"}.get(wrong, f"a net that is wrong {wrong} times in 8")
        assert_number(f"the accuracy of {net}", got, (8 - wrong) / 8)


@pytest.mark.exercise("accuracy_per_class")
@pytest.mark.points(2)
@pytest.mark.hint("Of the images whose label is c, which share was recognised as c?")
def test_per_class(submission, provided, numbers):
    """Entry c is the share of the images of class c that were recognised, over all batches."""
    for _ in range(3):  # by chance, some wrong ways of counting give the right shares once
        labels = [label for label in range(4) for _ in range(numbers.whole(2, 4))]
        labels = [labels[position] for position in numbers.order(len(labels))]
        predictions = with_mistakes(numbers, labels, numbers.whole(3, len(labels) - 3), 4)
        got = evaluate(submission.accuracy_per_class, provided, numbers, predictions, labels, 4, 4, num_classes=4)
        values = assert_numbers("accuracy_per_class's result", got, 4, of="one for each class")
        expected = [share for _, share in sorted(shares(labels, predictions).items())]
        assert_close("the list", torch.tensor(values).double(), torch.tensor(expected).double(), relative=1e-4)


@pytest.mark.exercise("accuracy_per_class")
@pytest.mark.points(1)
def test_ten_classes_by_default(submission, provided, numbers):
    """Without num_classes there are ten classes; a class without images does not break the others."""
    there = numbers.order(9)[:5]  # never the last one: its place is there all the same
    labels = [*there, *there[:3], there[0]]
    predictions = with_mistakes(numbers, labels, 3, 10)
    got = evaluate(submission.accuracy_per_class, provided, numbers, predictions, labels, 3, 10)
    if isinstance(got, Tensor) and got.dim() == 1:
        got = got.tolist()
    if not isinstance(got, list | tuple) or len(got) != 10:
        assert_numbers("accuracy_per_class's result", got, 10, of="one for each class")
    for label, expected in shares(labels, predictions).items():
        assert_number(f"the accuracy of class {label}", got[label], expected)
