"""A notebook's code as one text: what defines something is kept, everything else stays as a comment in its place."""

from __future__ import annotations

import ast
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submissions.cells import Cell, CellMap, NotebookError, code_of, read_cells

STUB = "def linear(x):\n    raise NotImplementedError"
ANSWER = "def linear(x):\n    return x"


def notebook(*cells: dict[str, Any] | str, **more: Any) -> bytes:
    """A notebook of format 4; a text is a code cell."""
    forms = [
        {"cell_type": "code", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
        if isinstance(cell, str)
        else cell
        for cell in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": forms} | more).encode()


def code(*texts: str) -> str:
    return code_of([Cell(number, text) for number, text in enumerate(texts, 1)]).text


def kept(*texts: str) -> list[str]:
    """The lines that would be executed."""
    return [line for line in code(*texts).splitlines() if line.strip() and not line.startswith("#")]


# -- from the file to its cells ------------------------------------------------------------------------------------------


def test_code_cells_with_their_number_and_tags() -> None:
    """Cells are counted among all; text and raw cells have no code; a source may be a list of lines."""
    raw = notebook(
        {"cell_type": "markdown", "metadata": {}, "source": "# Title"},
        {"cell_type": "code", "metadata": {"tags": ["exercise:linear"]}, "source": ["a = 1\r\n", "b = 2\n"]},
        {"cell_type": "raw", "metadata": {}, "source": "c = 3"},
        "d = 4",
    )
    assert read_cells(raw) == [Cell(2, "a = 1\nb = 2", ("exercise:linear",)), Cell(4, "d = 4")]


def test_format_3() -> None:
    """In older formats the cells lie in worksheets, and code is their input."""
    sheet = {
        "cells": [
            {"cell_type": "heading", "source": "A"},
            {"cell_type": "code", "language": "python", "input": "a = 1"},
        ]
    }
    raw = json.dumps(
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet, sheet]}
    ).encode()
    assert read_cells(raw) == [Cell(2, "a = 1"), Cell(4, "a = 1")]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "is an empty file, not a notebook"),
        (b" \n", "is an empty file, not a notebook"),
        (b"def f():\n    pass\n", "is no notebook that can be read: its JSON is broken in line 1"),
        (b'{"cells": [\n\n}', "is no notebook that can be read: its JSON is broken in line 3"),
        (notebook("a = 1")[:-9], "is no notebook that can be read: it breaks off in the middle"),
        (b"[]", "is no notebook that can be read: Expected `object`, got `array`"),
        (b'{"metadata": ' + b"[" * 100_000, "is no notebook that can be read: its JSON is nested too deep"),
        (b'{"cells": [[', "is no notebook that can be read: Expected `object`, got `array` at `$.cells[0]`"),
        (b'{"cells": 5}', "is no notebook that can be read: Expected `array | null`, got `int` at `$.cells`"),
        (b'{\n<<<<<<< HEAD\n"a": 1\n=======\n>>>>>>> theirs\n}', "holds a conflict of a merge (<<<<<<<)"),
        (notebook(*["a = 1"] * 2_001), "has 2,001 cells; at most 2,000 are read"),
        (
            notebook(metadata={"kernelspec": {"name": "ir", "display_name": "R"}}),
            "is a notebook in R, not in Python; choose the kernel Python 3 and save it again",
        ),
        (notebook(metadata={"kernelspec": {"language": "julia"}}), "is a notebook in julia, not in Python"),
        (notebook(metadata={"language_info": {"name": "R"}}), "is a notebook in R, not in Python"),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_what_can_not_be_read(raw: bytes, why: str) -> None:
    """A file that is no notebook in Python is refused with the reason."""
    with pytest.raises(NotebookError) as caught:
        read_cells(raw)
    assert str(caught.value).startswith(why)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"name": "my-env", "display_name": "Deep learning"}},
        {"kernelspec": {"name": "python3", "language": "python"}},
        {"language_info": {"name": "ipython"}},
        {"kernelspec": [1, 2]},
        {"kernelspec": {"language": None}},
        5,
    ],
)
def test_kernels_that_may_be_python(metadata: object) -> None:
    """A kernel that nobody knows, or metadata that make no sense, don't keep the code from being read."""
    assert read_cells(notebook("a = 1", metadata=metadata)) == [Cell(1, "a = 1")]


def test_tags_that_make_no_sense() -> None:
    """A cell with broken metadata has no tags."""
    raw = notebook({"cell_type": "code", "metadata": {"tags": "linear"}, "source": "a = 1"})
    assert read_cells(raw) == [Cell(1, "a = 1")]


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    """Whatever a file holds, it is read or refused."""
    with contextlib.suppress(NotebookError):
        read_cells(raw)


