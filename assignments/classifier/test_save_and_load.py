"""Checks of save and load: what was saved is what is loaded, into the net's own tensors, or it is refused."""

import pytest
from torch import Tensor
from torch.nn import functional

from grader.compare import assert_close, assert_dict, assert_unchanged
from grader.errors import CheckFailed

pytestmark = pytest.mark.exercise("save_and_load")

SIZES = {"fc1": (4, 6), "fc2": (5, 4), "fc3": (3, 5)}
NAMES = [f"{layer}.{part}" for layer in SIZES for part in "Wb"]


def tensors(numbers) -> dict[str, Tensor]:
    """Parameters of a small net of three layers."""
    made = {}
    for layer, shape in SIZES.items():
        made[f"{layer}.W"], made[f"{layer}.b"] = numbers.normal(*shape), numbers.away_from_zero(shape[0])
    return made


def saved(submission, provided, net):
    """A file in which the submission saved the net, open where it begins."""
    file = provided.new_file()
    submission.save(net, file)
    if isinstance(provided.content_of(file), str) and provided.content_of(file) == "it is closed":
        raise CheckFailed("After save, the file is closed.", hint="Whoever opened a file closes it.")
    return provided.rewound(file)


def outputs_of(parameters: dict[str, Tensor], x: Tensor) -> Tensor:
    """What a net with these parameters computes, in float64."""
    for layer in SIZES:
        x = functional.relu(x) if layer != "fc1" else x.double()
        x = functional.linear(x, parameters[f"{layer}.W"].double(), parameters[f"{layer}.b"].double())
    return x


def assert_parameters(what: str, got: object, expected: dict[str, Tensor]) -> None:
    """These are the parameters, to the last digit."""
    found = assert_dict(what, got, list(expected))
    for name, tensor in expected.items():
        assert_close(f"{what}: {name}", found[name], tensor, relative=0.0)


@pytest.mark.points(2)
@pytest.mark.hint("What does load do with the numbers that it read? Where must they be when the net computes?")
def test_second_net(submission, provided, numbers):
    """A second net that loads what the first one saved gives the same outputs; the first one stays as it is."""
    first, second, x = tensors(numbers), tensors(numbers), numbers.normal(4, 6)
    net, other = provided.SharingNet(first), provided.SharingNet(second)
    submission.load(other, saved(submission, provided, net))
    parameters, outputs = other.now(), other(x)
    assert_parameters("the saved net's parameters", net.now(), first)
    assert_parameters("the second net's parameters", parameters, first)
    assert_close("the second net's outputs", outputs, outputs_of(first, x))


@pytest.mark.points(2)
@pytest.mark.hint(
    "A new tensor in the dict is unknown to the layers and to the optimizer. What can be changed instead?"
)
def test_in_place(submission, provided, numbers):
    """load changes the net's own tensors: net.parameters holds the same ones as before, with other numbers."""
    first, x = tensors(numbers), numbers.normal(3, 6)
    other = provided.SharingNet(tensors(numbers))
    submission.load(other, saved(submission, provided, provided.SharingNet(first)))
    is_shared, outputs, parameters = other.is_shared(), other(x), other.parameters
    assert_parameters("net.parameters", parameters, first)
    if is_shared is not True:
        raise CheckFailed(
            "After load, net.parameters holds other tensors than before; the layers still have the old ones."
        )
    assert_close("the outputs", outputs, outputs_of(first, x))


@pytest.mark.points(1)
@pytest.mark.hint("What exactly is handed to torch.save?")
def test_content_of_the_file(submission, provided, numbers):
    """The file holds a dict of name -> tensor that torch.load reads with weights_only=True."""
    first = tensors(numbers)
    content = provided.content_of(saved(submission, provided, provided.SharingNet(first)))
    if isinstance(content, str):
        raise CheckFailed(f"The file can't be read with torch.load(file, weights_only=True): {content}.")
    assert_parameters("the content of the file", content, first)


@pytest.mark.points(1)
@pytest.mark.hint("Where are the numbers after save: in the file, or still in the net only?")
def test_training_goes_on(submission, provided, numbers):
    """What was saved stays as it was when the net is trained further; loading brings it back."""
    first = tensors(numbers)
    net = provided.SharingNet(first)
    file = saved(submission, provided, net)
    net.move(0.5)
    moved = net.now()
    submission.load(net, file)
    back = net.now()
    assert_parameters("the parameters after training", moved, {name: tensor + 0.5 for name, tensor in first.items()})
    assert_parameters("the parameters after load", back, first)


@pytest.mark.points(2)
@pytest.mark.hint(
    "Which names must be in the file, which must not, and what does copy_ do with a tensor that is too small?"
)
def test_refuses_other_files(submission, provided, numbers):
    """A file with a name too few, a name too many or another shape raises ValueError and leaves the net as it was."""
    start, fitting = tensors(numbers), tensors(numbers)
    files = {
        "without fc2.b": {name: tensor for name, tensor in fitting.items() if name != "fc2.b"},
        "with fc4.b besides": fitting | {"fc4.b": numbers.normal(3)},
        "with fc3.b of shape (1,)": fitting | {"fc3.b": numbers.normal(1)},
        "with fc2.W of shape (4, 5)": fitting | {"fc2.W": numbers.normal(4, 5)},
    }
    ends = {}
    for what, content in files.items():
        net = provided.SharingNet(start)
        ends[what] = provided.refusal(submission.load, net, provided.file_of(content)), net.now()
    net = provided.SharingNet(start)
    ended, loaded = provided.refusal(submission.load, net, provided.file_of(fitting)), net.now()
    for what, (raised, after) in ends.items():
        if raised != "ValueError":
            raise CheckFailed(
                f"From a file {what}, load {'raises ' + raised if raised else 'returns'}; expected ValueError."
            )
        for name, tensor in start.items():
            assert_unchanged(f"After a file {what}, {name}", after[name], tensor)
    if ended:
        raise CheckFailed(f"From a file that fits, load raises {ended}.")
    assert_parameters("the parameters after a file that fits", loaded, fitting)
