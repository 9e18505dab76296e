"""Checks of everything together: the submission's own parts train a net on real digits, whose labels are exchanged.

What is called a 0 is a 3, and so on: to learn that is as easy as to learn the true names, and a net that knows the true
ones beforehand, from weights in the file, gains nothing by it.

The thresholds are measured (calibration.json): right code misses them less than once in a million runs. Accuracy alone
proves little, wrong gradients can train well too, so most points are in the exercises.
"""

import math
from typing import Any

import pytest
import torch
from torch.nn import functional

from grader.compare import assert_at_least, assert_numbers, assert_tensor
from grader.data import CLASSES, STATISTICS
from grader.errors import CheckFailed
from grader.numbers import Numbers
from grader.results import Evidence
from grader.text import short_number

pytestmark = [pytest.mark.exercise("together"), pytest.mark.timeout(60)]

ACCURACY, LOSS = "test accuracy", "test loss"
TRIES = 2  # from the submission's own initial weights, and if they learn too little from the course's
LR, EPOCHS, BATCH_SIZE, IMAGES = 0.15, 3, 32, 1000
NEW_LABELS = torch.tensor([3, 7, 5, 9, 0, 8, 1, 2, 6, 4])  # of the digits 0 to 9; none keeps its own
SIZES = {"fc1": (120, 784), "fc2": (256, 120), "fc3": (10, 256)}


def course_start() -> dict[str, torch.Tensor]:
    """Initial parameters of a spread that trains well."""
    numbers = Numbers(5)
    parameters = {f"{name}.W": numbers.normal(*shape) / shape[1] ** 0.5 for name, shape in SIZES.items()}
    return parameters | {f"{name}.b": torch.zeros(shape[0]) for name, shape in SIZES.items()}


def train_once(submission, provided, dataset, start=None) -> tuple[Any, torch.Tensor]:
    """The losses that train returned, and the scores of the test images. Their labels stay on this side."""
    scale = STATISTICS[dataset.name]
    net, losses = provided.train_new_net(
        submission.Net,
        submission.NLLLoss,
        submission.Optimizer,
        submission.train,
        dataset.train_images[:IMAGES],
        NEW_LABELS[dataset.train_labels[:IMAGES]],
        *scale,
        BATCH_SIZE,
        LR,
        EPOCHS,
        start,
    )
    outputs = [
        assert_tensor("the scores of the test images", provided.scores_of(net, images, *scale), (len(images), 10))
        for images in dataset.test_images.split(1000)
    ]
    return losses, torch.cat(outputs)


def accuracy(outputs: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of images whose largest score is at the label."""
    return float((outputs.argmax(1) == labels).double().mean())


def loss_of(outputs: torch.Tensor, labels: torch.Tensor) -> float:
    """The mean loss of the scores."""
    return float(functional.cross_entropy(outputs.double(), labels))


@pytest.fixture(scope="module")
def trained(submission, provided, dataset, calibrated):
    """Losses and scores of a net trained from the submission's initial weights; if it learns too little, from the course's.

    The assignment leaves the spread of the initial weights open, so a poor one alone costs nothing.
    """
    labels = NEW_LABELS[dataset.test_labels]
    try:
        losses, outputs = train_once(submission, provided, dataset)
        learned = calibrated.is_enough(ACCURACY, accuracy(outputs, labels), tries=TRIES) and calibrated.is_low_enough(
            LOSS, loss_of(outputs, labels), tries=TRIES
        )
    except CheckFailed:  # too large a spread ends in nan
        learned = False
    if not learned:
        losses, outputs = train_once(submission, provided, dataset, course_start())
    return losses, outputs


@pytest.mark.points(2)
@pytest.mark.hint("Solve the checks of the single exercises first: a mistake in any of them can show here.")
def test_loss_falls(trained, dataset, calibrated, show_curve):
    """Your own net, loss, optimizer and training loop together: the loss falls from epoch to epoch."""
    losses = assert_numbers("train's result", trained[0], EPOCHS, of="one for each epoch")
    show_curve("Mean training loss of each epoch", losses)
    for epoch in range(1, EPOCHS):
        ratio = losses[epoch] / losses[epoch - 1] if losses[epoch - 1] > 0 else math.inf
        if not calibrated.is_low_enough(f"loss of epoch {epoch + 1} / loss of epoch {epoch}", ratio, bound=1.0):
            raise CheckFailed(
                f"The loss went from {short_number(losses[epoch - 1])} to {short_number(losses[epoch])} in epoch {epoch + 1}.",
                evidence=Evidence(got=", ".join(map(short_number, losses)), expected="falling numbers"),
            )
    ours = loss_of(trained[1], NEW_LABELS[dataset.test_labels])
    if not calibrated.is_low_enough(LOSS, ours, tries=TRIES):
        raise CheckFailed(
            f"After training, the loss on test images is {ours:.3f}, expected at most {calibrated.threshold(LOSS):g}."
        )


@pytest.mark.points(2)
@pytest.mark.hint("Solve the checks of the single exercises first: a mistake in any of them can show here.")
def test_minimum_accuracy(submission, provided, trained, dataset, calibrated, flag, show_predictions):
    """After three epochs your net recognises about four of five digits that it has never seen, or more."""
    images, labels = dataset.test_images[:500], dataset.test_labels[:500]
    untrained = assert_tensor(
        "the scores", provided.scores_of(submission.Net(), images, *STATISTICS[dataset.name]), (500, 10)
    )
    if accuracy(untrained, labels) > 0.5:
        flag(
            "embedded_weights", f"before any training, a new Net recognises {accuracy(untrained, labels):.0%} of images"
        )
    true_names = NEW_LABELS.argsort()[trained[1].argmax(1)]
    show_predictions(
        "The test images, by their true names",
        dataset.test_images,
        dataset.test_labels,
        true_names,
        CLASSES[dataset.name],
    )
    recognised = accuracy(trained[1], NEW_LABELS[dataset.test_labels])
    enough = calibrated.is_enough(ACCURACY, recognised, tries=TRIES)
    if not enough and accuracy(trained[1], dataset.test_labels) >= 0.5:
        raise CheckFailed(
            "After training on digits with exchanged labels, your net still predicts the true digits.",
            hint="What a net predicts must come from what train gave it to learn.",
        )
    if not enough:
        assert_at_least("The share of test images recognised", recognised, calibrated.threshold(ACCURACY))
