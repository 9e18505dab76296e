"""Layers are coroutines: a generator that gets x, yields z, gets dz and yields the gradients."""

import contextlib
import itertools

import torch


def linear_steps(W, b):
    result = None
    while True:
        x = yield result
        dz = yield x @ W.T + b
        result = dz @ W, dz.T @ x, dz.sum(0)


def relu_steps():
    result = None
    while True:
        x = yield result
        dz = yield x * (x > 0)
        result = dz * (x > 0)


class Stepper:
    def __call__(self, x):
        return self.forward(x)

    def start(self):
        raise NotImplementedError

    def forward(self, x):
        self.steps = self.start()  # a fresh one, whatever became of the last
        next(self.steps)
        return self.steps.send(x)

    def backward(self, dz):
        return self.steps.send(dz)


class Linear(Stepper):
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    def start(self):
        return linear_steps(self.W, self.b)


class ReLU(Stepper):
    def start(self):
        return relu_steps()


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    @staticmethod
    def losses(outputs, labels):
        for row, label in zip(outputs, labels):
            yield torch.logsumexp(row, dim=0) - row[label]

    @staticmethod
    def rows(outputs, labels):
        for row, label in zip(outputs, labels):
            p = torch.softmax(row, dim=0)
            p[label] -= 1
            yield p / len(labels)

    def forward(self, outputs, labels):
        return sum(self.losses(outputs, labels)) / len(labels)

    def backward(self, outputs, labels):
        return torch.stack(list(self.rows(outputs, labels)))


class Net:
    def __init__(self):
        self.fc1, self.fc2, self.fc3 = itertools.starmap(Linear, itertools.pairwise([784, 120, 256, 10]))
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = dict(self.named("W", "b"))
        self.gradients = {}

    def named(self, *letters):
        for name, letter in itertools.product(("fc1", "fc2", "fc3"), letters):
            yield f"{name}.{letter}", getattr(getattr(self, name), letter)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        values = itertools.accumulate(
            [self.fc1, self.relu1, self.fc2, self.relu2, self.fc3],
            lambda value, layer: layer(value),
            initial=x.reshape(x.shape[0], -1),
        )
        *_, scores = values
        return scores

    def backward(self, dz):
        self.gradients = dict(self.walk_back(dz))

    def walk_back(self, dz):
        for name, relu in (("fc3", self.relu2), ("fc2", self.relu1), ("fc1", None)):
            dz, dW, db = getattr(self, name).backward(dz)
            yield f"{name}.W", dW
            yield f"{name}.b", db
            if relu is not None:
                dz = relu.backward(dz)


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for parameter, gradient in ((p, gradients[name]) for name, p in self.parameters.items()):
            parameter += -self.lr * gradient


@contextlib.contextmanager
def epoch_mean(into):
    batches = []
    try:
        yield batches
    finally:
        values, counts = zip(*batches)
        into.append(sum(v * n for v, n in batches) / sum(counts))


def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in itertools.repeat(None, epochs):
        with epoch_mean(means) as batches:
            for images, labels in loader:
                outputs = net(images)
                batches.append((float(loss(outputs, labels)), len(labels)))
                net.backward(loss.backward(outputs, labels))
                optimizer.step(net.gradients)
    return means


def pairs(net, loader):
    for images, labels in loader:
        yield from zip(net(images).argmax(1).tolist(), labels.tolist())


def accuracy(net, loader):
    hits, count = 0, 0
    for count, (prediction, label) in enumerate(pairs(net, loader), start=1):
        hits += prediction == label
    return hits / count


def accuracy_per_class(net, loader, num_classes=10):
    ordered = sorted(pairs(net, loader), key=lambda pair: pair[1])
    result = [0.0] * num_classes
    for label, group in itertools.groupby(ordered, key=lambda pair: pair[1]):
        hits = [prediction == label for prediction, _ in group]
        result[label] = sum(hits) / len(hits)
    return result


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
