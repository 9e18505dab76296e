"""Hidden checks of Network: networks beside each other, images of any brightness, random initial weights."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_tensor
from grader.errors import CheckFailed

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


def random_parameters(numbers) -> dict[str, Tensor]:
    """Parameters of every size and sign."""
    return {name: numbers.away_from_zero(*shape) / 5 for name, shape in SHAPES.items()}


def forward(p: dict[str, Tensor], images: Tensor) -> Tensor:
    """The outputs."""
    for stage in ("conv1", "conv2"):
        images = functional.max_pool2d(functional.conv2d(images, p[f"{stage}.weight"], p[f"{stage}.bias"]), 2).relu()
    images = images.flatten(1)
    for stage in ("fc1", "fc2"):
        images = functional.linear(images, p[f"{stage}.weight"], p[f"{stage}.bias"]).relu()
    return functional.linear(images, p["out.weight"], p["out.bias"])


@pytest.mark.points(1)
@pytest.mark.hint("Whose are the layers: those of one network, or of all of them? What does forward remember?")
def test_networks_beside_each_other(submission, provided, numbers):
    """Each network has parameters of its own, and an image has the same outputs in every batch."""
    networks = [(submission.Network(), random_parameters(numbers)) for _ in range(2)]
    for network, parameters in networks:
        provided.set_layers(network, parameters)
    for scale in (1.0, 30.0, 0.01):
        images = numbers.images(3) * scale + scale
        for network, parameters in networks:
            expected = forward(parameters, images)
            assert_close("network(images)", provided.outputs_of(network, images), expected, relative=1e-4)
            got = provided.outputs_of(network, images[1:2])
            assert_close("network(images) of one of them", got, expected[1:2], relative=1e-4)


@pytest.mark.points(1)
@pytest.mark.hint("With which weights does torch make a layer, if it is left alone?")
def test_random_start(submission):
    """A new Network starts from random weights, other ones each time, both above and below zero."""
    first, second = (
        assert_tensor("conv2.weight", submission.Network().conv2.weight, SHAPES["conv2.weight"]) for _ in range(2)
    )
    if torch.equal(first, second) or float(first.std()) == 0 or not 0.2 < float((first > 0).double().mean()) < 0.8:
        raise CheckFailed("The weights of a new Network's conv2 are not random and around zero.")
