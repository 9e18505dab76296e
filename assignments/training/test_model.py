"""Checks of build_model: its parameters, and what it makes of rows of pixels with parameters that are given to it."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_tensor, assert_tuple, show_tensor
from grader.errors import CheckFailed
from grader.results import Evidence

pytestmark = pytest.mark.exercise("build_model")

SIZES = [[128, 784], [128], [64, 128], [64], [10, 64], [10]]
TOLERANCE = 1e-4  # of the largest entry, after three layers: right code stays below 1e-6


def some_parameters(numbers) -> list[Tensor]:
    """Parameters with biases that matter."""
    return [
        numbers.normal(*size) / size[1] ** 0.5 if len(size) == 2 else numbers.away_from_zero(*size) / 4
        for size in SIZES
    ]


def expected_outputs(parameters: list[Tensor], x: Tensor) -> Tensor:
    """The log-probabilities in float64."""
    W1, b1, W2, b2, W3, b3 = (tensor.double() for tensor in parameters)
    x = functional.relu(functional.linear(x.double(), W1, b1))
    x = functional.relu(functional.linear(x, W2, b2))
    return functional.log_softmax(functional.linear(x, W3, b3), dim=1)


def a_model(submission, provided):
    """A new model of the submission, whose parameters have the right sizes."""
    model = submission.build_model()
    sizes = provided.sizes_of(model)
    if not isinstance(sizes, list):
        raise CheckFailed(
            f"build_model() returned something of the class {sizes}, expected a torch.nn.Module."
            if model is not None
            else "build_model() returned nothing, expected a torch.nn.Module.",
            hint="Does the function return the model, and is it an object, not a class?",
        )
    if sizes != SIZES:
        raise CheckFailed(
            "The model's parameters have other sizes, or another order.",
            evidence=Evidence(got=shown_sizes(sizes), expected=shown_sizes(SIZES)),
            hint="Which sizes has each of the three layers, and does the model know all of them?",
        )
    return model


def shown_sizes(sizes: list[list[int]]) -> str:
    """A line for each parameter."""
    return "\n".join(" x ".join(map(str, size)) for size in sizes) or "no parameters"


@pytest.mark.points(1)
def test_parameters(submission, provided):
    """The model has three layers, 784 -> 128 -> 64 -> 10: six parameters with the right sizes, in their order."""
    a_model(submission, provided)


@pytest.mark.points(1)
@pytest.mark.hint("Over which dimension do the probabilities of one image stand?")
def test_probabilities(submission, provided, numbers):
    """The exponentials of a row sum to 1, for any number of images, also for ten."""
    for count in (7, 10):
        outputs = assert_tensor("the output", a_model(submission, provided)(numbers.normal(count, 784)), (count, 10))
        sums = outputs.double().exp().sum(dim=1)
        if not bool(((sums - 1).abs() < 1e-4).all()):
            raise CheckFailed(
                f"For {count} images, the exponentials of the rows don't sum to 1.",
                evidence=Evidence(got=show_tensor(sums), expected=show_tensor(torch.ones(count))),
            )


@pytest.mark.points(2)
@pytest.mark.hint(
    "Follow one row of pixels through your model: which layers does it meet, and what stands between them?"
)
def test_outputs(submission, provided, numbers):
    """With given parameters, the outputs are those of linear, ReLU, linear, ReLU, linear, log-softmax."""
    model = a_model(submission, provided)
    parameters = some_parameters(numbers)
    provided.set_parameters(model, parameters)
    for count, scale in ((5, 1.0), (10, 2.0), (1, 1.0), (3, 0.1)):
        x = numbers.normal(count, 784, scale=scale)
        assert_close(f"the output for {count} images", model(x), expected_outputs(parameters, x), relative=TOLERANCE)


@pytest.mark.points(1)
@pytest.mark.hint("What becomes of a probability of e^-200 in float32, and what of its logarithm?")
def test_large_scores(submission, provided, numbers):
    """Outputs stay finite when the scores are hundreds apart."""
    model = a_model(submission, provided)
    parameters = some_parameters(numbers)
    provided.set_parameters(model, parameters)
    x = numbers.normal(4, 784, scale=300.0)
    assert_close("the output", model(x), expected_outputs(parameters, x), relative=TOLERANCE)


@pytest.mark.points(1)
@pytest.mark.hint("Can autograd go back from the output through every layer to its parameters?")
def test_can_be_trained(submission, provided, numbers):
    """Autograd finds the gradient of every parameter."""
    model = a_model(submission, provided)
    parameters = some_parameters(numbers)
    provided.set_parameters(model, parameters)
    x, labels = numbers.normal(6, 784), numbers.labels(6, 10)
    got = assert_tuple("gradients_of", provided.gradients_of(model, x, labels), [f"gradient {n}" for n in range(6)])
    with torch.enable_grad():
        tracked = [tensor.double().requires_grad_() for tensor in parameters]
        expected = torch.autograd.grad(functional.nll_loss(expected_outputs(tracked, x), labels), tracked)
    for place, (gradient, wanted) in enumerate(zip(got, expected, strict=True)):
        name = f"the gradient of parameter {place} ({' x '.join(map(str, SIZES[place]))})"
        if gradient is None:
            raise CheckFailed(
                f"There is no {name.removeprefix('the ')}: the output does not depend on it for autograd."
            )
        assert_close(name, gradient, wanted, relative=TOLERANCE)


@pytest.mark.points(1)
@pytest.mark.hint("Where are your layers made: at every call of build_model, or once for all?")
def test_two_models(submission, provided, numbers):
    """Two models have parameters of their own: what one learns does not change the other."""
    first = a_model(submission, provided)
    parameters = some_parameters(numbers)
    provided.set_parameters(first, parameters)
    second = a_model(submission, provided)
    provided.set_parameters(second, some_parameters(numbers))
    x = numbers.normal(3, 784)
    assert_close("the first model's output", first(x), expected_outputs(parameters, x), relative=TOLERANCE)
