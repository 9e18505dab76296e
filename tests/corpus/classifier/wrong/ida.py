"""A submission with a known mistake.

Mistakes: pc-precision-not-recall
"""

from typing import NamedTuple

import numpy as np
import torch


# -------------------- 2. Linear --------------------

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


# -------------------- 3. ReLU --------------------

class ReLU:
    def __call__(self, z):
        return self.forward(z)

    def forward(self, z):
        self.z = z.clone()
        return torch.maximum(z, torch.zeros_like(z))

    def backward(self, da):
        slope = torch.zeros_like(self.z)
        slope[self.z > 0] = 1.0
        return slope * da


# -------------------- 4. Net --------------------

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


# -------------------- 1. NLLLoss --------------------

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


# -------------------- 5. Optimizer --------------------

class Optimizer:
    """Gradientenabstieg."""

    def __init__(self, parameters, lr=1e-3):
        self.größen = parameters
        self.lernrate = lr

    def step(self, gradients):
        for name in gradients:
            self.größen[name].sub_(gradients[name], alpha=self.lernrate)


# -------------------- 6. train --------------------

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


# -------------------- 7. accuracy --------------------

def accuracy(net, loader):
    flags = [flag for x, y in loader for flag in net(x).argmax(1).eq(y).tolist()]
    return sum(flags) / len(flags)


# -------------------- 8. accuracy per class --------------------

def accuracy_per_class(net, loader, num_classes=10):
    # table[guess, label]
    table = np.zeros((num_classes, num_classes))
    for x, y in loader:
        guess = net(x).argmax(1).numpy()
        np.add.at(table, (guess, y.numpy()), 1)
    totals = table.sum(axis=1)
    shares = np.divide(np.diag(table), totals, out=np.zeros(num_classes), where=totals > 0)
    return shares.tolist()


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
