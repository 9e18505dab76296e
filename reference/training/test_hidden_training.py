"""Hidden checks of training_pass and train: pinned runs of other lengths, other criteria, and calls one after the other."""

from types import ModuleType

import pytest
import torch
from torch import Tensor

from grader.compare import assert_change, assert_number, assert_numbers, assert_unchanged
from grader.numbers import Numbers

LR = 0.25
NAMES = ("first.weight", "first.bias", "last.weight", "last.bias")


def start() -> list[Tensor]:
    """Given parameters of a narrow model."""
    numbers = Numbers(31)
    sizes = ((9, 784), (9,), (10, 9), (10,))
    return [numbers.normal(*size) / (size[1] ** 0.5 if len(size) == 2 else 10) for size in sizes]


def assert_moved(provided, model, expected) -> None:
    """The parameters moved as those of the model on this side did."""
    got, before = (dict(zip(NAMES, tensors, strict=True)) for tensors in (provided.parameters_of(model), start()))
    wanted = dict(zip(NAMES, (parameter.detach() for parameter in expected.parameters()), strict=True))
    assert_change("The parameter", before, got, wanted)


def step(model, criterion, images: Tensor, labels: Tensor) -> float:
    """A right pass on this side; the loss before it."""
    with torch.enable_grad():
        loss = criterion(model(images.double().flatten(1)), labels)
        gradients = torch.autograd.grad(loss, list(model.parameters()))
    with torch.no_grad():
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            parameter -= LR * gradient
    return float(loss.detach())


def on_this_side(parts: ModuleType):
    """The same model in float64."""
    return parts.Model([tensor.double() for tensor in start()])


@pytest.mark.exercise("training_pass")
@pytest.mark.points(1)
@pytest.mark.hint("What does your code do that only works for some numbers of images?")
def test_batch_sizes(submission, provided, parts, numbers):
    """Batches of one image, of ten, and of any other number are trained on."""
    model, expected = provided.Model(start()), on_this_side(parts)
    optimizer, criterion = provided.optimizer_of(model, LR), provided.NLL()
    for count in (1, 10, 3):
        images, labels = numbers.images(count) / 10, numbers.labels(count, 10)
        got = submission.training_pass(model, criterion, optimizer, images, labels)
        assert_number("the loss", got, step(expected, parts.NLL(), images, labels))
        assert_moved(provided, model, expected)


@pytest.mark.exercise("training_pass")
@pytest.mark.points(1)
@pytest.mark.hint("Does your function work on what it was given, or change it?")
def test_batch_unchanged(submission, provided, worker, dataset):
    """The images and labels that were given stay as they are."""
    images, labels = dataset.standardised(dataset.train_images[:6]), dataset.train_labels[:6]
    model = provided.Model(start())
    given, named = worker.put(images, "images"), worker.put(labels, "labels")
    submission.training_pass(model, provided.NLL(), provided.optimizer_of(model, LR), given, named)
    assert_unchanged("images", worker.fetch(given), images)
    assert_unchanged("labels", worker.fetch(named), labels)


@pytest.mark.exercise("train")
@pytest.mark.points(1)
@pytest.mark.hint("What does your code keep when train has returned, and where?")
def test_goes_on(submission, provided, parts, dataset):
    """Called again, train goes on from the parameters that the model has, and returns the losses of its own epochs."""
    pictures, labels = dataset.standardised(dataset.train_images[:20]), dataset.train_labels[:20]
    model, expected = provided.Model(start()), on_this_side(parts)
    optimizer, loader = provided.optimizer_of(model, LR), provided.make_loader(pictures, labels, 5)
    for epochs in (1, 2):
        losses = submission.train(model, provided.NLL(), optimizer, loader, epochs)
        for got in assert_numbers("train's result", losses, epochs, of="one for each epoch"):
            batches = zip(pictures.split(5), labels.split(5), strict=True)
            wanted = [step(expected, parts.NLL(), *batch) for batch in batches]
            assert_number("the loss of an epoch", got, sum(wanted) / len(wanted))
    assert_moved(provided, model, expected)


@pytest.mark.exercise("train")
@pytest.mark.points(1)
@pytest.mark.hint("Who says how wrong the outputs are: your function, or what it is given?")
def test_any_criterion(submission, provided, parts, dataset):
    """The loss is that of the criterion which is given, whichever it is."""
    pictures, labels = dataset.standardised(dataset.train_images[40:52]), dataset.train_labels[40:52]
    model, expected = provided.Model(start()), on_this_side(parts)
    optimizer, loader = provided.optimizer_of(model, LR), provided.make_loader(pictures, labels, 4)
    losses = submission.train(model, provided.SquaredDistance(), optimizer, loader, 2)
    for got in assert_numbers("train's result", losses, 2, of="one for each epoch"):
        batches = zip(pictures.split(4), labels.split(4), strict=True)
        wanted = [step(expected, parts.SquaredDistance(), *batch) for batch in batches]
        assert_number("the loss of an epoch", got, sum(wanted) / len(wanted))
    assert_moved(provided, model, expected)
