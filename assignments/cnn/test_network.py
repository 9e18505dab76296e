"""Checks of Network: its layers, what arrives at each of them, its outputs for given parameters, and its gradients.

How the layers are called is left open: max-pooling and ReLU may change places, since the largest of rectified numbers is the
rectified largest one.
"""

import math
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close
from grader.errors import CheckFailed
from grader.results import Evidence

pytestmark = pytest.mark.exercise("network")

SHAPES = {
    "conv1.weight": (6, 1, 5, 5),
    "conv1.bias": (6,),
    "conv2.weight": (12, 6, 5, 5),
    "conv2.bias": (12,),
    "fc1.weight": (120, 192),
    "fc1.bias": (120,),
    "fc2.weight": (60, 120),
    "fc2.bias": (60,),
    "out.weight": (10, 60),
    "out.bias": (10,),
}
STAGES = {  # of one image: what a layer gets, and what it gives
    "conv1": ((1, 28, 28), (6, 24, 24)),
    "conv2": ((6, 12, 12), (12, 8, 8)),
    "fc1": ((192,), (120,)),
    "fc2": ((120,), (60,)),
    "out": ((60,), (10,)),
}
NET_TOLERANCE = 1e-4  # of the largest entry, after five layers: right code stays below 2e-6
KINK = 1e-5  # no bend and no choice of a largest entry is nearer, so that rounding decides nothing


def random_parameters(numbers) -> dict[str, Tensor]:
    """Parameters of every size and sign; no bias is 0."""
    parameters = {}
    for name, shape in SHAPES.items():
        if name.endswith("weight"):
            parameters[name] = numbers.normal(*shape) * 1.4 / math.prod(shape[1:]) ** 0.5
        else:
            parameters[name] = numbers.away_from_zero(*shape) / 4
    return parameters


def forward(p: dict[str, Tensor], images: Tensor) -> tuple[Tensor, float]:
    """The outputs, and how near a bend, or two candidates for the largest of a window, come to each other."""
    nearest = []

    def bend(z: Tensor) -> Tensor:
        nearest.append(float(z.detach().abs().min()))
        return z.relu()

    def pool(a: Tensor) -> Tensor:
        windows = a.detach().unfold(2, 2, 2).unfold(3, 2, 2).flatten(4)
        first, second = windows.topk(2).values.unbind(-1)
        nearest.append(float((first - second)[first > 0].min()))  # where all are 0, no gradient goes on
        return functional.max_pool2d(a, 2)

    t = pool(bend(functional.conv2d(images, p["conv1.weight"], p["conv1.bias"])))
    t = pool(bend(functional.conv2d(t, p["conv2.weight"], p["conv2.bias"])))
    t = bend(functional.linear(t.flatten(1), p["fc1.weight"], p["fc1.bias"]))
    t = bend(functional.linear(t, p["fc2.weight"], p["fc2.bias"]))
    return functional.linear(t, p["out.weight"], p["out.bias"]), min(nearest)


def some_images(numbers, parameters: dict[str, Tensor], count: int) -> Tensor:
    """Images for which rounding decides nothing."""
    wide = {name: tensor.double() for name, tensor in parameters.items()}
    while True:
        images = numbers.images(count)
        if forward(wide, images.double())[1] > KINK:
            return images


def assert_layers(known: Any) -> None:
    """The layers have the tensors they should have, and the network knows them."""
    for name, shape in SHAPES.items():
        got, layer = known["shapes"][name], name.partition(".")[0]
        if got is None:
            raise CheckFailed(f"network.{name} is missing, or is no tensor.")
        if got != list(shape) and name == "fc1.weight" and len(got) == 2 and got[0] == 120:
            raise CheckFailed(
                f"fc1 takes {got[1]} numbers of an image. That is not how many are left after the second pooling.",
                evidence=Evidence(got=f"{got[1]} inputs", expected="as many as the second pooling leaves of an image"),
            )
        if got != list(shape):
            raise CheckFailed(
                f"network.{name} has shape {tuple(got)}, expected {shape}.",
                evidence=Evidence(got=f"shape {tuple(got)}", expected=f"shape {shape}, from the sizes of {layer}"),
            )
    if known["registered"] != len(SHAPES):
        raise CheckFailed(
            f"network.parameters() gives {known['registered']} of the {len(SHAPES)} weights and biases. The optimizer "
            "learns of the others never."
        )
    if known["others"]:
        raise CheckFailed(f"network.parameters() gives {known['others']} tensors besides those of the five layers.")


