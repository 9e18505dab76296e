"""Checks of everything together: the submission's own Network and train learn real pictures, whose labels are exchanged.

What is called a shirt is a bag, and so on: to learn that is as easy as to learn the true names, and a network that knows
the true ones beforehand, from weights in the file, gains nothing by it.

The thresholds are measured (calibration.json): right code misses them less than once in a million runs. They are for a short
run on few pictures; accuracy alone proves little, so most points are in the exercises.
"""

import math
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_at_least, assert_numbers, assert_tensor
from grader.data import CLASSES, STATISTICS
from grader.errors import CheckFailed
from grader.numbers import Numbers
from grader.results import Evidence
from grader.text import short_number

pytestmark = [
    pytest.mark.exercise("together"),
    pytest.mark.timeout(60),
    pytest.mark.hint("Solve the checks of the single exercises first: a mistake in any of them can show here."),
]

ACCURACY, LOSS = "test accuracy", "test loss"
RISE = "training accuracy of the first epoch / that of the last"
TRIES = 2  # from the submission's own initial weights, and if they learn too little from the course's
LR, EPOCHS, BATCH_SIZE, IMAGES = 0.005, 3, 20, 600
NEW_LABELS = torch.tensor([8, 5, 3, 7, 0, 1, 9, 2, 4, 6])  # of the classes 0 to 9; none keeps its own
SHAPES = {
    "conv1": (6, 1, 5, 5),
    "conv2": (12, 6, 5, 5),
    "fc1": (120, 192),
    "fc2": (60, 120),
    "out": (10, 60),
}


def course_start() -> dict[str, Tensor]:
    """Initial parameters of a spread that trains well."""
    numbers = Numbers(5)
    weights = {
        f"{name}.weight": numbers.normal(*shape) / (3 * math.prod(shape[1:])) ** 0.5 for name, shape in SHAPES.items()
    }
    return weights | {f"{name}.bias": torch.zeros(shape[0]) for name, shape in SHAPES.items()}


def train_once(submission, provided, dataset, start=None) -> tuple[Any, Tensor]:
    """The accuracies that train returned, and the scores of the test images. Their labels stay on this side."""
    scale = STATISTICS[dataset.name]
    network, accuracies = provided.train_new_network(
        submission.Network,
        submission.train,
        dataset.train_images[:IMAGES],
        NEW_LABELS[dataset.train_labels[:IMAGES]],
        *scale,
        BATCH_SIZE,
        LR,
        EPOCHS,
        start,
    )
    images = dataset.test_images[:1000]
    outputs = assert_tensor("the scores of the test images", provided.scores_of(network, images, *scale), (1000, 10))
    return accuracies, outputs


def accuracy(outputs: Tensor, labels: Tensor) -> float:
    """The share of images whose largest score is at the label."""
    return float((outputs.argmax(1) == labels).double().mean())


def loss_of(outputs: Tensor, labels: Tensor) -> float:
    """The mean loss of the scores."""
    return float(functional.cross_entropy(outputs.double(), labels))


@pytest.fixture(scope="module")
def trained(submission, provided, dataset, calibrated):
    """Accuracies and scores of a network trained from the submission's initial weights; if it learns too little, from the
    course's.

    The assignment leaves the initial weights to torch, but forbids no others, so poor ones alone cost nothing.
    """
    labels = NEW_LABELS[dataset.test_labels[:1000]]
    try:
        accuracies, outputs = train_once(submission, provided, dataset)
        learned = calibrated.is_enough(ACCURACY, accuracy(outputs, labels), tries=TRIES) and calibrated.is_low_enough(
            LOSS, loss_of(outputs, labels), tries=TRIES
        )
    except CheckFailed:  # too large a spread ends in nan
        learned = False
    if not learned:
        accuracies, outputs = train_once(submission, provided, dataset, course_start())
    return accuracies, outputs


@pytest.mark.points(2)
def test_accuracy_rises(trained, calibrated, show_curve):
    """Your own network and training loop together: the training accuracy rises from the first epoch to the last."""
    accuracies = assert_numbers("train's result", trained[0], EPOCHS, of="one for each epoch")
    show_curve("Training accuracy of each epoch", accuracies)
    first, last = accuracies[0], accuracies[-1]
    shown = Evidence(got=", ".join(map(short_number, accuracies)), expected="rising numbers")
    if not 0 < last <= 1:
        raise CheckFailed(f"The training accuracy of the last epoch is {short_number(last)}.", evidence=shown)
    if not calibrated.is_low_enough(RISE, first / last, bound=1.0):
        raise CheckFailed(
            f"The training accuracy went from {short_number(first)} to {short_number(last)}.", evidence=shown
        )


@pytest.mark.points(2)
def test_minimum_accuracy(submission, provided, trained, dataset, calibrated, flag, show_predictions):
    """After three epochs on 600 pictures, your network recognises more than half of 1,000 others."""
    images, true_labels = dataset.test_images[:1000], dataset.test_labels[:1000]
    untrained = provided.scores_of(submission.Network(), images[:300], *STATISTICS[dataset.name])
    untrained = assert_tensor("the scores", untrained, (300, 10))
    if accuracy(untrained, true_labels[:300]) > 0.5:
        share = accuracy(untrained, true_labels[:300])
        flag("embedded_weights", f"before any training, a new Network recognises {share:.0%} of images")
    true_names = NEW_LABELS.argsort()[trained[1].argmax(1)]
    show_predictions("The test images, by their true names", images, true_labels, true_names, CLASSES[dataset.name])
    recognised = accuracy(trained[1], NEW_LABELS[true_labels])
    enough = calibrated.is_enough(ACCURACY, recognised, tries=TRIES)
    if not enough and accuracy(trained[1], true_labels) >= 0.5:
        raise CheckFailed(
            "After training on pictures with exchanged labels, your network still predicts the true ones.",
            hint="What a network predicts must come from what train gave it to learn.",
        )
    if not enough:
        assert_at_least("The share of test images recognised", recognised, calibrated.threshold(ACCURACY))
    loss = loss_of(trained[1], NEW_LABELS[true_labels])
    if not calibrated.is_low_enough(LOSS, loss, tries=TRIES):
        raise CheckFailed(
            f"After training, the loss on test images is {loss:.3f}, expected at most {calibrated.threshold(LOSS):g}."
        )
