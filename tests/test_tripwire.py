"""Autograd that student code uses is noticed where it happens; what the course's parts do with it is not."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import torch

from grader.checks.bench import Bench, Noticed
from grader.checks.check import Check
from grader.checks.pool import Loaded
from grader.checks.proxy import Names
from grader.checks.session import Session
from grader.course.assignments import find_assignment
from grader.errors import WorkerCrashed
from grader.isolation.isolated import Isolated
from grader.results import Grade
from grader.submissions.submission import make_submission
from grader.untrusted import wire
from grader.untrusted.sandbox import Limits
from grader.untrusted.tripwire import Tripwire

USES = {
    "grad": ("torch.autograd.grad(y(x), x)", {"torch.autograd.grad", "torch.enable_grad"}),
    "backward": ("torch.autograd.backward(y(x))", {"torch.autograd.backward", "torch.enable_grad"}),
    "method": ("y(x).backward()", {"torch.Tensor.backward", "torch.enable_grad"}),
    "aliased": (
        "(lambda f: f(y(x), x))(getattr(torch.autograd, 'gr' + 'ad'))",
        {"torch.autograd.grad", "torch.enable_grad"},
    ),
    "switch": ("torch.set_grad_enabled(True)", {"torch.set_grad_enabled"}),
    "engine": (
        "torch.autograd.Variable._execution_engine.run_backward((y(x),), (torch.ones(()),), False, False, (x,))",
        {"torch.autograd", "torch.enable_grad"},
    ),
    "decorator": ("torch.enable_grad()(lambda: 1)()", {"torch.enable_grad"}),
}
HONEST = {
    "off": "torch.set_grad_enabled(False)",
    "no_grad": "torch.no_grad().__enter__()",
    "arithmetic": "(torch.ones(3) @ torch.ones(3)).exp().sum()",
    "loader": "list(torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.arange(4))))",
    "printed": "repr(torch.ones(3))",
    "copied": "__import__('copy').deepcopy(torch.ones(3))",
}
CODE = """import torch, torch.utils.data
torch.set_grad_enabled(False)
def y(x):
    with torch.enable_grad():
        return (x * x).sum()
def attempt():
    x = torch.ones(3, requires_grad=True)
    {line}
"""
PARTS = """
import torch
def double(x):
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        return torch.autograd.grad((x * x).sum(), x)[0]
"""


def notes_after(launcher: Isolated, code: str, parts: str = "") -> dict[str, Any]:
    """What the worker notes after `attempt` was called."""
    worker = launcher.spawn(Limits(2048, 60, 32))

    def ask(request: wire.Request) -> Any:
        return worker.ask(request, [], time.monotonic() + 20, lambda handle: handle)

    try:
        assert ask(wire.Load([("code.py", code)], parts, "cpu", False, [], False, True)) is None
        answer = ask(wire.Call(ask(wire.Find("attempt", "code.py")).number, [], []))
        assert not isinstance(answer, wire.Raised) or "element 0 of tensors" in answer.text, answer
        notes = ask(wire.Notes())
        assert isinstance(notes, dict)
        return notes
    finally:
        worker.close()


@pytest.mark.parametrize("name", USES)
def test_uses_are_noticed(zygote: Isolated, name: str) -> None:
    """Each way into autograd is noted with the submission's own file and line, once."""
    line, expected = USES[name]
    uses = notes_after(zygote, CODE.format(line=line))["uses"]
    assert {use[2] for use in uses} == expected
    assert {use[0] for use in uses} == {"code.py"}
    assert {use[1] for use in uses if use[2] != "torch.enable_grad" or name == "decorator"} == {8}


@pytest.mark.parametrize("name", HONEST)
def test_honest_code_is_not(zygote: Isolated, name: str) -> None:
    """To switch autograd off, to compute, to load and to print are no uses of it."""
    code = CODE.replace("    x = torch.ones(3, requires_grad=True)\n", "").format(line=HONEST[name])
    assert notes_after(zygote, code)["uses"] == []


def test_parts_of_the_course_may(zygote: Isolated) -> None:
    """What the course's own parts do with autograd is no use of the submission's, though it called them."""
    code = """import gc, types, torch
def attempt():
    [double] = [m.double for m in gc.get_objects() if isinstance(m, types.ModuleType) and m.__name__ == "parts"]
    return double(torch.ones(3))
"""
    assert notes_after(zygote, code, PARTS)["uses"] == []


