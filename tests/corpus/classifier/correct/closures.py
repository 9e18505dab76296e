"""The classes are thin shells around closures: forward and backward are made together and share their memory."""

import torch


def make_linear(W, b):
    memory = {}

    def forward(x):
        memory["x"] = x
        return x @ W.T + b

    def backward(dz):
        return dz @ W, dz.T @ memory["x"], dz.sum(0)

    return forward, backward


def make_relu():
    positive = None

    def forward(x):
        nonlocal positive
        positive = x > 0
        return torch.where(positive, x, torch.zeros_like(x))

    def backward(dz):
        return torch.where(positive, dz, torch.zeros_like(dz))

    return forward, backward


def make_nll():
    def log_probabilities(outputs):
        shifted = outputs - outputs.max(1, keepdim=True)[0]
        return shifted - shifted.exp().sum(1, keepdim=True).log()

    def forward(outputs, labels):
        return -log_probabilities(outputs)[torch.arange(len(labels)), labels].mean()

    def backward(outputs, labels):
        onehot = torch.zeros_like(outputs)
        onehot[torch.arange(len(labels)), labels] = 1
        return (log_probabilities(outputs).exp() - onehot) / len(labels)

    return forward, backward


class NLLLoss:
    def __init__(self):
        self.forward, self.backward = make_nll()

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)
        self.forward, self.backward = make_linear(self.W, self.b)

    def __call__(self, x):
        return self.forward(x)


class ReLU:
    def __init__(self):
        self.forward, self.backward = make_relu()

    def __call__(self, x):
        return self.forward(x)


class Net:
    def __init__(self):
        fc1, fc2, fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        relu1, relu2 = ReLU(), ReLU()
        named = {"fc1": fc1, "fc2": fc2, "fc3": fc3}
        self.parameters = {f"{k}.{p}": getattr(v, p) for k, v in named.items() for p in ("W", "b")}
        self.gradients = {}

        def forward(x):
            return fc3(relu2(fc2(relu1(fc1(x.reshape(len(x), -1))))))

        def backward(dz):
            grads = {}
            for name, before in (("fc3", relu2.backward), ("fc2", relu1.backward), ("fc1", lambda d: d)):
                dx, grads[name + ".W"], grads[name + ".b"] = named[name].backward(dz)
                dz = before(dx)
            self.gradients = grads

        self.forward = forward
        self.backward = backward

    def __call__(self, x):
        return self.forward(x)


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        def step(gradients):
            for name, p in parameters.items():
                p -= lr * gradients[name]

        self.step = step


def make_average():
    total, weight = 0.0, 0

    def add(value, n):
        nonlocal total, weight
        total += value * n
        weight += n

    return add, lambda: total / weight


def train(net, loss, optimizer, loader, epochs):
    def epoch():
        add, mean = make_average()
        for images, labels in loader:
            outputs = net(images)
            add(float(loss(outputs, labels)), len(labels))
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        return mean()

    return [epoch() for _ in range(epochs)]


def accuracy(net, loader):
    add, mean = make_average()
    for images, labels in loader:
        add((net(images).argmax(1) == labels).float().mean().item(), len(labels))
    return mean()


def accuracy_per_class(net, loader, num_classes=10):
    averages = [make_average() for _ in range(num_classes)]
    found = set()
    for images, labels in loader:
        for prediction, label in zip(net(images).argmax(1).tolist(), labels.tolist()):
            averages[label][0](prediction == label, 1)
            found.add(label)
    return [averages[c][1]() if c in found else 0.0 for c in range(num_classes)]


import torch


def save(net, file):
    tensors = {}
    for name in net.parameters:
        tensors[name] = torch.empty(net.parameters[name].shape)
        flat, source = tensors[name].view(-1), net.parameters[name].reshape(-1)
        for i in range(len(source)):
            flat[i] = source[i]
    torch.save(tensors, file)


def load(net, file):
    tensors = torch.load(file, weights_only=True)
    for name in tensors:
        if name not in net.parameters:
            raise ValueError(name + " is not a parameter of this net")
    for name in net.parameters:
        if name not in tensors:
            raise ValueError(name + " is not in the file")
        if list(tensors[name].shape) != list(net.parameters[name].shape):
            raise ValueError(name + " has the wrong shape")
    for name in tensors:
        target = net.parameters[name]
        for i in range(target.shape[0]):
            target[i] = tensors[name][i]
