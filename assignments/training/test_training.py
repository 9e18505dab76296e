"""Checks of training_pass and train: from given parameters over given batches, right code must follow the reference.

The model, the criterion and the optimizer are the course's, so a mistake in another exercise costs nothing here.
"""

from collections.abc import Callable
from functools import cache
from types import ModuleType

import pytest
import torch
from torch import Tensor

from grader.compare import as_number, assert_change, assert_number, assert_numbers
from grader.errors import CheckFailed
from grader.numbers import Numbers
from grader.results import Evidence
from grader.text import short_number

ORDER = "In which order do the five steps come, and what does each of them need from the one before?"
LR = 0.1
NAMES = ("first.weight", "first.bias", "last.weight", "last.bias")


@cache
def start(seed: int = 7) -> tuple[Tensor, ...]:
    """Given parameters of a narrow model: the loop is the same, and a hundred runs cost less."""
    numbers = Numbers(seed)
    sizes = ((12, 784), (12,), (10, 12), (10,))
    return tuple(
        numbers.normal(*size) / size[1] ** 0.5 if len(size) == 2 else numbers.normal(*size) / 10 for size in sizes
    )


def named(tensors) -> dict[str, Tensor]:
    """The parameters by name."""
    return dict(zip(NAMES, tensors, strict=True))


