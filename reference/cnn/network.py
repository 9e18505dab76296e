"""Exercise 2: a convolutional network for images of 28 x 28 pixels."""

import torch
from torch import nn
from torch.nn import functional  # SOLUTION


class Network(nn.Module):
    """Two convolutions, each with ReLU and max-pooling after it, then three linear layers."""

    conv1: nn.Conv2d  # 6 filters of 5 x 5
    conv2: nn.Conv2d  # 12 filters of 5 x 5
    fc1: nn.Linear  # -> 120
    fc2: nn.Linear  # 120 -> 60
    out: nn.Linear  # 60 -> 10

    def __init__(self) -> None:
        """Make the five layers under the names above: no padding, stride 1, with biases."""
        # TODO: make the layers; work out how many numbers of an image reach fc1
        # BEGIN SOLUTION
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5)
        self.conv2 = nn.Conv2d(6, 12, kernel_size=5)
        self.fc1 = nn.Linear(12 * 4 * 4, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)
        # END SOLUTION

    def forward(self, t: torch.Tensor) -> torch.Tensor:
        """The raw scores (logits) of every image, (N, 10).

        conv1, ReLU, max-pooling 2 x 2, conv2, ReLU, max-pooling 2 x 2, flatten, fc1, ReLU, fc2, ReLU, out.

        t: images (N, 1, 28, 28). Not changed.
        """
        # TODO: send t through the layers in this order; write the shape beside every line
        # BEGIN SOLUTION
        t = functional.max_pool2d(functional.relu(self.conv1(t)), 2)  # (N, 6, 12, 12)
        t = functional.max_pool2d(functional.relu(self.conv2(t)), 2)  # (N, 12, 4, 4)
        t = t.flatten(start_dim=1)  # (N, 192)
        t = functional.relu(self.fc1(t))
        t = functional.relu(self.fc2(t))
        return self.out(t)
        # END SOLUTION
