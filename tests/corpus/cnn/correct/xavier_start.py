"""Starts from Xavier's weights, with the way to the device and annotations that a careful student writes."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

Batch = tuple[Tensor, Tensor]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithm of softmax along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    rows = np.arange(logits.shape[0])
    return -log_softmax(logits)[rows, labels].mean().item()


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        side = ((28 - 4) // 2 - 4) // 2
        self.fc1 = nn.Linear(12 * side**2, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)
        for layer in self.children():
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, t: Tensor) -> Tensor:
        for conv in (self.conv1, self.conv2):
            t = nn.functional.max_pool2d(conv(t).relu(), 2)
        t = t.flatten(1)
        for linear in (self.fc1, self.fc2):
            t = linear(t).relu_()
        return self.out(t)


@torch.no_grad()
def get_num_correct(outputs: Tensor, labels: Tensor) -> int:
    return int(outputs.topk(1).indices.squeeze(1).eq(labels).sum())


def train_batch(network: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, labels: Tensor) -> tuple[float, int]:
    device = next(network.parameters()).device
    images, labels = images.to(device), labels.to(device)
    optimizer.zero_grad(set_to_none=True)
    outputs = network(images)
    loss = nn.CrossEntropyLoss()(outputs, labels)
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


def train_epoch(network: nn.Module, optimizer: torch.optim.Optimizer, loader: DataLoader[Batch]) -> tuple[float, int]:
    network.train()
    total_loss, num_correct = 0.0, 0
    for number, (images, labels) in enumerate(loader, 1):
        loss, right = train_batch(network, optimizer, images, labels)
        total_loss += loss * labels.size(0)
        num_correct += right
        if number % 100 == 0:
            print(f"{number} of {len(loader)}")
    return total_loss, num_correct


def train(network: nn.Module, optimizer: torch.optim.Optimizer, loader: DataLoader[Batch], epochs: int) -> list[float]:
    size = len(loader.dataset)
    history: list[float] = []
    for epoch in range(1, epochs + 1):
        _, num_correct = train_epoch(network, optimizer, loader)
        history.append(num_correct / size)
        print(f"epoch {epoch}: {history[-1]:.1%}")
    network.eval()
    return history
