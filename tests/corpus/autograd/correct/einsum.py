"""einsum wherever indices meet, and the Jacobian for the gradient."""

import torch


def power_gradient(x):
    return torch.einsum("...,->...", x, torch.tensor(2.0 / x.numel()))


def autograd_gradient(function, x):
    return torch.autograd.functional.jacobian(function, x.detach())


def without_gradient(function, x):
    return torch.no_grad()(function)(x)


def with_gradient_mode(function, x, enabled):
    with torch.set_grad_enabled(enabled):
        return function(x)


def mse_loss(predictions, targets):
    error = (targets - predictions).flatten()
    return torch.einsum("i,i->", error, error) / (2 * targets.shape[0])


def mse_gradient(predictions, targets):
    return torch.einsum("i...,->i...", predictions - targets, torch.tensor(1 / targets.shape[0]))


def sigmoid(z):
    return 0.5 * (1 + torch.tanh(z / 2))


def sigmoid_derivative(z):
    return 0.25 * (1 - torch.tanh(z / 2) ** 2)


def two_layer_gradient(x, W1, W2, targets):
    a = torch.einsum("nm,jm->nj", x, W1).sigmoid()
    dp = (torch.einsum("nj,kj->nk", a, W2) - targets) / x.shape[0]
    dz = torch.einsum("nk,kj,nj,nj->nj", dp, W2, a, 1 - a)
    return torch.einsum("nj,nm->jm", dz, x), torch.einsum("nk,nj->kj", dp, a)


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    def descend(W, losses):
        loss, gradient = loss_and_gradient(W)
        losses = losses + [float(loss)]
        if not losses[-1] <= 1000 * losses[0] or losses[-1] == float("inf"):
            raise ValueError(f"no minimum: {losses[-1]}")
        if not (gradient.abs() > tolerance).any():
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        return descend(W - lr * gradient, losses)

    return descend(W, [])
