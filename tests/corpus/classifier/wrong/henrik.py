"""A submission with a known mistake.

Mistakes: net-bwd-accumulates, train-returns-batch-losses
"""

import math

import torch


# -------------------- 1. NLLLoss --------------------

def softmax_of_row(row):
    m = max(row)
    e = [math.exp(v - m) for v in row]
    s = sum(e)
    return [v / s for v in e]


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        acc = 0.0
        for row, y in zip(outputs.tolist(), labels.tolist()):
            m = max(row)
            acc += m + math.log(sum(math.exp(v - m) for v in row)) - row[y]
        return torch.tensor(acc / len(labels))

    def backward(self, outputs, labels):
        rows = []
        for row, y in zip(outputs.tolist(), labels.tolist()):
            p = softmax_of_row(row)
            p[y] -= 1
            rows.append([v / len(labels) for v in p])
        return torch.tensor(rows)


# -------------------- 2. Linear --------------------

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


# -------------------- 3. ReLU --------------------

class ReLU:
    def __call__(self, z):
        return self.forward(z)

    def forward(self, z):
        self.z = z.clone()
        return torch.maximum(z, torch.zeros_like(z))

    def backward(self, da):
        slope = torch.zeros_like(self.z)
        slope[self.z > 0] = 1.0
        return slope * da


# -------------------- 4. Net --------------------

class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        layers = {"fc1": self.fc1, "fc2": self.fc2, "fc3": self.fc3}
        self.parameters = {f"{k}.{t}": getattr(v, t) for k, v in layers.items() for t in ("W", "b")}
        self.gradients = {k: torch.zeros_like(v) for k, v in self.parameters.items()}

    def collect(self, name, dW, db):
        self.gradients[name + ".W"] += dW
        self.gradients[name + ".b"] += db

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        a1 = self.relu1(self.fc1(x.reshape(x.shape[0], -1)))
        a2 = self.relu2(self.fc2(a1))
        return self.fc3(a2)

    def backward(self, dz):
        da2, *params = self.fc3.backward(dz)
        self.collect("fc3", *params)
        da1, *params = self.fc2.backward(self.relu2.backward(da2))
        self.collect("fc2", *params)
        _, *params = self.fc1.backward(self.relu1.backward(da1))
        self.collect("fc1", *params)


# -------------------- 5. Optimizer --------------------

class Optimizer:
    def __init__(self, parameters, lr=0.001):
        self.params = parameters
        self.lr = lr

    def step(self, gradients):
        for k in self.params.keys():
            moved = self.params[k] - self.lr * gradients[k]
            self.params[k].copy_(moved)


# -------------------- 6. train --------------------

def epoch_of(net, loss, optimizer, loader):
    for images, labels in loader:
        outputs = net(images)
        value = loss(outputs, labels)
        net.backward(loss.backward(outputs, labels))
        optimizer.step(net.gradients)
        yield float(value)


def train(net, loss, optimizer, loader, epochs):
    curve = []
    for _ in range(epochs):
        curve.extend(epoch_of(net, loss, optimizer, loader))
    return curve


# -------------------- 7. accuracy --------------------

def accuracy(net, loader):
    wrong = 0
    n = 0
    for images, labels in loader:
        _, predicted = torch.max(net(images), 1)
        wrong += int(torch.count_nonzero(predicted - labels))
        n += labels.size(0)
    return 1 - wrong / n


# -------------------- 8. accuracy per class --------------------

def accuracy_per_class(net, loader, num_classes=10):
    right = torch.zeros(num_classes)
    seen = torch.zeros(num_classes)
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        seen += torch.bincount(labels, minlength=num_classes)
        right += torch.bincount(labels[predicted == labels], minlength=num_classes)
    return [float(r / s) if s > 0 else 0.0 for r, s in zip(right, seen)]


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
