"""The skeleton with its own docstrings, filled in where the places were; one file still has the word TODO."""

import torch


def accuracy(net, loader: torch.utils.data.DataLoader) -> float:
    """The share of all images whose largest score is that of their label, from 0 to 1.

    net: net(images) -> outputs (N, K).
    loader: yields batches of (images, labels (N,) int64); N may differ from batch to batch.
    """
    right = 0
    total = 0
    for images, labels in loader:
        right += (net(images).argmax(dim=1) == labels).sum().item()
        total += len(labels)
    return right / total


def accuracy_per_class(net, loader: torch.utils.data.DataLoader, num_classes: int = 10) -> list[float]:
    """For every class, the share of its own images that are recognised: num_classes floats from 0 to 1.

    Of the images with label c, entry c is the share whose largest score is that of c; 0.0 if there are none.

    net: net(images) -> outputs (N, num_classes).
    loader: as in accuracy.
    """
    right = torch.zeros(num_classes)
    total = torch.zeros(num_classes)
    for images, labels in loader:
        predictions = net(images).argmax(dim=1)
        for c in range(num_classes):
            right[c] += ((predictions == c) & (labels == c)).sum()
            total[c] += (labels == c).sum()
    return [(r / t).item() if t > 0 else 0.0 for r, t in zip(right, total)]
