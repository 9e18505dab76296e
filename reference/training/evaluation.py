"""Exercises 7 and 8: how well a model recognises images, over all and for every class."""

import torch
from torch import nn


def accuracy(model: nn.Module, loader: torch.utils.data.DataLoader) -> float:
    """The share of all images whose most probable class is their label, a float from 0 to 1.

    The model is in evaluation mode meanwhile, and afterwards in the mode that it was in before.

    model: model(rows of pixels (N, 784)) -> log-probabilities (N, K).
    loader: yields batches of (images (N, 1, 28, 28), labels (N,) int64); N may differ from batch to batch.
    """
    # TODO: count the right predictions and the images over all batches, divide at the end
    # BEGIN SOLUTION
    mode = model.training
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(start_dim=1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    model.train(mode)
    return correct / total
    # END SOLUTION


def accuracy_per_class(model: nn.Module, loader: torch.utils.data.DataLoader, num_classes: int = 10) -> list[float]:
    """For every class, the share of its own images that are recognised: num_classes floats from 0 to 1.

    Of the images with label c, entry c is the share whose most probable class is c; 0.0 if there are none.

    model: model(rows of pixels (N, 784)) -> log-probabilities (N, num_classes), put into evaluation mode as in accuracy.
    loader: as in accuracy.
    """
    # TODO: as in accuracy, but with one pair of counts for every class
    # BEGIN SOLUTION
    mode = model.training
    model.eval()
    correct = [0] * num_classes
    total = [0] * num_classes
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(start_dim=1)).argmax(dim=1)
            for label, prediction in zip(labels.tolist(), predictions.tolist(), strict=True):
                total[label] += 1
                correct[label] += prediction == label
    model.train(mode)
    return [right / there if there else 0.0 for right, there in zip(correct, total, strict=True)]
    # END SOLUTION
