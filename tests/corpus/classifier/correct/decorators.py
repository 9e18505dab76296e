"""Own decorators on methods and functions: shapes are checked, times are taken, results are printed."""

import functools
import time

import torch


def says(function):
    """Prints what is called."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        print("->", function.__qualname__)
        result = function(*args, **kwargs)
        print("<-", function.__qualname__)
        return result

    return wrapped


def shapes(*dims):
    """Checks the number of dimensions of the tensors that come in."""

    def decorate(method):
        @functools.wraps(method)
        def wrapped(self, *tensors):
            for tensor, dim in zip(tensors, dims):
                assert tensor.dim() == dim, f"{method.__qualname__}: {tensor.dim()} dimensions, wanted {dim}"
            return method(self, *tensors)

        return wrapped

    return decorate


class timed:
    """Counts calls and seconds."""

    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function
        self.calls = 0
        self.seconds = 0.0

    def __call__(self, *args, **kwargs):
        start = time.perf_counter()
        try:
            return self.function(*args, **kwargs)
        finally:
            self.calls += 1
            self.seconds += time.perf_counter() - start


def callable_as_forward(cls):
    """Calling an object is calling its forward."""

    def __call__(self, *args):
        return self.forward(*args)

    cls.__call__ = __call__
    return cls


@callable_as_forward
class NLLLoss:
    @shapes(2, 1)
    def forward(self, outputs, labels):
        log_p = torch.log_softmax(outputs, dim=1)
        return -log_p[torch.arange(len(labels)), labels].sum() / len(labels)

    @shapes(2, 1)
    def backward(self, outputs, labels):
        grad = torch.exp(torch.log_softmax(outputs, dim=1))
        grad[torch.arange(len(labels)), labels] -= 1
        return grad / len(labels)


@callable_as_forward
class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    @shapes(2)
    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    @shapes(2)
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.sum(dim=0)


@callable_as_forward
class ReLU:
    @says
    def forward(self, x):
        self.x = x
        return torch.clamp(x, 0)

    @says
    def backward(self, dz):
        return dz * (self.x > 0)


@callable_as_forward
class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.gradients = {}

    @functools.cached_property
    def parameters(self):
        return {
            f"{name}.{letter}": getattr(getattr(self, name), letter)
            for name in ("fc1", "fc2", "fc3")
            for letter in ("W", "b")
        }

    def forward(self, x):
        steps = (self.fc1, self.relu1, self.fc2, self.relu2, self.fc3)
        return functools.reduce(lambda value, step: step(value), steps, x.reshape(len(x), -1))

    @shapes(2)
    @says
    def backward(self, dz):
        dz, self.gradients["fc3.W"], self.gradients["fc3.b"] = self.fc3.backward(dz)
        dz, self.gradients["fc2.W"], self.gradients["fc2.b"] = self.fc2.backward(self.relu2.backward(dz))
        _, self.gradients["fc1.W"], self.gradients["fc1.b"] = self.fc1.backward(self.relu1.backward(dz))


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    @says
    def step(self, gradients):
        for name, tensor in self.parameters.items():
            tensor -= self.lr * gradients[name]


@timed
def train(net, loss, optimizer, loader, epochs):
    means = []
    for epoch in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / count)
        print("epoch", epoch, means[-1])
    return means


@timed
def accuracy(net, loader):
    hits = count = 0
    for images, labels in loader:
        hits += (net(images).argmax(1) == labels).sum().item()
        count += len(labels)
    return hits / count


@timed
def accuracy_per_class(net, loader, num_classes=10):
    hits, count = [0] * num_classes, [0] * num_classes
    for images, labels in loader:
        for label, hit in zip(labels, net(images).argmax(1) == labels):
            count[label] += 1
            hits[label] += bool(hit)
    return [h / n if n else 0.0 for h, n in zip(hits, count)]


import torch


def save(net, file):
    torch.save(dict(net.parameters.items()), file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    before = {name: tensor.clone() for name, tensor in net.parameters.items()}
    try:
        if sorted(saved) != sorted(before):
            raise KeyError("names")
        for name, tensor in net.parameters.items():
            assert saved[name].size() == tensor.size(), name
            tensor[...] = saved[name]
    except (KeyError, AssertionError) as error:
        for name, tensor in net.parameters.items():
            tensor[...] = before[name]
        raise ValueError(f"this file does not fit: {error}") from error
