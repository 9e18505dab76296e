"""Hidden checks of save, load and snapshot: several files and snapshots beside each other, and training that goes on."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_dict

pytestmark = pytest.mark.exercise("save_and_load")


def some_parameters(numbers) -> list[Tensor]:
    """Parameters of the course's model."""
    sizes = ((5, 784), (5,), (10, 5), (10,))
    return [numbers.normal(*size) / (size[1] ** 0.5 if len(size) == 2 else 2) for size in sizes]


@pytest.mark.points(1)
@pytest.mark.hint("Where does load look: in the file that it is given, or somewhere else?")
def test_two_files(submission, provided, numbers):
    """Two files hold two models, and each can be loaded, in any order and as often as one likes."""
    models = [provided.in_mode(provided.Model(some_parameters(numbers)), False) for _ in range(2)]
    x = numbers.normal(3, 784)
    expected = [model(x).detach() for model in models]
    files = [provided.new_file() for _ in models]
    for model, file in zip(models, files, strict=True):
        submission.save(model, file)
    other = provided.in_mode(provided.Model(some_parameters(numbers)), False)
    for which in (0, 1, 0):
        submission.load(other, provided.reopened(files[which]))
        assert_close("the output of the model that loaded", other(x), expected[which])


@pytest.mark.points(1)
@pytest.mark.hint("Can a model that has loaded learn on, and is a second snapshot another one than the first?")
def test_goes_on(submission, provided, numbers):
    """A model that has loaded can be trained on, and two snapshots are two."""
    model, other = (provided.Model(some_parameters(numbers)) for _ in range(2))
    file = provided.new_file()
    submission.save(model, file)
    submission.load(other, provided.reopened(file))
    x, labels = numbers.normal(4, 784), numbers.labels(4, 10)
    for got, wanted in zip(
        provided.gradients_of(other, x, labels), provided.gradients_of(model, x, labels), strict=True
    ):
        assert_close("a gradient after loading", got, wanted, relative=1e-4)
    first, _ = provided.snapshot_then_train(submission.snapshot, model)
    second, _ = provided.snapshot_then_train(submission.snapshot, model)
    names = ["first", "first_bias", "last", "last_bias", "seen"]
    first, second = (assert_dict("snapshot(model)", kept, names) for kept in (first, second))
    for name, value in first.items():
        assert_close(f"the second snapshot[{name!r}]", second[name], torch.as_tensor(value) * -0.5 + 0.25)
