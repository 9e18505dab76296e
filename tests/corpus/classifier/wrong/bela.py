"""A submission with a known mistake.

Mistakes: acc-argmax-wrong-dim
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
    """Knick bei 0."""

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.offen = x > 0
        return torch.where(self.offen, x, torch.zeros_like(x))

    def backward(self, dz):
        return torch.where(self.offen, dz, torch.zeros_like(dz))


class Net:
    """Drei Schichten, dazwischen zwei Knicke."""

    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = {}
        for nummer, schicht in enumerate([self.fc1, self.fc2, self.fc3], start=1):
            self.parameters[f"fc{nummer}.W"] = schicht.W
            self.parameters[f"fc{nummer}.b"] = schicht.b
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        werte = x.reshape(x.shape[0], -1)
        for stufe in (self.fc1, self.relu1, self.fc2, self.relu2, self.fc3):
            werte = stufe(werte)
        return werte

    def backward(self, dz):
        for nummer, schicht, knick in ((3, self.fc3, self.relu2), (2, self.fc2, self.relu1), (1, self.fc1, None)):
            dz, gewichte, schwellen = schicht.backward(dz)
            self.gradients[f"fc{nummer}.W"] = gewichte
            self.gradients[f"fc{nummer}.b"] = schwellen
            if knick is not None:
                dz = knick.backward(dz)


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters, self.lr = parameters, lr

    def step(self, gradients):
        for name in sorted(self.parameters):
            self.parameters[name][...] = self.parameters[name] - gradients[name] * self.lr


def train(net, loss, optimizer, loader, epochs):
    curve = np.zeros(epochs)
    for e in range(epochs):
        values, weights = [], []
        for x, y in loader:
            z = net(x)
            values.append(float(loss(z, y)))
            weights.append(y.numel())
            net.backward(loss.backward(z, y))
            optimizer.step(net.gradients)
        curve[e] = np.average(values, weights=weights)
    return curve.tolist()


def accuracy(net, loader):
    n_right, n_all = 0, 0
    for images, labels in loader:
        scores = net(images)
        best_values, best_places = torch.max(scores, dim=0)
        n_right += int(torch.eq(best_places, labels).sum())
        n_all += labels.shape[0]
    return n_right / n_all


def accuracy_per_class(net, loader, num_classes=10):
    hits, count = [0] * num_classes, [0] * num_classes
    for images, labels in loader:
        for guess, label in zip(net(images).argmax(1).tolist(), labels.tolist()):
            count[label] += 1
            hits[label] += guess == label
    return [h / n if n else 0.0 for h, n in zip(hits, count)]


import torch


class WrongFile(ValueError):
    """A file of another net."""


def shapes_of(tensors):
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def save(net, file):
    torch.save({**net.parameters}, file)


def load(net, file):
    saved = torch.load(file, map_location="cpu", weights_only=True)
    if shapes_of(saved) != shapes_of(net.parameters):
        raise WrongFile(f"{shapes_of(saved)} in the file, {shapes_of(net.parameters)} in the net")
    for name, tensor in saved.items():
        net.parameters[name].zero_().add_(tensor)
