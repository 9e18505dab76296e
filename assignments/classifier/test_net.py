"""Checks of Net: three linear layers with ReLU between them, forwards and backwards.

They run with the submission's own Linear and ReLU; where that fails, with the course's, so that a mistake there costs
nothing here.
"""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_dict, assert_tensor
from grader.errors import CheckFailed

pytestmark = pytest.mark.exercise("net")

SHAPES = {
    "fc1.W": (120, 784),
    "fc1.b": (120,),
    "fc2.W": (256, 120),
    "fc2.b": (256,),
    "fc3.W": (10, 256),
    "fc3.b": (10,),
}
NET_TOLERANCE = 1e-4  # of the largest entry, after three layers: right code stays below 1e-6
KINK = 1e-4  # no pre-activation is nearer to 0, so that rounding decides no mask


def random_parameters(numbers) -> dict[str, Tensor]:
    """Parameters of every size and sign; no bias is 0."""
    return {
        name: numbers.normal(*shape) / shape[-1] ** 0.5 if len(shape) == 2 else numbers.away_from_zero(*shape) / 4
        for name, shape in SHAPES.items()
    }


def forward(parameters: dict[str, Tensor], images: Tensor) -> tuple[Tensor, float]:
    """The outputs, and how near any pre-activation is to 0."""
    z1 = functional.linear(images.flatten(1), parameters["fc1.W"], parameters["fc1.b"])
    z2 = functional.linear(z1.relu(), parameters["fc2.W"], parameters["fc2.b"])
    outputs = functional.linear(z2.relu(), parameters["fc3.W"], parameters["fc3.b"])
    return outputs, float(torch.cat([z1.flatten(), z2.flatten()]).detach().abs().min())


def some_images(numbers, parameters: dict[str, Tensor], count: int) -> Tensor:
    """Images for which rounding decides no mask."""
    wide = {name: tensor.double() for name, tensor in parameters.items()}
    while True:
        images = numbers.images(count)
        if forward(wide, images.double())[1] > KINK:
            return images


def expected_gradients(parameters: dict[str, Tensor], images: Tensor, dz: Tensor) -> dict[str, Tensor]:
    """The gradients by torch's autograd, in float64."""
    with torch.enable_grad():
        tracked = {name: tensor.double().requires_grad_() for name, tensor in parameters.items()}
        outputs, _ = forward(tracked, images.double())
        gradients = torch.autograd.grad((outputs * dz.double()).sum(), list(tracked.values()))
    return dict(zip(tracked, gradients, strict=True))


def make_net(submission, provided, numbers) -> tuple[Any, dict[str, Tensor]]:
    """A Net of the submission with known parameters."""
    net = submission.Net()
    shapes = assert_dict("parameters", provided.shapes_of(net), list(SHAPES))
    for name, shape in SHAPES.items():
        if shapes[name] != list(shape):
            raise CheckFailed(f"parameters[{name!r}] has shape {shapes[name]}, expected {list(shape)}.")
    parameters = random_parameters(numbers)
    provided.set_tensors(net, parameters)
    return net, parameters


@pytest.mark.points(1)
def test_parameters(submission):
    """parameters holds W and b of the three layers under the names fc1.W to fc3.b, in the right shapes."""
    got = assert_dict("parameters", submission.Net().parameters, list(SHAPES))
    for name, shape in SHAPES.items():
        assert_tensor(f"parameters[{name!r}]", got[name], shape)


@pytest.mark.points(1)
@pytest.mark.hint("Does parameters hold the layers' own tensors, or copies of them?")
def test_parameters_are_shared(submission, provided, numbers):
    """Who changes a tensor in parameters in place changes the net, this one and no other."""
    net, parameters = make_net(submission, provided, numbers)
    images = some_images(numbers, parameters, 3)
    plain = {name: torch.full(shape, 0.0 if name.endswith("W") else 1.0) for name, shape in SHAPES.items()}
    provided.set_tensors(net, plain)
    assert_close("the outputs with every W set to 0 and every b to 1", net.forward(images), torch.ones(3, 10))
    provided.set_tensors(net, {**parameters, "fc3.b": parameters["fc3.b"] + 1.0})
    make_net(submission, provided, numbers)  # another one, with other values
    expected = forward({**parameters, "fc3.b": parameters["fc3.b"] + 1.0}, images)[0]
    assert_close("the outputs after fc3.b went up by 1", net.forward(images), expected, relative=NET_TOLERANCE)


@pytest.mark.points(2)
@pytest.mark.hint("Write down the shape after every step, for a batch of 4 images.")
def test_forward(submission, provided, numbers):
    """forward gives the raw scores (N, 10) of images (N, 1, 28, 28)."""
    net, parameters = make_net(submission, provided, numbers)
    for count in (4, 1, 6):
        images = some_images(numbers, parameters, count)
        expected = forward(parameters, images)[0]
        assert_close("forward(images)", net.forward(images), expected, relative=NET_TOLERANCE, like="(N, 10)")
    assert_close("net(images)", net(images), expected, relative=NET_TOLERANCE)


@pytest.mark.points(3)
@pytest.mark.hint(
    "Walk back through the layers in reverse order: what each one returns as dx is the dz of the one before it."
)
def test_gradients(submission, provided, numbers):
    """backward(dz) fills gradients with the gradient of the loss with respect to every parameter."""
    net, parameters = make_net(submission, provided, numbers)
    images, dz = some_images(numbers, parameters, 5), numbers.normal(5, 10)
    net.forward(images)
    net.backward(dz)
    got = assert_dict("gradients", net.gradients, list(SHAPES))
    for name, expected in expected_gradients(parameters, images, dz).items():
        assert_close(f"gradients[{name!r}]", got[name], expected, relative=NET_TOLERANCE, factors={"the batch size": 5})


@pytest.mark.points(1)
@pytest.mark.hint("Each backward is about the last forward alone.")
def test_gradients_of_a_second_batch(submission, provided, numbers):
    """A second forward and backward gives the gradients of the second batch, also when it is smaller."""
    net, parameters = make_net(submission, provided, numbers)
    net.forward(some_images(numbers, parameters, 4))
    net.backward(numbers.normal(4, 10))
    images, dz = some_images(numbers, parameters, 3), numbers.normal(3, 10, scale=50.0)
    net.forward(images)
    net.backward(dz)
    got = assert_dict("gradients", net.gradients, list(SHAPES))
    for name, expected in expected_gradients(parameters, images, dz).items():
        assert_close(f"gradients[{name!r}]", got[name], expected, relative=NET_TOLERANCE)


@pytest.mark.needs_cuda
def test_runs_on_cuda(submission, provided, numbers):
    """On a GPU, forward and backward give what they give on a CPU."""
    net, parameters = make_net(submission, provided, numbers)
    images, dz = some_images(numbers, parameters, 5), numbers.normal(5, 10)
    outputs = net.forward(images)
    assert_close("forward(images)", outputs, forward(parameters, images)[0], relative=NET_TOLERANCE)
    net.backward(dz)
    got = assert_dict("gradients", net.gradients, list(SHAPES))
    for name, expected in expected_gradients(parameters, images, dz).items():
        assert_close(f"gradients[{name!r}]", got[name], expected, relative=NET_TOLERANCE)
