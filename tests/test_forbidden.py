"""Names that an assignment forbids are found where they are used, and nowhere else."""

from __future__ import annotations

import pytest

from grader.course import Assignment
from grader.forbidden import forbidden_flags, forbidden_names
from grader.results import Flag
from grader.source import Source
from grader.submission import make_submission

FORBIDS = ("torch.nn", "torch.autograd")


def found(text: str) -> list[tuple[int, str]]:
    return sorted(set(forbidden_names(Source("net.py", text), FORBIDS)))


@pytest.mark.parametrize(
    "text",
    [
        "import torch.nn",
        "import torch.nn as nn",
        "import torch.nn.functional as F",
        "from torch import nn",
        "from torch import nn as layers",
        "from torch.nn import functional",
        "from torch.nn.functional import relu",
        "import torch; x = torch.nn.ReLU()",
        "import torch as t; x = t.nn.functional.relu(y)",
        "def f():\n    import torch\n    return torch.nn.Linear".replace("\n", ";", 0),
    ],
)
def test_use_is_found(text: str) -> None:
    """Imports, aliases and attributes that lead to torch.nn are found."""
    assert [name for _, name in found(text)] == ["torch.nn"]


@pytest.mark.parametrize(
    "text",
    [
        "import torch; import torch.utils.data",
        "import torch; y = torch.nnz, torch.autograd_off",
        "nn = 3; y = nn + 1",
        "class torchlike:\n    nn = 1",
        "# import torch.nn",
        "text = 'torch.nn'",
        "from .torch import nn",
        "def f(:",
        "",
    ],
)
def test_nothing_else_is_found(text: str) -> None:
    """Names that only look alike, comments, texts and files that can't be parsed are left alone."""
    assert found(text) == []


def test_flag_names_the_first_line(classifier: Assignment) -> None:
    """A submission gets one flag for a name in a file, with the first line that has it; files of helpers count not."""
    files = {
        "relu.py": "import torch\n\nclass ReLU:\n    f = torch.nn.ReLU()\n    g = torch.nn.GELU()\n",
        "notes.py": "import torch.nn\n",
    }
    expected = [Flag("forbidden_name", "relu.py, line 4", "uses torch.nn, which this assignment forbids")]
    assert forbidden_flags(classifier, make_submission("s", files)) == expected
