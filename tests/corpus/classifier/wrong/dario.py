"""A submission with a known mistake.

Mistakes: opt-pairs-by-position
"""

import numpy as np
import torch


class NLLLoss:
    """Softmax and NLL, the arithmetic is done with numpy in double precision."""

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    @staticmethod
    def _log_softmax(outputs):
        z = outputs.detach().cpu().numpy().astype(np.float64)
        z = z - z.max(axis=1, keepdims=True)
        return z - np.log(np.exp(z).sum(axis=1, keepdims=True))

    def forward(self, outputs, labels):
        logp = self._log_softmax(outputs)
        y = labels.cpu().numpy()
        return torch.tensor(-logp[np.arange(y.size), y].mean(), dtype=torch.float32)

    def backward(self, outputs, labels):
        p = np.exp(self._log_softmax(outputs))
        y = labels.cpu().numpy()
        p[np.arange(y.size), y] -= 1
        return torch.from_numpy(p / y.size).float()


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        dx = dz @ self.W
        dW = dz.T @ self.x
        db = dz.sum(dim=0)
        return dx, dW, db


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


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.tensors = [parameters[name] for name in parameters]
        self.lr = lr

    def step(self, gradients):
        for i, name in enumerate(gradients):
            self.tensors[i].sub_(self.lr * gradients[name])


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
    wrong = 0
    n = 0
    for images, labels in loader:
        _, predicted = torch.max(net(images), 1)
        wrong += int(torch.count_nonzero(predicted - labels))
        n += labels.size(0)
    return 1 - wrong / n


def accuracy_per_class(net, loader, num_classes=10):
    ergebnis = []
    for klasse in range(num_classes):
        richtig = gesamt = 0
        for bilder, ziffern in loader:
            meine = ziffern == klasse
            gesamt += int(meine.sum())
            richtig += int((net(bilder).argmax(dim=1)[meine] == klasse).sum())
        if gesamt == 0:
            ergebnis.append(0.0)
        else:
            ergebnis.append(richtig / gesamt)
    return ergebnis


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
