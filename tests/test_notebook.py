"""`check` in a real Jupyter kernel: the live objects, the same verdicts, shown in the cell, and nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import v4

from grader.course.assignments import Assignment, assignment_names, find_assignment
from grader.course.catalogue import reference_files
from grader.course.notebooks import student_notebook
from tests.test_notebooks import answered

ROOT = Path(__file__).parent.parent
NAMES = assignment_names(ROOT)

RELU = """class ReLU:
    def __call__(self, x):
        return self.forward(x)
    def forward(self, x):
        print("forward was called")
        self.x = x
        return x.clamp(min=0)
    def backward(self, dz):
        return dz * (self.x >= 0)"""
MODULE = """import torch.nn as nn
class ReLU(nn.Module):
    def forward(self, x):
        self.x = x
        return nn.functional.relu(x)
    def backward(self, dz):
        return dz * (self.x > 0)"""
SEED = "torch.manual_seed(3)\nrandom.seed(3)"
CELLS = {
    "set up": "from grader.notebook import check, start\nstart('classifier')\nimport random\nimport torch",
    "wrong": f"{RELU}\ncheck(ReLU)",
    "by name": "check('relu')",
    "patched": "def backward(self, dz):\n    return dz * (self.x > 0)\nReLU.backward = backward\ncheck(ReLU)",
    "made by a call": "def make():\n    return type('ReLU', (ReLU,), {})\nReLU = make()\ncheck(ReLU)",
    "stub": "class Linear:\n    def __init__(self, dim_in, dim_out):\n        raise NotImplementedError\ncheck(Linear)",
    "hangs": "def accuracy(net, loader):\n    while True:\n        pass\ncheck(accuracy)",
    "exits": "def accuracy(net, loader):\n    raise SystemExit\ncheck(accuracy)",
    "forbidden": f"{MODULE}\ncheck(ReLU)",
    "unknown": "check(int)",
    "nothing of the kind": "check('relus')",
    "not defined": "check('optimizer')",
    "before": f"{SEED}\nexpected = torch.randn(3), random.random()\n{SEED}",
    "whole": "check()",
    "after": "drawn = torch.randn(3), random.random()\n"
    "print(torch.equal(expected[0], drawn[0]), expected[1] == drawn[1], torch.is_grad_enabled(), ReLU.__module__)",
    "without its parts": "del Linear\nclass Net:\n    pass\ncheck(Net)",
    "parts": "check('linear')",
    "stopped": "def accuracy(net, loader):\n    raise KeyboardInterrupt\ncheck(accuracy)",
}


def run(notebook: Any, folder: Path) -> Any:
    """The notebook after every cell was executed in a kernel of its own. An exception in a cell fails the test."""
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute()
    return notebook


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """What each of the cells shows: the data of its output, or the text that it printed."""
    notebook = run(v4.new_notebook(cells=[v4.new_code_cell(text) for text in CELLS.values()]), ROOT)
    outputs = {}
    for name, cell in zip(CELLS, notebook.cells, strict=True):
        assert len(cell.outputs) <= 1, name
        for output in cell.outputs:
            outputs[name] = output.text if output.output_type == "stream" else output.data
    return outputs


def plain(shown: dict[str, Any], name: str) -> str:
    text: str = shown[name]["text/plain"]
    return text


def test_start_says_what_there_is(shown: dict[str, Any]) -> None:
    """The first cell names the exercises."""
    assert shown["set up"].startswith("Building a classifier from scratch: NLLLoss, Linear, ReLU, Net, ")


def test_wrong_answer_is_explained(shown: dict[str, Any]) -> None:
    """A mistake is named, with its place in the session, as HTML and as text; prints of the code don't fill the cell."""
    text, html = plain(shown, "wrong"), shown["wrong"]["text/html"]
    assert text.startswith("ReLU: 4 of 5, failed\n")
    assert "It looks like this: the gradient at exactly 0 is let through." in text
    assert "where: In [2], line 8, in ReLU.backward" in text
    assert "the gradient at exactly 0 is let through" in html
    assert "In [2], line 8" in html
    assert "<script" not in html
    assert "forward was called" in text
    assert text == plain(shown, "by name")


def test_objects_are_the_live_ones(shown: dict[str, Any]) -> None:
    """A method put onto a class later, and a class that no text defines, count as they are."""
    assert plain(shown, "patched").startswith("ReLU: 5 of 5, passed\n")
    assert plain(shown, "made by a call").startswith("ReLU: 5 of 5, passed\n")


