import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def softmax(self, outputs):
        e = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values)
        return e / e.sum(dim=1, keepdim=True)

    def forward(self, outputs, labels):
        log_sum = torch.logsumexp(outputs, dim=1)
        right = outputs.gather(1, labels.unsqueeze(1)).squeeze(1)
        return (log_sum - right).mean()

    def backward(self, outputs, labels):
        n, k = outputs.shape
        onehot = torch.eye(k, device=outputs.device)[labels]
        return (self.softmax(outputs) - onehot) / n


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) * (1 / dim_in) ** 0.5
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.matmul(x, self.W.T) + self.b

    def backward(self, dz):
        dx = torch.matmul(dz, self.W)
        dW = torch.matmul(dz.T, self.x)
        db = dz.sum(0)
        return dx, dW, db


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.maximum(x, torch.zeros_like(x))

    def backward(self, dz):
        return torch.where(dz > 0, dz, torch.zeros_like(dz))


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.relu1 = ReLU()
        self.relu2 = ReLU()
        self.parameters = {}
        for name in ("fc1", "fc2", "fc3"):
            layer = getattr(self, name)
            self.parameters[name + ".W"] = layer.W
            self.parameters[name + ".b"] = layer.b
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = torch.flatten(x, start_dim=1)
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)

    def backward(self, dz):
        g = self.gradients
        dz, g["fc3.W"], g["fc3.b"] = self.fc3.backward(dz)
        dz, g["fc2.W"], g["fc2.b"] = self.fc2.backward(self.relu2.backward(dz))
        dz, g["fc1.W"], g["fc1.b"] = self.fc1.backward(self.relu1.backward(dz))


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name in self.parameters:
            self.parameters[name] -= self.lr * gradients[name]


def train(net, loss, optimizer, loader, epochs):
    history = []
    for epoch in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            outputs = net(images)
            value = loss(outputs, labels)
            dz = loss.backward(outputs, labels)
            net.backward(dz)
            optimizer.step(net.gradients)
            total += float(value) * len(images)
            count += len(images)
        history.append(total / count)
    return history


def accuracy(net, loader):
    hits, count = 0, 0
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        hits += int((predicted == labels).sum())
        count += len(labels)
    return hits / count


def accuracy_per_class(net, loader, num_classes=10):
    hits = [0] * num_classes
    count = [0] * num_classes
    for images, labels in loader:
        predicted = net(images).argmax(dim=1)
        for p, label in zip(predicted.tolist(), labels.tolist()):
            count[label] += 1
            if p == label:
                hits[label] += 1
    return [h / c if c else 0.0 for h, c in zip(hits, count)]


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
