"""Skeletons out of model answers: what is left out, what takes its place, and what is said of marks out of place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader import cli
from grader.authoring.skeletons import skeleton_of, skeletons
from grader.course.assignments import assignment_names, find_assignment
from grader.errors import CourseError

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

ROOT = Path(__file__).parent.parent
PLACE = Path("reference/mini/layer.py")

MODEL = '''"""Exercise 1."""

import math  # SOLUTION

import torch

TIMES = 3


# BEGIN SOLUTION
def helper(x):
    return math.sqrt(x)


# END SOLUTION
class Layer:
    def forward(self, x):
        """Three times x."""
        # TODO: what is it multiplied with?
        # BEGIN SOLUTION
        self.x = x  # remembered

        if helper(4) == 2:
            return TIMES * x
        # END SOLUTION

    def backward(self, dz):
        ### BEGIN SOLUTION
        return TIMES * dz
        ### END SOLUTION
'''
SKELETON = '''"""Exercise 1."""


import torch

TIMES = 3


class Layer:
    def forward(self, x):
        """Three times x."""
        # TODO: what is it multiplied with?
        raise NotImplementedError

    def backward(self, dz):
        raise NotImplementedError
'''


def test_what_is_left_out() -> None:
    """A function's marked lines make way for a stub; those at the top level, and marked lines, for nothing."""
    assert skeleton_of(MODEL, PLACE) == SKELETON


def test_without_marks() -> None:
    """A text without marks stays as it is: words that only look like one are none."""
    text = 'SOLUTION = "# SOLUTION here"\n# BEGIN SOLUTIONS\n# a SOLUTION\n# SOLUTION\n'
    assert skeleton_of(text, PLACE) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "x\n# END SOLUTION\n",
            "line 2: END SOLUTION without a BEGIN SOLUTION above it. Add one, or take this one out.",
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    x\n",
            "line 2: BEGIN SOLUTION without an END SOLUTION below it. Add one.",
        ),
        (
            "# BEGIN SOLUTION\n# BEGIN SOLUTION\n# END SOLUTION\n",
            "line 2: BEGIN SOLUTION, but that of line 1 has no END SOLUTION. Add it above.",
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    x\n# END SOLUTION\n",
            "line 4: END SOLUTION is not indented as the BEGIN SOLUTION of line 2, as expected.",
        ),
    ],
)
def test_marks_out_of_place(text: str, expected: str) -> None:
    """A mark that has no partner is told with its file and its line."""
    with pytest.raises(CourseError) as caught:
        skeleton_of(text, PLACE)
    assert str(caught.value) == f"{PLACE}, {expected}"


@pytest.mark.parametrize("name", assignment_names(ROOT))
def test_skeletons_of_the_course(name: str) -> None:
    """Each skeleton of the course comes from a model answer, and is what that makes."""
    assignment = find_assignment(ROOT, name)
    made = skeletons(assignment)
    files = {exercise.file for exercise in assignment.exercises if exercise.defines}
    assert {path.name for path in made} == files
    assert {path: path.read_text("utf-8") for path in made} == made


def test_command(mini: MiniCourse, capsys: pytest.CaptureFixture[str]) -> None:
    """`grader skeleton` writes those that a model answer makes, leaves the others alone, and says which it wrote."""
    total = mini.read("assignments/mini/total.py")
    mini.write({"reference/mini/layer.py": MODEL})
    assert cli.main(["skeleton", "mini", "--course", str(mini.root)]) == 0
    assert mini.read("assignments/mini/layer.py") == SKELETON
    assert mini.read("assignments/mini/total.py") == total
    assert capsys.readouterr().out == f"{mini.root / 'assignments/mini/layer.py'}: written\n"


def test_command_without_marks(mini: MiniCourse, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no model answer has marks, nothing is written, and it is said what marks there are."""
    before = mini.read("assignments/mini/layer.py")
    assert cli.main(["skeleton", "mini", "--course", str(mini.root)]) == 0
    assert mini.read("assignments/mini/layer.py") == before
    said = capsys.readouterr().out
    assert said == (
        f"{mini.root / 'reference/mini'}: no file has the lines BEGIN SOLUTION and END SOLUTION; see docs/authors.md.\n"
    )
