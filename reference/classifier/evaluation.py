"""Exercises 7 and 8: how well a net recognises images, over all and for every class."""

import torch


def accuracy(net, loader: torch.utils.data.DataLoader) -> float:
    """The share of all images whose largest score is that of their label, from 0 to 1.

    net: net(images) -> outputs (N, K).
    loader: yields batches of (images, labels (N,) int64); N may differ from batch to batch.
    """
    # TODO: count the right predictions and the images over all batches, divide at the end
    # BEGIN SOLUTION
    correct = 0
    total = 0
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        correct += (predictions == labels).sum().item()
        total += len(labels)
    return correct / total
    # END SOLUTION


def accuracy_per_class(net, loader: torch.utils.data.DataLoader, num_classes: int = 10) -> list[float]:
    """For every class, the share of its own images that are recognised: num_classes floats from 0 to 1.

    Of the images with label c, entry c is the share whose largest score is that of c; 0.0 if there are none.

    net: net(images) -> outputs (N, num_classes).
    loader: as in accuracy.
    """
    # TODO: as in accuracy, but with one pair of counts for every class
    # BEGIN SOLUTION
    correct = [0] * num_classes
    total = [0] * num_classes
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            of_this_class = labels == c
            correct[c] += (predictions[of_this_class] == c).sum().item()
            total[c] += of_this_class.sum().item()
    return [correct[c] / total[c] if total[c] else 0.0 for c in range(num_classes)]
    # END SOLUTION
