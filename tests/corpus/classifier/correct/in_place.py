"""In place wherever it is allowed: buffers are kept and reused, and dz is changed by ReLU.backward and handed on."""

import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        z = outputs.clone()
        z.sub_(z.amax(dim=1, keepdim=True))
        at_label = z.gather(1, labels[:, None]).squeeze_(1)
        z.exp_()
        return z.sum(dim=1).log_().sub_(at_label).mean()

    def backward(self, outputs, labels):
        z = outputs.clone()
        z.sub_(z.amax(dim=1, keepdim=True)).exp_()
        z.div_(z.sum(dim=1, keepdim=True))
        z.scatter_add_(1, labels[:, None], torch.full((len(z), 1), -1.0))
        return z.div_(len(z))


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.empty(dim_out, dim_in).normal_(0, dim_in**-0.5)
        self.b = torch.empty(dim_out).zero_()
        self.dW = torch.empty_like(self.W)
        self.db = torch.empty_like(self.b)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        z = torch.empty(len(x), len(self.b))
        torch.mm(x, self.W.t(), out=z)
        return z.add_(self.b)

    def backward(self, dz):
        dx = torch.empty_like(self.x)
        torch.mm(dz, self.W, out=dx)
        torch.mm(dz.t(), self.x, out=self.dW)
        torch.sum(dz, 0, out=self.db)
        return dx, self.dW, self.db


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.mask = x <= 0
        out = x.clone()
        out[self.mask] = 0
        return out

    def backward(self, dz):
        dz[self.mask] = 0
        return dz


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {}
        self.gradients = {}
        for name in ("fc1", "fc2", "fc3"):
            layer = getattr(self, name)
            self.parameters.update({name + ".W": layer.W, name + ".b": layer.b})
            self.gradients.update({name + ".W": layer.dW, name + ".b": layer.db})

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(x.size(0), -1)
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(x)))))

    def backward(self, dz):
        # the layers write into the tensors that self.gradients holds
        dz = self.fc3.backward(dz)[0]
        dz = self.fc2.backward(self.relu2.backward(dz))[0]
        self.fc1.backward(self.relu1.backward(dz))


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, p in self.parameters.items():
            p.add_(gradients[name], alpha=-self.lr)


def train(net, loss, optimizer, loader, epochs):
    means = [0.0] * epochs
    for epoch in range(epochs):
        seen = 0
        for images, labels in loader:
            outputs = net(images)
            means[epoch] += loss(outputs, labels).item() * len(labels)
            seen += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means[epoch] /= seen
    return means


def accuracy(net, loader):
    counts = torch.zeros(2, dtype=torch.long)
    for images, labels in loader:
        counts[0] += (net(images).argmax(1) == labels).sum()
        counts[1] += len(labels)
    return counts[0].div(counts[1]).item()


def accuracy_per_class(net, loader, num_classes=10):
    table = torch.zeros(num_classes, 2)
    for images, labels in loader:
        hits = net(images).argmax(1).eq_(labels)
        for label, hit in zip(labels.tolist(), hits.tolist()):
            table[label, 0] += hit
            table[label, 1] += 1
    table[:, 1].clamp_(min=1)
    return table[:, 0].div_(table[:, 1]).tolist()


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
