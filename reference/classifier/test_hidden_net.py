"""Hidden checks of Net: images that are flat already, and nets beside each other.

They run with the submission's own Linear and ReLU; where that fails, with the course's, as the public checks do.
"""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_dict

pytestmark = pytest.mark.exercise("net")

SIZES = {"fc1": (120, 784), "fc2": (256, 120), "fc3": (10, 256)}
NET_TOLERANCE = 1e-4  # of the largest entry, after three layers: right code stays below 1e-6
KINK = 1e-4  # no pre-activation is nearer to 0, so that rounding, which is below 1e-5, decides no mask


def forward(parameters: dict[str, Tensor], x: Tensor) -> tuple[Tensor, float]:
    """The outputs, and how near any pre-activation is to 0."""
    z1 = functional.linear(x, parameters["fc1.W"], parameters["fc1.b"])
    z2 = functional.linear(z1.relu(), parameters["fc2.W"], parameters["fc2.b"])
    outputs = functional.linear(z2.relu(), parameters["fc3.W"], parameters["fc3.b"])
    return outputs, float(torch.cat([z1.flatten(), z2.flatten()]).detach().abs().min())


def make_net(submission, provided, numbers) -> tuple[Any, dict[str, Tensor]]:
    """A Net of the submission with known parameters."""
    net = submission.Net()
    parameters = {}
    for name, shape in SIZES.items():
        parameters[f"{name}.W"] = numbers.normal(*shape) / shape[1] ** 0.5
        parameters[f"{name}.b"] = numbers.away_from_zero(shape[0]) / 4
    provided.set_tensors(net, parameters)
    return net, parameters


def some_images(numbers, parameters: dict[str, Tensor], count: int) -> Tensor:
    """Images for which rounding decides no mask."""
    while True:
        images = numbers.images(count)
        if forward(parameters, images.flatten(1))[1] > KINK:
            return images


def expected_gradients(parameters: dict[str, Tensor], images: Tensor, dz: Tensor) -> dict[str, Tensor]:
    """The gradients by torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = {name: tensor.double().requires_grad_() for name, tensor in parameters.items()}
        outputs, _ = forward(tracked, images.double().flatten(1))
        gradients = torch.autograd.grad((outputs * dz.double()).sum(), list(tracked.values()))
    return dict(zip(tracked, gradients, strict=True))


@pytest.mark.points(1)
@pytest.mark.hint(
    "forward takes images (N, 1, 28, 28) and rows (N, 784). Which line needs to know which of them it has?"
)
def test_flat_images(submission, provided, numbers):
    """forward works too when every image is a row of pixels already."""
    net, parameters = make_net(submission, provided, numbers)
    for count in (3, 1):
        x = numbers.images(count).flatten(1)
        assert_close("the outputs", net.forward(x), forward(parameters, x)[0], relative=NET_TOLERANCE, like="(N, 10)")


@pytest.mark.points(1)
@pytest.mark.hint(
    "What belongs to one net: what is made in __init__ and kept on self. Is there anything that two nets share?"
)
def test_two_nets(submission, provided, numbers):
    """A second net changes nothing of the first: each has layers, parameters and gradients of its own."""
    net, parameters = make_net(submission, provided, numbers)
    other = submission.Net()
    images, dz = some_images(numbers, parameters, 3), numbers.normal(3, 10)
    net.forward(images)
    other.forward(numbers.images(3))
    net.backward(dz)
    other.backward(numbers.normal(3, 10))
    got = assert_dict("gradients", net.gradients, list(parameters))
    for name, expected in expected_gradients(parameters, images, dz).items():
        assert_close(f"gradients[{name!r}]", got[name], expected, relative=NET_TOLERANCE)
