"""Demo code at module level that fails, because a file is missing: what stands above and below it is right."""

import torch
from torch import exp, log, sum  # noqa: the shadowing is wanted


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def _softmax(self, outputs):
        e = exp(outputs - outputs.max(1, keepdim=True).values)
        return e / sum(e, 1, keepdim=True)

    def forward(self, outputs, labels):
        m = outputs.max(1).values
        lse = m + log(sum(exp((outputs.T - m).T), 1))
        return (lse - outputs.gather(1, labels.reshape(-1, 1)).reshape(-1)).mean()

    def backward(self, outputs, labels):
        t = torch.eye(outputs.shape[1])[labels]
        return (self._softmax(outputs) - t) / outputs.shape[0]


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W, self.b = torch.randn(dim_out, dim_in) / dim_in**0.5, torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return (self.W @ x.T).T + self.b

    def backward(self, dz):
        return (self.W.T @ dz.T).T, (self.x.T @ dz).T, sum(dz, 0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.max(torch.zeros_like(x), x)

    def backward(self, dz):
        dx = dz.clone()
        dx[self.x <= 0] = 0
        return dx


class Net:
    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = dict(
            [("fc%d.%s" % (i, p), getattr(getattr(self, "fc%d" % i), p)) for i in (1, 2, 3) for p in ("W", "b")]
        )

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.a = [x.reshape(x.size(0), 784)]
        self.a.append(self.relu1(self.fc1(self.a[0])))
        self.a.append(self.relu2(self.fc2(self.a[1])))
        return self.fc3(self.a[2])

    def backward(self, dz):
        g = self.gradients = {}
        dz, g["fc3.W"], g["fc3.b"] = self.fc3.backward(dz)
        dz, g["fc2.W"], g["fc2.b"] = self.fc2.backward(self.relu2.backward(dz))
        dz, g["fc1.W"], g["fc1.b"] = self.fc1.backward(self.relu1.backward(dz))


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.p = parameters
        self.lr = lr

    def step(self, gradients):
        for k, v in self.p.items():
            v.data = v.data - self.lr * gradients[k]


def train(net, loss, optimizer, loader, epochs):
    out = []
    for _ in range(epochs):
        s = n = 0
        for x, y in loader:
            z = net(x)
            s, n = s + len(y) * loss(z, y).item(), n + len(y)
            net.backward(loss.backward(z, y))
            optimizer.step(net.gradients)
        out += [s / n]
    return out


weights = torch.load("best_weights.pt")
net = Net()
for name in net.parameters:
    net.parameters[name].copy_(weights[name])
print("loaded", len(weights), "tensors")


def accuracy(net, loader):
    good = all_ = 0
    for x, y in loader:
        good += int(sum(net(x).argmax(1) == y))
        all_ += len(y)
    return good / all_


def accuracy_per_class(net, loader, num_classes=10):
    good, all_ = [0] * num_classes, [0] * num_classes
    for x, y in loader:
        guess = net(x).argmax(1)
        for c in range(num_classes):
            all_[c] += int(sum(y == c))
            good[c] += int(sum((y == c) * (guess == c)))
    return [g / a if a else 0.0 for g, a in zip(good, all_)]


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