# -- what is kept ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "import torch",
        "from torch import nn",
        "def f(x):\n    return x",
        "async def f(x):\n    return x",
        "class A:\n    b = 1",
        "@decorator\ndef f(x):\n    return x",
        "LR = 0.1",
        "LR: float = 0.1",
        "SIZES = {'fc1': (120, 784)}",
        "PIXELS = 28 * 28",
        "a, b = 1, 2",
        "relu = lambda x: x.clamp(min=0)",
        "ROWS = [i * 2 for i in range(10)]",
        "NAMES = 'W b'.split()",
        "import torch\nDEVICE = torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
        "import torch.nn as nn\ncriterion = nn.NLLLoss()",
        "from torch.nn import functional as F\nsoftmax = F.softmax",
        "from sympy import symbols\np, y = symbols('p y')\nanswer = p - y",
        "import sympy\np = sympy.symbols('p')\nanswer = p * (1 - p)",
        "from dataclasses import dataclass, field\nEMPTY = field(default_factory=list)",
        "class A: pass\nA.forward = lambda self, x: x",
        "try:\n    import tqdm\nexcept ImportError:\n    tqdm = None",
        "import torch\nif torch.cuda.is_available():\n    DEVICE = 'cuda'\nelse:\n    DEVICE = 'cpu'",
        "def backward(self, dz):\n    return dz\nclass A: pass\nA.backward = backward",
        "COUNT = 1\nCOUNT += 1",
        "import torch\nwith torch.no_grad():\n    LR = 0.1\n    def f():\n        return 1",
        "SIZES = {}\nSIZES['fc1'] = (120, 784)",
        "first, *others = 1, 2, 3",
        "NOTHING = object()",
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Sizes:\n    hidden: int = 120\nSIZES = Sizes(256)",
        "import typing\nclass Sizes(typing.NamedTuple):\n    hidden: int = 120\nSIZES = Sizes()",
        "from pathlib import Path\nFILE = Path('models') / 'net.pt'",
        "import random\nrng = random.Random(0)",
        "import re\nWORD = re.compile('a')",
    ],
)
def test_definitions_are_kept(text: str) -> None:
    """Imports, definitions and values that cost nothing are kept as they are."""
    assert kept(text) == text.splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "print(1)",
        "train(net)",
        "losses = train(net)",
        "for i in range(3):\n    print(i)",
        "while True:\n    pass",
        "with open('x') as f:\n    text = f.read()",
        "if __name__ == '__main__':\n    LR = 1",
        "if True:\n    train()",
        "try:\n    train()\nexcept ValueError:\n    pass",
        "del x",
        "'a text'",
        "x = open('x').read()",
        "import torch\nx = torch.load('x')",
        "from torch import load\nx = load('x')",
        "from torch.hub import load\nx = load('x')",
        "import torchvision\nx = torchvision.datasets.MNIST('.', download=True)",
        "import numpy as np\nx = np.load('x')",
        "def f():\n    return 1\nx = f()",
        "class A: pass\na = A()",
        "class A: pass\na = A()\nb = a",
        "class A: pass\na = A()\nfor b in a: pass\nc = b.count",
        "from grader.notebook import check",
        "import grader.notebook",
        "assert linear(1) == 1",
        "torch.backward = None",
        "x[0] = 1",
        "def f(): pass\nx = {}\nx[0] = f()",
        "@dataclass\nclass A:\n    def __post_init__(self):\n        train()\na = A()",
        "@dataclass\nclass A(Net):\n    b: int\na = A()",
        "class A(Generic[T]): pass\na = A()",
        "def f(): pass\nx = {}\nx[f()] = 0",
        "x = {}\nx = train()\nx[0] = 1",
        "(lambda: train())()",
        "def max(x): return x\ny = max(1)",
        "await something()",
        "raise ValueError",
        "x = [train() for _ in range(3)]",
    ],
)
def test_what_only_acts_is_left_out(text: str) -> None:
    """Training runs, prints, files, results of the notebook's own code: the last line is left out, and nothing breaks."""
    last = ast.parse(text).body[-1].lineno
    written = code(text).splitlines()[1:]
    assert all(line.startswith("#~ ") for line in written[last - 1 :])
    assert [line.removeprefix("#~ ") for line in written] == text.splitlines()


def test_magics_and_shell_lines_are_left_out() -> None:
    """What is IPython's is left out, the Python around it is kept, wherever it stands."""
    shell = "!pip install -q \\\n    torch"
    text = f"%matplotlib inline\n{shell}\nimport torch\nfiles = !ls\nx = %time 5\ntorch.nn?\n?torch\nLR = 0.1"
    assert kept(text) == ["import torch", "LR = 0.1"]
    assert kept("def f():\n    %time\n    return 1") == ["def f():", "    pass", "    return 1"]
    assert kept("%%time\ndef f():\n    return 1") == ["def f():", "    return 1"]
    assert kept("\n%%capture\nimport torch") == ["import torch"]
    assert kept("%%bash\nimport torch") == kept("%%html\n<b>") == kept("%%writefile a.py\nimport torch") == []


def test_percent_in_python_is_no_magic() -> None:
    """A line that begins with % may be Python."""
    text = "def f(a, b):\n    return (a\n        % b)"
    assert kept(text) == text.splitlines()


