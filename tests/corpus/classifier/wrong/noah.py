"""A submission with a known mistake.

Mistakes: train-total-not-reset
"""

import math

import numpy as np
import torch


# Exercise 1
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


# Exercise 2
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


# Exercise 3
class ReLU:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = (x > 0).to(x.dtype)
        return self.mask * x

    __call__ = forward

    def backward(self, dz):
        return self.mask * dz


# Exercise 4
SIZES = (784, 120, 256, 10)


class Net:
    def __init__(self):
        self.linears = [Linear(a, b) for a, b in zip(SIZES, SIZES[1:])]
        self.relus = [ReLU() for _ in range(2)]
        self.fc1, self.fc2, self.fc3 = self.linears
        self.relu1, self.relu2 = self.relus
        self.parameters = {}
        for i, layer in enumerate(self.linears):
            self.parameters.update({f"fc{i + 1}.W": layer.W, f"fc{i + 1}.b": layer.b})
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        h = x.flatten(1)
        for linear, relu in zip(self.linears, self.relus):
            h = relu(linear(h))
        return self.linears[-1](h)

    def backward(self, dz):
        fresh = {}
        for i in (2, 1, 0):
            if i < 2:
                dz = self.relus[i].backward(dz)
            dz, fresh[f"fc{i + 1}.W"], fresh[f"fc{i + 1}.b"] = self.linears[i].backward(dz)
        self.gradients = fresh


# Exercise 5
class Optimizer:
    """Gradientenabstieg."""

    def __init__(self, parameters, lr=1e-3):
        self.größen = parameters
        self.lernrate = lr

    def step(self, gradients):
        for name in gradients:
            self.größen[name].sub_(gradients[name], alpha=self.lernrate)


# Exercise 6
def train(net, loss, optimizer, loader, epochs):
    verlauf = []
    summe = 0.0
    for epoche in range(epochs):
        bilder_gesehen = 0
        for bilder, ziffern in loader:
            ausgaben = net(bilder)
            anzahl = ziffern.numel()
            summe += anzahl * float(loss(ausgaben, ziffern))
            bilder_gesehen += anzahl
            net.backward(loss.backward(ausgaben, ziffern))
            optimizer.step(net.gradients)
        verlauf.append(summe / bilder_gesehen)
    return verlauf


# Exercise 7
def accuracy(net, loader):
    flags = [flag for x, y in loader for flag in net(x).argmax(1).eq(y).tolist()]
    return sum(flags) / len(flags)


# Exercise 8
def accuracy_per_class(net, loader, num_classes=10):
    confusion = torch.zeros(num_classes, num_classes)
    for x, y in loader:
        for label, guess in zip(y, net(x).argmax(1)):
            confusion[label, guess] += 1
    return (confusion.diagonal() / confusion.sum(dim=1).clamp(min=1)).tolist()


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
