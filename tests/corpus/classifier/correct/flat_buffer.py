"""All parameters and all gradients of the net are views into two flat buffers."""

import math

import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        flat = torch.log_softmax(outputs, 1).reshape(-1)
        positions = torch.arange(len(labels)) * outputs.size(1) + labels
        return -flat.take(positions).sum() / len(labels)

    def backward(self, outputs, labels):
        flat = torch.softmax(outputs, 1).reshape(-1)
        positions = torch.arange(len(labels)) * outputs.size(1) + labels
        flat.put_(positions, -torch.ones(len(labels)), accumulate=True)
        return flat.div_(len(labels)).view_as(outputs)


class Linear:
    def __init__(self, dim_in, dim_out, buffer=None):
        """buffer: where W and b are to lie, one after the other; a new one if there is none."""
        if buffer is None:
            buffer = torch.empty(dim_out * (dim_in + 1))
        self.W = buffer[: dim_out * dim_in].view(dim_out, dim_in)
        self.b = buffer[dim_out * dim_in :]
        self.W.uniform_(-1, 1).mul_(math.sqrt(3 / dim_in))
        self.b.fill_(0.01)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return x.mm(self.W.t()).add(self.b)

    def backward(self, dz):
        return dz.mm(self.W), dz.t().mm(self.x), dz.sum(0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.a = x.relu()
        return self.a

    def backward(self, dz):
        return dz * (self.a > 0)


class Net:
    SHAPES = {"fc1": (784, 120), "fc2": (120, 256), "fc3": (256, 10)}

    def __init__(self):
        size = sum(o * (i + 1) for i, o in self.SHAPES.values())
        self.theta = torch.zeros(size)
        self.dtheta = torch.zeros(size)
        self.parameters, self.gradients, self.layers = {}, {}, {}
        start = 0
        for name, (i, o) in self.SHAPES.items():
            middle, end = start + i * o, start + i * o + o
            layer = Linear(i, o, self.theta[start:end])
            self.layers[name] = layer
            self.parameters[f"{name}.W"], self.parameters[f"{name}.b"] = layer.W, layer.b
            self.gradients[f"{name}.W"] = self.dtheta[start:middle].view(o, i)
            self.gradients[f"{name}.b"] = self.dtheta[middle:end]
            start = end
        self.relus = {"fc1": ReLU(), "fc2": ReLU()}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(len(x), -1)
        for name, layer in self.layers.items():
            x = layer(x)
            if name in self.relus:
                x = self.relus[name](x)
        return x

    def backward(self, dz):
        for name in reversed(self.layers):
            if name in self.relus:
                dz = self.relus[name].backward(dz)
            dz, dW, db = self.layers[name].backward(dz)
            self.gradients[f"{name}.W"].copy_(dW)
            self.gradients[f"{name}.b"].copy_(db)


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.views = [(name, tensor.view(-1)) for name, tensor in parameters.items()]
        self.lr = lr

    def step(self, gradients):
        for name, flat in self.views:
            flat -= self.lr * gradients[name].reshape(-1)


def train(net, loss, optimizer, loader, epochs):
    table = torch.zeros(epochs, 2, dtype=torch.float64)
    for row in table:
        for images, labels in loader:
            outputs = net(images)
            row += torch.tensor([float(loss(outputs, labels)) * len(labels), len(labels)])
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
    return (table[:, 0] / table[:, 1]).tolist()


def accuracy(net, loader):
    hits = torch.cat([net(images).argmax(1).eq(labels) for images, labels in loader])
    return hits.sum().item() / hits.numel()


def accuracy_per_class(net, loader, num_classes=10):
    counts = torch.zeros(2 * num_classes)
    for images, labels in loader:
        counts += torch.bincount(labels, minlength=2 * num_classes)
        right = labels[net(images).argmax(1) == labels]
        counts += torch.bincount(right + num_classes, minlength=2 * num_classes)
    total, hits = counts.view(2, -1)
    return torch.nan_to_num(hits / total).tolist()


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
