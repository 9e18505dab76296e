import numpy as np


def train(net, loss, optimizer, loader, epochs):
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        batch_losses = []
        batch_sizes = []
        for images, labels in loader:
            outputs = net.forward(images)
            batch_losses.append(float(loss.forward(outputs, labels)))
            batch_sizes.append(images.shape[0])
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
        losses[epoch] = np.average(batch_losses, weights=batch_sizes)
    return list(losses)
