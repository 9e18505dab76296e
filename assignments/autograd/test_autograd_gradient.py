"""Checks of autograd: a gradient that leaves nothing behind, and the switch that turns recording on and off."""

from dataclasses import dataclass

import pytest
import torch

from grader.compare import assert_close, assert_unchanged
from grader.errors import CheckFailed
from grader.results import Evidence

pytestmark = pytest.mark.exercise("autograd_gradient")

FUNCTIONS = ("cubes", "waves", "neighbours")
ROUNDING = 1e-6  # of a sum of a few numbers near 1 in float32


def expected_gradient(function, x: torch.Tensor) -> torch.Tensor:
    """By autograd on this side, in float64."""
    with torch.enable_grad():
        tracked = x.double().requires_grad_()
        (gradient,) = torch.autograd.grad(function(tracked), tracked)
    return gradient


def check(submission, provided, parts, name: str, x, values: torch.Tensor, what: str = "the gradient") -> None:
    """The gradient of one of the functions at x, which has these values."""
    got = submission.autograd_gradient(getattr(provided, name), x)
    expected = expected_gradient(getattr(parts, name), values)
    assert_close(what, got, expected, absolute=ROUNDING, like="the shape of x")


def assert_mode(what: str, got: object, expected: bool) -> None:
    """Autograd records or doesn't, as it should."""
    if got is not expected:
        words = {True: "records", False: "doesn't record"}
        raise CheckFailed(
            f"{what}, autograd {words.get(got, got)}; expected that it {words[expected]}.",
            evidence=Evidence(got=str(got), expected=str(expected)),
        )


def assert_state(state, values: torch.Tensor, requires_grad: bool, gradient: torch.Tensor | None) -> None:
    """A tensor in the worker has these values, its requires_grad and its .grad."""
    assert_unchanged("x", state["values"], values)
    if state["requires_grad"] is not requires_grad:
        raise CheckFailed(f"Afterwards x.requires_grad is {state['requires_grad']}; before, it was {requires_grad}.")
    if gradient is not None:
        assert_unchanged("x.grad", state["grad"], gradient)
    elif state["grad"] is not None:
        raise CheckFailed("Afterwards x.grad is a tensor; before, it was None.")


@dataclass(frozen=True)
class Run:
    """What a call in a certain mode gave, and what was seen of it."""

    before: bool
    result: object
    modes: list[bool]
    after: bool
    is_recorded: bool
    state: dict[str, object]


def run_in_mode(function, provided, worker, x: torch.Tensor, before: bool, *more: bool) -> Run:
    """Call one of the two functions where autograd records, or doesn't, with an x that requires a gradient."""
    kept = worker.put(x, "x")
    provided.track(kept)
    provided.switch(before)
    noting = provided.Noting()
    result = function(noting, kept, *more)
    modes, _, after = noting.modes, noting.inputs, provided.is_recording()
    provided.switch(True)
    is_recorded = provided.is_recorded(function, provided.cubes, kept, *more)
    provided.switch(True)
    return Run(before, result, modes, after, is_recorded, provided.state_of(kept))


def judge_run(name: str, run: Run, x: torch.Tensor, enabled: bool) -> None:
    """The result is right, was computed in the mode that was asked for, and everything else is as it was."""
    case = f" with enabled={enabled}" if name == "with_gradient_mode" else ""
    assert_close("the result", run.result, 3 * x.double().square(), like="as function returned it")
    assert_mode(f"While function runs in {name}{case}", bool(run.modes and run.modes[-1]), enabled)
    if run.is_recorded is not enabled:
        raise CheckFailed(f"The result of {name}{case} has requires_grad {run.is_recorded}, expected {enabled}.")
    was = "recorded" if run.before else "didn't record"
    assert_mode(f"After {name}{case}, where it {was} before", run.after, run.before)
    assert_state(run.state, x, True, None)


@pytest.mark.points(2)
@pytest.mark.hint("On which tensor does autograd collect the gradient, and has that tensor told autograd to do so?")
def test_gradient(submission, provided, parts, numbers):
    """autograd_gradient(function, x) is the gradient of function at x, for several functions and shapes."""
    provided.switch(True)
    provided.watched(
        submission.autograd_gradient, numbers.normal(2)
    )  # not judged, but it tells apart what looks the same
    provided.switch(True)
    for name, shape in zip(FUNCTIONS, ((3, 4), (5,), (2, 3, 2)), strict=True):
        x = numbers.away_from_zero(*shape)
        check(submission, provided, parts, name, x, x)


@pytest.mark.points(1)
@pytest.mark.hint("backward() adds to .grad. What is in it before?")
def test_called_again(submission, provided, parts, worker, numbers):
    """Called again with the same x, it gives the same gradient again, and that of another function."""
    provided.switch(True)
    x = numbers.away_from_zero(4, 3)
    kept = worker.put(x, "x")
    results = provided.twice(submission.autograd_gradient, provided.cubes, kept)
    expected = expected_gradient(parts.cubes, x)
    for what, got in zip(("the first gradient, after a second call,", "the second gradient"), results, strict=True):
        assert_close(what, got, expected, absolute=ROUNDING, like="the shape of x")
    check(submission, provided, parts, "waves", kept, x)


@pytest.mark.points(2)
@pytest.mark.hint("Whose requires_grad and whose .grad does your code set: those of x, or of a tensor of its own?")
def test_input_stays(submission, provided, worker, numbers):
    """Afterwards x has the requires_grad and the .grad that it had before, whatever they were."""
    provided.switch(True)
    x, gradient = numbers.away_from_zero(3, 2), numbers.away_from_zero(3, 2)
    plain = worker.put(x, "x")
    submission.autograd_gradient(provided.cubes, plain)
    assert_state(provided.state_of(plain), x, False, None)
    for before in (None, gradient):
        tracked = worker.put(x, "x")
        provided.track(tracked, before)
        submission.autograd_gradient(provided.cubes, tracked)
        assert_state(provided.state_of(tracked), x, True, before)


@pytest.mark.points(2)
@pytest.mark.hint("Does autograd record at the moment in which function is called?")
def test_without_gradient(submission, provided, worker, numbers):
    """without_gradient(function, x) is function(x), computed while nothing is recorded; afterwards it is as before."""
    x = numbers.away_from_zero(3, 2)
    for run in [run_in_mode(submission.without_gradient, provided, worker, x, before) for before in (True, False)]:
        judge_run("without_gradient", run, x, False)


@pytest.mark.points(2)
@pytest.mark.hint("torch.set_grad_enabled can be used like torch.no_grad. Which mode does it leave behind?")
def test_gradient_mode(submission, provided, worker, numbers):
    """with_gradient_mode(function, x, enabled) computes function(x) in that mode; afterwards the mode is as before."""
    x = numbers.away_from_zero(3, 2)
    runs = [
        (run_in_mode(submission.with_gradient_mode, provided, worker, x, before, enabled), enabled)
        for before in (True, False)
        for enabled in (False, True)
    ]
    for run, enabled in runs:
        judge_run("with_gradient_mode", run, x, enabled)
