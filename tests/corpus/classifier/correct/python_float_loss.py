"""The loss is a plain Python float; Welford's running mean in train, Counter in the measures."""

from collections import Counter, defaultdict, deque

import torch


class RunningMean:
    """Welford's mean, each value with its weight."""

    def __init__(self):
        self.mean = 0.0
        self.weight = 0

    def update(self, value, weight):
        self.weight += weight
        self.mean += (value - self.mean) * weight / self.weight


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        mean = RunningMean()
        for scores, label in zip(outputs, labels):
            mean.update((scores.logsumexp(0) - scores[label]).item(), 1)
        return mean.mean

    def backward(self, outputs, labels):
        p = outputs.softmax(1)
        return torch.where(torch.arange(p.shape[1]) == labels[:, None], p - 1, p) / p.shape[0]


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W, self.b = torch.randn(dim_out, dim_in) * (2 / dim_in) ** 0.5, torch.full((dim_out,), 0.01)
        self.inputs = deque(maxlen=1)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.inputs.append(x)
        return (x[:, None, :] @ self.W.T[None, :, :])[:, 0, :] + self.b[None, :]

    def backward(self, dz):
        (x,) = self.inputs
        return (dz[:, None, :] @ self.W)[:, 0], dz.mT @ x, torch.ones(len(dz)) @ dz


class ReLU:
    def __init__(self):
        self.inputs = deque(maxlen=1)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.inputs.append(x)
        return torch.stack([x, torch.zeros_like(x)]).amax(0)

    def backward(self, dz):
        return torch.where(self.inputs[-1] > 0, dz, dz.new_zeros(()))


class Net:
    def __init__(self):
        self.stack = [Linear(784, 120), ReLU(), Linear(120, 256), ReLU(), Linear(256, 10)]
        self.parameters = {}
        for index, name in ((0, "fc1"), (2, "fc2"), (4, "fc3")):
            self.parameters[name + ".W"], self.parameters[name + ".b"] = self.stack[index].W, self.stack[index].b

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(-1, 784)
        for layer in self.stack:
            x = layer(x)
        return x

    def backward(self, dz):
        gradients = defaultdict(lambda: None)
        todo = list(self.stack)
        names = ["fc1", "fc2", "fc3"]
        while todo:
            layer = todo.pop()
            if isinstance(layer, ReLU):
                dz = layer.backward(dz)
            else:
                name = names.pop()
                dz, gradients[name + ".W"], gradients[name + ".b"] = layer.backward(dz)
        self.gradients = gradients


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr
        self.steps_done = 0

    def step(self, gradients):
        self.steps_done += 1
        for name in sorted(self.parameters):
            self.parameters[name].set_(self.parameters[name] - self.lr * gradients[name])


def train(net, loss, optimizer, loader, epochs):
    history = []
    for _ in range(epochs):
        mean = RunningMean()
        for images, labels in loader:
            outputs = net(images)
            mean.update(float(loss(outputs, labels)), len(labels))
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        history.append(mean.mean)
    return history


def count_pairs(net, loader):
    pairs = Counter()
    for images, labels in loader:
        pairs.update(zip(labels.tolist(), net(images).argmax(1).tolist()))
    return pairs


def accuracy(net, loader):
    pairs = count_pairs(net, loader)
    return sum(n for (label, guess), n in pairs.items() if label == guess) / sum(pairs.values())


def accuracy_per_class(net, loader, num_classes=10):
    pairs = count_pairs(net, loader)
    totals = Counter()
    for (label, _), n in pairs.items():
        totals[label] += n
    return [pairs[c, c] / totals[c] if totals[c] else 0.0 for c in range(num_classes)]


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