def test_who_has_it_done_by_another(zygote: Isolated) -> None:
    """The function that the grader called is noted beside the helper that it reached; one that is only loaded is not."""
    code = """import torch
def helper(x):
    torch.set_grad_enabled(True)
    return x
helper(1)
TABLE = {}
def attempt():
    return TABLE["helper"](1)
TABLE["helper"] = helper
"""
    notes = notes_after(zygote, code)
    assert notes["uses"] == [["code.py", 3, "torch.set_grad_enabled"]]
    assert notes["through"] == [["code.py", 8, "torch.set_grad_enabled", "code.py", 3]]
    assert notes_after(zygote, code.replace('TABLE["helper"](1)', "None"))["through"] == []


def test_many_uses_are_few_notes(zygote: Isolated) -> None:
    """A loop is one line; more lines than anybody reads are cut."""
    body = "\n".join("    torch.set_grad_enabled(True)" for _ in range(300))
    code = f"import torch\ndef attempt():\n    for _ in range(1000): torch.set_grad_enabled(True)\n{body}\n"
    uses = notes_after(zygote, code)["uses"]
    assert len(uses) == 20
    assert [use[1] for use in uses[:2]] == [3, 4]


def test_removed_without_a_trace() -> None:
    """In a process that goes on, everything is afterwards as it was."""
    before = (torch.autograd.Variable._execution_engine, torch.enable_grad.__enter__, torch.set_grad_enabled.__init__)
    tripwire = Tripwire({"code.py"}, set())
    assert torch.enable_grad.__enter__ is not before[1]
    x = torch.ones(3, requires_grad=True)
    with torch.enable_grad():
        (x * x).sum().backward()
    assert x.grad is not None
    tripwire.remove()
    after = (torch.autograd.Variable._execution_engine, torch.enable_grad.__enter__, torch.set_grad_enabled.__init__)
    assert after == before
    assert not tripwire.calls


def test_costs_no_imports() -> None:
    """The wire itself imports nothing slow."""
    code = (
        "import torch, sys; before = set(sys.modules); import grader.untrusted.tripwire as t; t.Tripwire(set(), set());"
    )
    code += "print(sorted(m for m in set(sys.modules) - before if not m.startswith(('grader', 'msgspec'))))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "sympy" not in ran.stdout
    assert "torch._dynamo" not in ran.stdout


LIES = [
    None,
    [],
    "uses",
    {"uses": "code.py"},
    {"uses": [["code.py", "1", "torch.autograd.grad"]]},
    {"uses": [["other.py", 1, "torch.autograd.grad"]]},
    {"uses": [["code.py", 1, "::error::forged"]]},
    {"uses": [["code.py", 1, "torch.x" * 50]]},
    {"uses": [["code.py", 1]], "errors": [["code.py"], 5, None]},
    {"errors": [["/etc/passwd", 1, "x"]]},
    {"errors": 10**6},
]


class Liar:
    """A worker that answers the question for notes as it likes."""

    is_alive = True
    answer_is_tracked = False

    def __init__(self, notes: object) -> None:
        self.notes = notes

    def ask(self, *_: object) -> object:
        if isinstance(self.notes, Exception):
            raise self.notes
        return self.notes

    def close(self) -> None:
        pass


@pytest.mark.parametrize("notes", [*LIES, WorkerCrashed("gone")])
def test_notes_of_the_wrong_form_are_dropped(classifier: Any, notes: object) -> None:
    """What a worker claims is taken only in the form that is asked for, and about its own files."""
    session = Session(make_submission("s", {"code.py": "x = 1\n"}), classifier, None)
    session.pool._current = Loaded(Liar(notes))  # type: ignore[arg-type]
    session.close()
    assert session.pool.flags == []
    assert session.pool.uses == {}


