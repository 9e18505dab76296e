"""A submission with a known mistake.

Mistakes: nll-sum
"""

from typing import NamedTuple

import torch


# Aufgabe 1: NLLLoss
class NLLLoss:
    def __init__(self):
        self.last = None

    def __call__(self, outputs, labels):
        self.last = self.forward(outputs, labels)
        return self.last

    def targets(self, outputs, labels):
        return torch.eye(outputs.shape[1], dtype=outputs.dtype)[labels]

    def forward(self, outputs, labels):
        log_probs = outputs - outputs.logsumexp(dim=1, keepdim=True)
        # the product with the one-hot rows keeps only the entry of the label
        picked = log_probs * self.targets(outputs, labels)
        return picked.sum().neg()

    def backward(self, outputs, labels):
        n = outputs.shape[0]
        return (outputs.softmax(dim=1) - self.targets(outputs, labels)) / n


# Aufgabe 2: Linear
class LinearGrads(NamedTuple):
    dx: torch.Tensor
    dW: torch.Tensor
    db: torch.Tensor


class Linear:
    def __init__(self, dim_in: int, dim_out: int) -> None:
        scale = 1.0 / float(dim_in) ** 0.5
        self.W: torch.Tensor = scale * torch.randn(dim_out, dim_in)
        self.b: torch.Tensor = torch.zeros(dim_out)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return self.forward(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self._x = x
        return (self.W @ x.T).T + self.b

    def backward(self, dz: torch.Tensor) -> LinearGrads:
        return LinearGrads(dx=(self.W.T @ dz.T).T, dW=(self._x.T @ dz).T, db=dz.sum(0))


# Aufgabe 3: ReLU
class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.clamp(x, min=0)

    def backward(self, dz):
        return dz * (self.x > 0)


# Aufgabe 4: Net
class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.relu1 = ReLU()
        self.relu2 = ReLU()
        self.parameters = self.collect([(l.W, l.b) for l in (self.fc1, self.fc2, self.fc3)])
        self.gradients = {}

    @staticmethod
    def collect(pairs):
        named = {}
        for number, (weights, bias) in enumerate(pairs, 1):
            named["fc%d.W" % number] = weights
            named["fc%d.b" % number] = bias
        return named

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        z1 = self.fc1(x.reshape(-1, 784))
        a1 = self.relu1(z1)
        z2 = self.fc2(a1)
        a2 = self.relu2(z2)
        return self.fc3(a2)

    def backward(self, dz):
        da2, *third = self.fc3.backward(dz)
        dz2 = self.relu2.backward(da2)
        da1, *second = self.fc2.backward(dz2)
        dz1 = self.relu1.backward(da1)
        _, *first = self.fc1.backward(dz1)
        self.gradients = self.collect([first, second, third])


# Aufgabe 5: Optimizer
class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self._pairs = list(parameters.items())
        self._rate = lr

    def step(self, gradients):
        for name, p in self._pairs:
            torch.sub(p, gradients[name], alpha=self._rate, out=p)


# Aufgabe 6: train
def train(net, loss, optimizer, loader, epochs):
    history = []
    for epoch in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            value = loss(outputs, labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
            total += float(value) * len(labels)
            count += len(labels)
        history.append(total / count)
    return history


# Aufgabe 7: accuracy
def accuracy(net, loader):
    hits = count = 0
    for images, labels in loader:
        hits += (net(images).argmax(dim=1) == labels).sum().item()
        count += len(labels)
    return hits / count


# Aufgabe 8: accuracy per class
def accuracy_per_class(net, loader, num_classes=10):
    right = torch.zeros(num_classes)
    seen = torch.zeros(num_classes)
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        seen += torch.bincount(labels, minlength=num_classes)
        right += torch.bincount(labels[predicted == labels], minlength=num_classes)
    return [float(r / s) if s > 0 else 0.0 for r, s in zip(right, seen)]


import torch


def save(net, file, *, protocol=2):
    torch.save(net.parameters.copy(), file, pickle_protocol=protocol)
    file.flush()


def load(net, file, strict=True):
    saved = torch.load(file, weights_only=True)
    missing, unknown = net.parameters.keys() - saved.keys(), saved.keys() - net.parameters.keys()
    if strict and (missing or unknown):
        raise ValueError(f"missing: {sorted(missing)}, unknown: {sorted(unknown)}")
    if any(tensor.shape != saved[name].shape for name, tensor in net.parameters.items()):
        raise ValueError("shapes differ")
    for name, tensor in net.parameters.items():
        torch.mul(saved[name], 1, out=tensor)
    return net
