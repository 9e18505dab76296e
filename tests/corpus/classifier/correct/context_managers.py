"""try and finally, context managers, operator functions and an ExitStack around every step."""

import contextlib
import operator
from types import SimpleNamespace

import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    @contextlib.contextmanager
    def shifted(self, outputs):
        saved = outputs.amax(dim=1, keepdim=True).clone()
        outputs -= saved
        try:
            yield outputs
        finally:
            outputs += saved

    def forward(self, outputs, labels):
        with self.shifted(outputs.double()) as z:
            log_sums = operator.truediv(1, z.exp().sum(dim=1)).log().neg()
            return operator.sub(log_sums, z[operator.index(0) + torch.arange(len(z)), labels]).mean()

    def backward(self, outputs, labels):
        with self.shifted(outputs.double()) as z:
            p = operator.truediv(z.exp(), z.exp().sum(dim=1, keepdim=True))
        t = operator.eq(labels[:, None], torch.arange(p.shape[1])[None, :])
        return operator.itruediv(operator.sub(p, t.double()), len(labels)).to(outputs.dtype)


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = operator.truediv(torch.randn(dim_out, dim_in), dim_in**0.5)
        self.b = torch.zeros(dim_out)
        self.memory = SimpleNamespace(x=None)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.memory.x = x
        return operator.add(operator.matmul(x, self.W.T), self.b)

    def backward(self, dz):
        x = self.memory.x
        try:
            return operator.matmul(dz, self.W), operator.matmul(dz.T, x), dz.sum(0)
        finally:
            self.memory = SimpleNamespace(x=None)  # one backward for each forward


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.memory = SimpleNamespace(positive=operator.gt(x, 0))
        return operator.mul(x, self.memory.positive)

    def backward(self, dz):
        try:
            return operator.mul(dz, self.memory.positive)
        finally:
            del self.memory


class Net:
    def __init__(self):
        self.fc1, self.relu1 = Linear(784, 120), ReLU()
        self.fc2, self.relu2 = Linear(120, 256), ReLU()
        self.fc3 = Linear(256, 10)
        names = [f"fc{i}.{letter}" for i in (1, 2, 3) for letter in "Wb"]
        self.parameters = dict(zip(names, operator.attrgetter(*names)(self)))

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        with contextlib.ExitStack() as stack:
            stack.callback(print, "forward of", len(x), "images is over")
            for layer in operator.attrgetter("fc1", "relu1", "fc2", "relu2", "fc3")(Flat(self)):
                x = layer(x if x.dim() == 2 else x.reshape(len(x), 784))
            return x

    def backward(self, dz):
        self.gradients = {}
        with contextlib.ExitStack() as stack:
            # an ExitStack runs its callbacks in reverse order, as backward needs its layers
            stack.callback(self._back, "fc1", None)
            stack.callback(self._back, "fc2", self.relu1)
            stack.callback(self._back, "fc3", self.relu2)
            self._dz = dz

    def _back(self, name, relu_before):
        self._dz, self.gradients[name + ".W"], self.gradients[name + ".b"] = getattr(self, name).backward(self._dz)
        if relu_before is not None:
            self._dz = relu_before.backward(self._dz)


class Flat:
    """Gives the layers of a net."""

    def __init__(self, net):
        self._net = net

    def __getattr__(self, name):
        return getattr(self._net, name)


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, p in self.parameters.items():
            operator.isub(p, operator.mul(self.lr, gradients[name]))


def train(net, loss, optimizer, loader, epochs):
    means = []
    for _ in range(epochs):
        total = count = 0
        batches = iter(loader)
        while True:
            try:
                images, labels = next(batches)
            except StopIteration:
                break
            outputs = net(images)
            try:
                total += float(loss(outputs, labels)) * len(labels)
            finally:
                count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        means.append(operator.truediv(total, count))
    return means


def accuracy(net, loader):
    with contextlib.closing(hits(net, loader)) as found:
        found = [hit for _, hit in found]
    return operator.countOf(found, True) / operator.length_hint(found)


def accuracy_per_class(net, loader, num_classes=10):
    found = list(hits(net, loader))
    result = []
    for c in range(num_classes):
        try:
            result.append(found.count((c, True)) / (found.count((c, True)) + found.count((c, False))))
        except ZeroDivisionError:
            result.append(0.0)
    return result


def hits(net, loader):
    for images, labels in loader:
        yield from zip(labels.tolist(), (net(images).argmax(1) == labels).tolist())


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
