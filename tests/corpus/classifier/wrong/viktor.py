"""A submission with a known mistake.

Mistakes: pc-divides-by-all
"""

import math
from dataclasses import dataclass

import numpy as np
import torch


def softmax_of_row(row):
    m = max(row)
    e = [math.exp(v - m) for v in row]
    s = sum(e)
    return [v / s for v in e]


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        acc = 0.0
        for row, y in zip(outputs.tolist(), labels.tolist()):
            m = max(row)
            acc += m + math.log(sum(math.exp(v - m) for v in row)) - row[y]
        return torch.tensor(acc / len(labels))

    def backward(self, outputs, labels):
        rows = []
        for row, y in zip(outputs.tolist(), labels.tolist()):
            p = softmax_of_row(row)
            p[y] -= 1
            rows.append([v / len(labels) for v in p])
        return torch.tensor(rows)


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


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.arr = x.detach().numpy().copy()
        return torch.from_numpy(np.maximum(self.arr, 0))

    def backward(self, dz):
        return torch.from_numpy(np.where(self.arr > 0, dz.numpy(), np.float32(0)))


class Net:
    def __init__(self):
        self.fc1 = Linear(28 * 28, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.relu1 = ReLU()
        self.relu2 = ReLU()
        self.order = ["fc1", "relu1", "fc2", "relu2", "fc3"]
        self.parameters = {}
        for name in self.order:
            if name.startswith("fc"):
                layer = getattr(self, name)
                self.parameters[name + ".W"] = layer.W
                self.parameters[name + ".b"] = layer.b
        self.gradients = dict.fromkeys(self.parameters)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        out = x.view(x.size(0), -1)
        for name in self.order:
            out = getattr(self, name).forward(out)
        return out

    def backward(self, dz):
        for name in reversed(self.order):
            layer = getattr(self, name)
            if name.startswith("relu"):
                dz = layer.backward(dz)
            else:
                dz, self.gradients[name + ".W"], self.gradients[name + ".b"] = layer.backward(dz)


@dataclass
class Optimizer:
    parameters: dict
    lr: float = 1e-3

    def step(self, gradients):
        for key, tensor in self.parameters.items():
            tensor.add_(gradients[key], alpha=-self.lr)


def train(net, loss, optimizer, loader, epochs):
    losses = []
    while len(losses) < epochs:
        seen = []
        for batch in loader:
            images, labels = batch
            outputs = net(images)
            batch_loss = loss(outputs, labels).item()
            seen.extend([batch_loss] * len(labels))
            gradient = loss.backward(outputs, labels)
            net.backward(gradient)
            optimizer.step(net.gradients)
        losses.append(sum(seen) / len(seen))
    return losses


def accuracy(net, loader):
    guesses, truth = [], []
    for x, y in loader:
        guesses.append(np.argmax(net(x).detach().numpy(), axis=1))
        truth.append(y.numpy())
    return float(np.mean(np.concatenate(guesses) == np.concatenate(truth)))


def accuracy_per_class(net, loader, num_classes=10):
    hits = torch.zeros(num_classes)
    images_seen = 0
    for images, labels in loader:
        predicted = net(images).argmax(1)
        images_seen += labels.numel()
        for c in range(num_classes):
            hits[c] += ((predicted == c) & (labels == c)).sum()
    return (hits / images_seen).tolist()


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
