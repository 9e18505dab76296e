"""Hidden checks of nll_of_log_softmax: what must not change it, and what must stay as it is."""

import pytest
import torch

from grader.compare import assert_close, assert_number, assert_scalar

pytestmark = pytest.mark.exercise("nll_of_log_softmax")


@pytest.mark.points(1)
@pytest.mark.hint("Which of the numbers that you compute belong to one row, and which to the whole batch?")
def test_rows_of_any_level(submission, numbers):
    """A number added to all scores of a row changes nothing, be it another one in every row."""
    logits, labels = numbers.normal(5, 4), numbers.labels(5, 4)
    moved = logits + torch.tensor([0.0, 150.0, -150.0, 40.0, -300.0]).unsqueeze(1)
    rows = logits.double()
    expected = float((rows.logsumexp(dim=1) - rows[torch.arange(5), labels]).mean())
    assert_number("the loss", submission.nll_of_log_softmax(logits, labels), expected)
    # float32 has a spacing of 3e-5 at 300
    assert_number("the loss of the moved scores", submission.nll_of_log_softmax(moved, labels), expected, absolute=2e-4)


@pytest.mark.points(1)
@pytest.mark.hint("Does any line of yours end in an underscore, or use -= on what was handed in?")
def test_logits_unchanged(submission, worker, numbers):
    """The scores that are handed in stay as they are, and so does the loss in a second call."""
    logits, labels = numbers.normal(6, 7, scale=2.0), numbers.labels(6, 7)
    given = worker.put(logits, "logits")
    first = assert_scalar("the loss", submission.nll_of_log_softmax(given, labels))
    assert_close("logits after the call", worker.fetch(given), logits)
    assert_number("the second loss", submission.nll_of_log_softmax(given, labels), first)
