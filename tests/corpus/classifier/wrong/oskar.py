"""A submission with a known mistake.

Mistakes: nll-bwd-stale-cache
"""

import torch


# -------------------- 1. NLLLoss --------------------

class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        shifted = outputs - outputs.max(1, keepdim=True).values
        self.log_p = shifted - shifted.exp().sum(1, keepdim=True).log()
        rows = torch.arange(labels.numel())
        return -self.log_p[rows, labels].mean()

    def backward(self, outputs, labels):
        # exp undoes the log, so the softmax need not be computed a second time
        onehot = torch.zeros_like(self.log_p)
        onehot.scatter_(1, labels[:, None], 1.0)
        return (self.log_p.exp() - onehot) / labels.numel()


# -------------------- 2. Linear --------------------

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


# -------------------- 3. ReLU --------------------

class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.closed = x <= 0
        return x.masked_fill(self.closed, 0.0)

    def backward(self, dz):
        return dz.masked_fill(self.closed, 0.0)


# -------------------- 4. Net --------------------

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


# -------------------- 5. Optimizer --------------------

class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters, self.lr = parameters, lr

    def step(self, gradients):
        for name in sorted(self.parameters):
            self.parameters[name][...] = self.parameters[name] - gradients[name] * self.lr


# -------------------- 6. train --------------------

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


# -------------------- 7. accuracy --------------------

def accuracy(net, loader):
    results = [(torch.argmax(net(images), dim=-1), labels) for images, labels in loader]
    p = torch.cat([r[0] for r in results])
    y = torch.cat([r[1] for r in results])
    return (p == y).double().mean().item()


# -------------------- 8. accuracy per class --------------------

def accuracy_per_class(net, loader, num_classes=10):
    hits, count = [0] * num_classes, [0] * num_classes
    for images, labels in loader:
        for guess, label in zip(net(images).argmax(1).tolist(), labels.tolist()):
            count[label] += 1
            hits[label] += guess == label
    return [h / n if n else 0.0 for h, n in zip(hits, count)]


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
