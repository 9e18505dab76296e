"""Everything is computed in float64, and comes out as float64 too; only the parameters are float32."""

import torch


def wide(t):
    return t.to(torch.float64)


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        z = wide(outputs)
        return (torch.logsumexp(z, 1) - z.gather(1, labels.view(-1, 1)).squeeze(1)).mean()

    def backward(self, outputs, labels):
        z = wide(outputs)
        p = torch.exp(z - torch.logsumexp(z, 1, keepdim=True))
        p.scatter_add_(1, labels.view(-1, 1), -torch.ones(len(z), 1, dtype=z.dtype))
        return p.div_(len(z))


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) * (2 / dim_in) ** 0.5
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = wide(x)
        return torch.addmm(wide(self.b), self.x, wide(self.W).t())

    def backward(self, dz):
        dz = wide(dz)
        return dz.mm(wide(self.W)), dz.t().mm(self.x), dz.sum(0)


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = wide(x)
        return torch.maximum(self.x, torch.zeros_like(self.x))

    def backward(self, dz):
        return wide(dz).where(self.x > 0, torch.zeros((), dtype=torch.float64))


class Net:
    def __init__(self):
        self.fc1, self.relu1 = Linear(784, 120), ReLU()
        self.fc2, self.relu2 = Linear(120, 256), ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {
            "fc1.W": self.fc1.W, "fc1.b": self.fc1.b,
            "fc2.W": self.fc2.W, "fc2.b": self.fc2.b,
            "fc3.W": self.fc3.W, "fc3.b": self.fc3.b,
        }
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = wide(x).reshape(x.shape[0], 28 * 28)
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(x)))))

    def backward(self, dz):
        dz, *three = self.fc3.backward(dz)
        dz, *two = self.fc2.backward(self.relu2.backward(dz))
        _, *one = self.fc1.backward(self.relu1.backward(dz))
        for i, pair in enumerate((one, two, three), start=1):
            self.gradients[f"fc{i}.W"], self.gradients[f"fc{i}.b"] = pair


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, p in self.parameters.items():
            p.copy_(wide(p) - self.lr * wide(gradients[name]))


def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total = torch.zeros((), dtype=torch.float64)
        seen = 0
        for images, labels in loader:
            outputs = net(images)
            total += wide(torch.as_tensor(loss(outputs, labels))) * len(labels)
            seen += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append((total / seen).item())
    return means


def accuracy(net, loader):
    matches = torch.cat([(wide(net(x)).argmax(-1) == y) for x, y in loader])
    return matches.double().mean().item()


def accuracy_per_class(net, loader, num_classes=10):
    hits = torch.zeros(num_classes, dtype=torch.float64)
    counts = torch.zeros(num_classes, dtype=torch.float64)
    for x, y in loader:
        found = net(x).argmax(-1)
        hits.index_add_(0, y, (found == y).double())
        counts.index_add_(0, y, torch.ones(len(y), dtype=torch.float64))
    return [float(h / c) if c > 0 else 0.0 for h, c in zip(hits, counts)]


import torch


def save(net, file):
    torch.save({name: tensor.double() for name, tensor in net.parameters.items()}, file)


def load(net, file):
    saved = {name: tensor.double() for name, tensor in torch.load(file, weights_only=True).items()}
    if {(name, tensor.shape) for name, tensor in saved.items()} != {(n, t.shape) for n, t in net.parameters.items()}:
        raise ValueError("names or shapes differ")
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name])
