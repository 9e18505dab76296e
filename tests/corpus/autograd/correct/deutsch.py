"""Deutsche Namen und Bemerkungen, Listen statt Tupel."""

import math

import torch

GRENZE = 1000


def power_gradient(x):
    anzahl = torch.tensor(x.shape).prod() if x.dim() else 1
    return 2 * x / anzahl


def autograd_gradient(function, x):
    # eigener Tensor, damit x unberührt bleibt
    eigener = x.data.clone()
    eigener.requires_grad_()
    ergebnis = function(eigener)
    ergebnis.backward()
    return eigener.grad.detach()


def without_gradient(function, x):
    with torch.no_grad():
        ergebnis = function(x)
        return ergebnis


def with_gradient_mode(function, x, enabled):
    if enabled:
        with torch.enable_grad():
            return function(x)
    with torch.no_grad():
        return function(x)


def mse_loss(predictions, targets):
    fehler = targets - predictions
    quadrate = fehler * fehler
    return 0.5 * torch.sum(quadrate) / quadrate.shape[0]


def mse_gradient(predictions, targets):
    fehler = targets - predictions
    return -fehler / fehler.shape[0]


def sigmoid(z):
    return torch.where(z < 0, torch.exp(z.clamp(max=0)) / (1 + torch.exp(z.clamp(max=0))), 1 / (1 + torch.exp(-z)))


def sigmoid_derivative(z):
    wert = sigmoid(z)
    return wert - wert * wert


def two_layer_gradient(x, W1, W2, targets):
    z = torch.matmul(x, W1.transpose(0, 1))
    a = torch.sigmoid(z)
    vorhersage = torch.matmul(a, W2.transpose(0, 1))
    d_vorhersage = (vorhersage - targets) / x.size(0)
    d_a = torch.matmul(d_vorhersage, W2)
    d_z = d_a * torch.sigmoid(z) * torch.sigmoid(-z)
    return [torch.matmul(d_z.transpose(0, 1), x), torch.matmul(d_vorhersage.transpose(0, 1), a)]


def gradient_descent(loss_and_gradient, W, lr, max_steps, tolerance):
    verluste = []
    for schritt in range(max_steps + 1):
        verlust, gradient = loss_and_gradient(W)
        verluste.append(verlust.item())
        if not math.isfinite(verluste[-1]):
            raise ValueError("Der Verlust ist nicht endlich.")
        if verluste[-1] > GRENZE * verluste[0]:
            raise ValueError("Der Verlust wächst ohne Ende: die Lernrate ist zu groß.")
        if max(gradient.max(), -gradient.min()) <= tolerance:
            return [W, verluste, True]
        if schritt != max_steps:
            W = torch.add(W, gradient, alpha=-lr)
    return [W, verluste, False]
