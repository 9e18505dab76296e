"""Checks of train: made deterministic by given parameters and batches, a right loop must follow the reference.

The net, the loss and the optimizer are the course's, so a mistake in another exercise costs nothing here. Over so few steps
right implementations agree to 1e-5 of the change; a longer run could meet a pre-activation so near 0 that rounding decides.
"""

from functools import cache
from types import ModuleType

import pytest
from torch import Tensor

from grader.compare import as_number, assert_change, assert_dict, assert_numbers
from grader.errors import CheckFailed
from grader.numbers import Numbers
from grader.results import Evidence
from grader.text import short_number

pytestmark = [
    pytest.mark.exercise("train"),
    pytest.mark.hint(
        "For each batch, in this order: forward, loss, backward, step. Does each one get what the last one made? "
        "Does every name still mean what it meant at the start?"
    ),
]

LR = 0.05
START_SEED = 11


@cache
def start_parameters() -> dict[str, Tensor]:
    """Given parameters for the net. It is a narrow one: the loop is the same, and a hundred runs cost less."""
    numbers = Numbers(START_SEED)
    sizes = {"fc1": (12, 784), "fc2": (16, 12), "fc3": (10, 16)}
    parameters = {}
    for name, (dim_out, dim_in) in sizes.items():
        parameters[f"{name}.W"] = numbers.normal(dim_out, dim_in) / dim_in**0.5
        parameters[f"{name}.b"] = numbers.normal(dim_out) / 10
    return parameters


@cache
def follow(parts: ModuleType, dataset, images: int, batch_size: int, epochs: int):
    """What a right loop gives: the two usual means of the loss per epoch, the parameters, the number of steps."""
    pictures, labels = dataset.standardised(dataset.train_images[:images]), dataset.train_labels[:images]
    net, loss = parts.Net(start_parameters()), parts.NLLLoss()
    optimizer = parts.Optimizer(net.parameters, lr=LR)
    by_image, by_batch = [], []
    for _ in range(epochs):
        values, sizes = [], []
        for first in range(0, images, batch_size):
            x, y = pictures[first : first + batch_size], labels[first : first + batch_size]
            outputs = net.forward(x)
            values.append(float(loss.forward(outputs, y)))
            sizes.append(len(y))
            net.backward(loss.backward(outputs, y))
            optimizer.step(net.gradients)
        by_image.append(sum(v * n for v, n in zip(values, sizes, strict=True)) / images)
        by_batch.append(sum(values) / len(values))
    return by_image, by_batch, parts.copy_of(net.parameters), optimizer.steps


def run(submission, provided, dataset, images: int, batch_size: int, epochs: int):
    """Train the course's net with the submission's train; returns the losses, the parameters and the number of steps."""
    pictures, labels = dataset.standardised(dataset.train_images[:images]), dataset.train_labels[:images]
    net = provided.Net(start_parameters())
    optimizer = provided.optimizer_of(net, LR)
    loader = provided.make_loader(pictures, labels, batch_size)
    losses = submission.train(net, provided.NLLLoss(), optimizer, loader, epochs)
    as_number("backward passes", net.backwards)  # not judged, but it tells apart what else looks the same
    return (
        losses,
        assert_dict("net.parameters", net.parameters, list(start_parameters())),
        as_number("steps", optimizer.steps),
    )


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
                hint="The loss of an epoch is the mean over its batches, each taken before the step of that batch.",
            )


def assert_steps(steps: float, expected: int) -> None:
    """The optimizer stepped once for every batch."""
    if steps != expected:
        raise CheckFailed(
            f"The optimizer made {short_number(steps)} steps, expected {expected}: one for every batch of every epoch."
        )


@pytest.mark.points(3)
def test_follows_the_reference(submission, provided, parts, dataset):
    """From given parameters over given batches, train moves the net's parameters as gradient descent does."""
    _, _, expected, steps = follow(parts, dataset, 64, 16, 3)
    _, parameters, made = run(submission, provided, dataset, 64, 16, 3)
    assert_steps(made, steps)
    assert_change("The parameter", start_parameters(), parameters, expected)


@pytest.mark.points(2)
def test_losses(submission, provided, parts, dataset, show_curve):
    """train returns the mean training loss of each epoch, a list of floats."""
    by_image, by_batch, _, _ = follow(parts, dataset, 64, 16, 3)
    losses, _, _ = run(submission, provided, dataset, 64, 16, 3)
    shown = assert_numbers("train's result", losses, len(by_image), of="one for each epoch")
    show_curve("Mean training loss of each epoch", shown, by_image, tolerance=1e-4)
    assert_losses(losses, by_image, by_batch)


@pytest.mark.points(1)
def test_uneven_batches(submission, provided, parts, dataset):
    """A last batch that is smaller counts too: 13 images in batches of 5."""
    by_image, by_batch, expected, steps = follow(parts, dataset, 13, 5, 2)
    losses, parameters, made = run(submission, provided, dataset, 13, 5, 2)
    assert_steps(made, steps)
    assert_losses(losses, by_image, by_batch)
    assert_change("The parameter", start_parameters(), parameters, expected)


@pytest.mark.points(1)
def test_one_batch_one_epoch(submission, provided, parts, dataset):
    """One epoch of one batch is one step, and the loss is the one before it."""
    by_image, by_batch, expected, steps = follow(parts, dataset, 8, 8, 1)
    losses, parameters, made = run(submission, provided, dataset, 8, 8, 1)
    assert_steps(made, steps)
    assert_losses(losses, by_image, by_batch)
    assert_change("The parameter", start_parameters(), parameters, expected)


@pytest.mark.points(1)
def test_single_images(submission, provided, parts, dataset):
    """Batches of a single image work."""
    by_image, by_batch, expected, _ = follow(parts, dataset, 4, 1, 2)
    losses, parameters, _ = run(submission, provided, dataset, 4, 1, 2)
    assert_losses(losses, by_image, by_batch)
    assert_change("The parameter", start_parameters(), parameters, expected)
