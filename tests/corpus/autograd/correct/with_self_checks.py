"""Compares its own results with autograd when it is run as a script, and brings nothing of that to the checks."""

import torch


def power_gradient(x):
    return x / (x.numel() / 2)


def autograd_gradient(function, x):
    own = x.clone().detach().requires_grad_(True)
    loss = function(own)
    loss.backward()
    gradient = own.grad
    own.grad = None
    return gradient


def without_gradient(function, x):
    with torch.no_grad():
        return function(x)


def with_gradient_mode(function, x, enabled):
    previous = torch.is_grad_enabled()
    try:
        torch.set_grad_enabled(enabled)
        return function(x)
    finally:
        torch.set_grad_enabled(previous)


def mse_loss(predictions, targets):
    n = predictions.shape[0]
    return 1 / (2 * n) * torch.sum(torch.pow(targets - predictions, 2))


def mse_gradient(predictions, targets):
    return -1 / predictions.shape[0] * (targets - predictions)


def sigmoid(z):
    safe = torch.clamp(z, -80, 80)
    return 1 / (1 + torch.exp(-safe))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def two_layer_gradient(x, W1, W2, targets):
    # transposed throughout: columns are examples
    x, targets = x.T, targets.T
    n = x.shape[1]
    a = sigmoid(W1 @ x)
    delta2 = (W2 @ a - targets) / n
    delta1 = (W2.T @ delta2) * a * (1 - a)
    return delta1 @ x.T, delta2 @ a.T


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    losses = []
    step = 0
    while True:
        loss, gradient = loss_and_gradient(W)
        value = float(loss)
        losses.append(value)
        if not value < float("inf") or value > 1000 * losses[0]:
            raise ValueError(f"diverged at step {step}")
        if torch.max(torch.abs(gradient)).item() <= tolerance:
            return W, losses, True
        if step >= max_steps:
            return W, losses, False
        W = W + (-lr) * gradient
        step = step + 1


if __name__ == "__main__":
    x = torch.randn(3, 4)
    print(power_gradient(x) - autograd_gradient(lambda t: t.square().mean(), x))
