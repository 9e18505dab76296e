"""Checks its arguments, with asserts and messages, and is annotated to the teeth."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

Function = Callable[[Tensor], Tensor]
DIVERGED: Final = 1000.0


def power_gradient(x: Tensor, /) -> Tensor:
    if not isinstance(x, torch.Tensor):
        raise TypeError("x must be a tensor")
    return torch.full_like(x, 2 / x.numel()) * x


def autograd_gradient(function: Function, x: Tensor) -> Tensor:
    with torch.enable_grad():
        own = x.detach().clone().requires_grad_(True)
        result = function(own)
        assert result.dim() == 0, "a gradient is that of one number"
        result.backward()
    assert own.grad is not None
    return own.grad


def without_gradient(function: Function, x: Tensor) -> Tensor:
    with torch.no_grad():
        return function(x)


def with_gradient_mode(function: Function, x: Tensor, enabled: bool) -> Tensor:
    with torch.set_grad_enabled(bool(enabled)):
        return function(x)


def _same_shape(predictions: Tensor, targets: Tensor) -> int:
    if predictions.shape != targets.shape:
        raise ValueError(f"{tuple(predictions.shape)} and {tuple(targets.shape)} differ")
    return predictions.shape[0]


def mse_loss(predictions: Tensor, targets: Tensor) -> Tensor:
    n = _same_shape(predictions, targets)
    return torch.sum((targets - predictions) ** 2) / (2 * n)


def mse_gradient(predictions: Tensor, targets: Tensor) -> Tensor:
    n = _same_shape(predictions, targets)
    return -(targets - predictions) / n


def sigmoid(z: Tensor) -> Tensor:
    e: Tensor = torch.exp(-torch.abs(z))
    return torch.where(z >= 0, torch.ones_like(z), e) / (1 + e)


def sigmoid_derivative(z: Tensor) -> Tensor:
    e: Tensor = torch.exp(-torch.abs(z))
    return e / (1 + e) / (1 + e)


def two_layer_gradient(x: Tensor, W1: Tensor, W2: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    n, dim_in = x.shape
    dim_out, dim_hidden = W2.shape
    assert W1.shape == (dim_hidden, dim_in)
    assert targets.shape == (n, dim_out)
    a: Tensor = sigmoid(x @ W1.T)
    dpredictions: Tensor = mse_gradient(a @ W2.T, targets)
    dz: Tensor = (dpredictions @ W2) * (a * (1 - a))
    dW1, dW2 = dz.T @ x, dpredictions.T @ a
    assert dW1.shape == W1.shape
    assert dW2.shape == W2.shape
    return dW1, dW2


def gradient_descent(
    loss_and_gradient: Callable[[Tensor], tuple[Tensor, Tensor]],
    W: Tensor,
    lr: float,
    max_steps: int,
    tolerance: float,
) -> tuple[Tensor, list[float], bool]:
    if lr <= 0:
        raise ValueError("the learning rate must be positive")
    W = W.detach().clone()
    loss, gradient = loss_and_gradient(W)
    losses: list[float] = [float(loss)]
    _watch(losses)
    while (gradient.abs() > tolerance).any() and len(losses) <= max_steps:
        W = W - lr * gradient
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        _watch(losses)
    return W, losses, not bool((gradient.abs() > tolerance).any())


def _watch(losses: list[float]) -> None:
    if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
        raise ValueError(f"diverged: the loss is {losses[-1]}")
