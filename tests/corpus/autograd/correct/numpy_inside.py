"""numpy for all that is done by hand."""

import numpy as np
import torch


def power_gradient(x):
    values = x.numpy()
    return torch.from_numpy(np.asarray(2 * values / values.size))


def autograd_gradient(function, x):
    own = torch.tensor(x.detach().numpy().copy(), requires_grad=True)
    function(own).backward()
    return own.grad


def without_gradient(function, x):
    with torch.no_grad():
        result = function(x)
    return result


def with_gradient_mode(function, x, enabled):
    context = torch.enable_grad() if enabled else torch.no_grad()
    with context:
        return function(x)


def mse_loss(predictions, targets):
    error = predictions.numpy() - targets.numpy()
    return torch.tensor(np.sum(error**2) / (2 * error.shape[0]))


def mse_gradient(predictions, targets):
    error = predictions.numpy() - targets.numpy()
    return torch.from_numpy(error / error.shape[0])


def _sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1 + e)


def sigmoid(z):
    return torch.from_numpy(np.asarray(_sigmoid(z.numpy())))


def sigmoid_derivative(z):
    e = np.exp(-np.abs(z.numpy()))
    return torch.from_numpy(np.asarray(e / (1 + e) ** 2))


def two_layer_gradient(x, W1, W2, targets):
    x, W1, W2, targets = (tensor.numpy() for tensor in (x, W1, W2, targets))
    a = _sigmoid(np.dot(x, W1.T))
    delta_out = (np.dot(a, W2.T) - targets) / len(x)
    delta_hidden = np.dot(delta_out, W2) * a * (1 - a)
    return torch.from_numpy(np.dot(delta_hidden.T, x)), torch.from_numpy(np.dot(delta_out.T, a))


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    position = W.numpy().copy()
    losses = []
    while True:
        loss, gradient = loss_and_gradient(torch.from_numpy(position.copy()))
        losses.append(np.float64(loss))
        if not np.isfinite(losses[-1]) or losses[-1] > 1e3 * losses[0]:
            raise ValueError(f"diverged: {losses[-1]}")
        done = np.abs(gradient.numpy()).max() <= tolerance
        if done or len(losses) == max_steps + 1:
            return torch.from_numpy(position), [float(entry) for entry in losses], bool(done)
        position = position - np.float32(lr) * gradient.numpy()
