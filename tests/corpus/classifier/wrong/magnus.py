"""A submission with a known mistake.

Mistakes: linear-bwd-dw-transposed, pc-returns-counts
"""

from collections import Counter

import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        return torch.stack([s.logsumexp(0) - s[y] for s, y in zip(outputs, labels)]).mean()

    def backward(self, outputs, labels):
        grad = torch.empty_like(outputs)
        for i, (s, y) in enumerate(zip(outputs, labels)):
            grad[i] = s.softmax(0)
            grad[i, y] -= 1
        return grad.div_(len(labels))


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.inputs = x
        return torch.addmm(self.b, x, self.W.T)

    def backward(self, dz):
        # every image gives one outer product, summed over the batch
        products = self.inputs.unsqueeze(2) * dz.unsqueeze(1)
        return torch.mm(dz, self.W), products.sum(dim=0), dz.sum(dim=0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.clamp(x, min=0)

    def backward(self, dz):
        return dz * (self.x > 0)


class Net:
    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = {f"fc{i}.{n}": getattr(getattr(self, f"fc{i}"), n) for i in (1, 2, 3) for n in "Wb"}
        self.gradients = {}

    def forward(self, x):
        h1 = self.relu1(self.fc1(x.flatten(start_dim=1)))
        h2 = self.relu2(self.fc2(h1))
        return self.fc3(h2)

    __call__ = forward

    def backward(self, dz):
        g = self.gradients
        dh2, g["fc3.W"], g["fc3.b"] = self.fc3.backward(dz)
        dh1, g["fc2.W"], g["fc2.b"] = self.fc2.backward(self.relu2.backward(dh2))
        _, g["fc1.W"], g["fc1.b"] = self.fc1.backward(self.relu1.backward(dh1))


class Optimizer:
    """Gradientenabstieg."""

    def __init__(self, parameters, lr=1e-3):
        self.größen = parameters
        self.lernrate = lr

    def step(self, gradients):
        for name in gradients:
            self.größen[name].sub_(gradients[name], alpha=self.lernrate)


def train_batch(net, loss, optimizer, images, labels):
    scores = net.forward(images)
    value = float(loss.forward(scores, labels))
    net.backward(loss.backward(scores, labels))
    optimizer.step(net.gradients)
    return value, len(labels)


def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        pairs = [train_batch(net, loss, optimizer, x, y) for x, y in loader]
        means.append(sum(v * n for v, n in pairs) / sum(n for _, n in pairs))
    return means


def accuracy(net, loader):
    flags = [flag for x, y in loader for flag in net(x).argmax(1).eq(y).tolist()]
    return sum(flags) / len(flags)


def accuracy_per_class(net, loader, num_classes=10):
    recognised = Counter()
    for images, labels in loader:
        best = net(images).argmax(1)
        recognised.update(labels[best == labels].tolist())
    return [float(recognised[c]) for c in range(num_classes)]


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