class Follower:
    """A right loop on this side, in float64 and step by step."""

    def __init__(self, parts: ModuleType, criterion: Callable, lr: float = LR) -> None:
        self.model = parts.Model([tensor.double() for tensor in start()])
        self.criterion = criterion
        self.lr = lr
        self.steps = 0

    def step(self, images: Tensor, labels: Tensor) -> float:
        """The loss before a step, which is then made."""
        with torch.enable_grad():
            loss = self.criterion(self.model(images.double().flatten(1)), labels)
            gradients = torch.autograd.grad(loss, list(self.model.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(self.model.parameters(), gradients, strict=True):
                parameter -= self.lr * gradient
        self.steps += 1
        return float(loss.detach())

    @property
    def parameters(self) -> list[Tensor]:
        """As they are now."""
        return [parameter.detach().clone() for parameter in self.model.parameters()]


def batches(dataset, *sizes: int) -> list[tuple[Tensor, Tensor]]:
    """Standardised pictures and labels, one batch after the other."""
    count = sum(sizes)
    pictures, labels = dataset.standardised(dataset.train_images[:count]), dataset.train_labels[:count]
    return list(zip(pictures.split(sizes), labels.split(sizes), strict=True))


def assert_moved(model, provided, follower: Follower) -> None:
    """The parameters moved as they should."""
    assert_change("The parameter", named(start()), named(provided.parameters_of(model)), named(follower.parameters))


def assert_steps(optimizer, expected: int) -> None:
    """The optimizer stepped once for every batch."""
    steps = as_number("steps", optimizer.steps)
    if steps != expected:
        raise CheckFailed(f"The optimizer made {short_number(steps)} steps, expected {expected}: one for every batch.")


# -- training_pass ---------------------------------------------------------------------------------------------------------


@pytest.mark.exercise("training_pass")
@pytest.mark.points(3)
@pytest.mark.hint(ORDER)
def test_three_passes(submission, provided, parts, dataset):
    """Three passes, each on another batch, move the parameters as gradient descent does."""
    follower = Follower(parts, parts.NLL())
    model = provided.Model(list(start()))
    optimizer, criterion = provided.optimizer_of(model, LR), provided.NLL()
    for images, labels in batches(dataset, 5, 7, 4):
        submission.training_pass(model, criterion, optimizer, images, labels)
        follower.step(images, labels)
        provided.traffic_of(model)  # not judged, but it tells apart what else looks the same
        as_number("calls of the criterion", criterion.calls)
        assert_steps(optimizer, follower.steps)
        assert_moved(model, provided, follower)


@pytest.mark.exercise("training_pass")
@pytest.mark.points(2)
@pytest.mark.hint("What kind of thing does the criterion give you, and what does a caller want to print?")
def test_loss(submission, provided, parts, dataset):
    """The loss of the batch is returned, a number, as it was before the step."""
    follower = Follower(parts, parts.NLL())
    model = provided.Model(list(start()))
    optimizer, criterion = provided.optimizer_of(model, LR), provided.NLL()
    for images, labels in batches(dataset, 6, 3):
        got = submission.training_pass(model, criterion, optimizer, images, labels)
        as_number("steps", optimizer.steps)
        provided.parameters_of(model)
        assert_number("the loss", got, follower.step(images, labels))


@pytest.mark.exercise("training_pass")
@pytest.mark.points(1)
@pytest.mark.hint("What are the gradients of the parameters when your function begins?")
def test_old_gradients(submission, provided, parts, dataset):
    """Gradients that were there before don't count."""
    follower = Follower(parts, parts.NLL())
    model = provided.Model(list(start()))
    optimizer, criterion = provided.optimizer_of(model, LR), provided.NLL()
    for images, labels in batches(dataset, 6, 5):
        provided.put_gradients(model, 0.3)
        submission.training_pass(model, criterion, optimizer, images, labels)
        follower.step(images, labels)
        assert_moved(model, provided, follower)


@pytest.mark.exercise("training_pass")
@pytest.mark.points(1)
@pytest.mark.hint("Who says how wrong the outputs are: your function, or what it is given?")
def test_any_criterion(submission, provided, parts, dataset):
    """The loss is that of the criterion which is given, whichever it is."""
    follower = Follower(parts, parts.SquaredDistance())
    model = provided.Model(list(start()))
    optimizer, criterion = provided.optimizer_of(model, LR), provided.SquaredDistance()
    for images, labels in batches(dataset, 5, 5):
        got = submission.training_pass(model, criterion, optimizer, images, labels)
        assert_number("the loss", got, follower.step(images, labels))
        assert_moved(model, provided, follower)


# -- train -----------------------------------------------------------------------------------------------------------------


def followed(parts: ModuleType, dataset, sizes: tuple[int, ...], epochs: int):
    """What a right loop gives: the two usual means of the loss per epoch, and the follower at the end."""
    follower = Follower(parts, parts.NLL())
    by_image, by_batch = [], []
    for _ in range(epochs):
        losses = [follower.step(images, labels) for images, labels in batches(dataset, *sizes)]
        by_image.append(sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes))
        by_batch.append(sum(losses) / len(losses))
    return by_image, by_batch, follower


def run(submission, provided, dataset, sizes: tuple[int, ...], epochs: int):
    """Train the course's model with the submission's train; returns the losses, the model and the optimizer."""
    model = provided.Model(list(start()))
    optimizer = provided.optimizer_of(model, LR)
    count = sum(sizes)
    pictures, labels = dataset.standardised(dataset.train_images[:count]), dataset.train_labels[:count]
    loader = provided.make_loader(pictures, labels, sizes[0])
    losses = submission.train(model, provided.NLL(), optimizer, loader, epochs)
    as_number("steps", optimizer.steps)
    provided.parameters_of(model)
    return losses, model, optimizer


def assert_losses(got: object, by_image: list[float], by_batch: list[float]) -> None:
    """The losses follow the reference, by either mean."""
    losses = assert_numbers("train's result", got, len(by_image), of="one for each epoch")
    for epoch, (value, one, other) in enumerate(zip(losses, by_image, by_batch, strict=True), 1):
        if not min(abs(value - one), abs(value - other)) <= 1e-4 * one + 1e-6:
            raise CheckFailed(
                f"The loss of epoch {epoch} is {short_number(value)}, expected {short_number(one)}.",
                evidence=Evidence(
                    got=", ".join(map(short_number, losses)), expected=", ".join(map(short_number, by_image))
                ),
                hint="The loss of an epoch is the mean over its images, each batch's taken before the step of that batch.",
            )


@pytest.mark.exercise("train")
@pytest.mark.points(2)
@pytest.mark.hint(ORDER)
def test_follows_the_reference(submission, provided, parts, dataset):
    """From given parameters over given batches, train moves the model's parameters as gradient descent does."""
    sizes = (12,) * 4
    _, _, follower = followed(parts, dataset, sizes, 3)
    _, model, optimizer = run(submission, provided, dataset, sizes, 3)
    provided.traffic_of(model)  # not judged, but it tells apart what else looks the same
    assert_steps(optimizer, follower.steps)
    assert_moved(model, provided, follower)


@pytest.mark.exercise("train")
@pytest.mark.points(2)
@pytest.mark.hint("Of which numbers is the loss of an epoch the mean, and how many are there?")
def test_losses(submission, provided, parts, dataset, show_curve):
    """train returns the mean training loss of each epoch, and it falls over five epochs."""
    sizes = (12,) * 4
    by_image, by_batch, _ = followed(parts, dataset, sizes, 5)
    losses, _, _ = run(submission, provided, dataset, sizes, 5)
    shown = assert_numbers("train's result", losses, len(by_image), of="one for each epoch")
    show_curve("Mean training loss of each epoch", shown, by_image, tolerance=1e-4)
    assert_losses(losses, by_image, by_batch)


@pytest.mark.exercise("train")
@pytest.mark.points(1)
@pytest.mark.hint("How many images has the last batch, and by how many do you divide?")
def test_uneven_batches(submission, provided, parts, dataset):
    """A last batch that is smaller counts too: 13 images in batches of 5."""
    sizes = (5, 5, 3)
    by_image, by_batch, follower = followed(parts, dataset, sizes, 2)
    losses, model, optimizer = run(submission, provided, dataset, sizes, 2)
    assert_steps(optimizer, follower.steps)
    assert_losses(losses, by_image, by_batch)
    assert_moved(model, provided, follower)


@pytest.mark.exercise("train")
@pytest.mark.points(1)
@pytest.mark.hint("What does your function do when there is just one batch?")
def test_one_batch_one_epoch(submission, provided, parts, dataset):
    """One epoch of one batch is one step, and the loss is the one before it."""
    by_image, by_batch, follower = followed(parts, dataset, (8,), 1)
    losses, model, optimizer = run(submission, provided, dataset, (8,), 1)
    assert_steps(optimizer, follower.steps)
    assert_losses(losses, by_image, by_batch)
    assert_moved(model, provided, follower)
