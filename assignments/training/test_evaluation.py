"""Checks of accuracy and accuracy_per_class, with models whose outputs are known; while they train, they say other things."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_number, assert_numbers
from grader.errors import CheckFailed


def table(numbers, predictions: list[int], classes: int) -> Tensor:
    """Scores (M, K) whose largest entry in each row is the prediction, by a little."""
    scores = numbers.normal(len(predictions), classes)
    scores[torch.arange(len(predictions)), predictions] = scores.max(dim=1).values + 0.1
    return scores


def numbered_images(count: int) -> Tensor:
    """Image number i is filled with the value i: the model of the check looks its outputs up by it."""
    return torch.arange(count, dtype=torch.float32).reshape(-1, 1, 1, 1).expand(count, 1, 28, 28).clone()


def with_mistakes(numbers, labels: list[int], count: int, classes: int) -> list[int]:
    """Predictions that are wrong at so many places, chosen at random."""
    wrong = set(numbers.order(len(labels))[:count])
    return [
        (label + numbers.whole(1, classes - 1)) % classes if place in wrong else label
        for place, label in enumerate(labels)
    ]


def shares(labels: list[int], predictions: list[int]) -> dict[int, float]:
    """For each class among the labels, the share of its images that is predicted right."""
    right = [label for label, prediction in zip(labels, predictions, strict=True) if label == prediction]
    return {label: right.count(label) / labels.count(label) for label in sorted(set(labels))}


def evaluate(
    function,
    provided,
    scores: Tensor,
    labels: list[int],
    batch_size: int,
    training: bool = False,
    **more,
):
    """What the submission's function says of a model with these scores."""
    model = provided.in_mode(provided.ScoreTable(scores), training)
    loader = provided.make_loader(numbered_images(len(labels)), torch.tensor(labels), batch_size)
    got = function(model, loader, **more)
    if model.training is not training:
        before, now = ("training", "evaluation") if training else ("evaluation", "training")
        raise CheckFailed(f"The model was in {before} mode before, and is in {now} mode afterwards.")
    return got


@pytest.mark.exercise("accuracy")
@pytest.mark.points(2)
@pytest.mark.hint("How many images were right, of how many? Batches need not be equally large.")
def test_uneven_batches(submission, provided, numbers):
    """accuracy is the share of images whose most probable class is the label, also when the last batch is smaller."""
    for wrong in [numbers.whole(3, 9) for _ in range(4)]:
        labels = numbers.labels(13, 10).tolist()
        scores = table(numbers, with_mistakes(numbers, labels, wrong, 10), 10)
        got = evaluate(submission.accuracy, provided, scores, labels, 5)
        assert_number("accuracy(model, loader)", got, (13 - wrong) / 13)


@pytest.mark.exercise("accuracy")
@pytest.mark.points(1)
@pytest.mark.hint("What does your function give when everything is right, and what when nothing is?")
def test_all_right_and_all_wrong(submission, provided, numbers):
    """A perfect model has accuracy 1, one that is never right has 0; another number of classes works too."""
    for wrong in (0, 8, numbers.whole(1, 7)):
        labels = numbers.labels(8, 4).tolist()
        scores = table(numbers, with_mistakes(numbers, labels, wrong, 4), 4)
        got = evaluate(submission.accuracy, provided, scores, labels, 4)
        assert_number(f"the accuracy of a model that is wrong {wrong} times in 8", got, (8 - wrong) / 8)


@pytest.mark.exercise("accuracy")
@pytest.mark.points(1)
@pytest.mark.hint("Which mode is the model in while you count, and which one afterwards?")
def test_modes(submission, provided, numbers):
    """A model that trains is judged in evaluation mode, and is in training mode again afterwards."""
    for training in (True, False):
        labels = numbers.labels(11, 5).tolist()
        scores = table(numbers, with_mistakes(numbers, labels, 4, 5), 5)
        got = evaluate(submission.accuracy, provided, scores, labels, 4, training)
        assert_number("accuracy(model, loader)", got, 7 / 11)


@pytest.mark.exercise("accuracy_per_class")
@pytest.mark.points(2)
@pytest.mark.hint("Of the images whose label is c, which share was recognised as c?")
def test_per_class(submission, provided, numbers):
    """Entry c is the share of the images of class c that were recognised, over all batches."""
    for _ in range(3):  # by chance, some wrong ways of counting give the right shares once
        labels = [label for label in range(4) for _ in range(numbers.whole(2, 4))]
        labels = [labels[place] for place in numbers.order(len(labels))]
        predictions = with_mistakes(numbers, labels, numbers.whole(3, len(labels) - 3), 4)
        got = evaluate(
            submission.accuracy_per_class, provided, table(numbers, predictions, 4), labels, 4, num_classes=4
        )
        values = assert_numbers("accuracy_per_class's result", got, 4, of="one for each class")
        expected = [share for _, share in sorted(shares(labels, predictions).items())]
        assert_close("the list", torch.tensor(values).double(), torch.tensor(expected).double(), relative=1e-4)


@pytest.mark.exercise("accuracy_per_class")
@pytest.mark.points(1)
@pytest.mark.hint("Which places has your list when a class does not occur?")
def test_ten_classes_by_default(submission, provided, numbers):
    """Without num_classes there are ten classes; one without images gets 0.0."""
    there = numbers.order(9)[:5]  # never the last one: its place is there all the same
    labels = [*there, *there[:3], there[0]]
    predictions = with_mistakes(numbers, labels, 3, 10)
    got = evaluate(submission.accuracy_per_class, provided, table(numbers, predictions, 10), labels, 3)
    values = assert_numbers("accuracy_per_class's result", got, 10, of="one for each class")
    known = shares(labels, predictions)
    expected = [known.get(label, 0.0) for label in range(10)]
    assert_close("the list", torch.tensor(values).double(), torch.tensor(expected).double(), absolute=1e-4)


@pytest.mark.exercise("accuracy_per_class")
@pytest.mark.points(1)
@pytest.mark.hint("Which mode is the model in while you count, and which one afterwards?")
def test_per_class_modes(submission, provided, numbers):
    """A model that trains is judged in evaluation mode, and is in training mode again afterwards."""
    for training in (True, False):
        labels = [*range(5), *numbers.labels(6, 5).tolist()]
        predictions = with_mistakes(numbers, labels, 4, 5)
        scores = table(numbers, predictions, 5)
        got = evaluate(submission.accuracy_per_class, provided, scores, labels, 4, training, num_classes=5)
        values = assert_numbers("accuracy_per_class's result", got, 5, of="one for each class")
        expected = [share for _, share in sorted(shares(labels, predictions).items())]
        assert_close("the list", torch.tensor(values).double(), torch.tensor(expected).double(), absolute=1e-4)