def test_end_to_end(
    grade_files: Callable[[dict[str, dict[str, str]]], dict[str, Grade]], reference_files: dict[str, str]
) -> None:
    """A backward pass by autograd is flagged with file and line, and so is a result that autograd computed."""
    hidden_name = '__import__("tor" + "ch").__dict__["auto" + "grad"]'
    relu = f"""import torch
class ReLU:
    def __call__(self, x): return self.forward(x)
    def forward(self, x):
        self.x = x
        return x.clamp(min=0)
    def backward(self, dz):
        with getattr(torch, "enable" + "_grad")():
            x = self.x.detach().clone(); x.requires_grad = True
            return {hidden_name}.grad((x.clamp(min=0) * dz).sum(), x)[0]
"""
    nll = reference_files["nll_loss.py"].replace("import torch\n", "import torch\ntorch.set_grad_enabled(True)\n", 1)
    grades = grade_files({"a": {**reference_files, "relu.py": relu}, "b": {**reference_files, "nll_loss.py": nll}})
    flags = {(flag.kind, flag.where) for flag in grades["a"].flags}
    assert ("autograd_used", "relu.py, line 10") in flags
    assert any("calls torch.autograd.grad when it runs" in flag.detail for flag in grades["a"].flags)
    [relu_result] = [exercise for exercise in grades["a"].exercises if exercise.name == "relu"]
    assert (relu_result.score, relu_result.outcome) == (0, "failed")
    assert relu_result.checks[0].evidence is not None
    assert relu_result.checks[0].evidence.summary == (
        "relu.py, line 8 uses torch.enable_grad; this exercise is to be written without it."
    )
    assert {exercise.name: exercise.score for exercise in grades["a"].exercises}["together"] == 0
    assert {exercise.name: exercise.score for exercise in grades["a"].exercises}["linear"] > 0
    assert {flag.kind for flag in grades["b"].flags} == {"forbidden_name", "autograd_used"}


def test_only_exercises_that_forbid_it_are_without(zygote: Isolated, tmp_path: Path) -> None:
    """In one submission, a check of an exercise that forbids autograd runs without it, one of another with it."""
    folder = tmp_path / "assignments" / "mixed"
    folder.mkdir(parents=True)
    table = '[[exercise]]\nname = "{0}"\ntitle = "{0}"\nfile = "{0}.py"\ndefines = ["{0}"]\n'
    toml = 'title = "Mixed"\n' + table.format("hand") + 'forbids = ["torch.autograd"]\n' + table.format("free")
    (folder / "assignment.toml").write_text(toml, encoding="utf-8")
    code = """import torch
def is_on(): return torch.is_grad_enabled()
def slope():
    x = torch.ones(3, requires_grad=True)
    with torch.enable_grad():
        (x * x).sum().backward()
    return x.grad
"""
    mixed = find_assignment(tmp_path, "mixed")
    for launcher in (zygote, None):
        bench = Bench(device="cpu", launcher=launcher)
        submission = make_submission("s", {"hand.py": code.replace("is_on", "hand")})
        bench.lay(submission)
        was_on = torch.is_grad_enabled()
        seen = []
        for name, function in (("hand", "hand"), ("free", "hand"), ("free", "slope"), ("hand", "hand")):
            exercise = mixed.exercise(name)
            check = Check(mixed, exercise, f"{name} {function}", "It ends.", Decimal(1), 20.0, "public")
            bench.begin(check, with_stand_ins=False)
            answer = getattr(Names(bench.session), function)()
            seen.append(answer if isinstance(answer, bool) else answer.tolist())
        assert seen == [False, True, [2.0, 2.0, 2.0], False]
        assert bench.clear() == Noticed()
        bench.lay(submission)
        bench.begin(check, with_stand_ins=False)
        Names(bench.session).slope()
        noticed = bench.clear()
        torch.set_grad_enabled(was_on)
        assert {use[2] for use in noticed.uses} == {
            "calls torch.Tensor.backward when it runs",
            "calls torch.enable_grad when it runs",
        }


def test_result_of_autograd_is_a_flag_alone(
    grade_files: Callable[[dict[str, dict[str, str]]], dict[str, Grade]], reference_files: dict[str, str]
) -> None:
    """Who returns a tensor that autograd computed is named and loses nothing: another file may have switched it on."""
    helper = "import torch\ngetattr(torch._C, '_set_grad' + '_enabled')(True)\n"
    linear = reference_files["linear.py"].replace("import torch\n", "import torch\nimport helper\n", 1)
    linear += "\n_init = Linear.__init__\ndef _start(self, *sizes):\n    _init(self, *sizes)\n"
    linear += "    self.W = torch.nn.Parameter(self.W)\nLinear.__init__ = _start\n"
    grade = grade_files({"a": {**reference_files, "linear.py": linear, "helper.py": helper}})["a"]
    assert {flag.kind for flag in grade.flags} == {"autograd_result"}
    assert any(flag.detail.startswith("Linear.forward returns what autograd computed") for flag in grade.flags)
    assert {exercise.name: exercise.score == exercise.points for exercise in grade.exercises}["linear"]
