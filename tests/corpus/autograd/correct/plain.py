"""As short as the formulas."""

import math

import torch


def power_gradient(x):
    return x * (2 / x.numel())


def autograd_gradient(function, x):
    own = x.detach().clone()
    own.requires_grad = True
    result = function(own)
    result.backward()
    return own.grad


@torch.no_grad()
def without_gradient(function, x):
    return function(x)


def with_gradient_mode(function, x, enabled):
    with torch.set_grad_enabled(enabled):
        return function(x)


def mse_loss(predictions, targets):
    return ((targets - predictions) ** 2).sum() / (2 * len(predictions))


def mse_gradient(predictions, targets):
    return (predictions - targets) / len(predictions)


def sigmoid(z):
    return 1 / (1 + torch.exp(-z))


def sigmoid_derivative(z):
    s = sigmoid(z)
    return s * (1 - s)


def two_layer_gradient(x, W1, W2, targets):
    a = sigmoid(x @ W1.T)
    d = (a @ W2.T - targets) / len(x)
    return (d @ W2 * a * (1 - a)).T @ x, d.T @ a


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    for step in range(max_steps + 1):
        loss, gradient = loss_and_gradient(W)
        losses.append(loss.item())
        if math.isnan(losses[-1]) or math.isinf(losses[-1]) or losses[-1] > 1000 * losses[0]:
            raise ValueError("the loss grows without end")
        if torch.all(torch.abs(gradient) <= tolerance):
            return W, losses, True
        if step < max_steps:
            W = W - lr * gradient
    return W, losses, False
