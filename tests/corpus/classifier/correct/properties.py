"""parameters and gradients are properties that collect afresh what the layers hold; W is a view of its transpose."""

import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        return torch.mean(torch.logsumexp(outputs, dim=1) - torch.take_along_dim(outputs, labels[:, None], 1)[:, 0])

    def backward(self, outputs, labels):
        classes = torch.arange(outputs.shape[1])
        onehot = labels[:, None] == classes[None, :]
        return (torch.exp(outputs - torch.logsumexp(outputs, dim=1, keepdim=True)) - onehot.float()) / len(onehot)


class Linear:
    def __init__(self, dim_in, dim_out):
        self._weights = torch.randn(dim_in, dim_out) / dim_in**0.5
        self._bias = torch.zeros(1, dim_out)
        self._dW = self._db = None

    @property
    def W(self):
        return self._weights.T

    @property
    def b(self):
        return self._bias[0]

    @property
    def dim_in(self):
        return self._weights.shape[0]

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        assert x.shape[1] == self.dim_in
        self._x = x
        return x @ self._weights + self._bias

    def backward(self, dz):
        self._dW = dz.T @ self._x
        self._db = dz.sum(0)
        return dz @ self._weights.T, self._dW, self._db


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self._x = x
        return (x + x.abs()) / 2

    def backward(self, dz):
        return dz * (1 + self._x.sign()).div(2).floor()


class Net:
    def __init__(self):
        self._layers = [Linear(784, 120), ReLU(), Linear(120, 256), ReLU(), Linear(256, 10)]

    @property
    def _linears(self):
        return {f"fc{i}": layer for i, layer in enumerate(self._layers[::2], 1)}

    @property
    def parameters(self):
        return {f"{name}.{p}": getattr(layer, p) for name, layer in self._linears.items() for p in ("W", "b")}

    @property
    def gradients(self):
        return {f"{name}.{p}": getattr(layer, "_d" + p) for name, layer in self._linears.items() for p in ("W", "b")}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(-1, 784)
        for layer in self._layers:
            x = layer(x)
        return x

    def backward(self, dz):
        for layer in reversed(self._layers):
            dz = layer.backward(dz)
            if isinstance(dz, tuple):
                dz = dz[0]


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self._parameters = parameters
        self._lr = lr

    @property
    def lr(self):
        return self._lr

    @lr.setter
    def lr(self, value):
        assert value > 0
        self._lr = value

    def step(self, gradients):
        for name, gradient in gradients.items():
            self._parameters[name].add_(-self.lr * gradient)


def train(net, loss, optimizer, loader, epochs):
    means = []
    while len(means) < epochs:
        total = 0.0
        for images, labels in loader:
            outputs = net(images)
            total += float(loss(outputs, labels)) * images.shape[0]
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(total / len(loader.dataset))
    return means


def accuracy(net, loader):
    return sum((net(x).argmax(1) == y).sum().item() for x, y in loader) / len(loader.dataset)


def accuracy_per_class(net, loader, num_classes=10):
    hits, images = [0] * num_classes, [0] * num_classes
    for x, y in loader:
        for label, prediction in zip(y.tolist(), net(x).argmax(1).tolist()):
            images[label] += 1
            hits[label] += label == prediction
    return [h / n if n else float("nan") for h, n in zip(hits, images)]


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
