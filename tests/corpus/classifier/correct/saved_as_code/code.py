"""One file that is named code.py, as a module of Python is; dataclasses look their own module up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Optional

import torch
from torch import Tensor


@dataclass
class NLLLoss:
    dim: ClassVar[int] = 1

    def __call__(self, outputs: Tensor, labels: Tensor) -> Tensor:
        return self.forward(outputs, labels)

    def forward(self, outputs: Tensor, labels: Tensor) -> Tensor:
        log_p = torch.log_softmax(outputs, self.dim)
        return log_p.gather(self.dim, labels.unsqueeze(self.dim)).mean().neg()

    def backward(self, outputs: Tensor, labels: Tensor) -> Tensor:
        p = torch.softmax(outputs, self.dim)
        hot = torch.zeros_like(p).scatter_(self.dim, labels.unsqueeze(self.dim), 1.0)
        return (p - hot) / labels.numel()


@dataclass
class Linear:
    dim_in: int
    dim_out: int
    W: Tensor = field(init=False, repr=False)
    b: Tensor = field(init=False, repr=False)
    x: Optional[Tensor] = field(init=False, default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.W = torch.normal(0.0, self.dim_in**-0.5, size=(self.dim_out, self.dim_in))
        self.b = torch.zeros(self.dim_out)

    def __call__(self, x: Tensor) -> Tensor:
        return self.forward(x)

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        return torch.addmm(self.b, x, self.W.t())

    def backward(self, dz: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return dz.matmul(self.W), dz.t().matmul(self.x), dz.sum(dim=0)


@dataclass
class ReLU:
    x: Optional[Tensor] = None

    def __call__(self, x: Tensor) -> Tensor:
        return self.forward(x)

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        return x.clamp(0)

    def backward(self, dz: Tensor) -> Tensor:
        return dz.masked_fill(self.x <= 0, 0)


@dataclass
class Net:
    fc1: Linear = field(default_factory=lambda: Linear(784, 120))
    relu1: ReLU = field(default_factory=ReLU)
    fc2: Linear = field(default_factory=lambda: Linear(120, 256))
    relu2: ReLU = field(default_factory=ReLU)
    fc3: Linear = field(default_factory=lambda: Linear(256, 10))
    parameters: dict[str, Tensor] = field(init=False, repr=False)
    gradients: dict[str, Tensor] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.parameters = {}
        for name in ("fc1", "fc2", "fc3"):
            layer = getattr(self, name)
            self.parameters |= {f"{name}.W": layer.W, f"{name}.b": layer.b}

    def __call__(self, x: Tensor) -> Tensor:
        return self.forward(x)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.flatten(x, 1)
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(x)))))

    def backward(self, dz: Tensor) -> None:
        dx, self.gradients["fc3.W"], self.gradients["fc3.b"] = self.fc3.backward(dz)
        dx, self.gradients["fc2.W"], self.gradients["fc2.b"] = self.fc2.backward(self.relu2.backward(dx))
        dx, self.gradients["fc1.W"], self.gradients["fc1.b"] = self.fc1.backward(self.relu1.backward(dx))


@dataclass
class Optimizer:
    parameters: dict[str, Tensor]
    lr: float = 1e-3

    def step(self, gradients: dict[str, Tensor]) -> None:
        for name, parameter in self.parameters.items():
            parameter -= gradients[name] * self.lr


@dataclass
class Epoch:
    total: float = 0.0
    images: int = 0

    def add(self, value: float, n: int) -> None:
        self.total += value * n
        self.images += n

    @property
    def mean(self) -> float:
        return self.total / self.images


def train(net: Net, loss: NLLLoss, optimizer: Optimizer, loader, epochs: int) -> list[float]:
    history: list[Epoch] = []
    for _ in range(epochs):
        history.append(Epoch())
        for images, labels in loader:
            outputs = net(images)
            history[-1].add(loss(outputs, labels).item(), len(labels))
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
    return [epoch.mean for epoch in history]


@dataclass
class Tally:
    hits: int = 0
    total: int = 0

    def share(self) -> float:
        return self.hits / self.total if self.total else 0.0


def accuracy(net: Net, loader) -> float:
    tally = Tally()
    for images, labels in loader:
        tally.hits += int((net(images).argmax(1) == labels).sum())
        tally.total += len(labels)
    return tally.share()


def accuracy_per_class(net: Net, loader, num_classes: int = 10) -> list[float]:
    tallies = [Tally() for _ in range(num_classes)]
    for images, labels in loader:
        for p, y in zip(net(images).argmax(1), labels, strict=True):
            tallies[y].total += 1
            tallies[y].hits += int(p == y)
    return [tally.share() for tally in tallies]


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
