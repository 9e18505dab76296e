"""A submission with a known mistake.

Mistakes: relu-fwd-in-place
"""

import math
from dataclasses import dataclass

import torch


# Exercise 1
class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        return torch.stack([s.logsumexp(0) - s[y] for s, y in zip(outputs, labels)]).mean()

    def backward(self, outputs, labels):
        grad = torch.empty_like(outputs)
        for i, (s, y) in enumerate(zip(outputs, labels)):
            grad[i] = s.softmax(0)
            grad[i, y] -= 1
        return grad.div_(len(labels))


# Exercise 2
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


# Exercise 3
class ReLU:
    def __call__(self, z):
        return self.forward(z)

    def forward(self, z):
        self.active = (z > 0).float()
        z *= self.active
        return z

    def backward(self, da):
        return da * self.active


# Exercise 4
SIZES = (784, 120, 256, 10)


class Net:
    def __init__(self):
        self.linears = [Linear(a, b) for a, b in zip(SIZES, SIZES[1:])]
        self.relus = [ReLU() for _ in range(2)]
        self.fc1, self.fc2, self.fc3 = self.linears
        self.relu1, self.relu2 = self.relus
        self.parameters = {}
        for i, layer in enumerate(self.linears):
            self.parameters.update({f"fc{i + 1}.W": layer.W, f"fc{i + 1}.b": layer.b})
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        h = x.flatten(1)
        for linear, relu in zip(self.linears, self.relus):
            h = relu(linear(h))
        return self.linears[-1](h)

    def backward(self, dz):
        fresh = {}
        for i in (2, 1, 0):
            if i < 2:
                dz = self.relus[i].backward(dz)
            dz, fresh[f"fc{i + 1}.W"], fresh[f"fc{i + 1}.b"] = self.linears[i].backward(dz)
        self.gradients = fresh


# Exercise 5
class Optimizer:
    def __init__(self, parameters, lr=0.001):
        self.params = parameters
        self.lr = lr

    def step(self, gradients):
        for k in self.params.keys():
            moved = self.params[k] - self.lr * gradients[k]
            self.params[k].copy_(moved)


# Exercise 6
@dataclass
class EpochLoss:
    total: float = 0.0
    images: int = 0

    def add(self, value, n):
        self.total += value * n
        self.images += n

    @property
    def mean(self):
        return self.total / self.images


def train(net, loss, optimizer, loader, epochs):
    log = []
    for _ in range(epochs):
        log.append(EpochLoss())
        for images, labels in loader:
            outputs = net(images)
            log[-1].add(loss(outputs, labels).item(), len(labels))
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
    return [entry.mean for entry in log]


# Exercise 7
def accuracy(net, loader):
    wrong = 0
    n = 0
    for images, labels in loader:
        _, predicted = torch.max(net(images), 1)
        wrong += int(torch.count_nonzero(predicted - labels))
        n += labels.size(0)
    return 1 - wrong / n


# Exercise 8
def accuracy_per_class(net, loader, num_classes=10):
    right = torch.zeros(num_classes)
    seen = torch.zeros(num_classes)
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        seen += torch.bincount(labels, minlength=num_classes)
        right += torch.bincount(labels[predicted == labels], minlength=num_classes)
    return [float(r / s) if s > 0 else 0.0 for r, s in zip(right, seen)]


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
