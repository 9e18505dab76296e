"""A submission with a known mistake.

Mistakes: nll-epsilon-in-log
"""

import math

import torch


# Exercise 1
EPS = 1e-8


def wahrscheinlichkeiten(ausgaben):
    potenzen = torch.exp(ausgaben - ausgaben.amax(dim=1, keepdim=True))
    return potenzen / potenzen.sum(dim=1, keepdim=True)


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        p = wahrscheinlichkeiten(outputs)
        verlust = 0
        for zeile, ziffer in zip(p, labels):
            verlust = verlust - torch.log(EPS + zeile[ziffer])  # log(0) gibt es so nicht
        return verlust / len(labels)

    def backward(self, outputs, labels):
        treffer = torch.zeros_like(outputs)
        treffer[torch.arange(len(labels)), labels] = 1
        return (wahrscheinlichkeiten(outputs) - treffer) / len(labels)


# Exercise 2
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


# Exercise 3
class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        # (x + |x|) / 2 is x for positive numbers and 0 for the others
        self.result = (x + x.abs()) / 2
        return self.result

    def backward(self, dz):
        return dz * torch.sign(self.result)


# Exercise 4
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


# Exercise 5
class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, p in self.parameters.items():
            p -= self.lr * gradients[name]


# Exercise 6
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


# Exercise 7
def accuracy(net, loader):
    richtig = 0
    gesamt = 0
    for bilder, ziffern in loader:
        vorhersagen = net(bilder).max(dim=1).indices
        for vorhersage, ziffer in zip(vorhersagen.tolist(), ziffern.tolist()):
            if vorhersage == ziffer:
                richtig += 1
            gesamt += 1
    return richtig / gesamt


# Exercise 8
def accuracy_per_class(net, loader, num_classes=10):
    confusion = torch.zeros(num_classes, num_classes)
    for x, y in loader:
        for label, guess in zip(y, net(x).argmax(1)):
            confusion[label, guess] += 1
    return (confusion.diagonal() / confusion.sum(dim=1).clamp(min=1)).tolist()


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
