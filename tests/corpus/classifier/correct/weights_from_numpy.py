"""Weights from NumPy's legacy generator as float64 arrays turned into float32, one column of outputs at a time."""

import math

import numpy as np
import torch

np.random.seed(7)
rs = np.random.RandomState(99)


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        total = np.float64(0)
        for z, y in zip(outputs.numpy().astype(np.float64), labels.numpy()):
            total += np.logaddexp.reduce(z) - z[y]
        return torch.tensor(total / len(labels))

    def backward(self, outputs, labels):
        z = outputs.numpy().astype(np.float64)
        p = np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))
        p -= np.eye(z.shape[1])[labels.numpy()]
        return torch.from_numpy(p / len(p)).float()


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.tensor(rs.randn(dim_out, dim_in) / math.sqrt(dim_in), dtype=torch.float32)
        self.b = torch.tensor(np.random.uniform(-0.1, 0.1, dim_out), dtype=torch.float32)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        columns = [x @ self.W[j] + self.b[j] for j in range(self.W.shape[0])]
        return torch.stack(columns, dim=1)

    def backward(self, dz):
        dx = torch.zeros_like(self.x)
        rows = []
        for j in range(self.W.shape[0]):
            dx += dz[:, j : j + 1] * self.W[j]
            rows.append(dz[:, j] @ self.x)
        return dx, torch.stack(rows), torch.cat([column.sum().reshape(1) for column in dz.T])


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = np.array(x)
        return torch.tensor(np.clip(self.x, 0, None))

    def backward(self, dz):
        out = np.array(dz)
        out[~(self.x > 0)] = 0
        return torch.tensor(out)


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.relu1 = ReLU()
        self.relu2 = ReLU()
        self.parameters = {
            "fc1.W": self.fc1.W,
            "fc1.b": self.fc1.b,
            "fc2.W": self.fc2.W,
            "fc2.b": self.fc2.b,
            "fc3.W": self.fc3.W,
            "fc3.b": self.fc3.b,
        }

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        flat = torch.tensor(np.asarray(x).reshape(len(x), 784))
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(flat)))))

    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(self.relu2.backward(dz))
        dz, dW1, db1 = self.fc1.backward(self.relu1.backward(dz))
        self.gradients = {}
        for key, value in zip(("fc1.W", "fc1.b", "fc2.W", "fc2.b", "fc3.W", "fc3.b"), (dW1, db1, dW2, db2, dW3, db3)):
            self.gradients[key] = value


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for key, value in self.parameters.items():
            value[...] = torch.from_numpy(value.numpy() - np.float32(self.lr) * gradients[key].numpy())


def train(net, loss, optimizer, loader, epochs):
    curve = np.empty((0,))
    for _ in range(epochs):
        values = np.array([])
        sizes = np.array([], dtype=int)
        for images, labels in loader:
            outputs = net(images)
            values = np.append(values, loss(outputs, labels).item())
            sizes = np.append(sizes, len(labels))
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        curve = np.append(curve, np.dot(values, sizes) / sizes.sum())
    return curve.tolist()


def accuracy(net, loader):
    hits = np.concatenate([net(x).numpy().argmax(-1) == y.numpy() for x, y in loader])
    return hits.mean()


def accuracy_per_class(net, loader, num_classes=10):
    p = np.concatenate([net(x).numpy().argmax(-1) for x, _ in loader])
    y = np.concatenate([y.numpy() for _, y in loader])
    hits, _ = np.histogram(y[p == y], bins=np.arange(num_classes + 1))
    total, _ = np.histogram(y, bins=np.arange(num_classes + 1))
    return [np.float64(h) / n if n else 0.0 for h, n in zip(hits, total)]


import numpy as np
import torch


def save(net, file):
    arrays = {name: np.array(tensor.detach().numpy()) for name, tensor in net.parameters.items()}
    torch.save({name: torch.from_numpy(array) for name, array in arrays.items()}, file)


def load(net, file):
    arrays = {name: tensor.numpy() for name, tensor in torch.load(file, weights_only=True).items()}
    wanted = {name: tensor.detach().numpy() for name, tensor in net.parameters.items()}
    if set(arrays) != set(wanted):
        raise ValueError(f"other names: {sorted(set(arrays) ^ set(wanted))}")
    if not all(arrays[name].shape == wanted[name].shape for name in wanted):
        raise ValueError("other shapes")
    for name, array in wanted.items():
        np.copyto(array, arrays[name])  # shares its memory with the tensor
