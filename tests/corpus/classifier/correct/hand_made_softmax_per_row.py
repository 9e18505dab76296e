"""The Jacobian of softmax for every row, as in a maths course, times the gradient of the logarithm."""

import torch


def softmax(row):
    e = torch.exp(row - row.max())
    return e / e.sum()


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        losses = []
        for row, y in zip(outputs, labels):
            others = row - row[y]  # the label's own is 0
            top = others.max()
            losses.append(top + torch.log(torch.exp(others - top).sum()))
        return torch.stack(losses).mean()

    def backward(self, outputs, labels):
        gradients = torch.zeros(outputs.shape, dtype=torch.float64)
        for i, (row, y) in enumerate(zip(outputs.double(), labels)):
            p = softmax(row)
            # -d log p[y] / dz = -(1 / p[y]) * row y of the Jacobian, where p[y] is cancelled by hand
            delta = torch.zeros_like(p)
            delta[y] = 1.0
            gradients[i] = -(delta - p)
        return (gradients / len(labels)).to(outputs.dtype)


class Linear:
    def __init__(self, dim_in, dim_out):
        g = torch.Generator()
        g.seed()
        self.W = torch.randn(dim_out, dim_in, generator=g) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.vstack([self.W @ row + self.b for row in x])

    def backward(self, dz):
        dx = torch.vstack([self.W.T @ row for row in dz])
        dW = sum(torch.outer(d, row) for d, row in zip(dz, self.x))
        db = sum(dz.unbind(0))
        return dx, dW, db


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.jacobian_diagonal = torch.ge(x, 0) & torch.ne(x, 0)
        return torch.where(self.jacobian_diagonal, x, 0)

    def backward(self, dz):
        return self.jacobian_diagonal * dz


class Net:
    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = {}
        for name in ["fc1", "fc2", "fc3"]:
            layer = self.__dict__[name]
            self.parameters |= {name + ".W": layer.W, name + ".b": layer.b}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        rows = torch.vstack([image.ravel() for image in x])
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(rows)))))

    def backward(self, dz):
        dz, dW3, db3 = self.fc3.backward(dz)
        dz, dW2, db2 = self.fc2.backward(self.relu2.backward(dz))
        dz, dW1, db1 = self.fc1.backward(self.relu1.backward(dz))
        self.gradients = {"fc3.W": dW3, "fc3.b": db3, "fc2.W": dW2, "fc2.b": db2, "fc1.W": dW1, "fc1.b": db1}


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, theta in self.parameters.items():
            torch.add(theta, gradients[name], alpha=-self.lr, out=theta)


def train(net, loss, optimizer, loader, epochs):
    J = []
    for _ in range(epochs):
        sum_of_losses, m = 0, 0
        for X, y in loader:
            outputs = net.forward(X)
            sum_of_losses += loss.forward(outputs, y) * len(y)
            m += len(y)
            net.backward(loss.backward(outputs, y))
            optimizer.step(net.gradients)
        J.append(float(sum_of_losses / m))
    return J


def accuracy(net, loader):
    hits = images = 0
    for X, y in loader:
        for row, label in zip(net.forward(X), y):
            hits += int(row[label] == row.max())
            images += 1
    return hits / images


def accuracy_per_class(net, loader, num_classes=10):
    share = []
    scores = torch.vstack([net.forward(X) for X, _ in loader])
    labels = torch.hstack([y for _, y in loader])
    for c in range(num_classes):
        mine = scores[labels == c]
        share.append(float(torch.mean((mine.argmax(1) == c).float())) if mine.shape[0] > 0 else 0.0)
    return share


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
