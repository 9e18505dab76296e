"""The course's parts reach a worker a piece at a time, so that nothing is there to be found and answered with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.assignments import Assignment
from grader.course.provided import Parts
from grader.results import Grade

TEXT = '''"""Parts."""
import torch
from torch import Tensor

SCALE = 2

def helper(x):
    return x * SCALE

class Base:
    pass

class Net(Base):
    def forward(self, x: "Tensor"):
        return helper(x)

@torch.no_grad()
def train(Net, steps=SCALE):
    return Net().forward(steps)

def make(kind: Net):
    def inner():
        return other()
    return inner

def other():
    return 1

torch.manual_seed(0)
'''


@pytest.fixture
def parts() -> Parts:
    return Parts(TEXT, "parts.py")


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("other", {"other"}),
        ("helper", {"helper", "SCALE"}),
        ("Net", {"Net", "Base", "helper", "SCALE"}),
        ("train", {"train", "SCALE"}),  # its Net is a parameter, not the class
        ("make", {"make", "other", "Net", "Base", "helper", "SCALE"}),
        ("missing", set()),
    ],
)
def test_what_a_definition_needs(parts: Parts, name: str, needed: set[str]) -> None:
    """Its own definition and all that it refers to by name, in its body, its defaults, bases and annotations."""
    assert parts.needed_for([name]) == needed


def test_lines_stay_where_they_are(parts: Parts) -> None:
    """What is left out leaves its lines empty, so that an error in the parts names the right line; decorators go along."""
    text = parts.only({"other"})
    assert text.splitlines()[TEXT.splitlines().index("def other():")] == "def other():"
    assert "import torch" in text
    assert "torch.manual_seed(0)" in text
    assert not {"Net", "no_grad", "SCALE", "inner"} & set(text.replace("(", " ").split())
    assert len(text.splitlines()) == len(TEXT.splitlines())


def test_essence(parts: Parts) -> None:
    """What names rest on is the same text wherever it stands, and whatever stands beside it."""
    essence = parts.essence_of(["helper"])
    assert essence.splitlines() == [
        "SCALE = 2", "def helper(x):", "    return x * SCALE", "torch.manual_seed(0)",
    ]  # fmt: skip
    moved = TEXT.replace("SCALE = 2", "\n# a comment\nimport io\n\n\ndef new():\n    return io\n\n\nSCALE = 2")
    assert Parts(moved, "parts.py").essence_of(["helper"]) == essence
    assert Parts(moved.replace("= 2", "= 3"), "parts.py").essence_of(["helper"]) != essence
    assert "from torch import Tensor" not in essence
    assert "import io" in Parts(moved, "parts.py").essence_of(["new"])
    assert parts.essence_of(["train"]).splitlines()[0] == "import torch"


def test_every_piece_of_the_course_runs_alone(classifier: Assignment) -> None:
    """Each definition of the course's parts can be defined with nothing but what it is said to need."""
    parts = Parts(classifier.parts_source, "parts.py")
    names = list(parts._definitions)
    assert len(names) > 10
    for name in names:
        namespace: dict[str, object] = {"__name__": "parts"}
        exec(compile(parts.only(parts.needed_for([name])), "parts.py", "exec"), namespace)
        assert name in namespace


THIEF = """
import gc, sys, types
import torch

def stolen(name):
    found = [m.__dict__[name] for m in gc.get_objects() if isinstance(m, types.ModuleType) and name in m.__dict__
             and m.__name__ == "parts"]
    found += [c for c in gc.get_objects() if isinstance(c, type) and c.__name__ == name and c.__module__ == "parts"]
    frame = sys._getframe()
    while frame is not None:
        for value in frame.f_locals.values():
            parts = getattr(value, "parts", None)
            if isinstance(parts, types.ModuleType) and hasattr(parts, name): found.append(getattr(parts, name))
        frame = frame.f_back
    return found[0]
"""
LAYER = """
class Linear:
    def __init__(self, dim_in, dim_out):
        self.W, self.b = torch.randn(dim_out, dim_in) * 0.1, torch.zeros(dim_out)
    def _own(self):
        if not hasattr(self, "_layer"):
            self._layer = stolen("Linear")(self.W.shape[1], self.W.shape[0])
        self._layer.W, self._layer.b = self.W, self.b
        return self._layer
    def __call__(self, x): return self.forward(x)
    def forward(self, x): return self._own().forward(x)
    def backward(self, dz): return self._own().backward(dz)
"""


def test_course_parts_can_not_be_stolen(
    grade_files: Callable[[dict[str, dict[str, str]]], dict[str, Grade]], reference_files: dict[str, str]
) -> None:
    """A layer that looks for the course's own in its process, to answer with, finds none, and earns nothing."""
    files = {**reference_files, "linear.py": THIEF + LAYER}
    grade = grade_files({"thief": files})["thief"]
    scores = {exercise.name: (exercise.score, exercise.points) for exercise in grade.exercises}
    assert scores["linear"][0] <= 2  # shapes and initial weights are its own
    assert scores["together"][0] == 0
    assert scores["relu"][0] == scores["relu"][1]


def test_thief_would_succeed_with_the_parts_at_hand(classifier: Assignment, tmp_path: Path) -> None:
    """The theft above is a real one: with the whole text of the parts in the process it finds a working layer."""
    import types

    module = types.ModuleType("parts")
    exec(compile(classifier.parts_source, "parts.py", "exec"), module.__dict__)
    namespace: dict[str, object] = {}
    exec(THIEF + LAYER, namespace)
    import torch

    layer = namespace["Linear"](3, 2)  # type: ignore[operator]
    with torch.enable_grad():
        assert layer.forward(torch.ones(4, 3)).shape == (4, 2)
        assert layer.backward(torch.ones(4, 2))[1].tolist() == [[4.0] * 3] * 2
