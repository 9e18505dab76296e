"""Checks of get_num_correct, train_batch, train_epoch and train.

Given parameters and given batches make training deterministic: a right loop must follow the reference. The network and
Adam are the course's, and where an exercise uses an earlier one that fails, so is that, so a mistake costs points once. The
network is smooth. So is Adam with a large eps: with a small one the first step depends on the sign of a gradient alone,
which rounding decides where it is nearly 0.
"""

from functools import cache
from types import ModuleType

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import as_number, assert_change, assert_dict, assert_number, assert_numbers, assert_tuple
from grader.errors import CheckFailed
from grader.numbers import Numbers
from grader.showing import shown_value
from grader.text import short_number

LR, EPS = 0.05, 0.02
START_SEED = 17


@cache
def start_parameters() -> dict[str, Tensor]:
    """Given parameters for the course's small network."""
    numbers = Numbers(START_SEED)
    return {
        "W1": numbers.normal(12, 49) / 7,
        "b1": numbers.normal(12) / 10,
        "W2": numbers.normal(10, 12) / 12**0.5,
        "b2": numbers.normal(10) / 10,
    }


def pictures_of(dataset, first: int, count: int) -> tuple[Tensor, Tensor]:
    """So many training pictures from `first` on, standardised, and their labels."""
    chosen = slice(first, first + count)
    return dataset.standardised(dataset.train_images[chosen]), dataset.train_labels[chosen]


class Follower:
    """A right training loop on this side."""

    def __init__(self, parts: ModuleType) -> None:
        self.parts = parts
        self.network = parts.SmallNetwork(start_parameters())
        self.optimizer = parts.adam_of(self.network, LR, EPS)

    def batch(self, images: Tensor, labels: Tensor) -> tuple[float, int]:
        """One step; the loss and the number of right ones before it."""
        with torch.enable_grad():
            outputs = self.network(images)
            loss = functional.cross_entropy(outputs, labels)
            tracked = list(self.network.parameters())
            for parameter, gradient in zip(tracked, torch.autograd.grad(loss, tracked), strict=True):
                parameter.grad = gradient
        self.optimizer.step()
        return float(loss.detach()), int((outputs.argmax(1) == labels).sum())

    def epoch(self, images: Tensor, labels: Tensor, batch_size: int) -> tuple[float, int]:
        """Steps on all batches in order; the total loss over the images and the number of right ones."""
        results = []
        for x, y in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            loss, num_correct = self.batch(x, y)
            results.append((loss * len(y), num_correct))
        return sum(loss for loss, _ in results), sum(num_correct for _, num_correct in results)

    def parameters(self) -> dict[str, Tensor]:
        """As they are now."""
        parameters: dict[str, Tensor] = self.parts.parameters_of(self.network)
        return parameters


def network_and_optimizer(provided):
    """The course's, in the worker, as a follower has them here."""
    network = provided.SmallNetwork(start_parameters())
    return network, provided.adam_of(network, LR, EPS)


def assert_followed(provided, network, optimizer, expected: dict[str, Tensor], steps: int, of: str) -> None:
    """The network moved as it should, by so many steps."""
    got = assert_dict("the network's parameters", provided.parameters_of(network), list(expected))
    made = as_number("steps", optimizer.steps)
    for name, told in (  # not judged, but they tell apart what else looks the same
        ("zeroed", optimizer.zeroed),
        ("forwards", network.forwards),
        ("backwards", network.backwards),
        ("gradients", provided.gradients_left(network)),
    ):
        as_number(name, told)
    if made != steps:
        raise CheckFailed(f"The optimizer made {short_number(made)} steps, expected {steps}: {of}.")
    assert_change("The parameter", start_parameters(), got, expected)


def assert_count(name: str, got: object, expected: int) -> None:
    """A number of images; whether it is an int is for get_num_correct's own checks."""
    if as_number(name, got) != expected:
        assert_number(name, got, expected, relative=0.0, absolute=0.0)


# -- get_num_correct ---------------------------------------------------------------------------------------------------


def some_outputs(numbers, count: int, classes: int, wrong: int) -> tuple[Tensor, Tensor]:
    """Outputs and labels, where so many images have their largest score somewhere else."""
    labels = numbers.labels(count, classes)
    places = set(numbers.order(count)[:wrong])
    largest = [
        (int(label) + numbers.whole(1, classes - 1)) % classes if i in places else int(label)
        for i, label in enumerate(labels)
    ]
    outputs = numbers.normal(count, classes)
    outputs[torch.arange(count), largest] = outputs.max(dim=1).values + 0.1
    return outputs, labels


