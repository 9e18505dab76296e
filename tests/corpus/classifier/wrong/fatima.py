"""A submission with a known mistake.

Mistakes: relu-bwd-no-mask, pc-mean-of-batches
"""

import torch


def accuracy(net, loader):
    results = [(torch.argmax(net(images), dim=-1), labels) for images, labels in loader]
    p = torch.cat([r[0] for r in results])
    y = torch.cat([r[1] for r in results])
    return (p == y).double().mean().item()


def accuracy_per_class(net, loader, num_classes=10):
    shares = [[] for _ in range(num_classes)]
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        for c in set(labels.tolist()):
            mine = labels == c
            shares[c].append((predicted[mine] == c).float().mean().item())
    return [sum(s) / len(s) if s else 0.0 for s in shares]


def train(net, loss, optimizer, loader, epochs):
    losses = []
    while len(losses) < epochs:
        seen = []
        for batch in loader:
            images, labels = batch
            outputs = net(images)
            batch_loss = loss(outputs, labels).item()
            seen.extend([batch_loss] * len(labels))
            gradient = loss.backward(outputs, labels)
            net.backward(gradient)
            optimizer.step(net.gradients)
        losses.append(sum(seen) / len(seen))
    return losses


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters, self.lr = parameters, lr

    def step(self, gradients):
        for name in sorted(self.parameters):
            self.parameters[name][...] = self.parameters[name] - gradients[name] * self.lr


class NLLLoss:
    def forward(self, outputs, labels):
        logp = torch.log_softmax(outputs, dim=1)
        return -logp.gather(1, labels.view(-1, 1)).mean()

    def backward(self, outputs, labels):
        n = outputs.shape[0]
        onehot = torch.zeros_like(outputs).scatter_(1, labels.view(-1, 1), 1.0)
        return (torch.softmax(outputs, dim=1) - onehot) / n

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.where(x > 0, x, torch.tensor(0.0))

    def backward(self, dz):
        # nothing to learn here, so there are no gradients of parameters
        dx = torch.empty_like(self.x)
        dx.copy_(dz)
        return dx


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        dx = dz @ self.W
        dW = dz.T @ self.x
        db = dz.sum(dim=0)
        return dx, dW, db


class Net:
    def __init__(self):
        self.fc1 = Linear(28 * 28, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.relu1 = ReLU()
        self.relu2 = ReLU()
        self.order = ["fc1", "relu1", "fc2", "relu2", "fc3"]
        self.parameters = {}
        for name in self.order:
            if name.startswith("fc"):
                layer = getattr(self, name)
                self.parameters[name + ".W"] = layer.W
                self.parameters[name + ".b"] = layer.b
        self.gradients = dict.fromkeys(self.parameters)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        out = x.view(x.size(0), -1)
        for name in self.order:
            out = getattr(self, name).forward(out)
        return out

    def backward(self, dz):
        for name in reversed(self.order):
            layer = getattr(self, name)
            if name.startswith("relu"):
                dz = layer.backward(dz)
            else:
                dz, self.gradients[name + ".W"], self.gradients[name + ".b"] = layer.backward(dz)


import torch


def save(net, file):
    torch.save({name: tensor.detach().clone() for name, tensor in net.parameters.items()}, file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    problems = [f"{name} is missing" for name in net.parameters if name not in saved]
    problems += [f"{name} is unknown" for name in saved if name not in net.parameters]
    for name in set(saved) & set(net.parameters):
        if tuple(saved[name].shape) != tuple(net.parameters[name].shape):
            problems.append(f"{name} should be {tuple(net.parameters[name].shape)}")
    if problems:
        raise ValueError("; ".join(problems))
    for name, tensor in net.parameters.items():
        tensor.data.copy_(saved[name])
