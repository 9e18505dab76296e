"""A submission with a known mistake.

Mistakes: net-bwd-skips-one-relu
"""

from dataclasses import dataclass

import torch


# Exercise 2
class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        dx = dz @ self.W
        dW = dz.T @ self.x
        db = dz.sum(dim=0)
        return dx, dW, db


# Exercise 3
class ReLU:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = (x > 0).to(x.dtype)
        return self.mask * x

    __call__ = forward

    def backward(self, dz):
        return self.mask * dz


# Exercise 4
class Net:
    """Rückwärts geht es durch alle Schichten, die etwas lernen."""

    def __init__(self):
        self.schichten = {"fc1": Linear(784, 120), "fc2": Linear(120, 256), "fc3": Linear(256, 10)}
        self.fc1, self.fc2, self.fc3 = self.schichten.values()
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = {}
        for name, schicht in self.schichten.items():
            self.parameters[name + ".W"] = schicht.W
            self.parameters[name + ".b"] = schicht.b
        self.gradients = {}

    def _eintragen(self, name, dz):
        dx, dW, db = self.schichten[name].backward(dz)
        self.gradients[name + ".W"] = dW
        self.gradients[name + ".b"] = db
        return dx

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(x.shape[0], 28 * 28)
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        x = self.fc3(x)
        return x

    def backward(self, dz):
        dz = self._eintragen("fc3", dz)
        dz = self.relu2.backward(dz)
        dz = self._eintragen("fc2", dz)
        self._eintragen("fc1", dz)


# Exercise 1
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


# Exercise 5
class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self._pairs = list(parameters.items())
        self._rate = lr

    def step(self, gradients):
        for name, p in self._pairs:
            torch.sub(p, gradients[name], alpha=self._rate, out=p)


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
    hits = count = 0
    for images, labels in loader:
        hits += (net(images).argmax(dim=1) == labels).sum().item()
        count += len(labels)
    return hits / count


# Exercise 8
@dataclass
class Tally:
    hits: int = 0
    total: int = 0

    def share(self):
        return self.hits / self.total if self.total else 0.0


def accuracy_per_class(net, loader, num_classes=10):
    tallies = [Tally() for _ in range(num_classes)]
    for images, labels in loader:
        for p, y in zip(net(images).argmax(1), labels):
            tallies[y].total += 1
            tallies[y].hits += int(p == y)
    return [tally.share() for tally in tallies]


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
