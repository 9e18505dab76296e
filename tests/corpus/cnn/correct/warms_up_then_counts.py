"""train_epoch and train work with lists of batches; the network is made of small methods and a property."""

import numpy as np
import torch
from torch import nn, relu


def cross_entropy(logits: np.ndarray, labels: np.ndarray, axis: int = 1) -> float:
    """Sorts every row, only to find its largest score."""
    largest = np.sort(logits, axis=axis)[:, -1:]
    total = np.exp(logits - largest) @ np.ones(logits.shape[1])
    label_scores = logits.flat[np.arange(len(labels)) * logits.shape[1] + labels]
    return (np.log(total) + largest.ravel() - label_scores).sum() / len(labels)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        for name, layer in self.make():
            self.register_module(name, layer)

    @staticmethod
    def make():
        yield "conv1", nn.Conv2d(1, 6, 5)
        yield "conv2", nn.Conv2d(6, 12, 5)
        yield "fc1", nn.Linear(192, 120)
        yield "fc2", nn.Linear(120, 60)
        yield "out", nn.Linear(60, 10)

    @property
    def convolutions(self):
        return self.conv1, self.conv2

    def forward(self, t):
        count = t.shape[0]
        for convolution in self.convolutions:
            t = nn.functional.adaptive_max_pool2d(relu(convolution(t)), 12 if convolution is self.conv1 else 4)
        return self.out(relu(self.fc2(relu(self.fc1(t.reshape(count, 192))))))


def get_num_correct(outputs, labels):
    return sum(int(row.argmax()) == int(label) for row, label in zip(outputs, labels))


def train_batch(network, optimizer, images, labels, loss_function=nn.functional.cross_entropy):
    loss = loss_function(outputs := network(images), labels)
    optimizer.zero_grad(), loss.backward(), optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


def train_epoch(network, optimizer, loader):
    batches = list(loader)
    outcomes = [train_batch(network, optimizer, *batch) for batch in batches]
    weights = [len(labels) for _, labels in batches]
    return sum(w * loss for w, (loss, _) in zip(weights, outcomes)), sum(right for _, right in outcomes)


def train(network, optimizer, loader, epochs):
    counts = [train_epoch(network, optimizer, loader)[1] for _ in range(epochs)]
    return (torch.tensor(counts, dtype=torch.float64) / len(loader.dataset)).tolist()
