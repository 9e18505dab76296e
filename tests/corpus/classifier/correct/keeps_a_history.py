"""Everything that happens is kept in lists as well: inputs, losses, norms of gradients, snapshots of the weights."""

import copy

import torch


class NLLLoss:
    def __init__(self):
        self.history = []

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        lse = torch.logsumexp(outputs, dim=1)
        value = torch.mean(lse - outputs[torch.arange(len(labels)), labels])
        self.history.append(value.item())
        return value

    def backward(self, outputs, labels):
        grad = torch.softmax(outputs, dim=1)
        grad -= (labels.reshape(-1, 1) == torch.arange(outputs.shape[1])).to(grad.dtype)
        return grad / len(labels)


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)
        self.inputs = []
        self.norms = []

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.inputs.append(x.clone())
        return x @ self.W.T + self.b

    def backward(self, dz):
        x = self.inputs[-1]
        dW, db = dz.T @ x, dz.sum(dim=0)
        self.norms.append((dW.norm().item(), db.norm().item()))
        return dz @ self.W, dW, db


class ReLU:
    def __init__(self):
        self.masks = []
        self.dead = []

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.masks.append(x > 0)
        self.dead.append((~self.masks[-1]).float().mean().item())
        return x * self.masks[-1]

    def backward(self, dz):
        return dz * self.masks[-1]


class Net:
    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = {
            "fc1.W": self.fc1.W, "fc1.b": self.fc1.b,
            "fc2.W": self.fc2.W, "fc2.b": self.fc2.b,
            "fc3.W": self.fc3.W, "fc3.b": self.fc3.b,
        }
        self.gradients = {}
        self.at_start = copy.deepcopy(self.parameters)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(x.reshape(x.shape[0], -1))))))

    def backward(self, dz):
        for name in ("fc3", "fc2", "fc1"):
            dz, dW, db = getattr(self, name).backward(dz)
            self.gradients.update({f"{name}.W": dW, f"{name}.b": db})
            relu = {"fc3": self.relu2, "fc2": self.relu1}.get(name)
            if relu:
                dz = relu.backward(dz)

    def moved(self):
        """How far each parameter is from where it began."""
        return {name: (tensor - self.at_start[name]).norm().item() for name, tensor in self.parameters.items()}


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr
        self.updates = []

    def step(self, gradients):
        self.updates.append(0.0)
        for name, p in self.parameters.items():
            update = -self.lr * gradients[name]
            p += update
            self.updates[-1] += update.abs().sum().item()


def train(net, loss, optimizer, loader, epochs):
    all_losses = []
    for epoch in range(epochs):
        all_losses.append([])
        for images, labels in loader:
            scores = net(images)
            all_losses[-1].append((loss(scores, labels).item(), len(labels)))
            net.backward(loss.backward(scores, labels))
            optimizer.step(net.gradients)
        if hasattr(net, "moved"):
            print(epoch, net.moved())
    return [sum(v * n for v, n in epoch) / sum(n for _, n in epoch) for epoch in all_losses]


def accuracy(net, loader):
    log = []
    for images, labels in loader:
        log.extend(zip(labels.tolist(), net(images).argmax(dim=1).tolist()))
    return sum(1 for label, guess in log if label == guess) / len(log)


def accuracy_per_class(net, loader, num_classes=10):
    log = {c: [] for c in range(num_classes)}
    for images, labels in loader:
        for label, guess in zip(labels.tolist(), net(images).argmax(dim=1).tolist()):
            log[label].append(guess)
    return [log[c].count(c) / len(log[c]) if log[c] else 0.0 for c in log]


import torch


def save(net, file):
    torch.save(dict(net.parameters.items()), file)


def load(net, file):
    saved = torch.load(file, weights_only=True)
    before = {name: tensor.clone() for name, tensor in net.parameters.items()}
    try:
        if sorted(saved) != sorted(before):
            raise KeyError("names")
        for name, tensor in net.parameters.items():
            assert saved[name].size() == tensor.size(), name
            tensor[...] = saved[name]
    except (KeyError, AssertionError) as error:
        for name, tensor in net.parameters.items():
            tensor[...] = before[name]
        raise ValueError(f"this file does not fit: {error}") from error
