"""A submission with a known mistake.

Mistakes: linear-fwd-no-bias, train-divides-by-images
"""

import numpy as np
import torch


# Exercise 1
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


# Exercise 2
class Linear:
    """Gewichtete Summen der Eingaben."""

    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in).div(dim_in**0.5)
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.eingabe = x
        z = torch.empty(x.shape[0], self.W.shape[0])
        for j, gewichte in enumerate(self.W):
            z[:, j] = (x * gewichte).sum(dim=1)
        return z

    def backward(self, dz):
        dx = dz @ self.W
        dW = dz.T @ self.eingabe
        db = dz.sum(dim=0)
        return dx, dW, db


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
    def __init__(self, parameters, lr=1e-3):
        self._pairs = list(parameters.items())
        self._rate = lr

    def step(self, gradients):
        for name, p in self._pairs:
            torch.sub(p, gradients[name], alpha=self._rate, out=p)


# Exercise 6
def train(net, loss, optimizer, loader, epochs):
    history = []
    for _ in range(epochs):
        batch_losses, sizes = [], []
        for images, labels in loader:
            outputs = net(images)
            batch_losses.append(float(loss(outputs, labels)))
            sizes.append(len(images))
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        # mean over the images of the epoch
        history.append(sum(batch_losses) / sum(sizes))
    return history


# Exercise 7
def accuracy(net, loader):
    hits = count = 0
    for images, labels in loader:
        hits += (net(images).argmax(dim=1) == labels).sum().item()
        count += len(labels)
    return hits / count


# Exercise 8
def accuracy_per_class(net, loader, num_classes=10):
    y, p = [], []
    for images, labels in loader:
        y += labels.tolist()
        p += net(images).argmax(1).tolist()
    y, p = np.array(y), np.array(p)
    shares = []
    for c in range(num_classes):
        of_class = y == c
        shares.append(float((p[of_class] == c).mean()) if of_class.any() else 0.0)
    return shares


import torch


def save(net, file):
    torch.save(net.parameters, file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    if saved.keys() != net.parameters.keys():
        raise ValueError("the file belongs to another net")
    for name in saved:
        if saved[name].shape != net.parameters[name].shape:
            raise ValueError(f"{name} has another shape")
    for name in saved:
        net.parameters[name].copy_(saved[name])
