"""A submission with a known mistake.

Mistakes: net-shared-relu
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import einsum


# -------------------- 1. NLLLoss --------------------

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


# -------------------- 2. Linear --------------------

class Linear:
    def __init__(self, dim_in, dim_out):
        grenze = (6 / (dim_in + dim_out)) ** 0.5
        self.W = torch.empty(dim_out, dim_in).uniform_(-grenze, grenze)
        self.b = torch.zeros(dim_out)
        self._eingabe = None

    def forward(self, x):
        self._eingabe = x
        return einsum("jm,im->ij", self.W, x) + self.b

    __call__ = forward

    def backward(self, dz):
        return (
            einsum("ij,jm->im", dz, self.W),
            einsum("ij,im->jm", dz, self._eingabe),
            einsum("ij->j", dz),
        )


# -------------------- 3. ReLU --------------------

class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.closed = x <= 0
        return x.masked_fill(self.closed, 0.0)

    def backward(self, dz):
        return dz.masked_fill(self.closed, 0.0)


# -------------------- 4. Net --------------------

class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        act = ReLU()  # has no parameters
        self.chain = [("fc1", self.fc1), ("", act), ("fc2", self.fc2), ("", act), ("fc3", self.fc3)]
        self.parameters = {}
        for name, layer in self.chain:
            if name:
                self.parameters[f"{name}.W"] = layer.W
                self.parameters[f"{name}.b"] = layer.b
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(len(x), -1)
        for _, layer in self.chain:
            x = layer(x)
        return x

    def backward(self, dz):
        for name, layer in self.chain[::-1]:
            if name:
                dz, self.gradients[f"{name}.W"], self.gradients[f"{name}.b"] = layer.backward(dz)
            else:
                dz = layer.backward(dz)


# -------------------- 5. Optimizer --------------------

@dataclass
class Optimizer:
    parameters: dict
    lr: float = 1e-3

    def step(self, gradients):
        for key, tensor in self.parameters.items():
            tensor.add_(gradients[key], alpha=-self.lr)


# -------------------- 6. train --------------------

def train(net, loss, optimizer, loader, epochs):
    mittelwerte = []
    for epoche in range(1, epochs + 1):
        summe = 0.0
        bilder_gesehen = 0
        for bilder, ziffern in loader:
            ausgaben = net(bilder)
            verlust = loss(ausgaben, ziffern)
            dz = loss.backward(ausgaben, ziffern)
            net.backward(dz)
            optimizer.step(net.gradients)
            summe += verlust.item() * ziffern.shape[0]
            bilder_gesehen += ziffern.shape[0]
        mittelwerte.append(summe / bilder_gesehen)
        print(f"Epoche {epoche}: {mittelwerte[-1]:.3f}")
    return mittelwerte


# -------------------- 7. accuracy --------------------

def accuracy(net, loader):
    guesses, truth = [], []
    for x, y in loader:
        guesses.append(np.argmax(net(x).detach().numpy(), axis=1))
        truth.append(y.numpy())
    return float(np.mean(np.concatenate(guesses) == np.concatenate(truth)))


# -------------------- 8. accuracy per class --------------------

def accuracy_per_class(net, loader, num_classes=10):
    right = torch.zeros(num_classes)
    seen = torch.zeros(num_classes)
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        seen += torch.bincount(labels, minlength=num_classes)
        right += torch.bincount(labels[predicted == labels], minlength=num_classes)
    return [float(r / s) if s > 0 else 0.0 for r, s in zip(right, seen)]


import io
from collections import OrderedDict

import torch


def save(net, file):
    buffer = io.BytesIO()
    torch.save(OrderedDict((name, tensor.clone()) for name, tensor in net.parameters.items()), buffer)
    file.write(buffer.getvalue())


def load(net, file):
    saved = torch.load(io.BytesIO(file.read()), weights_only=True)
    if len(saved) != len(net.parameters):
        raise ValueError(f"{len(saved)} tensors in place of {len(net.parameters)}")
    pairs = []
    for name, tensor in net.parameters.items():
        if name not in saved or saved[name].shape != tensor.shape:
            raise ValueError(f"{name} doesn't fit")
        pairs.append((tensor, saved[name]))
    with torch.no_grad():
        for tensor, other in pairs:
            tensor.copy_(other)