def make_network(submission, provided, numbers) -> tuple[Any, dict[str, Tensor]]:
    """A Network of the submission with known parameters."""
    network = submission.Network()
    assert_layers(provided.layers_of(network))
    parameters = random_parameters(numbers)
    provided.set_layers(network, parameters)
    return network, parameters


def assert_stage(stage: str, what: str, shapes: list[list[int]], expected: tuple[int, ...], images: int) -> None:
    """What a layer got, or gave, in all its calls, is that shape for every image."""
    for shape in shapes:
        if tuple(shape[-len(expected) :]) != expected or len(shape) > len(expected) + 1:
            raise CheckFailed(
                f"{stage} {what} a tensor of shape {tuple(shape)} for {images} images; by the formula of the lesson it is "
                "another one.",
                evidence=Evidence(got=f"{stage} {what} shape {tuple(shape)}"),
            )
    rows = sum(shape[0] if len(shape) > len(expected) else 1 for shape in shapes)
    if rows != images:
        raise CheckFailed(
            f"{stage} {what} {rows} rows for {images} images, expected one for each.",
            evidence=Evidence(got=f"{rows} rows", expected=f"{images} rows"),
        )


@pytest.mark.points(2)
@pytest.mark.hint(
    "Walk through the stages with the formula (size - kernel + 2 * padding) / stride + 1, and count what is left for fc1."
)
def test_layers(submission, provided):
    """Network has the layers conv1, conv2, fc1, fc2 and out in their sizes, and parameters() knows all ten of their tensors."""
    assert_layers(provided.layers_of(submission.Network()))


@pytest.mark.points(2)
@pytest.mark.hint("Write the shape beside every line of forward, with the formula of the lesson.")
def test_stages(submission, provided, numbers):
    """For 3 images, what each layer gets and gives has the shape that the formula says, and one row an image."""
    network = submission.Network()
    outputs, seen = provided.stages_of(network, numbers.images(3))
    for stage, (gets, gives) in STAGES.items():
        calls = [entry for entry in seen if entry[0] == stage]
        if calls:  # one that is not called as a module is judged by the outputs alone
            assert_stage(stage, "gets", [entry[1] for entry in calls], gets, 3)
            assert_stage(stage, "gives", [entry[2] for entry in calls], gives, 3)
    if tuple(outputs.shape) != (3, 10):
        raise CheckFailed(f"the outputs have shape {tuple(outputs.shape)}, expected (3, 10).")


@pytest.mark.points(2)
@pytest.mark.hint("Compare your forward with the list in its docstring, word by word. What comes after out?")
def test_forward(submission, provided, numbers):
    """With given parameters, the outputs are the raw scores (N, 10), for a single image too."""
    network, parameters = make_network(submission, provided, numbers)
    for count in (4, 1, 3):
        images = some_images(numbers, parameters, count)
        expected = forward(parameters, images)[0]
        got = provided.outputs_of(network, images)
        assert_close(f"network(images) of {count}", got, expected, relative=NET_TOLERANCE, like="(N, 10)")


@pytest.mark.points(1)
@pytest.mark.hint("What between the images and the outputs would keep autograd from following?")
def test_gradients(submission, provided, numbers):
    """backward reaches every weight and bias of the five layers."""
    network, parameters = make_network(submission, provided, numbers)
    images, weights = some_images(numbers, parameters, 2), numbers.normal(2, 10)
    got = provided.gradients_of(network, images, weights)
    with torch.enable_grad():
        tracked = {name: tensor.double().requires_grad_() for name, tensor in parameters.items()}
        total = (forward(tracked, images.double())[0] * weights.double()).sum()
        expected = torch.autograd.grad(total, list(tracked.values()))
    for (name, gradient), value in zip(got.items(), expected, strict=True):
        if gradient is None:
            raise CheckFailed(f"network.{name} gets no gradient.")
        assert_close(f"the gradient of {name}", gradient, value, relative=NET_TOLERANCE)


@pytest.mark.needs_cuda
def test_runs_on_cuda(submission, provided, numbers):
    """On a GPU, the outputs are what they are on a CPU."""
    network, parameters = make_network(submission, provided, numbers)
    images = some_images(numbers, parameters, 3)
    expected = forward(parameters, images)[0]
    assert_close("network(images)", provided.outputs_of(network, images), expected, relative=NET_TOLERANCE)
