"""Annotated to the teeth: aliases, TypedDict, generics, Final, overload and Literal for everything."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeAlias, TypedDict, TypeVar, cast, overload

import torch
from torch import Tensor

if TYPE_CHECKING:
    from torch.utils.data import DataLoader

Batch: TypeAlias = "tuple[Tensor, Tensor]"
Name: TypeAlias = Literal["fc1.W", "fc1.b", "fc2.W", "fc2.b", "fc3.W", "fc3.b"]
Result = TypeVar("Result")
N_PIXELS: Final[int] = 28 * 28


class Stats(TypedDict):
    total: float
    images: int


class Layer(Generic[Result]):
    _x: Tensor | None = None

    def __call__(self, x: Tensor, /) -> Tensor:
        return self.forward(x)

    def forward(self, x: Tensor, /) -> Tensor:
        self._x = x
        return self._compute(x)

    def _compute(self, x: Tensor, /) -> Tensor: ...

    def backward(self, dz: Tensor, /) -> Result: ...

    @property
    def x(self) -> Tensor:
        if self._x is None:
            raise RuntimeError("backward before forward")
        return self._x


class NLLLoss:
    def __call__(self, outputs: Tensor, labels: Tensor) -> Tensor:
        return self.forward(outputs, labels)

    def forward(self, outputs: Tensor, labels: Tensor) -> Tensor:
        n: int = labels.size(0)
        shifted: Tensor = outputs - outputs.amax(dim=1, keepdim=True)
        normaliser: Tensor = shifted.exp().sum(dim=1).log()
        chosen: Tensor = shifted[torch.arange(n), labels]
        return cast(Tensor, (normaliser - chosen).sum() / n)

    def backward(self, outputs: Tensor, labels: Tensor) -> Tensor:
        n, k = cast("tuple[int, int]", tuple(outputs.shape))
        hot: Tensor = torch.zeros((n, k), dtype=outputs.dtype).index_put_(
            (torch.arange(n), labels), torch.ones((), dtype=outputs.dtype)
        )
        return torch.softmax(outputs, dim=1).sub(hot).div(n)


class Linear(Layer["tuple[Tensor, Tensor, Tensor]"]):
    W: Tensor
    b: Tensor

    def __init__(self, dim_in: int, dim_out: int) -> None:
        super().__init__()
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    def _compute(self, x: Tensor, /) -> Tensor:
        return torch.addmm(self.b[None], x, self.W.mT)

    def backward(self, dz: Tensor, /) -> tuple[Tensor, Tensor, Tensor]:
        return dz @ self.W, dz.mT @ self.x, dz.sum(dim=0)


class ReLU(Layer[Tensor]):
    def _compute(self, x: Tensor, /) -> Tensor:
        return x.relu()

    def backward(self, dz: Tensor, /) -> Tensor:
        return dz.masked_fill(self.x.le(0), 0.0)


class Net:
    parameters: OrderedDict[Name, Tensor]
    gradients: OrderedDict[Name, Tensor]

    def __init__(self) -> None:
        self.linears: Sequence[Linear] = [Linear(N_PIXELS, 120), Linear(120, 256), Linear(256, 10)]
        self.relus: Sequence[ReLU] = [ReLU(), ReLU()]
        self.parameters = OrderedDict()
        self.gradients = OrderedDict()
        for i, linear in enumerate(self.linears, start=1):
            self.parameters[cast(Name, f"fc{i}.W")] = linear.W
            self.parameters[cast(Name, f"fc{i}.b")] = linear.b

    def __call__(self, x: Tensor) -> Tensor:
        return self.forward(x)

    def forward(self, x: Tensor) -> Tensor:
        h: Tensor = x.reshape(x.size(0), N_PIXELS)
        for linear, relu in zip(self.linears[:-1], self.relus, strict=True):
            h = relu(linear(h))
        return self.linears[-1](h)

    def backward(self, dz: Tensor) -> None:
        i: int = len(self.linears)
        while i:
            if i <= len(self.relus):
                dz = self.relus[i - 1].backward(dz)
            dz, dW, db = self.linears[i - 1].backward(dz)
            self.gradients[cast(Name, f"fc{i}.W")] = dW
            self.gradients[cast(Name, f"fc{i}.b")] = db
            i -= 1


class Optimizer:
    def __init__(self, parameters: Mapping[str, Tensor], lr: float = 1e-3) -> None:
        self.parameters: Final[Mapping[str, Tensor]] = parameters
        self.lr: float = lr

    def step(self, gradients: Mapping[str, Tensor]) -> None:
        name: str
        parameter: Tensor
        for name, parameter in self.parameters.items():
            parameter.sub_(gradients[name].mul(self.lr))


def train(net: Net, loss: NLLLoss, optimizer: Optimizer, loader: DataLoader[Any], epochs: int) -> list[float]:
    means: list[float] = []
    for _ in range(epochs):
        stats: Stats = {"total": 0.0, "images": 0}
        images: Tensor
        labels: Tensor
        for images, labels in loader:
            outputs: Tensor = net(images)
            stats["total"] += float(loss(outputs, labels)) * len(labels)
            stats["images"] += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(stats["total"] / stats["images"])
    return means


@overload
def _share(part: int, whole: int) -> float: ...
@overload
def _share(part: int, whole: None) -> None: ...
def _share(part: int, whole: int | None) -> float | None:
    return None if whole is None else part / max(whole, 1)


def _hits(net: Net, loader: Iterable[Batch]) -> Iterator[tuple[int, bool]]:
    for images, labels in loader:
        hits: Tensor = net(images).argmax(dim=1) == labels
        yield from zip(labels.tolist(), hits.tolist(), strict=True)


def accuracy(net: Net, loader: DataLoader[Any]) -> float:
    hits: list[bool] = [hit for _, hit in _hits(net, loader)]
    return _share(sum(hits), len(hits))


def accuracy_per_class(net: Net, loader: DataLoader[Any], num_classes: int = 10) -> list[float]:
    hits: list[tuple[int, bool]] = list(_hits(net, loader))
    return [
        _share(sum(hit for label, hit in hits if label == c), sum(label == c for label, _ in hits))
        for c in range(num_classes)
    ]


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
