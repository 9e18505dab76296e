"""A submission with a known mistake.

Mistakes: train-return-in-loop
"""

import numpy as np
import torch


class NLLLoss:
    """Mean negative log likelihood."""

    def __call__(self, scores, targets):
        return self.forward(scores, targets)

    def _one_hot(self, targets, k):
        return (targets.unsqueeze(1) == torch.arange(k).unsqueeze(0)).float()

    def _log_probs(self, scores):
        return scores - torch.logsumexp(scores, dim=1, keepdim=True)

    def forward(self, outputs, labels):
        hot = self._one_hot(labels, outputs.size(1))
        per_image = (hot * self._log_probs(outputs)).sum(dim=1)
        return -per_image.mean()

    def backward(self, outputs, labels):
        probs = torch.softmax(outputs, dim=-1)
        return (probs - self._one_hot(labels, outputs.size(1))) / outputs.size(0)


class Linear:
    """Vollständig verbundene Schicht."""

    def __init__(self, dim_in, dim_out):
        streuung = dim_in ** (-1 / 2)
        self.W = streuung * torch.randn(dim_out, dim_in)
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.gemerkt = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        # Maße: (N, aus) mal (aus, ein) ergibt (N, ein)
        nach_links = dz @ self.W
        gewichte = dz.T @ self.gemerkt
        schwellen = dz.sum(dim=0)
        return nach_links, gewichte, schwellen


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


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, p in self.parameters.items():
            p -= self.lr * gradients[name]


def run_epoch(net, loss, optimizer, loader):
    values = []
    for images, labels in loader:
        outputs = net(images)
        values += [loss(outputs, labels).item()] * len(labels)
        net.backward(loss.backward(outputs, labels))
        optimizer.step(net.gradients)
    return values


def train(net, loss, optimizer, loader, epochs):
    means = []
    epoch = 0
    while epoch < epochs:
        values = run_epoch(net, loss, optimizer, loader)
        means.append(sum(values) / len(values))
        epoch += 1
        print("epoch", epoch, "of", epochs, "mean loss", means[-1])
        return means


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
