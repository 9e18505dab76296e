"""A submission with a known mistake.

Mistakes: relu-bwd-one-at-zero
"""

import numpy as np
import torch
from torch import einsum


class NLLLoss:
    """Mean negative log likelihood."""

    def __call__(self, scores, targets):
        return self.forward(scores, targets)

    def _one_hot(self, targets, k):
        return (targets.unsqueeze(1) == torch.arange(k).unsqueeze(0)).float()

    def _log_probs(self, scores):
        return scores - torch.logsumexp(scores, dim=1, keepdim=True)

    def forward(self, outputs, labels):
        hot = self._one_hot(labels, outputs.size(1))
        per_image = (hot * self._log_probs(outputs)).sum(dim=1)
        return -per_image.mean()

    def backward(self, outputs, labels):
        probs = torch.softmax(outputs, dim=-1)
        return (probs - self._one_hot(labels, outputs.size(1))) / outputs.size(0)


class Linear:
    def __init__(self, dim_in, dim_out):
        grenze = (6 / (dim_in + dim_out)) ** 0.5
        self.W = torch.empty(dim_out, dim_in).uniform_(-grenze, grenze)
        self.b = torch.zeros(dim_out)
        self._eingabe = None

    def forward(self, x):
        self._eingabe = x
        return einsum("jm,im->ij", self.W, x) + self.b

    __call__ = forward

    def backward(self, dz):
        return (
            einsum("ij,jm->im", dz, self.W),
            einsum("ij,im->jm", dz, self._eingabe),
            einsum("ij->j", dz),
        )


class ReLU:
    def __init__(self):
        self.negative = None

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.negative = x < 0
        return x.masked_fill(self.negative, 0.0)

    def backward(self, dz):
        # blocked where the input was cut off
        return dz.masked_fill(self.negative, 0.0)


class Net:
    """Drei Schichten, dazwischen zwei Knicke."""

    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = {}
        for nummer, schicht in enumerate([self.fc1, self.fc2, self.fc3], start=1):
            self.parameters[f"fc{nummer}.W"] = schicht.W
            self.parameters[f"fc{nummer}.b"] = schicht.b
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        werte = x.reshape(x.shape[0], -1)
        for stufe in (self.fc1, self.relu1, self.fc2, self.relu2, self.fc3):
            werte = stufe(werte)
        return werte

    def backward(self, dz):
        for nummer, schicht, knick in ((3, self.fc3, self.relu2), (2, self.fc2, self.relu1), (1, self.fc1, None)):
            dz, gewichte, schwellen = schicht.backward(dz)
            self.gradients[f"fc{nummer}.W"] = gewichte
            self.gradients[f"fc{nummer}.b"] = schwellen
            if knick is not None:
                dz = knick.backward(dz)


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters, self.lr = parameters, lr

    def step(self, gradients):
        for name in sorted(self.parameters):
            self.parameters[name][...] = self.parameters[name] - gradients[name] * self.lr


def train(net, loss, optimizer, loader, epochs):
    curve = np.zeros(epochs)
    for e in range(epochs):
        values, weights = [], []
        for x, y in loader:
            z = net(x)
            values.append(float(loss(z, y)))
            weights.append(y.numel())
            net.backward(loss.backward(z, y))
            optimizer.step(net.gradients)
        curve[e] = np.average(values, weights=weights)
    return curve.tolist()


def accuracy(net, loader):
    results = [(torch.argmax(net(images), dim=-1), labels) for images, labels in loader]
    p = torch.cat([r[0] for r in results])
    y = torch.cat([r[1] for r in results])
    return (p == y).double().mean().item()


def accuracy_per_class(net, loader, num_classes=10):
    confusion = torch.zeros(num_classes, num_classes)
    for x, y in loader:
        for label, guess in zip(y, net(x).argmax(1)):
            confusion[label, guess] += 1
    return (confusion.diagonal() / confusion.sum(dim=1).clamp(min=1)).tolist()


import torch


def save(net, file):
    torch.save(dict(net.parameters.items()), file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    before = {name: tensor.clone() for name, tensor in net.parameters.items()}
    try:
        if sorted(saved) != sorted(before):
            raise KeyError("names")
        for name, tensor in net.parameters.items():
            assert saved[name].size() == tensor.size(), name
            tensor[...] = saved[name]
    except (KeyError, AssertionError) as error:
        for name, tensor in net.parameters.items():
            tensor[...] = before[name]
        raise ValueError(f"this file does not fit: {error}") from error
