"""A submission with a known mistake.

Mistakes: train-shadows-loss
"""

from dataclasses import dataclass

import numpy as np
import torch


class Linear:
    """z = x W^T + b"""

    def __init__(self, dim_in, dim_out):
        self.W = torch.normal(0.0, dim_in**-0.5, size=(dim_out, dim_in))
        self.b = torch.zeros((dim_out,))

    def __call__(self, inp):
        return self.forward(inp)

    def forward(self, inp):
        self.cache = inp.clone()
        return torch.addmm(self.b, inp, self.W.t())

    def backward(self, grad):
        g_in = torch.mm(grad, self.W)
        g_w = torch.mm(grad.t(), self.cache)
        g_b = torch.ones(grad.shape[0]) @ grad
        return g_in, g_w, g_b


class ReLU:
    """Knick bei 0."""

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.offen = x > 0
        return torch.where(self.offen, x, torch.zeros_like(x))

    def backward(self, dz):
        return torch.where(self.offen, dz, torch.zeros_like(dz))


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


class NLLLoss:
    def forward(self, outputs, labels):
        logp = torch.log_softmax(outputs, dim=1)
        return -logp.gather(1, labels.view(-1, 1)).mean()

    def backward(self, outputs, labels):
        n = outputs.shape[0]
        onehot = torch.zeros_like(outputs).scatter_(1, labels.view(-1, 1), 1.0)
        return (torch.softmax(outputs, dim=1) - onehot) / n

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)


@dataclass
class Optimizer:
    parameters: dict
    lr: float = 1e-3

    def step(self, gradients):
        for key, tensor in self.parameters.items():
            tensor.add_(gradients[key], alpha=-self.lr)


def train(net, loss, optimizer, loader, epochs):
    """Trains the net and returns the loss of each epoch."""
    curve = []
    for _ in range(epochs):
        weighted = 0.0
        n = 0
        for x, y in loader:
            scores = net(x)
            dz = loss.backward(scores, y)
            loss = loss.forward(scores, y).item()
            weighted += loss * len(y)
            n += len(y)
            net.backward(dz)
            optimizer.step(net.gradients)
        curve.append(weighted / n)
    return curve


def accuracy(net, loader):
    guesses, truth = [], []
    for x, y in loader:
        guesses.append(np.argmax(net(x).detach().numpy(), axis=1))
        truth.append(y.numpy())
    return float(np.mean(np.concatenate(guesses) == np.concatenate(truth)))


def accuracy_per_class(net, loader, num_classes=10):
    y, p = [], []
    for images, labels in loader:
        y += labels.tolist()
        p += net(images).argmax(1).tolist()
    y, p = np.array(y), np.array(p)
    shares = []
    for c in range(num_classes):
        of_class = y == c
        shares.append(float((p[of_class] == c).mean()) if of_class.any() else 0.0)
    return shares


import torch


def save(net, file):
    tensors = {}
    for name in net.parameters:
        tensors[name] = torch.empty(net.parameters[name].shape)
        flat, source = tensors[name].view(-1), net.parameters[name].reshape(-1)
        for i in range(len(source)):
            flat[i] = source[i]
    torch.save(tensors, file)


def load(net, file):
    tensors = torch.load(file, weights_only=True)
    for name in tensors:
        if name not in net.parameters:
            raise ValueError(name + " is not a parameter of this net")
    for name in net.parameters:
        if name not in tensors:
            raise ValueError(name + " is not in the file")
        if list(tensors[name].shape) != list(net.parameters[name].shape):
            raise ValueError(name + " has the wrong shape")
    for name in tensors:
        target = net.parameters[name]
        for i in range(target.shape[0]):
            target[i] = tensors[name][i]
