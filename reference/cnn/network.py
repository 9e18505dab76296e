"""Model answer to exercise 2."""

import torch
from torch import nn
from torch.nn import functional


class Network(nn.Module):
    """Two convolutions, each with ReLU and max-pooling after it, then three linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5)
        self.conv2 = nn.Conv2d(6, 12, kernel_size=5)
        self.fc1 = nn.Linear(12 * 4 * 4, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, t: torch.Tensor) -> torch.Tensor:
        """Images (N, 1, 28, 28) -> logits (N, 10)."""
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)  # (N, 6, 12, 12)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)  # (N, 12, 4, 4)
        t = t.flatten(start_dim=1)  # (N, 192)
        t = functional.relu(self.fc1(t))
        t = functional.relu(self.fc2(t))
        return self.out(t)
