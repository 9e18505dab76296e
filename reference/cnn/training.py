"""Model answers to exercises 3 to 6."""

import torch
from torch import nn
from torch.nn import functional


def get_num_correct(outputs: torch.Tensor, labels: torch.Tensor) -> int:
    """How many images have their largest score at their label."""
    return int((outputs.argmax(dim=1) == labels).sum())


def train_batch(
    network: nn.Module, optimizer: torch.optim.Optimizer, images: torch.Tensor, labels: torch.Tensor
) -> tuple[float, int]:
    """One step; (loss, num_correct) before it."""
    outputs = network(images)
    loss = functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


def train_epoch(
    network: nn.Module, optimizer: torch.optim.Optimizer, loader: torch.utils.data.DataLoader
) -> tuple[float, int]:
    """One walk through the loader; (total_loss, num_correct) over its images."""
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, num_correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * len(images)
        total_correct += num_correct
    return total_loss, total_correct


def train(
    network: nn.Module, optimizer: torch.optim.Optimizer, loader: torch.utils.data.DataLoader, epochs: int
) -> list[float]:
    """The training accuracy of each epoch."""
    accuracies = []
    for _ in range(epochs):
        _, num_correct = train_epoch(network, optimizer, loader)
        accuracies.append(num_correct / len(loader.dataset))
    return accuracies
