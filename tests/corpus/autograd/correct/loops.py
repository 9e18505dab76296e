"""Every sum is a loop over single entries."""

import math

import torch


def power_gradient(x):
    gradient = torch.empty_like(x)
    flat, source = gradient.view(-1), x.reshape(-1)
    for k in range(source.shape[0]):
        flat[k] = 2 * source[k] / source.shape[0]
    return gradient


def autograd_gradient(function, x):
    copy = torch.tensor(x.detach().tolist(), dtype=x.dtype, requires_grad=True)
    (gradient,) = torch.autograd.grad(function(copy), copy)
    return gradient


def without_gradient(function, x):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        return function(x)
    finally:
        torch.set_grad_enabled(before)


def with_gradient_mode(function, x, enabled):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(enabled)
    try:
        return function(x)
    finally:
        torch.set_grad_enabled(before)


def mse_loss(predictions, targets):
    total = 0.0
    for p, t in zip(predictions.reshape(-1).tolist(), targets.reshape(-1).tolist()):
        total += (t - p) ** 2
    return torch.tensor(total / (2 * predictions.size(0)))


def mse_gradient(predictions, targets):
    gradient = torch.zeros(predictions.shape)
    for i in range(predictions.size(0)):
        gradient[i] = (predictions[i] - targets[i]) / predictions.size(0)
    return gradient


def _sigmoid(number):
    if number >= 0:
        return 1 / (1 + math.exp(-number))
    return math.exp(number) / (1 + math.exp(number))


def sigmoid(z):
    return torch.tensor([_sigmoid(number) for number in z.reshape(-1).tolist()]).reshape(z.shape)


def sigmoid_derivative(z):
    return torch.tensor([_sigmoid(n) * _sigmoid(-n) for n in z.reshape(-1).tolist()]).reshape(z.shape)


def two_layer_gradient(x, W1, W2, targets):
    n, dim_in = x.shape
    dim_out, dim_hidden = W2.shape
    dW1, dW2 = torch.zeros(dim_hidden, dim_in), torch.zeros(dim_out, dim_hidden)
    for i in range(n):
        z = [sum(W1[j, m] * x[i, m] for m in range(dim_in)) for j in range(dim_hidden)]
        a = [_sigmoid(float(number)) for number in z]
        p = [sum(W2[k, j] * a[j] for j in range(dim_hidden)) for k in range(dim_out)]
        dp = [(p[k] - targets[i, k]) / n for k in range(dim_out)]
        for j in range(dim_hidden):
            da = sum(dp[k] * W2[k, j] for k in range(dim_out))
            dz = da * a[j] * (1 - a[j])
            for k in range(dim_out):
                dW2[k, j] += dp[k] * a[j]
            for m in range(dim_in):
                dW1[j, m] += dz * x[i, m]
    return dW1, dW2


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    W = W.clone()
    losses = []
    steps = 0
    while True:
        loss, gradient = loss_and_gradient(W)
        loss = float(loss)
        if loss != loss or loss in (float("inf"), float("-inf")):
            raise ValueError("the loss is " + str(loss))
        losses.append(loss)
        if loss > 1000 * losses[0]:
            raise ValueError("the loss grew from " + str(losses[0]) + " to " + str(loss))
        largest = 0.0
        for entry in gradient.reshape(-1).tolist():
            largest = max(largest, abs(entry))
        if largest <= tolerance:
            return W, losses, True
        if steps == max_steps:
            return W, losses, False
        W -= lr * gradient
        steps += 1
