"""torch.inference_mode as a decorator wherever numbers are computed: autograd is not needed, so it is switched off."""

import torch


class NLLLoss:
    @torch.inference_mode()
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    @torch.inference_mode()
    def forward(self, outputs, labels):
        return -torch.log_softmax(outputs, 1)[torch.arange(len(labels)), labels].mean()

    @torch.inference_mode()
    def backward(self, outputs, labels):
        return (torch.softmax(outputs, 1) - torch.eye(outputs.shape[1])[labels]) / len(labels)


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)

    @torch.inference_mode()
    def __call__(self, x):
        return self.forward(x)

    @torch.inference_mode()
    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    @torch.inference_mode()
    def backward(self, dz):
        return dz @ self.W, dz.T @ self.x, dz.sum(0)


class ReLU:
    @torch.inference_mode()
    def __call__(self, x):
        return self.forward(x)

    @torch.inference_mode()
    def forward(self, x):
        self.x = x
        return torch.clamp(x, min=0.0)

    @torch.inference_mode()
    def backward(self, dz):
        return torch.where(self.x > 0, dz, 0.0)


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {
            f"{name}.{tensor}": getattr(getattr(self, name), tensor)
            for name in ("fc1", "fc2", "fc3")
            for tensor in ("W", "b")
        }
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    @torch.inference_mode()
    def forward(self, x):
        x = x.flatten(1)
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(x)))))

    @torch.inference_mode()
    def backward(self, dz):
        dz, self.gradients["fc3.W"], self.gradients["fc3.b"] = self.fc3.backward(dz)
        dz, self.gradients["fc2.W"], self.gradients["fc2.b"] = self.fc2.backward(self.relu2.backward(dz))
        dz, self.gradients["fc1.W"], self.gradients["fc1.b"] = self.fc1.backward(self.relu1.backward(dz))


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    @torch.inference_mode()
    def step(self, gradients):
        for name, p in self.parameters.items():
            p -= self.lr * gradients[name]


@torch.inference_mode()
def train(net, loss, optimizer, loader, epochs):
    history = []
    for _ in range(epochs):
        total = count = 0
        for images, labels in loader:
            outputs = net(images)
            total += loss(outputs, labels).item() * len(labels)
            count += len(labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        history.append(total / count)
    return history


@torch.inference_mode()
def accuracy(net, loader):
    results = torch.cat([net(images).argmax(1) == labels for images, labels in loader])
    return results.float().mean().item()


@torch.inference_mode()
def accuracy_per_class(net, loader, num_classes=10):
    labels = torch.cat([labels for _, labels in loader])
    predictions = torch.cat([net(images).argmax(1) for images, _ in loader])
    shares = []
    for c in range(num_classes):
        of_c = predictions[labels == c]
        shares.append(of_c.eq(c).float().mean().item() if len(of_c) else 0.0)
    return shares


@torch.inference_mode()
def save(net, file):
    torch.save({name: tensor * 1 for name, tensor in net.parameters.items()}, file)


@torch.inference_mode()
def load(net, file):
    saved = torch.load(file, weights_only=True)
    if list(sorted(saved)) != list(sorted(net.parameters)):
        raise ValueError(f"expected {list(net.parameters)}, found {list(saved)}")
    for name, tensor in net.parameters.items():
        if tensor.shape != saved[name].shape:
            raise ValueError(f"{name}: expected {tensor.shape}, found {saved[name].shape}")
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name])
