"""Hidden checks of cross_entropy: arrays of other kinds, and many images."""

import pytest
from torch.nn import functional

from grader.compare import assert_number

pytestmark = pytest.mark.exercise("cross_entropy_by_hand")


@pytest.mark.points(1)
@pytest.mark.hint("Nothing in the formula depends on how precise or how whole the scores are.")
def test_other_kinds_of_arrays(submission, provided, numbers):
    """Logits may be float32 or whole numbers."""
    for number in range(3):
        labels = numbers.labels(7, 5)
        logits = numbers.normal(7, 5, scale=(2.0, 30.0, 500.0)[number])
        whole = (numbers.normal(7, 5) * 9).round()
        for scores in (logits, whole.long()):
            got = provided.ask_with_arrays(submission.cross_entropy, scores, labels)[0]
            assert_number("the loss", got, float(functional.cross_entropy(scores.double(), labels)))


@pytest.mark.points(1)
@pytest.mark.hint("Where does your code say how many images or classes there are?")
def test_sizes(submission, provided, numbers):
    """Any number of images and classes will do, also when all labels are the same."""
    for n, k in ((300, 10), (2, 30), (9, 9), (10, 2)):
        for labels in (numbers.labels(n, k), numbers.labels(n, k) * 0 + numbers.whole(0, k - 1)):
            logits = numbers.normal(n, k, scale=3.0).double()
            got = provided.ask_with_arrays(submission.cross_entropy, logits, labels)[0]
            assert_number(f"the loss of {n} images", got, float(functional.cross_entropy(logits, labels)))
