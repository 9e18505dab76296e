"""Hidden checks of the likelihood: sizes and numbers that the public checks leave out, and what is left of the arguments."""

import pytest
import torch

from grader.compare import assert_close, assert_number, assert_unchanged


@pytest.mark.exercise("log_likelihood")
@pytest.mark.points(1)
@pytest.mark.hint(
    "Does anything in your answer depend on how many observations or classes there are, or on the sum of a row?"
)
def test_any_batch(answers, numbers):
    """log_likelihood is right for any number of observations and classes, and for targets that are 0."""
    for n, k in ((70, 2), (2, 14), (6, 1)):
        p = numbers.normal(n, k).sigmoid()  # above 0; the sum does not run over what is right for probabilities alone
        y = (numbers.normal(n, k) * 3).clamp(min=0)
        expected = float((y.double() * p.double().log()).sum())
        assert_number("the log likelihood", answers.log_likelihood(p, y), expected)


@pytest.mark.exercise("one_hot_log_likelihood")
@pytest.mark.points(1)
@pytest.mark.hint("Which numbers in your answer come from the shape of p, and which from somewhere else?")
def test_any_labels(answers, numbers):
    """one_hot_log_likelihood is right for any number of classes, and labels that leave classes out."""
    for n, k, used in ((70, 17, 17), (7, 2, 1), (6, 12, 3)):
        p, labels = numbers.normal(n, k).softmax(dim=1), numbers.labels(n, used)
        expected = sum(float(p[row, label].double().log()) for row, label in enumerate(labels.tolist()))
        assert_number("the log likelihood", answers.one_hot_log_likelihood(p, labels), expected)


@pytest.mark.exercise("log_likelihood_gradient")
@pytest.mark.points(1)
@pytest.mark.hint(
    "Operations that end in an underscore, and y /= ..., change their tensor in place: for everyone who has it."
)
def test_asked_again(answers, worker, numbers):
    """The gradient is the same when it is asked for again, and p and y stay as they are."""
    p, y = numbers.normal(6, 11).softmax(dim=1), numbers.normal(6, 11).abs() + 0.1
    kept_p, kept_y = worker.put(p, "p"), worker.put(y, "y")
    for _ in range(2):
        got = answers.log_likelihood_gradient(kept_p, kept_y)
        assert_close("the gradient", got, y.double() / p.double(), like="the shape of p")
        assert_unchanged("p", worker.fetch(kept_p), p)
        assert_unchanged("y", worker.fetch(kept_y), y)


@pytest.mark.exercise("log_likelihood_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("Which numbers in your answer depend on the size of the batch, and should they?")
def test_gradient_of_any_batch(answers, numbers):
    """The gradient is right for any number of observations and classes, and for tiny probabilities."""
    for n, k in ((1, 13), (40, 2)):
        p, y = numbers.normal(n, k, scale=3.0).softmax(dim=1).clamp(min=1e-6), torch.eye(k)[numbers.labels(n, k)]
        assert_close(
            "the gradient", answers.log_likelihood_gradient(p, y), y.double() / p.double(), like="the shape of p"
        )
