"""Exercises 3 to 6: from counting right answers to training for many epochs."""

import torch
from torch import nn
from torch.nn import functional  # SOLUTION


def get_num_correct(outputs: torch.Tensor, labels: torch.Tensor) -> int:
    """How many images have their largest score at their label: a Python int.

    outputs: (N, K) raw scores.
    labels: (N,) int64.
    """
    # TODO: the prediction of every image, compared with its label, counted
    # BEGIN SOLUTION
    return int((outputs.argmax(dim=1) == labels).sum())
    # END SOLUTION


def train_batch(
    network: nn.Module, optimizer: torch.optim.Optimizer, images: torch.Tensor, labels: torch.Tensor
) -> tuple[float, int]:
    """Make one step of the optimizer on this batch; return (loss, num_correct) of the batch as they were before the step.

    loss: the mean cross entropy of network(images). num_correct: how many of the images were right.
    Gradients that are left from before the call play no part.

    network: network(images) -> outputs (N, K).
    optimizer: over network.parameters(), such as torch.optim.Adam.
    images: (N, 1, 28, 28). labels: (N,) int64.
    """
    # TODO: outputs, loss, fresh gradients, one step; what is returned belongs to the outputs you began with
    # BEGIN SOLUTION
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)
    # END SOLUTION


def train_epoch(
    network: nn.Module, optimizer: torch.optim.Optimizer, loader: torch.utils.data.DataLoader
) -> tuple[float, int]:
    """Train on every batch of the loader once; return (total_loss, num_correct) over all its images.

    total_loss is a sum over the images: the mean loss of a batch of N images counts N times.
    Both are taken batch by batch, each before the step of that batch.

    network, optimizer: as in train_batch.
    loader: yields batches of (images (N, 1, 28, 28), labels (N,) int64); N may differ.
    """
    # TODO: one walk through the loader; two totals
    # BEGIN SOLUTION
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss, total_correct
    # END SOLUTION


def train(
    network: nn.Module, optimizer: torch.optim.Optimizer, loader: torch.utils.data.DataLoader, epochs: int
) -> list[float]:
    """Train for so many epochs; return the training accuracy of each, a list of `epochs` floats from 0 to 1.

    The training accuracy of an epoch is the share of its images that were right, as train_epoch counts them.

    network, optimizer, loader: as in train_epoch; the loader can be walked through once for every epoch.
    """
    # TODO: an epoch, its accuracy, and again
    # BEGIN SOLUTION
    accuracies = []
    for _ in range(epochs):
        _, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies
    # END SOLUTION
