"""A submission with a known mistake.

Mistakes: nll-bwd-wrong-sign, opt-adds-gradient
"""

import math

import numpy as np
import torch


# Aufgabe 1: NLLLoss
class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        log_p = torch.log_softmax(outputs, dim=1)
        return -torch.stack([log_p[i, y] for i, y in enumerate(labels)]).mean()

    def backward(self, outputs, labels):
        # how far each probability is from where it should be
        classes = torch.arange(outputs.shape[1])
        should = (labels[:, None] == classes).to(outputs.dtype)
        is_now = torch.softmax(outputs, dim=1)
        return (should - is_now) / outputs.shape[0]


# Aufgabe 2: Linear
class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.zeros(dim_out, dim_in)
        for unit in range(dim_out):
            self.W[unit] = torch.randn(dim_in) / math.sqrt(dim_in)
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.last_x = x
        return torch.stack([torch.mv(self.W, image) + self.b for image in x])

    def backward(self, dz):
        dx = torch.zeros_like(self.last_x)
        dW = torch.zeros_like(self.W)
        db = torch.zeros_like(self.b)
        for i, (row, image) in enumerate(zip(dz, self.last_x)):
            dx[i] = self.W.T @ row
            dW += torch.outer(row, image)
            db += row
        return dx, dW, db


# Aufgabe 3: ReLU
class ReLU:
    """Knick bei 0."""

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.offen = x > 0
        return torch.where(self.offen, x, torch.zeros_like(x))

    def backward(self, dz):
        return torch.where(self.offen, dz, torch.zeros_like(dz))


# Aufgabe 4: Net
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


# Aufgabe 5: Optimizer
class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for key, tensor in self.parameters.items():
            tensor.add_(gradients[key], alpha=self.lr)


# Aufgabe 6: train
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


# Aufgabe 7: accuracy
def accuracy(net, loader):
    richtig = 0
    gesamt = 0
    for bilder, ziffern in loader:
        vorhersagen = net(bilder).max(dim=1).indices
        for vorhersage, ziffer in zip(vorhersagen.tolist(), ziffern.tolist()):
            if vorhersage == ziffer:
                richtig += 1
            gesamt += 1
    return richtig / gesamt


# Aufgabe 8: accuracy per class
def accuracy_per_class(net, loader, num_classes=10):
    ergebnis = []
    for klasse in range(num_classes):
        richtig = gesamt = 0
        for bilder, ziffern in loader:
            meine = ziffern == klasse
            gesamt += int(meine.sum())
            richtig += int((net(bilder).argmax(dim=1)[meine] == klasse).sum())
        if gesamt == 0:
            ergebnis.append(0.0)
        else:
            ergebnis.append(richtig / gesamt)
    return ergebnis


import torch


def save(net, file):
    torch.save({name: tensor.detach().clone() for name, tensor in net.parameters.items()}, file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    problems = [f"{name} is missing" for name in net.parameters if name not in saved]
    problems += [f"{name} is unknown" for name in saved if name not in net.parameters]
    for name in set(saved) & set(net.parameters):
        if tuple(saved[name].shape) != tuple(net.parameters[name].shape):
            problems.append(f"{name} should be {tuple(net.parameters[name].shape)}")
    if problems:
        raise ValueError("; ".join(problems))
    for name, tensor in net.parameters.items():
        tensor.data.copy_(saved[name])