@pytest.mark.exercise("get_num_correct")
@pytest.mark.points(2)
@pytest.mark.hint("Which of the K scores of an image is its prediction? Look along the right axis.")
def test_counts(submission, numbers):
    """get_num_correct is the number of images whose largest score is at their label."""
    for count, classes in ((13, 10), (5, 3), (8, 8), (1, 4), (40, 6)):
        wrong = numbers.whole(0, count)
        outputs, labels = some_outputs(numbers, count, classes, wrong)
        got = submission.get_num_correct(outputs, labels)
        name = f"the count of {count} images and {classes} classes"
        assert_number(name, got, count - wrong, relative=0.0, absolute=0.0)


@pytest.mark.exercise("get_num_correct")
@pytest.mark.points(1)
@pytest.mark.hint("A count is a whole number. What does your function return: that, or something that holds it?")
def test_is_an_int(submission, numbers):
    """The count is a Python int, also when it is 0 and when all are right."""
    for wrong in (0, 6, 2):
        outputs, labels = some_outputs(numbers, 6, 4, wrong)
        got = submission.get_num_correct(outputs, labels)
        as_number("the count", got)
        if not isinstance(got, int):
            raise CheckFailed(f"the count is {shown_value(got)}, expected an int.")
        assert_number("the count", got, 6 - wrong, relative=0.0, absolute=0.0)


# -- train_batch -------------------------------------------------------------------------------------------------------


@pytest.mark.exercise("train_batch")
@pytest.mark.points(2)
@pytest.mark.hint(
    "From the outputs to a loss, from the loss to gradients, from gradients to a step: is each of them there?"
)
def test_one_step(submission, provided, parts, dataset):
    """train_batch moves the parameters by one step of the optimizer along the gradient of the mean cross entropy."""
    images, labels = pictures_of(dataset, 0, 23)
    right = Follower(parts)
    right.batch(images, labels)
    network, optimizer = network_and_optimizer(provided)
    submission.train_batch(network, optimizer, images, labels)
    assert_followed(provided, network, optimizer, right.parameters(), 1, "one for the batch")


@pytest.mark.exercise("train_batch")
@pytest.mark.points(2)
@pytest.mark.hint("Of which outputs are loss and count: those before the step, or others?")
def test_what_it_returns(submission, provided, parts, dataset):
    """It returns (loss, num_correct) of the batch, as they were before the step."""
    for first, count in ((30, 20), (55, 7), (70, 1)):
        images, labels = pictures_of(dataset, first, count)
        loss, num_correct = Follower(parts).batch(images, labels)
        network, optimizer = network_and_optimizer(provided)
        got = submission.train_batch(network, optimizer, images, labels)
        ours = assert_tuple("train_batch", got, ("loss", "num_correct"))
        assert_number(f"the loss of {count} images", ours[0], loss)
        assert_count(f"num_correct of {count} images", ours[1], num_correct)


@pytest.mark.exercise("train_batch")
@pytest.mark.points(1)
@pytest.mark.hint("backward adds to the gradients that are there. Which are there when it begins?")
def test_old_gradients(submission, provided, parts, dataset):
    """Gradients of the batch before, and those that somebody else has left, play no part."""
    images, labels = pictures_of(dataset, 100, 22)
    right = Follower(parts)
    network, optimizer = network_and_optimizer(provided)
    provided.leave_gradients(network, 0.3)
    for chosen in (slice(0, 9), slice(9, 22)):
        right.batch(images[chosen], labels[chosen])
        submission.train_batch(network, optimizer, images[chosen], labels[chosen])
    assert_followed(provided, network, optimizer, right.parameters(), 2, "one for each batch")


@pytest.mark.exercise("train_batch")
@pytest.mark.points(1)
@pytest.mark.hint("Try it: the same batch before and after. Did the loss go down?")
def test_a_step_helps(submission, provided, dataset):
    """After one step of Adam, the loss of the batch is lower, and more of its images are right."""
    images, labels = pictures_of(dataset, 200, 40)
    network = provided.SmallNetwork(start_parameters())
    before = provided.outputs_of(network, images)
    submission.train_batch(network, provided.adam_of(network, 0.02), images, labels)
    after = provided.outputs_of(network, images)
    losses = [float(functional.cross_entropy(outputs, labels)) for outputs in (before, after)]
    counts = [int((outputs.argmax(1) == labels).sum()) for outputs in (before, after)]
    if not losses[1] < losses[0]:
        raise CheckFailed(f"The loss of the batch went from {short_number(losses[0])} to {short_number(losses[1])}.")
    if not counts[1] > counts[0]:
        raise CheckFailed(f"Of 40 images, {counts[0]} were right before the step and {counts[1]} after it.")


