"""Loops over images and units, written by somebody who does not trust matrix products."""

import math

import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        total = 0.0
        for i in range(outputs.shape[0]):
            row = outputs[i].tolist()
            y = int(labels[i])
            biggest = row[0]
            for value in row:
                if value > biggest:
                    biggest = value
            s = 0.0
            for value in row:
                s += math.exp(value - biggest)
            total += biggest + math.log(s) - row[y]
        return torch.tensor(total / outputs.shape[0])

    def backward(self, outputs, labels):
        n, k = outputs.shape
        grad = torch.zeros(n, k)
        for i in range(n):
            row = outputs[i].tolist()
            biggest = max(row)
            exps = []
            for value in row:
                exps.append(math.exp(value - biggest))
            s = sum(exps)
            for j in range(k):
                p = exps[j] / s
                if j == int(labels[i]):
                    p = p - 1
                grad[i, j] = p / n
        return grad


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.zeros(dim_out, dim_in)
        for j in range(dim_out):
            self.W[j] = torch.randn(dim_in) * math.sqrt(1 / dim_in)
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        z = torch.zeros(x.shape[0], self.W.shape[0])
        for i in range(x.shape[0]):
            z[i] = torch.mv(self.W, x[i]) + self.b
        return z

    def backward(self, dz):
        dx = torch.zeros_like(self.x)
        dW = torch.zeros_like(self.W)
        db = torch.zeros_like(self.b)
        for i in range(len(dz)):
            dx[i] = torch.mv(self.W.t(), dz[i])
            dW += torch.outer(dz[i], self.x[i])
            db += dz[i]
        return dx, dW, db


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        a = torch.zeros_like(x)
        for i in range(x.shape[0]):
            for_this_image = x[i]
            a[i] = torch.where(for_this_image > 0, for_this_image, torch.zeros_like(for_this_image))
        return a

    def backward(self, dz):
        dx = torch.zeros_like(dz)
        for i in range(dz.shape[0]):
            positive = self.x[i] > 0
            dx[i][positive] = dz[i][positive]
        return dx


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {}
        for name in ["fc1", "fc2", "fc3"]:
            layer = getattr(self, name)
            self.parameters[name + ".W"] = layer.W
            self.parameters[name + ".b"] = layer.b

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        rows = torch.zeros(x.shape[0], 784)
        for i in range(x.shape[0]):
            rows[i] = x[i].reshape(784)
        h = rows
        for layer in [self.fc1, self.relu1, self.fc2, self.relu2, self.fc3]:
            h = layer.forward(h)
        return h

    def backward(self, dz):
        self.gradients = {}
        for name, relu in [("fc3", self.relu2), ("fc2", self.relu1), ("fc1", None)]:
            dz, dW, db = getattr(self, name).backward(dz)
            self.gradients[name + ".W"] = dW
            self.gradients[name + ".b"] = db
            if relu is not None:
                dz = relu.backward(dz)


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name in self.parameters:
            p = self.parameters[name]
            g = gradients[name]
            for j in range(p.shape[0]):
                p[j] = p[j] - self.lr * g[j]


def train(net, loss, optimizer, loader, epochs):
    result = []
    for epoch in range(epochs):
        sum_of_losses = 0.0
        count = 0
        for images, labels in loader:
            scores = net(images)
            value = loss(scores, labels)
            for i in range(len(labels)):
                sum_of_losses += float(value)
                count += 1
            dz = loss.backward(scores, labels)
            net.backward(dz)
            optimizer.step(net.gradients)
        result.append(sum_of_losses / count)
    return result


def accuracy(net, loader):
    right = 0
    count = 0
    for images, labels in loader:
        scores = net(images)
        for i in range(len(labels)):
            best = 0
            for k in range(scores.shape[1]):
                if scores[i, k] > scores[i, best]:
                    best = k
            if best == labels[i]:
                right += 1
            count += 1
    return right / count


def accuracy_per_class(net, loader, num_classes=10):
    result = []
    for c in range(num_classes):
        right = 0
        count = 0
        for images, labels in loader:
            scores = net(images)
            for i in range(len(labels)):
                if labels[i] == c:
                    count += 1
                    if torch.argmax(scores[i]) == c:
                        right += 1
        if count == 0:
            result.append(0.0)
        else:
            result.append(right / count)
    return result


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
