"""A submission with a known mistake.

Mistakes: pc-absent-class-divides-by-zero
"""

from collections import defaultdict

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


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        # (x + |x|) / 2 is x for positive numbers and 0 for the others
        self.result = (x + x.abs()) / 2
        return self.result

    def backward(self, dz):
        return dz * torch.sign(self.result)


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {
            "fc1.W": self.fc1.W,
            "fc1.b": self.fc1.b,
            "fc2.W": self.fc2.W,
            "fc2.b": self.fc2.b,
            "fc3.W": self.fc3.W,
            "fc3.b": self.fc3.b,
        }
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(x.shape[0], 784)
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)

    def backward(self, dz):
        da2, dW3, db3 = self.fc3.backward(dz)
        da1, dW2, db2 = self.fc2.backward(self.relu2.backward(da2))
        _, dW1, db1 = self.fc1.backward(self.relu1.backward(da1))
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, p in self.parameters.items():
            p -= self.lr * gradients[name]


def train(net, loss, optimizer, loader, epochs):
    mittelwerte = []
    for epoche in range(1, epochs + 1):
        summe = 0.0
        bilder_gesehen = 0
        for bilder, ziffern in loader:
            ausgaben = net(bilder)
            verlust = loss(ausgaben, ziffern)
            dz = loss.backward(ausgaben, ziffern)
            net.backward(dz)
            optimizer.step(net.gradients)
            summe += verlust.item() * ziffern.shape[0]
            bilder_gesehen += ziffern.shape[0]
        mittelwerte.append(summe / bilder_gesehen)
        print(f"Epoche {epoche}: {mittelwerte[-1]:.3f}")
    return mittelwerte


def accuracy(net, loader):
    richtig = 0
    gesamt = 0
    for bilder, ziffern in loader:
        vorhersagen = net(bilder).max(dim=1).indices
        for vorhersage, ziffer in zip(vorhersagen.tolist(), ziffern.tolist()):
            if vorhersage == ziffer:
                richtig += 1
            gesamt += 1
    return richtig / gesamt


def accuracy_per_class(net, loader, num_classes=10):
    outcomes = defaultdict(list)
    for images, labels in loader:
        right = net(images).argmax(dim=1) == labels
        for label, flag in zip(labels.tolist(), right.tolist()):
            outcomes[label].append(flag)
    return [sum(outcomes[c]) / len(outcomes[c]) for c in range(num_classes)]


import torch


class WrongFile(ValueError):
    """A file of another net."""


def shapes_of(tensors):
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def save(net, file):
    torch.save({**net.parameters}, file)


def load(net, file):
    saved = torch.load(file, map_location="cpu", weights_only=True)
    if shapes_of(saved) != shapes_of(net.parameters):
        raise WrongFile(f"{shapes_of(saved)} in the file, {shapes_of(net.parameters)} in the net")
    for name, tensor in saved.items():
        net.parameters[name].zero_().add_(tensor)
