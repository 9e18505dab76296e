"""A submission with a known mistake.

Mistakes: relu-bwd-mask-of-dz
"""

import math

import numpy as np
import torch


# Aufgabe 1: NLLLoss
def softmax_of_row(row):
    m = max(row)
    e = [math.exp(v - m) for v in row]
    s = sum(e)
    return [v / s for v in e]


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        acc = 0.0
        for row, y in zip(outputs.tolist(), labels.tolist()):
            m = max(row)
            acc += m + math.log(sum(math.exp(v - m) for v in row)) - row[y]
        return torch.tensor(acc / len(labels))

    def backward(self, outputs, labels):
        rows = []
        for row, y in zip(outputs.tolist(), labels.tolist()):
            p = softmax_of_row(row)
            p[y] -= 1
            rows.append([v / len(labels) for v in p])
        return torch.tensor(rows)


# Aufgabe 2: Linear
class Linear:
    """Vollständig verbundene Schicht."""

    def __init__(self, dim_in, dim_out):
        streuung = dim_in ** (-1 / 2)
        self.W = streuung * torch.randn(dim_out, dim_in)
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.gemerkt = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        # Maße: (N, aus) mal (aus, ein) ergibt (N, ein)
        nach_links = dz @ self.W
        gewichte = dz.T @ self.gemerkt
        schwellen = dz.sum(dim=0)
        return nach_links, gewichte, schwellen


# Aufgabe 3: ReLU
class ReLU:
    """Cuts off what is negative, on the way there and on the way back."""

    def __call__(self, x):
        return self.forward(x)

    def _cut(self, t):
        out = t.clone()
        out[out < 0] = 0.0
        return out

    def forward(self, x):
        self.x = x
        return self._cut(x)

    def backward(self, dz):
        return self._cut(dz)


# Aufgabe 4: Net
class Net:
    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = {f"fc{i}.{n}": getattr(getattr(self, f"fc{i}"), n) for i in (1, 2, 3) for n in "Wb"}
        self.gradients = {}

    def forward(self, x):
        h1 = self.relu1(self.fc1(x.flatten(start_dim=1)))
        h2 = self.relu2(self.fc2(h1))
        return self.fc3(h2)

    __call__ = forward

    def backward(self, dz):
        g = self.gradients
        dh2, g["fc3.W"], g["fc3.b"] = self.fc3.backward(dz)
        dh1, g["fc2.W"], g["fc2.b"] = self.fc2.backward(self.relu2.backward(dh2))
        _, g["fc1.W"], g["fc1.b"] = self.fc1.backward(self.relu1.backward(dh1))


# Aufgabe 5: Optimizer
class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self._pairs = list(parameters.items())
        self._rate = lr

    def step(self, gradients):
        for name, p in self._pairs:
            torch.sub(p, gradients[name], alpha=self._rate, out=p)


# Aufgabe 6: train
def train_batch(net, loss, optimizer, images, labels):
    scores = net.forward(images)
    value = float(loss.forward(scores, labels))
    net.backward(loss.backward(scores, labels))
    optimizer.step(net.gradients)
    return value, len(labels)


def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        pairs = [train_batch(net, loss, optimizer, x, y) for x, y in loader]
        means.append(sum(v * n for v, n in pairs) / sum(n for _, n in pairs))
    return means


# Aufgabe 7: accuracy
def accuracy(net, loader):
    hits = count = 0
    for images, labels in loader:
        hits += (net(images).argmax(dim=1) == labels).sum().item()
        count += len(labels)
    return hits / count


# Aufgabe 8: accuracy per class
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
    torch.save(net.parameters, file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    if saved.keys() != net.parameters.keys():
        raise ValueError("the file belongs to another net")
    for name in saved:
        if saved[name].shape != net.parameters[name].shape:
            raise ValueError(f"{name} has another shape")
    for name in saved:
        net.parameters[name].copy_(saved[name])
