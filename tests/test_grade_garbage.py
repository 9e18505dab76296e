"""Whatever student code returns, raises or binds, the grader gives a grade: never a `grader_error`, never a wrong number."""

# ruff: noqa: E501  (one case a line)

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from grader.course.assignments import Assignment
from grader.grade_json import grade_from_json, grade_to_json
from grader.grading.jobs import Jobs
from grader.grading.settings import Settings
from grader.results import Grade, Outcome, Status
from grader.submissions.submission import make_submission

Files = dict[str, str]

FILE_OF = {
    "NLLLoss": "nll_loss.py",
    "Linear": "linear.py",
    "ReLU": "relu.py",
    "Net": "net.py",
    "Optimizer": "optimizer.py",
    "train": "training.py",
    "accuracy": "evaluation.py",
    "accuracy_per_class": "evaluation.py",
}
EXERCISE_OF = {name: name.lower() for name in FILE_OF} | {"NLLLoss": "nll_loss"}
# Every public function, in rounds that break several at once: no exercise depends on another, no check of backward on
# what forward returns.
OFTEN = (
    ("NLLLoss.forward", "NLLLoss.backward", "Linear.forward", "Linear.backward", "ReLU.forward", "ReLU.backward",
     "Net.forward", "Net.backward", "Optimizer.step", "train", "accuracy", "accuracy_per_class"),
)  # fmt: skip
SELDOM = (
    ("NLLLoss.__call__", "Linear.__init__", "ReLU.__call__", "Net.__init__", "Optimizer.__init__"),
    ("NLLLoss.__init__", "Linear.__call__", "ReLU.__init__", "Net.__call__"),
)

# What a function does instead of its work; `args` are its arguments, `original` is what it was.
BODIES = {
    "returns None": "return None",
    "returns a text": "return 'text'",
    "returns a lone surrogate": r"return '\ud800\x1b[31m'",
    "returns 5": "return 5",
    "returns a number beyond int64": "return 10**30",
    "returns True": "return True",
    "returns nan": "return float('nan')",
    "returns a complex number": "return 1j",
    "returns an empty list": "return []",
    "returns an empty dict": "return {}",
    "returns three Nones": "return None, None, None",
    "returns nested lists": "return [[1, [2]], {'a': None}, {1: 2}]",
    "returns a huge list": "return [0.5] * 200_000",
    "returns a list that holds itself": "a = []; a.append(a); return a",
    "returns a tensor of another shape": "return torch.ones(2, 3, 4)",
    "returns an empty tensor": "return torch.zeros(0)",
    "returns a tensor of integers": "return torch.ones(3, dtype=torch.int64)",
    "returns a tensor of complex numbers": "return torch.ones(2, 2, dtype=torch.complex64)",
    "returns a sparse tensor": "return torch.ones(3, 3).to_sparse()",
    "returns a tensor larger than any answer may be": "return torch.zeros(1).expand(40_000_000)",
    "returns nan in a tensor": "return torch.tensor(float('nan'))",
    "returns an object": "return object()",
    "returns an object with every attribute": "return Anything()",
    "returns a class": "return dict",
    "returns a generator": "return (i for i in range(3))",
    "returns itself": "return args[0]",
    "returns its own arguments": "return args",
    "raises SystemExit": "raise SystemExit(0)",
    "raises KeyboardInterrupt": "raise KeyboardInterrupt",
    "raises GeneratorExit": "raise GeneratorExit",
    "raises an exception whose text can't be made": "raise Unprintable",
    "raises an exception of its own": r"raise type('\x1b[2J<b>', (BaseException,), {})('\ud800')",
    "recurses forever": "return broken(*args, **keywords)",
    "skips the check": "import pytest; pytest.skip('free points')",
    "calls the original with too few arguments": "return original()",
    "empties its arguments": "[a.clear() for a in args if hasattr(a, 'clear')]; return original(*args, **keywords)",
    "spoils its arguments": "[a.__dict__.clear() for a in args[1:] if hasattr(a, '__dict__')]; return original(*args, **keywords)",
    "gives integers": "return spoilt(lambda t: t.int())",
    "gives nan": "return spoilt(lambda t: t * float('nan'))",
    "gives half precision": "return spoilt(lambda t: t.half())",
    "gives truth values": "return spoilt(lambda t: t.bool())",
    "gives lists": "return spoilt(lambda t: t.tolist())",
    "gives arrays": "return spoilt(lambda t: t.numpy())",
    "gives one axis more": "return spoilt(lambda t: t.unsqueeze(0))",
    "gives tensors in lists": "return spoilt(lambda t: [t])",
    "gives complex numbers": "return spoilt(lambda t: t.to(torch.complex64))",
}  # fmt: skip
HELPERS = r"""

import torch


class Unprintable(Exception):
    def __str__(self):
        raise SystemExit


class Anything:
    def __getattr__(self, name):
        return Anything()

    def __call__(self, *args, **keywords):
        return Anything()

    def __getitem__(self, key):
        return Anything()
"""
BREAK = """

def broken(*args, original={place}, **keywords):
    def spoilt(change):
        def spoil(value):
            if isinstance(value, torch.Tensor):
                return change(value)
            if isinstance(value, (tuple, list)):
                return type(value)(map(spoil, value))
            if isinstance(value, (int, float)):
                return spoil(torch.tensor(value))
            return value

        result = original(*args, **keywords)
        for owner in args[:1]:
            for name, value in getattr(owner, "__dict__", {{}}).items():
                if isinstance(value, dict):
                    setattr(owner, name, {{key: spoil(entry) for key, entry in value.items()}})
                else:
                    setattr(owner, name, spoil(value))
        return spoil(result)

    {body}


{place} = broken
"""

