"""Small classes do the work, functions only call them."""

import math
from typing import NamedTuple

import torch


class Diverged(ValueError):
    """The loss grows without end."""


class Gradients(NamedTuple):
    dW1: torch.Tensor
    dW2: torch.Tensor


class Power:
    def __init__(self, x):
        self.x = x

    def gradient(self):
        return 2 * self.x / self.x.numel()


class Error:
    def __init__(self, predictions, targets):
        self.n = predictions.shape[0]
        self.difference = predictions - targets

    def loss(self):
        return (self.difference**2).sum() / self.n / 2

    def gradient(self):
        return self.difference / self.n


class Logistic:
    def __call__(self, z):
        positive = z >= 0
        result = torch.empty_like(z)
        result[positive] = 1 / (1 + torch.exp(-z[positive]))
        e = torch.exp(z[~positive])
        result[~positive] = e / (1 + e)
        return result

    def slope(self, z):
        return self(z) * (1 - self(z))


class Mode:
    def __init__(self, enabled):
        self.enabled = enabled

    def __enter__(self):
        self.before = torch.is_grad_enabled()
        torch.set_grad_enabled(self.enabled)

    def __exit__(self, *error):
        torch.set_grad_enabled(self.before)


class Descent:
    def __init__(self, problem, W, lr):
        self.problem, self.W, self.lr = problem, W.clone(), lr
        self.losses = []

    def look(self):
        loss, self.gradient = self.problem(self.W)
        self.losses.append(float(loss))
        if not math.isfinite(self.losses[-1]) or self.losses[-1] > 1000 * self.losses[0]:
            raise Diverged(f"a loss of {self.losses[-1]}: is the learning rate {self.lr} too large?")

    def step(self):
        self.W.sub_(self.lr * self.gradient)
        self.look()


def power_gradient(x):
    return Power(x).gradient()


def autograd_gradient(function, x):
    own = torch.nn.Parameter(x.detach().clone())
    with torch.enable_grad():
        function(own).backward()
    return own.grad


def without_gradient(function, x):
    with Mode(False):
        return function(x)


def with_gradient_mode(function, x, enabled):
    with Mode(enabled):
        return function(x)


def mse_loss(predictions, targets):
    return Error(predictions, targets).loss()


def mse_gradient(predictions, targets):
    return Error(predictions, targets).gradient()


def sigmoid(z):
    return Logistic()(z)


def sigmoid_derivative(z):
    return Logistic().slope(z)


def two_layer_gradient(x, W1, W2, targets):
    logistic = Logistic()
    z = x @ W1.T
    upstream = Error(logistic(z) @ W2.T, targets).gradient()
    return Gradients((upstream @ W2 * logistic.slope(z)).T @ x, upstream.T @ logistic(z))


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    descent = Descent(loss_and_gradient, W, lr)
    descent.look()
    for _ in range(max_steps):
        if descent.gradient.abs().max() <= tolerance:
            break
        descent.step()
    return descent.W, descent.losses, bool(descent.gradient.abs().max() <= tolerance)
