"""Building a classifier from scratch, everything in one file, computed in float64 inside."""

import math

import torch
from torch import einsum


def log_sum_exp(scores):
    """log(sum(exp(scores))) of every row, with the row's maximum taken out of the sum."""
    top = torch.amax(scores, dim=1)
    return top + torch.log(einsum("nk->n", torch.exp(scores - top[:, None])))


class NLLLoss:
    def forward(self, outputs, labels):
        scores = outputs.double()
        picked = torch.take_along_dim(scores, labels[:, None], dim=1)[:, 0]
        return torch.mean(log_sum_exp(scores) - picked).to(outputs.dtype)

    __call__ = forward

    def backward(self, outputs, labels):
        scores = outputs.double()
        N, K = scores.shape
        p = torch.exp(scores - log_sum_exp(scores)[:, None])
        is_label = labels[:, None] == torch.arange(K, device=labels.device)[None, :]
        return ((p - is_label.double()) / N).to(outputs.dtype)


class Linear:
    def __init__(self, dim_in, dim_out):
        # Glorot, uniform
        limit = math.sqrt(6 / (dim_in + dim_out))
        self.W = torch.empty(dim_out, dim_in).uniform_(-limit, limit)
        self.b = torch.empty(dim_out).uniform_(-0.01, 0.01)

    def forward(self, x):
        self._x = x.clone()
        return einsum("ni,oi->no", x, self.W) + self.b

    __call__ = forward

    def backward(self, dz):
        dz64, x64 = dz.double(), self._x.double()
        dx = einsum("no,oi->ni", dz64, self.W.double())
        dW = einsum("no,ni->oi", dz64, x64)
        db = einsum("no->o", dz64)
        return tuple(g.to(dz.dtype) for g in (dx, dW, db))


class ReLU:
    def forward(self, x):
        self._is_positive = torch.gt(x, 0)
        return 0.5 * (x + x.abs())

    __call__ = forward

    def backward(self, dz):
        return dz.masked_fill(~self._is_positive, 0.0)


class Net:
    sizes = {"fc1": (784, 120), "fc2": (120, 256), "fc3": (256, 10)}

    def __init__(self):
        self.layers = {name: Linear(*size) for name, size in self.sizes.items()}
        self.activations = {"fc1": ReLU(), "fc2": ReLU()}
        self.gradients = {}

    @property
    def parameters(self):
        return {f"{name}.{p}": getattr(layer, p) for name, layer in self.layers.items() for p in "Wb"}

    def forward(self, x):
        a = x.reshape(x.size(0), -1)
        for name, layer in self.layers.items():
            a = layer(a)
            if name in self.activations:
                a = self.activations[name](a)
        return a

    __call__ = forward

    def backward(self, dz):
        for name in reversed(self.layers):
            if name in self.activations:
                dz = self.activations[name].backward(dz)
            dz, dW, db = self.layers[name].backward(dz)
            self.gradients.update({f"{name}.W": dW, f"{name}.b": db})


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters, self.lr = parameters, lr

    def step(self, gradients):
        for name, g in gradients.items():
            self.parameters[name].sub_(g, alpha=self.lr)


def train(net, loss, optimizer, loader, epochs):
    def one_batch(images, labels):
        outputs = net(images)
        value = loss(outputs, labels).item()
        net.backward(loss.backward(outputs, labels))
        optimizer.step(net.gradients)
        return value, labels.numel()

    means = []
    for _ in range(epochs):
        values, sizes = zip(*(one_batch(images, labels) for images, labels in loader))
        means.append(math.sumprod(values, sizes) / sum(sizes) if hasattr(math, "sumprod") else weighted(values, sizes))
    return means


def weighted(values, sizes):
    return sum(v * n for v, n in zip(values, sizes)) / sum(sizes)


def confusion(net, loader, num_classes):
    """How often (label, prediction) occurs."""
    pairs = [labels * num_classes + net(images).argmax(1) for images, labels in loader]
    return torch.bincount(torch.cat(pairs), minlength=num_classes**2).view(num_classes, num_classes)


def accuracy(net, loader):
    is_right = torch.cat([net(images).argmax(1) == labels for images, labels in loader])
    return is_right.double().mean().item()


def accuracy_per_class(net, loader, num_classes=10):
    table = confusion(net, loader, num_classes)
    return (table.diag() / table.sum(dim=1).clamp(min=1)).tolist()


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
