"""A submission with a known mistake.

Mistakes: relu-bwd-returns-mask
"""

import torch


class Linear:
    """Vollständig verbundene Schicht."""

    def __init__(self, dim_in, dim_out):
        streuung = dim_in ** (-1 / 2)
        self.W = streuung * torch.randn(dim_out, dim_in)
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.gemerkt = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        # Maße: (N, aus) mal (aus, ein) ergibt (N, ein)
        nach_links = dz @ self.W
        gewichte = dz.T @ self.gemerkt
        schwellen = dz.sum(dim=0)
        return nach_links, gewichte, schwellen


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.eingang = x
        return torch.maximum(x, torch.zeros_like(x))

    def backward(self, dz):
        # die Ableitung ist 1 rechts vom Knick und 0 links davon
        ableitung = torch.ones_like(dz)
        ableitung[self.eingang <= 0] = 0
        return ableitung


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.relu1 = ReLU()
        self.relu2 = ReLU()
        self.parameters = self.collect([(l.W, l.b) for l in (self.fc1, self.fc2, self.fc3)])
        self.gradients = {}

    @staticmethod
    def collect(pairs):
        named = {}
        for number, (weights, bias) in enumerate(pairs, 1):
            named["fc%d.W" % number] = weights
            named["fc%d.b" % number] = bias
        return named

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        z1 = self.fc1(x.reshape(-1, 784))
        a1 = self.relu1(z1)
        z2 = self.fc2(a1)
        a2 = self.relu2(z2)
        return self.fc3(a2)

    def backward(self, dz):
        da2, *third = self.fc3.backward(dz)
        dz2 = self.relu2.backward(da2)
        da1, *second = self.fc2.backward(dz2)
        dz1 = self.relu1.backward(da1)
        _, *first = self.fc1.backward(dz1)
        self.gradients = self.collect([first, second, third])


def verschobene_werte(werte):
    # das Maximum jeder Zeile abziehen, sonst läuft exp über
    return werte - werte.max(dim=1, keepdim=True)[0]


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        v = verschobene_werte(outputs)
        log_summe = v.exp().sum(dim=1).log()
        gesucht = v[torch.arange(len(labels)), labels]
        return (log_summe - gesucht).mean()

    def backward(self, outputs, labels):
        e = verschobene_werte(outputs).exp()
        p = e / e.sum(dim=1, keepdim=True)
        p[torch.arange(len(labels)), labels] -= 1.0
        return p / len(labels)


class Optimizer:
    def __init__(self, parameters, lr=0.001):
        self.params = parameters
        self.lr = lr

    def step(self, gradients):
        for k in self.params.keys():
            moved = self.params[k] - self.lr * gradients[k]
            self.params[k].copy_(moved)


def train(net, loss, optimizer, loader, epochs):
    history = []
    for epoch in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            value = loss(outputs, labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
            total += float(value) * len(labels)
            count += len(labels)
        history.append(total / count)
    return history


def accuracy(net, loader):
    wrong = 0
    n = 0
    for images, labels in loader:
        _, predicted = torch.max(net(images), 1)
        wrong += int(torch.count_nonzero(predicted - labels))
        n += labels.size(0)
    return 1 - wrong / n


def accuracy_per_class(net, loader, num_classes=10):
    confusion = torch.zeros(num_classes, num_classes)
    for x, y in loader:
        for label, guess in zip(y, net(x).argmax(1)):
            confusion[label, guess] += 1
    return (confusion.diagonal() / confusion.sum(dim=1).clamp(min=1)).tolist()


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