# Names bound to what they should not be; after `make`, an instance has been made as it should.
ATTRIBUTES = {
    "backward is None": ("NLLLoss", "NLLLoss.backward = None"),
    "forward is 5": ("Linear", "Linear.forward = 5"),
    "backward bound twice": ("ReLU", "ReLU.backward = None"),
    "step is a text": ("Optimizer", "Optimizer.step = 'step'"),
    "W is a list": ("Linear", "def make(self): self.W = self.W.tolist()"),
    "W is missing": ("Linear", "def make(self): del self.W"),
    "b is None": ("Linear", "def make(self): self.b = None"),
    "W is an array": ("Linear", "def make(self): self.W = self.W.numpy()"),
    "W changes its type": ("Linear", "Linear.W = property(lambda s: __import__('random').choice([torch.randn(3, 5), None, torch.randn(3, 5).double()]), lambda s, v: None)"),
    "W is expanded": ("Linear", "def make(self): self.W = torch.randn(1).expand(self.W.shape)"),
    "parameters is None": ("Net", "def make(self): self.parameters = None"),
    "parameters is 5": ("Net", "def make(self): self.parameters = 5"),
    "parameters is a list": ("Net", "def make(self): self.parameters = list(self.parameters.values())"),
    "parameters is a method": ("Net", "_made = Net.__init__\ndef make(self): self.__dict__.pop('parameters')\nNet.parameters = lambda self: {}"),
    "parameters is a method of the class": ("Net", "class Net(Net):\n    def __setattr__(self, name, value):\n        if name != 'parameters': super().__setattr__(name, value)\n    def parameters(self): return {}"),
    "parameters has wrong keys": ("Net", "def make(self): self.parameters = {k.upper(): v for k, v in self.parameters.items()}"),
    "parameters has keys of all kinds": ("Net", "def make(self): self.parameters = {1: 2, None: 3, (4,): 5}"),
    "parameters has no values": ("Net", "def make(self): self.parameters = dict.fromkeys(self.parameters)"),
    "parameters holds arrays": ("Net", "def make(self): self.parameters = {k: v.numpy() for k, v in self.parameters.items()}"),
    "parameters is empty": ("Net", "def make(self): self.parameters.clear()"),
    "gradients is a list": ("Net", "Net.gradients = property(lambda self: [1, 2, 3], lambda self, value: None)"),
    "gradients is missing": ("Net", "Net.gradients = property(lambda self: self.nothing, lambda self, value: None)"),
    "gradients holds texts": ("Net", "Net.gradients = property(lambda s: dict.fromkeys(s.parameters, 'x'), lambda self, value: None)"),
    "fc1 is missing": ("Net", "def make(self): del self.fc1"),
    "a getattr that hides all": ("Net", "Net.__getattribute__ = lambda self, name: 5"),
    "the class is None": ("Linear", "Linear = None"),
    "the class is 5": ("ReLU", "ReLU = 5"),
    "the class is a tensor": ("NLLLoss", "NLLLoss = torch.ones(3)"),
    "the class is a dict": ("Net", "Net = {}"),
    "the class is an object": ("Optimizer", "Optimizer = object()"),
    "the function is a class": ("train", "class train: pass"),
    "the function is a list": ("accuracy", "accuracy = []"),
    "the net is cleared": ("train", "def train(net, *args): net.parameters = 5; return [1.0, 1.0, 1.0]"),
    "the net has texts": ("train", "def train(net, *args): net.parameters = dict.fromkeys(net.parameters, 'x'); return [1.0, 1.0, 1.0]"),
    "the steps are counted wrong": ("train", "def train(net, loss, optimizer, *args): optimizer.steps = 'many'; return [1.0]"),
    "the steps are nan": ("train", "def train(net, loss, optimizer, *args): optimizer.steps = float('nan'); return [1.0]"),
    "losses are huge": ("train", "def train(*args): return [1e308, 10**18, -1e308]"),
    "losses are nan": ("train", "def train(*args): return [float('nan'), float('inf'), True]"),
    "the share is huge": ("accuracy", "def accuracy(*args): return 2**62"),
    "shares without an axis": ("accuracy_per_class", "def accuracy_per_class(*args, **keywords): return torch.tensor(0.5)"),
    "shares in a table": ("accuracy_per_class", "def accuracy_per_class(*args, **keywords): return torch.ones(10, 10)"),
    "shares in a dict": ("accuracy_per_class", "def accuracy_per_class(*args, **keywords): return dict.fromkeys(range(10), 0.5)"),
    "shares are texts": ("accuracy_per_class", "def accuracy_per_class(*args, **keywords): return ['x'] * 10"),
    "the optimizer takes them out": ("Optimizer", "def make(self): self.parameters.clear()"),
    "the optimizer puts in texts": ("Optimizer", "def make(self): self.parameters.update(dict.fromkeys(list(self.parameters), 'x'))"),
    "the optimizer puts in a scalar": ("Optimizer", "def make(self): self.parameters.update(dict.fromkeys(list(self.parameters), torch.ones(())))"),
    "an object of a dict": ("Net", "class Net(dict):\n    pass"),
    "an object of a number": ("NLLLoss", "class NLLLoss(float):\n    pass"),
    "an object of a list": ("Optimizer", "class Optimizer(list):\n    pass"),
    "an object of a tensor": ("Linear", "class Linear(torch.Tensor):\n    def __new__(cls, *args): return torch.ones(3).as_subclass(cls)\n    def __init__(self, *args): pass"),
    "__new__ gives None": ("ReLU", "class ReLU:\n    def __new__(cls): return None"),
    **{
        f"{name} is a function that gives {value}": (name, f"def {name}(*args, **keywords): return {value}")
        for name in ("NLLLoss", "Linear", "ReLU", "Net", "Optimizer")
        for value in ("{}", "torch.ones(2)")
    },
}  # fmt: skip
MAKE = """

if "make" in globals():
    def _with(self, *args, original={name}.__init__, **keywords):
        original(self, *args, **keywords)
        make(self)

    {name}.__init__ = _with
"""


