"""Exercise 6: the training loop."""

import torch


def train(net, loss, optimizer, loader: torch.utils.data.DataLoader, epochs: int) -> list[float]:
    """Train net and return the mean training loss of each epoch, a list of `epochs` floats.

    For every epoch, for every batch of the loader, in this order: the scores, their loss, the gradients, one step.
    The mean is over the images: a batch of N images counts N times. A batch's loss is the one before its step.

    net: a Net; net(images) -> outputs (N, 10), net.backward(dz) fills net.gradients.
    loss: an NLLLoss; loss(outputs, labels) -> 0-dim tensor, loss.backward(outputs, labels) -> dz (N, 10).
    optimizer: an Optimizer over net.parameters; optimizer.step(gradients).
    loader: yields batches of (images (N, 1, 28, 28), labels (N,) int64), anew in every epoch; N may differ.
    """
    # TODO: two loops, the four calls on every batch, and a weighted mean per epoch
    # BEGIN SOLUTION
    means = []
    for _ in range(epochs):
        total = 0.0
        images_seen = 0
        for images, labels in loader:
            outputs = net(images)
            batch_loss = loss(outputs, labels)
            net.backward(loss.backward(outputs, labels))
            optimizer.step(net.gradients)
            total += batch_loss.item() * len(labels)
            images_seen += len(labels)
        means.append(total / images_seen)
    return means
    # END SOLUTION
