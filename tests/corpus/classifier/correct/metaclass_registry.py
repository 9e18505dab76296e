"""A metaclass that registers layers, an Enum of names, a Protocol, and a net built from a table."""

from enum import Enum, auto
from typing import Protocol, runtime_checkable

import torch


@runtime_checkable
class Invertible(Protocol):
    def forward(self, x): ...

    def backward(self, dz): ...


class Kind(Enum):
    LINEAR = auto()
    RELU = auto()


class Registered(type):
    """A class with a `kind` can be made by `Registered.make(kind, ...)`."""

    registry = {}

    def __new__(mcs, name, bases, namespace, **options):
        cls = super().__new__(mcs, name, bases, namespace)
        if "kind" in namespace:
            mcs.registry[namespace["kind"]] = cls
        return cls

    @classmethod
    def make(mcs, kind, *arguments):
        return mcs.registry[kind](*arguments)


class Module(metaclass=Registered):
    def __call__(self, *arguments):
        return self.forward(*arguments)


class NLLLoss(Module):
    def forward(self, outputs, labels):
        return outputs.log_softmax(-1).mul(self._one_hot(outputs, labels)).sum().div(-len(labels))

    def backward(self, outputs, labels):
        return outputs.softmax(-1).sub(self._one_hot(outputs, labels)).div(len(labels))

    @staticmethod
    def _one_hot(outputs, labels):
        return (labels.unsqueeze(-1) == torch.arange(outputs.size(-1))).float()


class Linear(Module):
    kind = Kind.LINEAR

    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in).mul(dim_in**-0.5)
        self.b = torch.zeros(dim_out)

    def forward(self, x):
        self._x = x
        return torch.baddbmm(self.b.expand(1, len(x), -1), x[None], self.W.T[None])[0]

    def backward(self, dz):
        return dz.mm(self.W), torch.tensordot(dz, self._x, dims=([0], [0])), dz.sum(0)


class ReLU(Module):
    kind = Kind.RELU

    def forward(self, x):
        self._sign = torch.sign(x).clamp(min=0)
        return x * self._sign

    def backward(self, dz):
        return dz * self._sign


class Net(Module):
    TABLE = {
        "fc1": (Kind.LINEAR, 784, 120),
        "relu1": (Kind.RELU,),
        "fc2": (Kind.LINEAR, 120, 256),
        "relu2": (Kind.RELU,),
        "fc3": (Kind.LINEAR, 256, 10),
    }

    def __init__(self):
        self.parameters = {}
        self.gradients = {}
        for name, (kind, *sizes) in self.TABLE.items():
            layer = Registered.make(kind, *sizes)
            assert isinstance(layer, Invertible)
            setattr(self, name, layer)
            if kind is Kind.LINEAR:
                self.parameters[f"{name}.W"] = layer.W
                self.parameters[f"{name}.b"] = layer.b

    def forward(self, x):
        x = torch.flatten(x, start_dim=1)
        for name in self.TABLE:
            x = getattr(self, name)(x)
        return x

    def backward(self, dz):
        for name, (kind, *_) in reversed(self.TABLE.items()):
            match kind:
                case Kind.LINEAR:
                    dz, self.gradients[f"{name}.W"], self.gradients[f"{name}.b"] = getattr(self, name).backward(dz)
                case Kind.RELU:
                    dz = getattr(self, name).backward(dz)


class Optimizer(metaclass=Registered):
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, parameter in self.parameters.items():
            parameter.addcmul_(gradients[name], torch.ones(()), value=-self.lr)


def train(net, loss, optimizer, loader, epochs):
    def one_batch(images, labels):
        outputs = net(images)
        value = loss(outputs, labels)
        net.backward(loss.backward(outputs, labels))
        optimizer.step(net.gradients)
        return float(value)

    return [sum(one_batch(*batch) for batch in loader) / len(loader) for _ in range(epochs)]


def accuracy(net, loader):
    found = torch.cat([torch.topk(net(images), 1).indices.squeeze(1) == labels for images, labels in loader])
    return float(found.double().mean())


def accuracy_per_class(net, loader, num_classes=10):
    hits = {c: 0 for c in range(num_classes)}
    totals = dict.fromkeys(hits, 0)
    for images, labels in loader:
        best = torch.argsort(net(images), dim=1, descending=True)[:, 0]
        for c in hits:
            totals[c] += int((labels == c).sum())
            hits[c] += int(((labels == c) & (best == c)).sum())
    return [hits[c] / totals[c] if totals[c] else 0.0 for c in hits]


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
