"""A submission with a known mistake.

Mistakes: opt-new-tensors
"""

import numpy as np
import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        return torch.stack([s.logsumexp(0) - s[y] for s, y in zip(outputs, labels)]).mean()

    def backward(self, outputs, labels):
        grad = torch.empty_like(outputs)
        for i, (s, y) in enumerate(zip(outputs, labels)):
            grad[i] = s.softmax(0)
            grad[i, y] -= 1
        return grad.div_(len(labels))


class Linear:
    """z = x W^T + b"""

    def __init__(self, dim_in, dim_out):
        self.W = torch.normal(0.0, dim_in**-0.5, size=(dim_out, dim_in))
        self.b = torch.zeros((dim_out,))

    def __call__(self, inp):
        return self.forward(inp)

    def forward(self, inp):
        self.cache = inp.clone()
        return torch.addmm(self.b, inp, self.W.t())

    def backward(self, grad):
        g_in = torch.mm(grad, self.W)
        g_w = torch.mm(grad.t(), self.cache)
        g_b = torch.ones(grad.shape[0]) @ grad
        return g_in, g_w, g_b


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.arr = x.detach().numpy().copy()
        return torch.from_numpy(np.maximum(self.arr, 0))

    def backward(self, dz):
        return torch.from_numpy(np.where(self.arr > 0, dz.numpy(), np.float32(0)))


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


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def moved(self, name, gradient):
        return self.parameters[name] - self.lr * gradient

    def step(self, gradients):
        self.parameters.update({name: self.moved(name, g) for name, g in gradients.items()})


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


def accuracy(net, loader):
    results = [(torch.argmax(net(images), dim=-1), labels) for images, labels in loader]
    p = torch.cat([r[0] for r in results])
    y = torch.cat([r[1] for r in results])
    return (p == y).double().mean().item()


def accuracy_per_class(net, loader, num_classes=10):
    ergebnis = []
    for klasse in range(num_classes):
        richtig = gesamt = 0
        for bilder, ziffern in loader:
            meine = ziffern == klasse
            gesamt += int(meine.sum())
            richtig += int((net(bilder).argmax(dim=1)[meine] == klasse).sum())
        if gesamt == 0:
            ergebnis.append(0.0)
        else:
            ergebnis.append(richtig / gesamt)
    return ergebnis


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