def test_stub_is_not_attempted(shown: dict[str, Any]) -> None:
    """What is still to be written is said in a line."""
    assert plain(shown, "stub").startswith("Linear: 0 of 8, not attempted\n")
    assert len(plain(shown, "stub").splitlines()) == 3


def test_endless_loop_and_exit_end_their_check_alone(shown: dict[str, Any]) -> None:
    """Code that hangs is interrupted, and an exit does not end the kernel."""
    assert "Your code gave no answer within 5 s, so it was stopped." in plain(shown, "hangs")
    assert "where: In [7], line 1, in accuracy" in plain(shown, "hangs")
    assert "SystemExit" in plain(shown, "exits")


def test_forbidden_names_cost_the_same(shown: dict[str, Any]) -> None:
    """What the assignment forbids is found in what was executed; code that was replaced since does not count."""
    assert plain(shown, "forbidden").startswith("ReLU: 0 of 5, failed\n")
    assert "In [9], line 2 uses torch.nn" in plain(shown, "forbidden")


def test_what_can_not_be_checked_is_said_in_a_line(shown: dict[str, Any]) -> None:
    """An unknown exercise is named with those there are, a missing one with what to do."""
    assert shown["unknown"].startswith("check: classifier has no exercise int. There are: NLLLoss, Linear, ")
    assert shown["nothing of the kind"].startswith("check: classifier has no exercise relus.")
    assert "Optimizer is not defined in this session." in plain(shown, "not defined")
    assert "Run the cell that defines it" in plain(shown, "not defined")


def test_whole_notebook_in_short(shown: dict[str, Any]) -> None:
    """check() gives every exercise a line, and the first problem."""
    lines = plain(shown, "whole").splitlines()
    assert [line for line in lines if line.startswith("ReLU: ")] == ["ReLU: 0 of 5, failed"]
    assert lines[-1].startswith("All: ")
    assert lines[-1].endswith(" of 62")
    assert "Building a classifier from scratch" in shown["whole"]["text/html"]


def test_session_goes_on_as_if_nothing_had_been_checked(shown: dict[str, Any]) -> None:
    """Random numbers, autograd and the session's own names are what they were."""
    assert shown["after"] == "True True True __main__\n"


def test_who_interrupts_the_kernel_stops_the_check(shown: dict[str, Any]) -> None:
    """All of it, not only the one that runs at the moment."""
    assert shown["stopped"] == "check: stopped, so nothing was checked. Run the cell again.\n"


def test_parts_of_the_course_do_not_stay(shown: dict[str, Any]) -> None:
    """What stood in for a class that is not written yet is gone afterwards, and is no answer to its exercise."""
    assert plain(shown, "parts").startswith("Linear: 0 of 8, blocked\n")
    assert "Linear is not defined in this session." in plain(shown, "parts")


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_runs(name: str, tmp_path: Path) -> None:
    """Each assignment's notebook runs from top to bottom: as it is nothing passes, with the answers in it everything does."""
    assignment = find_assignment(ROOT, name)
    untouched = run(nbformat.reads(student_notebook(assignment), as_version=4), assignment.folder)
    solved = run(
        nbformat.reads(json.dumps(answered(assignment, reference_files(assignment))), as_version=4), assignment.folder
    )
    first, last = summary_of(untouched), summary_of(solved)
    points = first[-1].rpartition(" of ")[2]
    assert first[-1] == f"All: 0 of {points}"
    assert last[-1] == f"All: {points} of {points}", "\n".join(last)


def summary_of(notebook: Any) -> list[str]:
    """The lines of the last cell, `check()`."""
    lines: list[str] = notebook.cells[-1].outputs[0].data["text/plain"].splitlines()
    return lines


def test_without_a_notebook(classifier: Assignment, tmp_path: Path) -> None:
    """In plain Python the result is text, and the assignment is told by the folder one works in."""
    code = f"{RELU}\nfrom grader.notebook import check\ncheck(ReLU)\ncheck('together')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=classifier.folder, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("ReLU: 4 of 5, failed\n")
    assert "NLLLoss" in done.stdout


def test_which_assignment(tmp_path: Path) -> None:
    """Where several assignments could be meant, one is asked for; outside a course that is said."""
    code = "from grader.notebook import check\ncheck('no such')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for folder, said in ((tmp_path, "lies in no course"), (ROOT, "")):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.startswith("check: ")
        assert said in done.stdout


def test_display_data_is_json(shown: dict[str, Any]) -> None:
    """What is shown can be kept in the notebook's file."""
    assert json.loads(json.dumps(shown["wrong"]))["text/html"]
