"""Checks of save, load and snapshot, with files in memory and the course's model, which has a buffer beside its parameters."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_dict, assert_tuple
from grader.errors import CheckFailed, StudentCodeRaised

pytestmark = pytest.mark.exercise("save_and_load")

NAMES = ["first", "first_bias", "last", "last_bias", "seen"]


def some_parameters(numbers) -> list[Tensor]:
    """Parameters of the course's model, with biases that matter."""
    sizes = ((6, 784), (6,), (10, 6), (10,))
    return [numbers.normal(*size) / (size[1] ** 0.5 if len(size) == 2 else 2) for size in sizes]


def a_model(provided, numbers, seen: int):
    """A model that has trained a little: its buffer is not what it is in a new one."""
    model = provided.in_mode(provided.Model(some_parameters(numbers), drops=True), True)
    model(numbers.normal(seen, 784))
    return provided.in_mode(model, False)


def outputs(model, x: Tensor) -> Tensor:
    """What the course's model says."""
    answer = model(x)
    assert isinstance(answer, Tensor)
    return answer.detach()


@pytest.mark.points(2)
@pytest.mark.hint("What is in the file when save is done, and what has load to do with what it reads?")
def test_same_predictions(submission, provided, numbers):
    """Another model that loads the file predicts what the saved one predicted."""
    for seen in (3, 5):
        model, other, x = a_model(provided, numbers, seen), a_model(provided, numbers, 1), numbers.normal(4, 784)
        expected = outputs(model, x)
        file = provided.new_file()
        submission.save(model, file)
        submission.load(other, provided.reopened(file))
        assert_close("the output of the model that loaded", outputs(other, x), expected)
        assert_close("the output of the saved model", outputs(model, x), expected)


@pytest.mark.points(1)
@pytest.mark.hint("Is what you saved in the file, or does it still hang on the model?")
def test_later_training_changes_nothing(submission, provided, numbers):
    """What was saved is the model of that moment: training on afterwards does not change it."""
    model, x = a_model(provided, numbers, 2), numbers.normal(3, 784)
    before = outputs(model, x)
    file = provided.new_file()
    submission.save(model, file)
    provided.set_parameters(model, some_parameters(numbers))
    submission.load(model, provided.reopened(file))
    assert_close("the output after loading", outputs(model, x), before)


@pytest.mark.points(1)
@pytest.mark.hint("What does your load do about names that only the model has, or only the file?")
def test_file_of_another_model(submission, provided, numbers):
    """A file that does not fit the model raises an exception, be there too much in it, too little, or nothing."""
    parameters, others = some_parameters(numbers), some_parameters(numbers)
    taken = []
    for saved, other, how in (
        (provided.Model, provided.DeeperModel, "a layer of the model is missing in it"),
        (provided.DeeperModel, provided.Model, "it has a layer that the model lacks"),
        (provided.RenamedModel, provided.Model, "its tensors have other names"),
        (None, provided.Model, "it is empty"),
    ):
        file, model = provided.new_file(), other(others)
        if saved is not None:
            submission.save(saved(parameters), file)
        try:
            submission.load(model, provided.reopened(file))
            taken.append(how)
        except StudentCodeRaised as error:
            if error.type_name in ("TypeError", "NameError"):
                raise
        provided.parameters_of(model)  # not judged, but it tells apart what else looks the same
    if taken:
        raise CheckFailed(f"load takes a file without a word, although {', and one although '.join(taken)}.")


@pytest.mark.points(2)
@pytest.mark.hint("Whose tensors are in the dict that you return?")
def test_snapshot(submission, provided, numbers):
    """A snapshot stays what it was when the model goes on training, and takes the model back."""
    model, x = a_model(provided, numbers, 2), numbers.normal(3, 784)
    expected, parameters = outputs(model, x), provided.parameters_of(model)
    got = provided.snapshot_then_train(submission.snapshot, model)
    kept, is_dict = assert_tuple("snapshot_then_train", got, ("snapshot", "is_dict"))
    if not is_dict:
        assert_dict("snapshot(model)", kept, NAMES)
        raise CheckFailed("snapshot(model) has entries that are no tensors.")
    kept = assert_dict("snapshot(model)", kept, NAMES)
    for name, before in zip(NAMES, parameters, strict=False):
        assert_close(f"snapshot(model)[{name!r}] after more training", kept[name], before)
    assert_close("snapshot(model)['seen'] after more training", kept["seen"], torch.tensor(2.0))
    provided.put_back(model, kept)
    assert_close("the output of the model that was taken back", outputs(model, x), expected)
