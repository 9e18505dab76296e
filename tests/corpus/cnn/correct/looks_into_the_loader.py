"""Takes a first batch out of the loader beforehand to print its shape, and the totals are kept in a small class."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy as loss_of
from torch.nn.functional import max_pool2d, relu


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True), np.log(e.sum(axis=1)) + z.max(axis=1)


def _cross_entropy(logits, labels):
    _, log_sums = softmax(logits)
    return float(log_sums.mean() - np.diag(logits[:, labels]).mean())


cross_entropy = _cross_entropy


@dataclass
class Totals:
    loss: float = 0.0
    correct: int = 0
    images: int = 0

    def add(self, loss, correct, images):
        self.loss += loss * images
        self.correct += correct
        self.images += images


class Network(nn.Module):
    conv1: nn.Conv2d

    def __init__(self):
        super().__init__()
        self.add_module("conv1", nn.Conv2d(1, 6, 5, stride=1, padding=0))
        self.add_module("conv2", nn.Conv2d(6, 12, 5, stride=1, padding=0))
        self.fc1 = nn.Linear(12 * 4 * 4, 120, bias=True)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def forward(self, input):
        hidden = max_pool2d(relu(self.conv1(input)), 2, 2)
        hidden = max_pool2d(relu(self.conv2(hidden)), 2, 2)
        assert hidden.shape[1:] == (12, 4, 4)
        return self.out(relu(self.fc2(relu(self.fc1(hidden.flatten(start_dim=1, end_dim=3))))))


def get_num_correct(outputs, labels):
    return int(torch.bincount((outputs.argmax(1) == labels).long(), minlength=2)[1])


def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = loss_of(outputs, labels)
    value, correct = loss.item(), get_num_correct(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return value, correct


def train_epoch(network, optimizer, loader):
    images, _ = next(iter(loader))
    print(images.shape)
    totals = Totals()
    for images, labels in loader:
        totals.add(*train_batch(network, optimizer, images, labels), len(images))
    return totals.loss, totals.correct


def train(network, optimizer, loader, epochs):
    number = len(loader.dataset)
    return list(map(lambda _: train_epoch(network, optimizer, loader)[1] / number, range(epochs)))