# -- train_epoch -------------------------------------------------------------------------------------------------------


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(2)
@pytest.mark.hint("How often is train_batch's work done in an epoch of 23 images in batches of 5?")
def test_one_walk(submission, provided, parts, dataset):
    """train_epoch makes one step for every batch, the smaller last one too: 23 images in batches of 5."""
    images, labels = pictures_of(dataset, 300, 23)
    right = Follower(parts)
    right.epoch(images, labels, 5)
    network, optimizer = network_and_optimizer(provided)
    submission.train_epoch(network, optimizer, provided.make_loader(images, labels, 5))
    assert_followed(provided, network, optimizer, right.parameters(), 5, "one for every batch")


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(2)
@pytest.mark.hint("The loss of a batch is a mean over its images. What is the sum over them?")
def test_totals(submission, provided, parts, dataset):
    """It returns (total_loss, num_correct): sums over all images, each taken before the step of its batch."""
    for first, count, batch_size in ((330, 13, 5), (340, 40, 8), (370, 9, 9), (380, 4, 1)):
        images, labels = pictures_of(dataset, first, count)
        total_loss, num_correct = Follower(parts).epoch(images, labels, batch_size)
        network, optimizer = network_and_optimizer(provided)
        loader = provided.make_loader(images, labels, batch_size)
        got = submission.train_epoch(network, optimizer, loader)
        name = f"of {count} images in batches of {batch_size}"
        ours = assert_tuple("train_epoch", got, ("total_loss", "num_correct"))
        assert_number(f"total_loss {name}", ours[0], total_loss)
        assert_count(f"num_correct {name}", ours[1], num_correct)


@pytest.mark.exercise("train_epoch")
@pytest.mark.points(1)
@pytest.mark.hint("A loader that shuffles gives another order in every walk. How often do you begin one?")
def test_images_and_labels_belong_together(submission, provided, parts, dataset):
    """With a loader that gives another order in every walk, images keep their labels, and each counts once."""
    images, labels = pictures_of(dataset, 400, 18)
    network, optimizer = network_and_optimizer(provided)
    got = submission.train_epoch(network, optimizer, provided.make_loader(images, labels, 6, True))
    ours = assert_tuple("train_epoch", got, ("total_loss", "num_correct"))
    total = as_number("total_loss", ours[0])
    either = [Follower(parts).epoch(*order, 6) for order in ((images, labels), (images.flip(0), labels.flip(0)))]
    total_loss, num_correct = min(either, key=lambda one: abs(one[0] - total))
    assert_number("total_loss", total, total_loss)
    assert_count("num_correct", ours[1], num_correct)


# -- train -------------------------------------------------------------------------------------------------------------


def followed(
    parts, images: Tensor, labels: Tensor, batch_size: int, epochs: int
) -> tuple[list[float], dict[str, Tensor]]:
    """The accuracies of a right run, and the parameters after it."""
    right = Follower(parts)
    accuracies = [right.epoch(images, labels, batch_size)[1] / len(labels) for _ in range(epochs)]
    return accuracies, right.parameters()


@pytest.mark.exercise("train")
@pytest.mark.points(2)
@pytest.mark.hint("Which lines stand inside the loop over epochs, and which after it?")
def test_follows_the_reference(submission, provided, parts, dataset):
    """From given parameters over given batches, train makes every step of every epoch."""
    images, labels = pictures_of(dataset, 500, 30)
    network, optimizer = network_and_optimizer(provided)
    submission.train(network, optimizer, provided.make_loader(images, labels, 8), 3)
    _, expected = followed(parts, images, labels, 8, 3)
    assert_followed(provided, network, optimizer, expected, 12, "one for every batch of every epoch")


@pytest.mark.exercise("train")
@pytest.mark.points(2)
@pytest.mark.hint("How many were right in this epoch, of how many images?")
def test_accuracies(submission, provided, parts, dataset, show_curve):
    """train returns the training accuracy of each epoch, a list of floats from 0 to 1."""
    images, labels = pictures_of(dataset, 700, 53)
    expected, _ = followed(parts, images, labels, 12, 4)
    network, optimizer = network_and_optimizer(provided)
    got = submission.train(network, optimizer, provided.make_loader(images, labels, 12), 4)
    accuracies = assert_numbers("train's result", got, 4, of="one for each epoch")
    show_curve("Training accuracy of each epoch", accuracies, expected, tolerance=1e-4)
    for epoch, (value, share) in enumerate(zip(accuracies, expected, strict=True), 1):
        assert_number(f"the accuracy of epoch {epoch}", value, share)


@pytest.mark.exercise("train")
@pytest.mark.points(1)
def test_one_epoch(submission, provided, parts, dataset):
    """One epoch of 11 images in batches of 4 gives a list of one accuracy."""
    images, labels = pictures_of(dataset, 600, 11)
    (expected,), parameters = followed(parts, images, labels, 4, 1)
    network, optimizer = network_and_optimizer(provided)
    got = submission.train(network, optimizer, provided.make_loader(images, labels, 4), 1)
    (value,) = assert_numbers("train's result", got, 1, of="one for each epoch")
    assert_number("the accuracy of epoch 1", value, expected)
    assert_followed(provided, network, optimizer, parameters, 3, "one for every batch")
