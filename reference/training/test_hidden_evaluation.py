"""Hidden checks of accuracy and accuracy_per_class: other batches, other numbers of classes."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_number, assert_numbers


def table(numbers, predictions: list[int], classes: int) -> Tensor:
    """Scores (M, K) whose largest entry in each row is the prediction."""
    scores = numbers.normal(len(predictions), classes)
    scores[torch.arange(len(predictions)), predictions] = scores.max() + 1.0
    return scores


def some_predictions(numbers, labels: list[int], classes: int) -> list[int]:
    """Predictions of which about a third are wrong, and at least one is right and one is wrong."""
    places = numbers.order(len(labels))
    wrong = set(places[: max(1, numbers.whole(len(labels) // 4, len(labels) // 2))])
    return [
        (label + numbers.whole(1, classes - 1)) % classes if i in wrong else label for i, label in enumerate(labels)
    ]


def evaluate(function, provided, scores: Tensor, labels: list[int], batch_size: int, **more):
    """What the submission's function says of a model with these scores; image number i is filled with the value i."""
    images = torch.arange(len(labels), dtype=torch.float32).reshape(-1, 1, 1, 1).expand(-1, 1, 28, 28)
    loader = provided.make_loader(images, torch.tensor(labels), batch_size)
    return function(provided.in_mode(provided.ScoreTable(scores), False), loader, **more)


def share(labels: list[int], predictions: list[int], of: int | None = None) -> float:
    """The share of right predictions, among all images or those of one class."""
    right = [label == guess for label, guess in zip(labels, predictions, strict=True) if of in (None, label)]
    return sum(right) / len(right)


@pytest.mark.exercise("accuracy")
@pytest.mark.points(1)
@pytest.mark.hint("What are the shapes of outputs and labels when there is one image in a batch?")
def test_single_images(submission, provided, numbers):
    """A batch of a single image counts as one image, whether it is the last batch or every batch."""
    for count, batch_size, classes in ((5, 1, 3), (9, 4, 2)):
        labels = numbers.labels(count, classes).tolist()
        predictions = some_predictions(numbers, labels, classes)
        got = evaluate(submission.accuracy, provided, table(numbers, predictions, classes), labels, batch_size)
        assert_number("accuracy(model, loader)", got, share(labels, predictions))


@pytest.mark.exercise("accuracy_per_class")
@pytest.mark.points(1)
@pytest.mark.hint("Where does your code say how many classes there are? num_classes does.")
def test_any_number_of_classes(submission, provided, numbers):
    """There may be any number of classes, more than ten and fewer, and batches of a single image."""
    for classes, batch_size in ((14, 9), (2, 5), (4, 1)):
        labels = [*range(classes), *(numbers.whole(0, classes - 1) for _ in range(7))]
        labels = [labels[place] for place in numbers.order(len(labels))]
        predictions = some_predictions(numbers, labels, classes)
        scores = table(numbers, predictions, classes)
        got = evaluate(submission.accuracy_per_class, provided, scores, labels, batch_size, num_classes=classes)
        values = assert_numbers("accuracy_per_class's result", got, classes, of="one for each class")
        for label, value in enumerate(values):
            assert_number(f"the accuracy of class {label}", value, share(labels, predictions, of=label))
