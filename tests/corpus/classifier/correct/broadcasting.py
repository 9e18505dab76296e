"""Broadcasting instead of matrix products where it is affordable, and comparisons instead of indices."""

import torch

CLASSES = torch.arange(1000)


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def member(self, outputs, labels):
        return CLASSES[: outputs.shape[1]].unsqueeze(0).eq(labels.unsqueeze(1))

    def forward(self, outputs, labels):
        differences = outputs[:, None, :] - outputs[:, :, None]  # [i, a, c]: how far c is above a
        of_label = differences[self.member(outputs, labels)]  # (N, K)
        top = of_label.amax(dim=1, keepdim=True)  # at least 0: the label itself is among them
        return (top.squeeze(1) + (of_label - top).exp().sum(1).log()).mean()

    def backward(self, outputs, labels):
        differences = outputs[:, None, :] - outputs[:, :, None]
        p = 1 / differences.exp().sum(dim=2)  # an infinite sum is a probability of 0
        return p.sub(self.member(outputs, labels).float()).div(float(labels.numel()))


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn((dim_out, dim_in)).mul_((1 / dim_in) ** 0.5)
        self.b = torch.zeros((dim_out,))

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        if x.numel() * len(self.b) < 100_000:
            return (x[:, None, :] * self.W[None, :, :]).sum(dim=-1) + self.b
        return x @ self.W.T + self.b

    def backward(self, dz):
        if self.x.numel() * len(self.b) < 100_000:
            dx = (dz[:, :, None] * self.W[None, :, :]).sum(dim=1)
            dW = (dz[:, :, None] * self.x[:, None, :]).sum(dim=0)
        else:
            dx = dz @ self.W
            dW = dz.T @ self.x
        return dx, dW, dz.sum(dim=0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.fmax(x, torch.tensor(0.0))

    def backward(self, dz):
        return dz - dz * (self.x <= 0)


class Net:
    def __init__(self):
        self.fc1, self.relu1 = Linear(784, 120), ReLU()
        self.fc2, self.relu2 = Linear(120, 256), ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {}
        for name, layer in (("fc1", self.fc1), ("fc2", self.fc2), ("fc3", self.fc3)):
            self.parameters[name + ".W"] = layer.W
            self.parameters[name + ".b"] = layer.b
        self.gradients = dict.fromkeys(self.parameters)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        h = self.relu1(self.fc1(torch.reshape(x, (-1, 784))))
        return self.fc3(self.relu2(self.fc2(h)))

    def backward(self, dz):
        dh, self.gradients["fc3.W"], self.gradients["fc3.b"] = self.fc3.backward(dz)
        dh, self.gradients["fc2.W"], self.gradients["fc2.b"] = self.fc2.backward(self.relu2.backward(dh))
        dh, self.gradients["fc1.W"], self.gradients["fc1.b"] = self.fc1.backward(self.relu1.backward(dh))


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = torch.tensor(lr)

    def step(self, gradients):
        torch._foreach_sub_(
            list(self.parameters.values()), [self.lr * gradients[name] for name in self.parameters]
        )


def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        values = torch.tensor([])
        counts = torch.tensor([])
        for images, labels in loader:
            outputs = net(images)
            values = torch.cat([values, loss(outputs, labels)[None]])
            counts = torch.cat([counts, torch.tensor([float(len(labels))])])
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(float((values * counts).sum() / counts.sum()))
    return means


def accuracy(net, loader):
    p, y = zip(*[(net(images).argmax(1), labels) for images, labels in loader])
    return 1.0 - float((torch.cat(p) != torch.cat(y)).double().mean())


def accuracy_per_class(net, loader, num_classes=10):
    p, y = zip(*[(net(images).argmax(1), labels) for images, labels in loader])
    is_class = torch.cat(y)[None, :] == CLASSES[:num_classes, None]
    hits = (is_class & (torch.cat(p) == torch.cat(y))).sum(1)
    shares = torch.true_divide(hits, is_class.sum(1))
    return torch.where(is_class.any(1), shares, torch.zeros(())).tolist()


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