# Every body in the functions that checks call all the time, every fourth in the others.
BROKEN = [
    (what, places) for number, what in enumerate(BODIES) for places in (*OFTEN, *(SELDOM if number % 4 == 0 else ()))
]


def with_body(files: Files, places: tuple[str, ...], body: str) -> Files:
    """The files, where the functions at these places do something else."""
    files = dict(files)
    for place in places:
        file = FILE_OF[place.split(".")[0]]
        files[file] += ("" if "class Unprintable" in files[file] else HELPERS) + BREAK.format(place=place, body=body)
    return files


def with_statement(files: Files, name: str, statement: str) -> Files:
    """The files, where a statement about `name` comes last."""
    text = files[FILE_OF[name]] + f"\nimport torch\n{statement}\n"
    return {**files, FILE_OF[name]: text + (MAKE.format(name=name) if "def make" in statement else "")}


@pytest.fixture(scope="module")
def grades(classifier: Assignment, reference_files: Files) -> dict[str, Grade]:
    """The grades of everything in the tables above, made by two processes side by side."""
    submissions = {
        f"{what} in {places[0]}": with_body(reference_files, places, BODIES[what]) for what, places in BROKEN
    }
    submissions |= {
        what: with_statement(reference_files, name, statement) for what, (name, statement) in ATTRIBUTES.items()
    }
    grades: dict[str, Grade] = {}
    jobs = Jobs(classifier, 2, Settings(device="cpu"))
    try:
        jobs.grade_all(
            (make_submission(what, files) for what, files in submissions.items()),
            lambda grade: grades.update({grade.student: grade}),
        )
    finally:
        jobs.close()
    return grades


def lost(grade: Grade) -> set[str]:
    """The exercises that did not get all of their points."""
    return {exercise.name for exercise in grade.exercises if exercise.score < exercise.points}


def assert_is_sound(grade: Grade) -> None:
    """Every check has an outcome that is the student's, the score is a number, and the grade can be written and read."""
    broken = [flag.detail for flag in grade.flags if flag.kind == "grader_error"]
    assert broken == []
    assert Outcome.GRADER_ERROR not in {check.outcome for check in grade.checks}
    assert (grade.status, grade.points) == (Status.GRADED, Decimal(82))
    assert math.isfinite(grade.score)
    assert grade_from_json(grade_to_json(grade)).score == grade.score


@pytest.mark.parametrize(("what", "places"), BROKEN, ids=[f"{what}-{places[0]}" for what, places in BROKEN])
def test_garbage_of_functions(grades: dict[str, Grade], what: str, places: tuple[str, ...]) -> None:
    """A function that does something else costs points where it is, and breaks nothing."""
    grade = grades[f"{what} in {places[0]}"]
    assert_is_sound(grade)
    assert lost(grade) <= {EXERCISE_OF[place.split(".")[0]] for place in places} | {"together"}


@pytest.mark.parametrize("what", ATTRIBUTES)
def test_garbage_in_attributes(grades: dict[str, Grade], what: str) -> None:
    """A name bound to what it should not be costs points in its own exercise, and breaks nothing."""
    grade = grades[what]
    assert_is_sound(grade)
    assert EXERCISE_OF[ATTRIBUTES[what][0]] in lost(grade)
    assert lost(grade) <= {EXERCISE_OF[ATTRIBUTES[what][0]], "together"}
