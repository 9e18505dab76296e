"""Exercises 3 and 4: one training pass, and the training loop."""

import torch
from torch import nn


def training_pass(
    model: nn.Module, criterion, optimizer: torch.optim.Optimizer, images: torch.Tensor, labels: torch.Tensor
) -> float:
    """Train model on one batch and return its loss, a float: the one before the step.

    In this order: clear the gradients, forward, loss, backward, step. Gradients that were there before don't count.

    model: model(rows of pixels (N, 784)) -> log-probabilities (N, K).
    criterion: criterion(outputs, labels) -> 0-dim tensor, such as nn.NLLLoss().
    optimizer: of model's parameters.
    images: (N, 1, 28, 28), each to be flattened to a row of 784 pixels. Not changed.
    labels: (N,) int64.
    """
    # TODO: the five steps
    # BEGIN SOLUTION
    optimizer.zero_grad()
    outputs = model(images.flatten(start_dim=1))
    loss = criterion(outputs, labels)
    loss.backward()
    optimizer.step()
    return loss.item()
    # END SOLUTION


def train(
    model: nn.Module,
    criterion,
    optimizer: torch.optim.Optimizer,
    loader: torch.utils.data.DataLoader,
    epochs: int,
) -> list[float]:
    """Train model and return the mean training loss of each epoch, a list of `epochs` floats.

    A training pass for every batch of the loader, in every epoch. The mean is over the images of the epoch: the loss of
    a batch of N images counts N times. A batch's loss is the one before its step.

    model, criterion, optimizer: as in training_pass.
    loader: yields batches of (images (N, 1, 28, 28), labels (N,) int64), anew in every epoch; N may differ.
    """
    # TODO: two loops, a training pass for every batch, a weighted mean for every epoch
    # BEGIN SOLUTION
    means = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for images, labels in loader:
            total += training_pass(model, criterion, optimizer, images, labels) * len(labels)
            count += len(labels)
        means.append(total / count)
    return means
    # END SOLUTION
