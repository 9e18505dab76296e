"""A submission with a known mistake.

Mistakes: acc-mean-of-batches
"""

import statistics

import numpy as np
import torch


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.from_numpy(np.random.normal(size=(dim_out, dim_in)) / np.sqrt(dim_in)).float()
        self.b = torch.from_numpy(np.zeros(dim_out)).float()

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.saved = x
        z = x.matmul(self.W.transpose(0, 1))
        return z.add(self.b)

    def backward(self, dz):
        x, self_w = self.saved, self.W
        return dz.matmul(self_w), dz.transpose(0, 1).matmul(x), dz.sum(0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        a = x.clone()
        a[a < 0] = 0
        self.where_positive = x > 0
        return a

    def backward(self, dz):
        dx = dz.clone()
        dx[~self.where_positive] = 0
        return dx


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


def verschobene_werte(werte):
    # das Maximum jeder Zeile abziehen, sonst läuft exp über
    return werte - werte.max(dim=1, keepdim=True)[0]


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        v = verschobene_werte(outputs)
        log_summe = v.exp().sum(dim=1).log()
        gesucht = v[torch.arange(len(labels)), labels]
        return (log_summe - gesucht).mean()

    def backward(self, outputs, labels):
        e = verschobene_werte(outputs).exp()
        p = e / e.sum(dim=1, keepdim=True)
        p[torch.arange(len(labels)), labels] -= 1.0
        return p / len(labels)


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self._pairs = list(parameters.items())
        self._rate = lr

    def step(self, gradients):
        for name, p in self._pairs:
            torch.sub(p, gradients[name], alpha=self._rate, out=p)


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


def share_of_batch(scores, labels):
    return float((scores.argmax(dim=1) == labels).double().mean())


def accuracy(net, loader):
    return statistics.fmean(share_of_batch(net(images), labels) for images, labels in loader)


def accuracy_per_class(net, loader, num_classes=10):
    right = torch.zeros(num_classes)
    seen = torch.zeros(num_classes)
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        seen += torch.bincount(labels, minlength=num_classes)
        right += torch.bincount(labels[predicted == labels], minlength=num_classes)
    return [float(r / s) if s > 0 else 0.0 for r, s in zip(right, seen)]


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
