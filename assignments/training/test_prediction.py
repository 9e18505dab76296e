"""Checks of predict_probabilities, with a model that drops units while it trains, and of what view_classify draws."""

import pytest
import torch
from torch import Tensor

from grader.compare import assert_close, assert_tensor, assert_tuple
from grader.errors import CheckFailed

HIDDEN, CLASSES = 8, 10


def some_parameters(numbers) -> list[Tensor]:
    """Parameters of the course's model, with biases that matter."""
    sizes = ((HIDDEN, 784), (HIDDEN,), (CLASSES, HIDDEN), (CLASSES,))
    return [numbers.normal(*size) / (size[1] ** 0.5 if len(size) == 2 else 2) for size in sizes]


def expected_probabilities(parts, parameters: list[Tensor], images: Tensor) -> Tensor:
    """The model's probabilities in evaluation mode, in float64."""
    model = parts.Model([tensor.double() for tensor in parameters]).eval()
    with torch.no_grad():
        return model(images.double().flatten(1)).exp()


@pytest.mark.exercise("predict_probabilities")
@pytest.mark.points(2)
@pytest.mark.hint("What does the model return, and what is still between that and a probability?")
def test_probabilities(submission, provided, parts, numbers):
    """Row i holds the probabilities of the classes for image i, for images and for rows of pixels."""
    for count, is_flat in ((5, False), (10, True), (1, False), (1, True)):
        parameters = some_parameters(numbers)
        images = numbers.images(count).flatten(1) if is_flat else numbers.images(count)
        model = provided.in_mode(provided.Model(parameters, drops=True), False)
        got = submission.predict_probabilities(model, images)
        assert_close("the probabilities", got, expected_probabilities(parts, parameters, images), relative=1e-4)


@pytest.mark.exercise("predict_probabilities")
@pytest.mark.points(1)
@pytest.mark.hint("In which mode has the model to be to tell all that it has learned?")
def test_evaluation_mode(submission, provided, parts, numbers):
    """A model that is in training mode is asked in evaluation mode: no unit is dropped."""
    parameters, images = some_parameters(numbers), numbers.images(4)
    model = provided.in_mode(provided.Model(parameters, drops=True), True)
    for _ in range(2):
        got = submission.predict_probabilities(model, images)
        assert_close("the probabilities", got, expected_probabilities(parts, parameters, images), relative=1e-4)
        provided.in_mode(model, True)


@pytest.mark.exercise("predict_probabilities")
@pytest.mark.points(1)
@pytest.mark.hint("Which mode was the model in when your function was called, and which one when it returned?")
def test_mode_of_before(submission, provided, numbers):
    """The model is left in the mode that it was in, training or evaluation."""
    for training in (True, False):
        model = provided.in_mode(provided.Model(some_parameters(numbers), drops=True), training)
        got = provided.prediction_of(submission.predict_probabilities, model, numbers.images(3))
        _, _, after = assert_tuple("prediction_of", got, ("probabilities", "tracked", "mode"))
        if after is not training:
            before, now = ("training", "evaluation") if training else ("evaluation", "training")
            raise CheckFailed(f"The model was in {before} mode before, and is in {now} mode afterwards.")


@pytest.mark.exercise("predict_probabilities")
@pytest.mark.points(1)
@pytest.mark.hint("Who would need the way back from these probabilities to the parameters?")
def test_no_gradients(submission, provided, numbers):
    """No gradients are recorded: what is returned has no past for autograd."""
    model = provided.Model(some_parameters(numbers), drops=True)
    got = provided.prediction_of(submission.predict_probabilities, model, numbers.images(3))
    got, is_tracked, _ = assert_tuple("prediction_of", got, ("probabilities", "tracked", "mode"))
    assert_tensor("the probabilities", got, (3, CLASSES))
    if is_tracked:
        raise CheckFailed(
            "The probabilities still carry the way they were computed, for gradients that nobody asks for."
        )


# -- view_classify ---------------------------------------------------------------------------------------------------------


def some_probabilities(numbers) -> Tensor:
    """Ten probabilities, all different."""
    return torch.softmax(numbers.normal(CLASSES, scale=1.5), dim=0)


def in_numbers(submission, provided, image: Tensor, probabilities: Tensor) -> tuple[list, list]:
    """The pictures of the submission's figure, (values, corner), and the bars of its axes, (places, lengths)."""
    shown = provided.figure_in_numbers(submission.view_classify, image, probabilities)
    if not isinstance(shown, dict):
        raise CheckFailed(
            f"There is no figure to look at: view_classify {shown}.",
            hint="Does the function return the figure that it made?",
        )
    pictures = [
        (values, corner)
        for values, corner in zip(*(tensors_in(shown, name) for name in ("pictures", "corners")), strict=False)
        if values.dim() == 2 and values.numel() and corner.shape == (2,)
    ]
    return pictures, [axes for axes in tensors_in(shown, "bars") if axes.dim() == 2 and axes.shape[1] == 2]


