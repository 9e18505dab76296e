"""Hidden checks of train: pinned runs, as in the public checks, whose loss does not fall from epoch to epoch.

The net, the loss and the optimizer are the course's. All batches of a run are equally large, so both usual means agree.
"""

from functools import cache
from types import ModuleType

import pytest
from torch import Tensor

from grader.compare import as_number, assert_change, assert_dict, assert_number, assert_numbers
from grader.errors import CheckFailed
from grader.numbers import Numbers
from grader.text import short_number

pytestmark = pytest.mark.exercise("train")

LR = 0.3  # so large that the loss rises now and then
START_SEED = 23


@cache
def start_parameters() -> dict[str, Tensor]:
    """Given parameters for the net, a narrow one."""
    numbers = Numbers(START_SEED)
    sizes = {"fc1": (12, 784), "fc2": (16, 12), "fc3": (10, 16)}
    parameters = {}
    for name, (dim_out, dim_in) in sizes.items():
        parameters[f"{name}.W"] = numbers.normal(dim_out, dim_in) / dim_in**0.5
        parameters[f"{name}.b"] = numbers.normal(dim_out) / 10
    return parameters


@cache
def follow(parts: ModuleType, dataset, images: int, batch_size: int, epochs: int):
    """What a right loop gives: the mean loss of each epoch, the number of steps, the parameters."""
    pictures, labels = dataset.standardised(dataset.train_images[:images]), dataset.train_labels[:images]
    net, loss = parts.Net(start_parameters()), parts.NLLLoss()
    optimizer = parts.Optimizer(net.parameters, lr=LR)
    means = []
    for _ in range(epochs):
        values = []
        for x, y in zip(pictures.split(batch_size), labels.split(batch_size), strict=True):
            outputs = net.forward(x)
            values.append(float(loss.forward(outputs, y)))
            net.backward(loss.backward(outputs, y))
            optimizer.step(net.gradients)
        means.append(sum(values) / len(values))
    return means, optimizer.steps, parts.copy_of(net.parameters)


def check_run(submission, provided, dataset, images: int, batch_size: int, calls: tuple[int, ...], followed) -> None:
    """Calls of train, one after the other on the same net, with so many epochs each, do what a right loop does."""
    means, steps, parameters = followed
    pictures, labels = dataset.standardised(dataset.train_images[:images]), dataset.train_labels[:images]
    net, loss = provided.Net(start_parameters()), provided.NLLLoss()
    optimizer = provided.optimizer_of(net, LR)
    loader = provided.make_loader(pictures, labels, batch_size)
    first = 0
    for epochs in calls:
        losses = assert_numbers(
            "train's result", submission.train(net, loss, optimizer, loader, epochs), epochs, of="one for each epoch"
        )
        for value, expected in zip(losses, means[first : first + epochs], strict=True):
            assert_number("the loss of an epoch", value, expected)
        first += epochs
    made = as_number("steps", optimizer.steps)
    if made != steps:
        raise CheckFailed(f"The optimizer made {short_number(made)} steps, expected {steps}.")
    got = assert_dict("net.parameters", net.parameters, list(parameters))
    assert_change("The parameter", start_parameters(), got, parameters)


@pytest.mark.points(1)
@pytest.mark.hint("train does what it is told for as many epochs as it is told, whatever the loss does meanwhile.")
def test_loss_may_rise(submission, provided, parts, dataset):
    """When the loss rises in an epoch, train goes on as before, to the last epoch."""
    check_run(submission, provided, dataset, 12, 4, (3,), follow(parts, dataset, 12, 4, 3))


@pytest.mark.points(1)
@pytest.mark.hint(
    "What does your code keep when train has returned, and where? A new call starts with nothing but its arguments."
)
def test_goes_on(submission, provided, parts, dataset):
    """Called again with the same net, train goes on from the parameters it has, and returns the losses of its own epochs."""
    check_run(submission, provided, dataset, 12, 6, (1, 2), follow(parts, dataset, 12, 6, 3))
