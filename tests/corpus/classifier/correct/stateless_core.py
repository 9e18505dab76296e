"""Pure functions do the work, on a tuple of arrays; the classes only hold what the functions return."""

from collections import namedtuple

import torch

Params = namedtuple("Params", "W1 b1 W2 b2 W3 b3")
Memory = namedtuple("Memory", "x z1 a1 z2 a2")
KEYS = dict(zip(Params._fields, ("fc1.W", "fc1.b", "fc2.W", "fc2.b", "fc3.W", "fc3.b")))


def affine(x, W, b):
    return torch.addmm(b, x, W.t())


def affine_gradients(x, W, dz):
    return dz @ W, dz.t() @ x, dz.sum(0)


def relu(z):
    return torch.relu(z)


def relu_gradient(z, da):
    return torch.where(z > 0, da, torch.zeros((), dtype=da.dtype))


def run(params, x):
    z1 = affine(x, params.W1, params.b1)
    a1 = relu(z1)
    z2 = affine(a1, params.W2, params.b2)
    a2 = relu(z2)
    return affine(a2, params.W3, params.b3), Memory(x, z1, a1, z2, a2)


def run_back(params, memory, dz3):
    da2, dW3, db3 = affine_gradients(memory.a2, params.W3, dz3)
    da1, dW2, db2 = affine_gradients(memory.a1, params.W2, relu_gradient(memory.z2, da2))
    _, dW1, db1 = affine_gradients(memory.x, params.W1, relu_gradient(memory.z1, da1))
    return Params(dW1, db1, dW2, db2, dW3, db3)


def named(params):
    return {KEYS[field]: tensor for field, tensor in params._asdict().items()}


def cross_entropy(outputs, labels):
    z = outputs - outputs.amax(1, keepdim=True)
    return (z.exp().sum(1).log() - z.gather(1, labels[:, None]).squeeze(1)).mean()


def cross_entropy_gradient(outputs, labels):
    n, k = outputs.shape
    hot = torch.zeros(n * k).index_fill_(0, torch.arange(n) * k + labels, 1.0).view(n, k)
    return (torch.softmax(outputs, 1) - hot) / n


def random_affine(dim_in, dim_out):
    return torch.randn(dim_out, dim_in) / dim_in**0.5, torch.zeros(dim_out)


class NLLLoss:
    forward = staticmethod(cross_entropy)
    backward = staticmethod(cross_entropy_gradient)

    def __call__(self, outputs, labels):
        return cross_entropy(outputs, labels)


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W, self.b = random_affine(dim_in, dim_out)

    def forward(self, x):
        self.x = x
        return affine(x, self.W, self.b)

    __call__ = forward

    def backward(self, dz):
        return affine_gradients(self.x, self.W, dz)


class ReLU:
    def forward(self, x):
        self.x = x
        return relu(x)

    __call__ = forward

    def backward(self, dz):
        return relu_gradient(self.x, dz)


class Net:
    """Doesn't use the two classes above: it has the functions."""

    def __init__(self):
        self._params = Params(*random_affine(784, 120), *random_affine(120, 256), *random_affine(256, 10))
        self.parameters = named(self._params)

    def forward(self, x):
        scores, self._memory = run(self._params, x.reshape(-1, 784))
        return scores

    __call__ = forward

    def backward(self, dz):
        self.gradients = named(run_back(self._params, self._memory, dz))


def descend(parameters, gradients, lr):
    for name, tensor in parameters.items():
        tensor -= lr * gradients[name]


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self._parameters, self._lr = parameters, lr

    def step(self, gradients):
        descend(self._parameters, gradients, self._lr)


def train(net, loss, optimizer, loader, epochs):
    def learn(images, labels):
        outputs = net(images)
        value = loss(outputs, labels)
        net.backward(loss.backward(outputs, labels))
        optimizer.step(net.gradients)
        return float(value) * len(labels), len(labels)

    def mean(pairs):
        totals, counts = zip(*pairs)
        return sum(totals) / sum(counts)

    return [mean([learn(images, labels) for images, labels in loader]) for _ in range(epochs)]


def predictions_and_labels(net, loader):
    rows = [torch.stack((net(images).argmax(1), labels)) for images, labels in loader]
    return torch.cat(rows, dim=1)


def accuracy(net, loader):
    p, y = predictions_and_labels(net, loader)
    return p.eq(y).double().mean().item()


def accuracy_per_class(net, loader, num_classes=10):
    p, y = predictions_and_labels(net, loader)
    return [p[y == c].eq(c).double().mean().nan_to_num().item() for c in range(num_classes)]


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
