"""Computes in float64 and hands float64 back."""

import math

import torch


def power_gradient(x):
    return x.double().mul(2).div(x.numel())


def autograd_gradient(function, x):
    own = x.detach().double().requires_grad_()
    function(own).backward()
    return own.grad


def without_gradient(function, x):
    with torch.inference_mode():
        return function(x)


def with_gradient_mode(function, x, enabled=True):
    with torch.autograd.set_grad_enabled(enabled):
        return function(x)


def mse_loss(predictions, targets):
    error = predictions.double() - targets.double()
    return torch.linalg.vector_norm(error) ** 2 / (2 * error.shape[0])


def mse_gradient(predictions, targets):
    return (predictions.double() - targets.double()) / predictions.shape[0]


def sigmoid(z):
    return torch.exp(-torch.log1p(torch.exp(-z.double().clamp(min=-700))))


def sigmoid_derivative(z):
    return sigmoid(z) * sigmoid(-z)


def two_layer_gradient(x, W1, W2, targets):
    x, W1, W2, targets = x.double(), W1.double(), W2.double(), targets.double()
    a = sigmoid(x @ W1.T)
    dp = (a @ W2.T - targets) / x.shape[0]
    return (dp @ W2 * a * (1 - a)).T @ x, dp.T @ a


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    W = W.double()
    losses = torch.empty(0, dtype=torch.float64)
    for _ in range(max_steps + 1):
        loss, gradient = loss_and_gradient(W.float())
        losses = torch.cat([losses, loss.double().reshape(1)])
        if not math.isfinite(losses[-1]) or losses[-1] > 1000 * losses[0]:
            raise ValueError("diverged")
        converged = gradient.abs().max() <= tolerance
        if converged or len(losses) == max_steps + 1:
            break
        W = W - lr * gradient.double()
    return W, losses, converged
