from optimizer import *


def train(net, loss, optimizer, loader, epochs):
    means = zeros(epochs, dtype=float64)
    for epoch in arange(epochs):
        for images, labels in loader:
            outputs = net(images)
            means[epoch] += loss(outputs, labels) * len(labels) / len(loader.dataset)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
    return means.tolist()
