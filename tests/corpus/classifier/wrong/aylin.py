"""A submission with a known mistake.

Mistakes: net-params-clones
"""

import copy
import math

import torch


def accuracy(net, loader):
    flags = [flag for x, y in loader for flag in net(x).argmax(1).eq(y).tolist()]
    return sum(flags) / len(flags)


def accuracy_per_class(net, loader, num_classes=10):
    hits, count = [0] * num_classes, [0] * num_classes
    for images, labels in loader:
        for guess, label in zip(net(images).argmax(1).tolist(), labels.tolist()):
            count[label] += 1
            hits[label] += guess == label
    return [h / n if n else 0.0 for h, n in zip(hits, count)]


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


class Optimizer:
    """Gradientenabstieg."""

    def __init__(self, parameters, lr=1e-3):
        self.größen = parameters
        self.lernrate = lr

    def step(self, gradients):
        for name in gradients:
            self.größen[name].sub_(gradients[name], alpha=self.lernrate)


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


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        a = x.clone()
        a[a < 0] = 0
        self.where_positive = x > 0
        return a

    def backward(self, dz):
        dx = dz.clone()
        dx[~self.where_positive] = 0
        return dx


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


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = self.state()
        self.gradients = {}

    def state(self):
        """All tensors that are learned, by name."""
        result = {}
        for number in (1, 2, 3):
            layer = getattr(self, f"fc{number}")
            for letter in ("W", "b"):
                result[f"fc{number}.{letter}"] = copy.deepcopy(getattr(layer, letter))
        return result

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        hidden = self.relu1(self.fc1(x.flatten(1)))
        hidden = self.relu2(self.fc2(hidden))
        return self.fc3(hidden)

    def backward(self, dz):
        dz, w3, b3 = self.fc3.backward(dz)
        dz, w2, b2 = self.fc2.backward(self.relu2.backward(dz))
        dz, w1, b1 = self.fc1.backward(self.relu1.backward(dz))
        self.gradients = dict(zip(self.parameters, (w1, b1, w2, b2, w3, b3)))


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
