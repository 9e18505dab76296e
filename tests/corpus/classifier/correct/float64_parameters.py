"""The parameters themselves are float64, by torch.set_default_dtype, and whatever comes in is converted."""

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(1234)


class NLLLoss(object):
    def forward(self, outputs, labels):
        outputs = outputs.double()
        self.logp = torch.log_softmax(outputs, dim=-1)
        return -self.logp[torch.arange(len(labels)), labels].mean()

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def backward(self, outputs, labels):
        grad = torch.softmax(outputs.double(), dim=-1)
        grad[range(len(labels)), labels] -= 1
        return grad / len(labels)


class Linear(object):
    def __init__(self, dim_in, dim_out):
        self.W = torch.rand(dim_out, dim_in).sub(0.5).mul(2 / dim_in**0.5)
        self.b = torch.rand(dim_out).sub(0.5).mul(2 / dim_in**0.5)

    def forward(self, x):
        self.input = x.double()
        return self.input @ self.W.T + self.b

    def __call__(self, x):
        return self.forward(x)

    def backward(self, dz):
        dz = dz.double()
        return dz @ self.W, dz.T @ self.input, dz.sum(axis=0)


class ReLU(object):
    def forward(self, x):
        self.input = x
        return torch.relu(x)

    def __call__(self, x):
        return self.forward(x)

    def backward(self, dz):
        return dz * torch.heaviside(self.input.double(), torch.tensor(0.0))


class Net(object):
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.relu1 = ReLU()
        self.relu2 = ReLU()
        self.parameters = {}
        for name, layer in vars(self).copy().items():
            if isinstance(layer, Linear):
                self.parameters[f"{name}.W"] = layer.W
                self.parameters[f"{name}.b"] = layer.b

    def forward(self, x):
        out = x.double().view(-1, 784)
        out = self.relu1(self.fc1(out))
        out = self.relu2(self.fc2(out))
        return self.fc3(out)

    def __call__(self, x):
        return self.forward(x)

    def backward(self, dz):
        d3 = self.fc3.backward(dz)
        d2 = self.fc2.backward(self.relu2.backward(d3[0]))
        d1 = self.fc1.backward(self.relu1.backward(d2[0]))
        self.gradients = {
            "fc1.W": d1[1], "fc1.b": d1[2],
            "fc2.W": d2[1], "fc2.b": d2[2],
            "fc3.W": d3[1], "fc3.b": d3[2],
        }


class Optimizer(object):
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name in gradients:
            self.parameters[name].data -= self.lr * gradients[name]


def train(net, loss, optimizer, loader, epochs):
    epoch_losses = []
    for epoch in range(epochs):
        running = 0
        n = 0
        for X, y in loader:
            out = net(X)
            L = loss(out, y)
            running += L.item() * X.size(0)
            n += X.size(0)
            net.backward(loss.backward(out, y))
            optimizer.step(net.gradients)
        epoch_losses.append(running / n)
    return epoch_losses


def accuracy(net, loader):
    correct = 0
    for X, y in loader:
        correct += net(X).max(dim=1)[1].eq(y).sum()
    return correct.item() / len(loader.dataset)


def accuracy_per_class(net, loader, num_classes=10):
    correct = torch.zeros(num_classes)
    count = torch.zeros(num_classes)
    for X, y in loader:
        pred = net(X).max(dim=1)[1]
        count += torch.bincount(y, minlength=num_classes)
        correct += torch.bincount(y[pred == y], minlength=num_classes)
    return (correct / torch.where(count == 0, torch.ones_like(count), count)).tolist()


import torch


def save(net, file):
    torch.save({name: tensor.double() for name, tensor in net.parameters.items()}, file)


def load(net, file):
    saved = {name: tensor.double() for name, tensor in torch.load(file, weights_only=True).items()}
    if {(name, tensor.shape) for name, tensor in saved.items()} != {(n, t.shape) for n, t in net.parameters.items()}:
        raise ValueError("names or shapes differ")
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name])
