"""Functions made by functions."""

import math
from contextlib import contextmanager
from functools import partial

import torch

scaled = lambda factor: lambda tensor: factor * tensor
power_gradient = lambda x: scaled(2 / x.numel())(x)


def autograd_gradient(function, x):
    own = x.detach().clone().requires_grad_()
    return torch.autograd.grad(outputs=function(own), inputs=own)[0]


@contextmanager
def mode(enabled):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(enabled)
    try:
        yield
    finally:
        torch.set_grad_enabled(before)


def with_gradient_mode(function, x, enabled):
    with mode(enabled):
        return function(x)


without_gradient = partial(with_gradient_mode, enabled=False)

halved_mean = lambda squares: squares.sum() / 2 / len(squares)
mse_loss = lambda predictions, targets: halved_mean((targets - predictions).square())
mse_gradient = lambda predictions, targets: scaled(1 / len(targets))(predictions - targets)

sigmoid = lambda z: (1 + (-z).exp()).reciprocal()
sigmoid_derivative = lambda z: sigmoid(z) * sigmoid(-z)


def two_layer_gradient(x, W1, W2, targets):
    chain = []
    a = sigmoid(x @ W1.T)
    chain.append(lambda d: d / len(x))
    chain.append(lambda d: d @ W2)
    chain.append(lambda d: d * a * (1 - a))
    at = [a @ W2.T - targets]
    for link in chain:
        at.append(link(at[-1]))
    return at[3].T @ x, at[1].T @ a


def points(problem, W, lr):
    while True:
        loss, gradient = problem(W)
        yield W, float(loss), gradient
        W = W - lr * gradient


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    for steps, (place, loss, gradient) in enumerate(points(loss_and_gradient, W, lr)):
        losses.append(loss)
        if not (math.isfinite(loss) and loss <= 1000 * losses[0]):
            raise ValueError("diverged")
        converged = bool((gradient.abs() <= tolerance).all())
        if converged or steps == max_steps:
            return place, losses, converged