def tensors_in(shown: dict, name: str) -> list[Tensor]:
    """The tensors of this name; what else is there, only tampering can have put there."""
    found = shown.get(name)
    return [value for value in found if isinstance(value, Tensor)] if isinstance(found, list) else []


def scaled(values: Tensor) -> Tensor:
    """The values from 0 to 1: which grey or colour stands for which value is free."""
    values = values.double()
    return (values - values.min()) / (values.max() - values.min()).clamp_min(1e-12)


def is_upright(corner: Tensor) -> bool:
    """Whether the first row is at the top and the first column on the left."""
    up, along = corner.tolist()
    return up > 0.9 and along < 0.1


def same_picture(values: Tensor, image: Tensor) -> bool:
    """Whether the values are the image's, but for brightness, contrast, and black and white exchanged."""
    wanted, got = scaled(image), scaled(values)
    return any(bool(((seen - wanted).abs() < 1e-4).all()) for seen in (got, 1 - got))


def assert_picture(pictures: list, image: Tensor) -> None:
    """One of the pictures shows the image, upright."""
    image = image.reshape(28, 28)
    right_size = [picture for picture in pictures if tuple(picture[0].shape) == (28, 28)]
    if not right_size:
        sizes = ", ".join(" x ".join(map(str, picture[0].shape)) for picture in pictures)
        raise CheckFailed(f"No axes shows a picture of 28 x 28 values{'; there is one of ' + sizes if sizes else ''}.")
    same = [picture for picture in right_size if same_picture(picture[0], image)]
    if not same:
        assert_close("the picture", scaled(right_size[0][0]), scaled(image), relative=1e-4)
    if not any(is_upright(corner) for _, corner in same):
        raise CheckFailed("The picture is upside down, or its left and right are exchanged.")


def assert_bars(bars: list, probabilities: Tensor) -> None:
    """Some axes has ten bars, as long as the probabilities, in the order of the classes."""
    tens = [axes for axes in bars if len(axes) == len(probabilities)]
    if not tens:
        counts = " and ".join(str(len(axes)) for axes in bars)
        raise CheckFailed(f"No axes has ten bars{f'; there are {counts}' if counts else ', or any'}.")
    found = [axes[:, 1] for axes in tens]
    if not any(bool(((lengths - probabilities.double()).abs() < 1e-5).all()) for lengths in found):
        assert_close("the lengths of the bars", found[0], probabilities, relative=1e-4)


def shown_bars(bars: list) -> list[tuple[str, float]]:
    """The bars of the first axes that has some, numbered from 0."""
    return [(str(place), length) for place, length in enumerate(bars[0][:, 1].tolist())] if bars else []


def show(show_figure, pictures: list, bars: list) -> None:
    """Put what the figure shows into the report."""
    picture = next((scaled(values).tolist() for values, _ in pictures if values.dim() == 2), [])
    show_figure("What your figure shows", picture, shown_bars(bars))


@pytest.mark.exercise("view_classify")
@pytest.mark.points(2)
@pytest.mark.hint("What shape do the pixels need to stand in rows of 28?")
def test_picture(submission, provided, dataset, numbers, show_figure):
    """One axes of the figure shows the 28 x 28 pixels of the picture, upright."""
    for scale in (1.0, 0.5):
        image = dataset.standardised(dataset.train_images[numbers.whole(0, 999)].unsqueeze(0))[0] * scale
        pictures, bars = in_numbers(submission, provided, image, some_probabilities(numbers))
        if scale == 1.0:
            show(show_figure, pictures, bars)
        assert_picture(pictures, image)


@pytest.mark.exercise("view_classify")
@pytest.mark.points(2)
@pytest.mark.hint("Which length has the bar at place k, and how many bars are there?")
def test_bars(submission, provided, dataset, numbers, show_figure):
    """Another axes has ten bars, one for every class in order, as long as the probabilities."""
    image = dataset.standardised(dataset.train_images[numbers.whole(0, 999)].unsqueeze(0))[0]
    for number in range(2):
        probabilities = some_probabilities(numbers)
        pictures, bars = in_numbers(submission, provided, image, probabilities)
        if number == 0:
            show(show_figure, pictures, bars)
        assert_bars(bars, probabilities)


@pytest.mark.exercise("view_classify")
@pytest.mark.points(1)
def test_arguments_unchanged(submission, provided, worker, dataset, numbers):
    """The picture and the probabilities that were given stay as they are."""
    image = dataset.standardised(dataset.train_images[numbers.whole(0, 999)].unsqueeze(0))[0]
    probabilities = some_probabilities(numbers)
    given, chances = worker.put(image, "image"), worker.put(probabilities, "probabilities")
    in_numbers(submission, provided, given, chances)
    assert_close("image", worker.fetch(given), image)
    assert_close("probabilities", worker.fetch(chances), probabilities)
