"""W and b are views into one matrix, with a column of ones appended to x; slots and named tuples all over."""

from typing import NamedTuple

import torch


class Gradients(NamedTuple):
    dx: torch.Tensor
    dW: torch.Tensor
    db: torch.Tensor


def with_ones(x):
    return torch.cat([x, torch.ones(x.shape[0], 1)], dim=1)


class NLLLoss:
    __slots__ = ()

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        outputs = outputs - outputs.amax(1, True)
        p = outputs.exp() / outputs.exp().sum(1, True)
        # the probability of the label may be 0 in float32, its logarithm is not needed for it
        return (outputs.exp().sum(1).log() - outputs[range(len(p)), labels]).mean()

    def backward(self, outputs, labels):
        e = (outputs - outputs.amax(1, True)).exp()
        p = e / e.sum(1, True)
        p[range(len(p)), labels] -= 1
        return p * (1 / len(p))


class Linear:
    __slots__ = ("theta", "x1")

    def __init__(self, dim_in, dim_out):
        self.theta = torch.zeros(dim_out, dim_in + 1)
        self.theta[:, :-1] = torch.randn(dim_out, dim_in) * dim_in**-0.5

    @property
    def W(self):
        return self.theta[:, :-1]

    @property
    def b(self):
        return self.theta[:, -1]

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x1 = with_ones(x)
        return self.x1 @ self.theta.T

    def backward(self, dz):
        dtheta = dz.T @ self.x1
        return Gradients(dx=(dz @ self.theta)[:, :-1], dW=dtheta[:, :-1], db=dtheta[:, -1])


class ReLU:
    __slots__ = ("mask",)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dz):
        return dz * self.mask


class Net:
    __slots__ = ("fc1", "fc2", "fc3", "gradients", "parameters", "relu1", "relu2")

    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = {}
        for name in ("fc1", "fc2", "fc3"):
            self.parameters[name + ".W"] = getattr(self, name).W
            self.parameters[name + ".b"] = getattr(self, name).b

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(x.reshape(-1, 28 * 28))))))

    def backward(self, dz):
        three = self.fc3.backward(dz)
        two = self.fc2.backward(self.relu2.backward(three.dx))
        one = self.fc1.backward(self.relu1.backward(two.dx))
        self.gradients = {}
        for number, layer in enumerate((one, two, three), 1):
            self.gradients["fc%d.W" % number] = layer.dW
            self.gradients["fc%d.b" % number] = layer.db


class Optimizer:
    __slots__ = ("lr", "parameters")

    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, p in self.parameters.items():
            torch.sub(p, gradients[name], alpha=self.lr, out=p)


class Batch(NamedTuple):
    loss: float
    size: int


def one_epoch(net, loss, optimizer, loader):
    for images, labels in loader:
        scores = net(images)
        yield Batch(float(loss(scores, labels)), len(labels))
        net.backward(loss.backward(scores, labels))
        optimizer.step(net.gradients)


def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        batches = list(one_epoch(net, loss, optimizer, loader))
        means.append(sum(b.loss * b.size for b in batches) / sum(b.size for b in batches))
    return means


def accuracy(net, loader):
    right, seen = 0, 0
    for images, labels in loader:
        right += torch.count_nonzero(net(images).argmax(1) == labels).item()
        seen += labels.shape[0]
    return right / seen


def accuracy_per_class(net, loader, num_classes=10):
    right, seen = torch.zeros(2, num_classes).unbind()
    for images, labels in loader:
        member = labels[:, None] == torch.arange(num_classes)
        seen += member.sum(0)
        right += (member & (net(images).argmax(1)[:, None] == labels[:, None])).sum(0)
    return tuple((right / seen.clamp(min=1)).tolist())


import io
from collections import OrderedDict

import torch


def save(net, file):
    buffer = io.BytesIO()
    torch.save(OrderedDict((name, tensor.clone()) for name, tensor in net.parameters.items()), buffer)
    file.write(buffer.getvalue())


def load(net, file):
    saved = torch.load(io.BytesIO(file.read()), weights_only=True)
    if len(saved) != len(net.parameters):
        raise ValueError(f"{len(saved)} tensors in place of {len(net.parameters)}")
    pairs = []
    for name, tensor in net.parameters.items():
        if name not in saved or saved[name].shape != tensor.shape:
            raise ValueError(f"{name} doesn't fit")
        pairs.append((tensor, saved[name]))
    with torch.no_grad():
        for tensor, other in pairs:
            tensor.copy_(other)
