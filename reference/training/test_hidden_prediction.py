"""Hidden checks of predict_probabilities and view_classify: more than one call, and probabilities of 0 and 1."""

import pytest
import torch

from grader.compare import assert_close, assert_unchanged
from grader.errors import CheckFailed


@pytest.mark.exercise("predict_probabilities")
@pytest.mark.points(1)
@pytest.mark.hint("Does your function only ask the model, or does it also leave something behind?")
def test_leaves_nothing_behind(submission, provided, parts, worker, numbers):
    """The model, its buffers and the images stay as they are; a model of four classes is asked the same way."""
    sizes = ((6, 784), (6,), (4, 6), (4,))
    parameters = [numbers.normal(*size) / (size[1] ** 0.5 if len(size) == 2 else 2) for size in sizes]
    images = numbers.images(5)
    model = provided.in_mode(provided.Model(parameters, drops=True), True)
    given = worker.put(images, "images")
    for _ in range(2):
        got = submission.predict_probabilities(model, given)
        expected = parts.Model([tensor.double() for tensor in parameters])(images.double().flatten(1)).exp().detach()
        assert_close("the probabilities", got, expected, relative=1e-4)
    assert_unchanged("images", worker.fetch(given), images)
    for got, before in zip(provided.parameters_of(model), parameters, strict=True):
        assert_unchanged("a parameter of the model", got, before)


@pytest.mark.exercise("view_classify")
@pytest.mark.points(1)
@pytest.mark.hint("How many bars does your figure have for a model that is quite sure?")
def test_certain(submission, provided, numbers):
    """A probability of 0 has its place among the ten bars too."""
    for sure in (numbers.whole(1, 8), 0, 9):
        probabilities = torch.zeros(10)
        probabilities[sure], probabilities[5 if sure != 5 else 2] = 0.75, 0.25
        shown = provided.figure_in_numbers(submission.view_classify, numbers.images(1)[0], probabilities)
        if not isinstance(shown, dict):
            raise CheckFailed("There is no figure to look at.")
        bars = shown.get("bars")
        axes = [entry for entry in bars if isinstance(entry, torch.Tensor)] if isinstance(bars, list) else []
        found = [entry[:, 1] for entry in axes if entry.shape == (10, 2)]
        if not found:
            raise CheckFailed("No axes has ten bars.")
        assert_close("the lengths of the bars", found[0], probabilities, absolute=1e-5)
