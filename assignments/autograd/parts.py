"""Provided parts: functions to differentiate and losses to descend, run beside your code by the checks."""

import contextlib

import torch
from torch import Tensor


def cubes(x: Tensor) -> Tensor:
    """The sum of the cubes."""
    return (x**3).sum()


def waves(x: Tensor) -> Tensor:
    """The mean of x sin(x)."""
    return (x * x.sin()).mean()


def neighbours(x: Tensor) -> Tensor:
    """The sum of the products of each entry with the next."""
    flat = x.flatten()
    return (flat[:-1] * flat[1:]).sum() + flat.exp().sum() / 4


class Noting:
    """Three times the square of x, entry by entry; notes of each call whether autograd records, and what x is like."""

    def __init__(self) -> None:
        self.modes: list[bool] = []
        self.inputs: list[bool] = []

    def __call__(self, x: Tensor) -> Tensor:
        self.modes.append(torch.is_grad_enabled())
        self.inputs += [x.requires_grad, x.is_leaf]
        return 3 * x * x


def fails(x: Tensor) -> Tensor:
    """Raises an exception."""
    raise ValueError("this function has no value here")


def switch(enabled: bool) -> None:
    """From now on autograd records, or doesn't."""
    torch.set_grad_enabled(enabled)


def is_recording() -> bool:
    """Whether autograd records at this moment."""
    return torch.is_grad_enabled()


def track(x: Tensor, gradient: Tensor | None = None) -> None:
    """Let x require a gradient, and give it one if there is any."""
    x.requires_grad_()
    x.grad = gradient


def state_of(x: Tensor) -> dict[str, object]:
    """The values of x, whether it requires a gradient, and its .grad."""
    gradient = None if x.grad is None else x.grad.detach().clone()
    return {"values": x.detach().clone(), "requires_grad": x.requires_grad, "grad": gradient}


def is_recorded(function, inner, x: Tensor, *more: bool) -> bool:
    """Whether the result of function(inner, x, ...) knows where it came from, so that one could go back from it."""
    return function(inner, x, *more).requires_grad


def watched(function, x: Tensor) -> list[bool]:
    """What a call of function(f, x) does: whether autograd records when f is called, and what its argument is like."""
    noting = Noting()
    with contextlib.suppress(Exception):
        function(lambda x: noting(x).sum(), x)
    return [*noting.modes, *noting.inputs]


def twice(function, inner, x: Tensor) -> list[Tensor]:
    """The results of two calls of function(inner, x), looked at after the second."""
    return [function(inner, x), function(inner, x)]


def mode_after_failure(function, x: Tensor, *more: bool) -> bool:
    """Whether autograd records after a call with a function that raises an exception."""
    with contextlib.suppress(ValueError):
        function(fails, x, *more)
    return torch.is_grad_enabled()


class Valley:
    """The loss of a linear model, half the mean squared error of x W^T, and its gradient."""

    def __init__(self, x: Tensor, targets: Tensor) -> None:
        self.x = x
        self.targets = targets

    def __call__(self, W: Tensor) -> tuple[Tensor, Tensor]:
        error = self.x @ W.T - self.targets
        n = len(self.x)
        return error.square().sum() / (2 * n), error.T @ self.x / n


class Stairs:
    """A loss that is given by a list: at 0 its first number, at -1 the next, and so on. The gradient is 1, at the end 0."""

    def __init__(self, losses: list[float]) -> None:
        self.losses = losses

    def __call__(self, W: Tensor) -> tuple[Tensor, Tensor]:
        last = len(self.losses) - 1
        place = min(max(round(-float(W[0])), 0), last)
        return torch.tensor(self.losses[place]), torch.full((1,), 0.0 if place == last else 1.0)


def end_of(descend, problem, W: Tensor, lr: float, max_steps: int, tolerance: float) -> list[object]:
    """How a descent ends: whether it raises ValueError, and if not, after how many losses and whether it converged."""
    try:
        _, losses, converged = descend(problem, W, lr, max_steps, tolerance)
    except ValueError:
        return [True, None, None]
    return [False, len(losses), bool(converged)]