def test_what_only_looks_like_magic() -> None:
    """Beside a magic, a line within brackets or a text stays what it is, and an indented cell is read as IPython reads it."""
    text = "def f(a, n):\n    QQQIt's\n    %d itemsQQQ\n    b = '('  # (\n    return (a\n        % n)".replace("Q", '"')
    assert kept(f"%matplotlib inline\n{text}\n!ls") == text.splitlines()
    assert kept("    def f():\n        return 1\n    %time f()") == ["def f():", "    return 1"]


def test_nested_deeper_than_anybody_writes() -> None:
    """A statement that is too deep to be looked into costs itself alone."""
    assert kept("if 1: pass\n" + "elif 1: pass\n" * 500, ANSWER) == ANSWER.splitlines()


def test_statements_in_one_line() -> None:
    """Of a line with several statements those that define something are kept."""
    assert kept("import torch; train(); LR = 1") == ["import torch; LR = 1"]
    assert kept("SIZES = [\n    1, 'é']; train()") == ["SIZES = [", "    1, 'é']"]
    assert kept("train(); SIZES = [\n    1]") == ["SIZES = [", "    1]"]
    assert kept("train(); \\\n    LR = 1\ndef f():\n    return 1") == ["LR = 1", "def f():", "    return 1"]
    assert kept("LR = " + "+".join(["1"] * 500) + "; train()") == ["LR = " + "+".join(["1"] * 500)]


def test_every_line_has_its_place() -> None:
    """Cell and line of every line of the text are those of the notebook."""
    cells = [Cell(2, "import torch\n\n\nprint(1)"), Cell(5, ""), Cell(9, "def f():\n    return 1\n")]
    lines = code_of(cells).text.split("\n")
    places = CellMap(lines)
    for cell in cells:
        for number, line in enumerate(cell.text.split("\n"), 1):
            place = next(
                index
                for index, text in enumerate(lines, 1)
                if places.place(index) == (cell.number, number) and "%%" not in text
            )
            assert CellMap.as_written(lines[place - 1]) == line


def test_markers_can_not_be_forged() -> None:
    """A line of a student's that looks like the beginning of a cell is none."""
    lines = code("def f():\n    text = '''\n# %% cell 99\n'''\n    return text", "def g():\n    return 1").split("\n")
    places = CellMap(lines)
    assert places.place(lines.index("def g():") + 1) == (2, 1)
    assert {places.place(number)[0] for number in range(1, len(lines) + 1)} == {1, 2}


# -- several definitions, broken cells ------------------------------------------------------------------------------------


def test_last_definition_counts_and_that_is_said() -> None:
    """Of two answers the last one counts."""
    made = code_of([Cell(3, ANSWER), Cell(8, "def linear(x):\n    return 2 * x")])
    assert made.notes == [(8, "defines linear, as cell 3 does; the last one counts")]
    namespace: dict[str, Any] = {}
    exec(made.text, namespace)
    assert namespace["linear"](1) == 2


@pytest.mark.parametrize("texts", [(STUB, ANSWER), (ANSWER, STUB)])
def test_stub_does_not_count_beside_an_answer(texts: tuple[str, str]) -> None:
    """Wherever the answer stands, the skeleton's stub is left out."""
    made = code_of([Cell(1, texts[0]), Cell(2, texts[1])])
    assert made.notes == []
    assert [line for line in made.text.splitlines() if not line.startswith("#")] == ANSWER.splitlines()


def test_formula_is_an_answer_too() -> None:
    """A name that is assigned has an answer, whatever became of the stub's cell."""
    made = code_of([Cell(1, "linear = 'a * x'"), Cell(2, STUB)])
    assert [line for line in made.text.splitlines() if not line.startswith("#")] == ["linear = 'a * x'"]


def test_stub_alone_is_kept() -> None:
    """Without an answer the stub says that there is none."""
    assert kept(STUB) == STUB.splitlines()


def test_broken_cell_costs_itself_alone() -> None:
    """A cell that is no Python stays in the text as a comment, which says where it breaks; the others are kept."""
    text = code("import torch", "class Linear:\n    def forward(self, x)\n        return x", "LR = 0.1")
    places = CellMap(text.split("\n"))
    (broken,) = places.unreadable()
    assert (places.place(broken.line), broken.why) == ((2, 2), "expected ':'")
    assert broken.text.startswith("class Linear:")
    assert [line for line in text.splitlines() if not line.startswith("#")] == ["import torch", "LR = 0.1"]


def test_names_made_by_code_that_is_left_out() -> None:
    """The cell in which a training run binds a name is known; a name that is only used there is not."""
    places = CellMap(
        code("net = Net()\nlosses = train(net)", "for x, y in loader:\n    print(x)", "a, b = f()").split("\n")
    )
    assert [places.left_out(name) for name in ("net", "losses", "x", "y", "b", "loader", "train")] == [
        1,
        1,
        2,
        2,
        3,
        2,
        None,
    ]


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_cells(texts: list[str]) -> None:
    """The text of any cells can be parsed, and holds every line of theirs."""
    made = code_of([Cell(number, text.replace("\r", "\n").replace("\0", "")) for number, text in enumerate(texts, 1)])
    ast.parse(made.text)
