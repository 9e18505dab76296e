"""Hidden checks of get_num_correct, train_batch, train_epoch and train: other sizes, other networks, several calls."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import as_number, assert_change, assert_dict, assert_number, assert_numbers, assert_tuple
from grader.numbers import Numbers

LR, EPS = 0.1, 0.05
CLASSES = 4


def start_parameters(seed: int = 29) -> dict[str, Tensor]:
    """Given parameters for the course's small network, with four classes."""
    numbers = Numbers(seed)
    return {
        "W1": numbers.normal(9, 49) / 7,
        "b1": numbers.normal(9) / 10,
        "W2": numbers.normal(CLASSES, 9) / 3,
        "b2": numbers.normal(CLASSES) / 10,
    }


def pictures_of(dataset, first: int, count: int) -> tuple[Tensor, Tensor]:
    """So many standardised pictures of the first four classes, and their labels."""
    chosen = (dataset.train_labels < CLASSES).nonzero()[first : first + count, 0]
    return dataset.standardised(dataset.train_images[chosen]), dataset.train_labels[chosen]


class Follower:
    """A right training loop on this side."""

    def __init__(self, parts) -> None:
        self.parts = parts
        self.network = parts.SmallNetwork(start_parameters())
        self.optimizer = parts.adam_of(self.network, LR, EPS)

    def epoch(self, images: Tensor, labels: Tensor, batch_size: int) -> tuple[float, int]:
        """Steps on all batches in order; the total loss over the images and the number of right ones."""
        total_loss, num_correct = 0.0, 0
        for x, y in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            with torch.enable_grad():
                outputs = self.network(x)
                loss = functional.cross_entropy(outputs, y)
                tracked = list(self.network.parameters())
                for parameter, gradient in zip(tracked, torch.autograd.grad(loss, tracked), strict=True):
                    parameter.grad = gradient
            self.optimizer.step()
            total_loss += float(loss.detach()) * len(y)
            num_correct += int((outputs.argmax(1) == y).sum())
        return total_loss, num_correct


def network_and_optimizer(provided):
    """The course's, in the worker, as a follower has them here."""
    network = provided.SmallNetwork(start_parameters())
    return network, provided.adam_of(network, LR, EPS)


@pytest.mark.exercise("get_num_correct")
@pytest.mark.points(1)
@pytest.mark.hint("Only which score of an image is the largest counts, be they far below zero or very large.")
def test_scores_of_any_size(submission, numbers):
    """Scores may be far below zero, or very large, and there may be two classes or many."""
    for offset, scale, classes in ((-60.0, 1.0, 5), (0.0, 1e4, 2), (-2000.0, 1.0, 17)):
        labels = numbers.labels(12, classes)
        outputs = numbers.normal(12, classes)
        right = numbers.order(12)[: numbers.whole(3, 9)]
        outputs[right, labels[right]] = outputs[right].max(dim=1).values + 0.1
        expected = int((outputs.argmax(1) == labels).sum())
        got = submission.get_num_correct(outputs * scale + offset, labels)
        assert_number("the count", got, expected, relative=0.0, absolute=0.0)


@pytest.mark.exercise("train_batch")
@pytest.mark.points(1)
@pytest.mark.hint("What does your function rest on: what it is handed, or what it happened to find the last time?")
def test_another_batch(submission, provided, parts, dataset):
    """A network with four classes and batches of other sizes: steps, losses and counts are right, one call after the other."""
    images, labels = pictures_of(dataset, 0, 26)
    right = Follower(parts)
    network, optimizer = network_and_optimizer(provided)
    first = 0
    for count in (15, 1, 10):
        batch = images[first : first + count], labels[first : first + count]
        total_loss, num_correct = right.epoch(*batch, count)
        loss, correct = assert_tuple(
            "train_batch", submission.train_batch(network, optimizer, *batch), ("loss", "num_correct")
        )
        assert_number(f"the loss of {count} images", loss, total_loss / count)
        assert_number("num_correct", correct, num_correct, relative=0.0, absolute=0.0)
        first += count
    got = assert_dict("the parameters", provided.parameters_of(network), list(start_parameters()))
    assert_change("The parameter", start_parameters(), got, parts.parameters_of(right.network))


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(1)
@pytest.mark.hint("What is in your totals when the function is called a second time?")
def test_second_epoch(submission, provided, parts, dataset):
    """A second call goes on from the parameters it finds, and its totals are its own."""
    images, labels = pictures_of(dataset, 40, 17)
    right = Follower(parts)
    network, optimizer = network_and_optimizer(provided)
    for batch_size in (6, 4, 17):
        total_loss, num_correct = right.epoch(images, labels, batch_size)
        loader = provided.make_loader(images, labels, batch_size)
        got = submission.train_epoch(network, optimizer, loader)
        loss, correct = assert_tuple("train_epoch", got, ("total_loss", "num_correct"))
        assert_number("total_loss", loss, total_loss)
        assert_number("num_correct", correct, num_correct, relative=0.0, absolute=0.0)


@pytest.mark.exercise("train")
@pytest.mark.points(1)
@pytest.mark.hint("train does what it is told for as many epochs as it is told, and keeps nothing for the next call.")
def test_goes_on(submission, provided, parts, dataset):
    """Called again, train goes on from the parameters it finds, for as many epochs as it is told, and returns just those."""
    images, labels = pictures_of(dataset, 80, 19)
    right = Follower(parts)
    network, optimizer = network_and_optimizer(provided)
    for epochs in (2, 5, 1):
        expected = [right.epoch(images, labels, 8)[1] / 19 for _ in range(epochs)]
        got = submission.train(network, optimizer, provided.make_loader(images, labels, 8), epochs)
        accuracies = assert_numbers("train's result", got, epochs, of="one for each epoch")
        for value, share in zip(accuracies, expected, strict=True):
            assert_number("the accuracy of an epoch", value, share)
    as_number("steps", optimizer.steps)
    got = assert_dict("the parameters", provided.parameters_of(network), list(start_parameters()))
    assert_change("The parameter", start_parameters(), got, parts.parameters_of(right.network))
