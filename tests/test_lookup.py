"""What a student is told of a name that is not there."""

from __future__ import annotations

import pytest

from grader.errors import Blocked
from grader.submissions.lookup import file_defining
from grader.submissions.submission import make_submission

GRADIENTS = "def relu_gradient(x, dz):\n    return dz * (x > 0)\n"


def told(files: dict[str, str], *asked: str) -> str:
    """What is said where `nll_gradient` is looked for."""
    with pytest.raises(Blocked) as caught:
        file_defining(make_submission("ada", files), "nll_gradient", "softmax.py", asked)
    return f"{caught.value.summary} {caught.value.hint or ''}"


def test_misspelt() -> None:
    """A name that is nearly right is shown with its line."""
    said = told({"softmax.py": "nll_Gradient = 3\n\ndef NLLgradient():\n    pass\n"}, "nll_gradient")
    assert said == (
        "nll_gradient is not defined; softmax.py, line 3, defines NLLgradient. "
        "Did you mean nll_gradient? Capital and small letters count."
    )


def test_answer_of_another_exercise() -> None:
    """Another exercise's answer is not taken for this one's, however like the names are."""
    said = told({"layers.py": GRADIENTS}, "nll_gradient", "relu_gradient")
    assert said == (
        "nll_gradient is not defined: softmax.py is not among the files, and no other file defines it. "
        "Define nll_gradient in softmax.py, or in any file beside it."
    )
    assert "defines relu_gradient" in told({"layers.py": GRADIENTS}, "nll_gradient")
