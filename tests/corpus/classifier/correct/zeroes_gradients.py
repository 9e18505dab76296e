"""As seen in tutorials: the gradients are set to zero before every batch, though they would be replaced anyway."""

import torch


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        m = outputs.max(dim=1, keepdim=True).values
        log_sum = torch.log(torch.exp(outputs - m).sum(dim=1)) + m.squeeze(1)
        return (log_sum - outputs[torch.arange(outputs.shape[0]), labels]).mean()

    def backward(self, outputs, labels):
        m = outputs.max(dim=1, keepdim=True).values
        p = torch.exp(outputs - m)
        p = p / p.sum(dim=1, keepdim=True)
        y = torch.zeros_like(p)
        y[torch.arange(y.shape[0]), labels] = 1.0
        return (p - y) / y.shape[0]


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = 0.05 * torch.randn(dim_out, dim_in)
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.last_input = x
        return x @ self.W.T + self.b

    def backward(self, dz):
        dx = dz @ self.W
        dW = dz.T @ self.last_input
        db = dz.sum(0)
        return dx, dW, db


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.last_input = x
        return torch.max(x, torch.tensor(0.0))

    def backward(self, dz):
        return dz * (self.last_input > 0).float()


class Net:
    def __init__(self):
        self.fc1 = Linear(28 * 28, 120)
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
        x = x.view(x.shape[0], -1)
        x = self.fc1(x)
        x = self.relu1(x)
        x = self.fc2(x)
        x = self.relu2(x)
        x = self.fc3(x)
        return x

    def backward(self, dz):
        dz, dW, db = self.fc3.backward(dz)
        self.gradients["fc3.W"] = dW
        self.gradients["fc3.b"] = db
        dz = self.relu2.backward(dz)
        dz, dW, db = self.fc2.backward(dz)
        self.gradients["fc2.W"] = dW
        self.gradients["fc2.b"] = db
        dz = self.relu1.backward(dz)
        dz, dW, db = self.fc1.backward(dz)
        self.gradients["fc1.W"] = dW
        self.gradients["fc1.b"] = db


class Optimizer:
    def __init__(self, parameters, lr=1e-3, momentum=0.0, weight_decay=0.0):
        self.parameters = parameters
        self.lr = lr
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.velocity = {name: torch.zeros_like(p) for name, p in parameters.items()}

    def zero_grad(self, gradients):
        for g in gradients.values():
            g.zero_()

    def step(self, gradients):
        for name in self.parameters:
            g = gradients[name] + self.weight_decay * self.parameters[name]
            self.velocity[name] = self.momentum * self.velocity[name] + g
            self.parameters[name] -= self.lr * self.velocity[name]


def train(net, loss, optimizer, loader, epochs):
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for images, labels in loader:
            # 1. zero the gradients
            for g in net.gradients.values():
                g.zero_()
            # 2. forward
            outputs = net(images)
            # 3. loss
            batch_loss = loss(outputs, labels)
            # 4. backward
            net.backward(loss.backward(outputs, labels))
            # 5. update
            optimizer.step(net.gradients)
            # 6. statistics
            total += batch_loss.item() * images.size(0)
        losses.append(total / len(loader.dataset))
        print(f"epoch {epoch + 1}/{epochs}: loss {losses[-1]:.4f}")
    return losses


def accuracy(net, loader):
    correct = 0
    total = 0
    with torch.no_grad():
        for images, labels in loader:
            outputs = net(images)
            _, predicted = torch.max(outputs, 1)
            total += labels.size(0)
            correct += (predicted == labels).sum().item()
    return correct / total


def accuracy_per_class(net, loader, num_classes=10):
    class_correct = list(0.0 for i in range(num_classes))
    class_total = list(0.0 for i in range(num_classes))
    with torch.no_grad():
        for images, labels in loader:
            outputs = net(images)
            _, predicted = torch.max(outputs, 1)
            c = (predicted == labels).squeeze()
            if c.dim() == 0:
                c = c.unsqueeze(0)
            for i in range(len(labels)):
                label = labels[i]
                class_correct[label] += c[i].item()
                class_total[label] += 1
    return [class_correct[i] / class_total[i] if class_total[i] > 0 else 0.0 for i in range(num_classes)]


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
