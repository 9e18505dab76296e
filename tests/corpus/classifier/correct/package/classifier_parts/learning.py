class SGD:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, p in self.parameters.items():
            p -= self.lr * gradients[name]


def run_epoch(net, loss, optimizer, loader):
    total, n = 0.0, 0
    for images, labels in loader:
        outputs = net(images)
        total += loss(outputs, labels).item() * len(labels)
        n += len(labels)
        net.backward(loss.backward(outputs, labels))
        optimizer.step(net.gradients)
    return total / n


def fit(net, loss, optimizer, loader, epochs):
    return [run_epoch(net, loss, optimizer, loader) for _ in range(epochs)]
