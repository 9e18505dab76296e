"""The shortest honest way: torch's own softmax and relu, no helper, no comment, no blank line too many."""

import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        return -torch.log_softmax(outputs, 1)[range(len(labels)), labels].mean()

    def backward(self, outputs, labels):
        d = torch.softmax(outputs, 1)
        d[range(len(labels)), labels] -= 1
        return d / len(labels)


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) * 0.05
        self.b = torch.randn(dim_out) * 0.05

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.sum(0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.a = torch.relu(x)
        return self.a

    def backward(self, dz):
        return dz * self.a.sign()


class Net:
    def __init__(self):
        self.fc1, self.fc2, self.fc3, self.r1, self.r2 = Linear(784, 120), Linear(120, 256), Linear(256, 10), ReLU(), ReLU()
        self.parameters = {k + p: vars(v)[p[1]] for k, v in vars(self).items() if k[0] == "f" for p in (".W", ".b")}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        return self.fc3(self.r2(self.fc2(self.r1(self.fc1(x.flatten(1))))))

    def backward(self, dz):
        dz, w3, b3 = self.fc3.backward(dz)
        dz, w2, b2 = self.fc2.backward(self.r2.backward(dz))
        dz, w1, b1 = self.fc1.backward(self.r1.backward(dz))
        self.gradients = {"fc1.W": w1, "fc1.b": b1, "fc2.W": w2, "fc2.b": b2, "fc3.W": w3, "fc3.b": b3}


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters, self.lr = parameters, lr

    def step(self, gradients):
        for k in self.parameters:
            self.parameters[k] -= self.lr * gradients[k]


def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        s = []
        for x, y in loader:
            z = net(x)
            s += [loss(z, y).item()] * len(y)
            net.backward(loss.backward(z, y))
            optimizer.step(net.gradients)
        means.append(sum(s) / len(s))
    return means


def accuracy(net, loader):
    h = [a for x, y in loader for a in (net(x).argmax(1) == y).tolist()]
    return sum(h) / len(h)


def accuracy_per_class(net, loader, num_classes=10):
    h = [[] for _ in range(num_classes)]
    for x, y in loader:
        for a, b in zip(net(x).argmax(1), y):
            h[b].append(int(a == b))
    return [sum(c) / len(c) if c else 0.0 for c in h]


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
