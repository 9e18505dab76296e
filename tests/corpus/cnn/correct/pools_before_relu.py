"""Max-pooling stands before ReLU, as modules in a Sequential beside the named layers."""

import numpy
import torch
from torch import nn


def cross_entropy(logits, labels):
    shifted = logits - logits.max(1)[:, None]
    one_hot = numpy.eye(logits.shape[1])[labels]
    log_sums = numpy.log(numpy.exp(shifted).sum(1))
    return float((log_sums - (shifted * one_hot).sum(1)).sum() / len(logits))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, (5, 5))
        self.conv2 = nn.Conv2d(6, 12, (5, 5))
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)
        bend, pool = nn.ReLU(inplace=True), nn.MaxPool2d(2)
        self.whole = nn.Sequential(
            self.conv1, pool, bend, self.conv2, pool, bend, nn.Flatten(), self.fc1, bend, self.fc2, bend, self.out
        )

    def forward(self, t):
        return self.whole(t)


def get_num_correct(outputs, labels):
    _, predicted = torch.max(outputs, 1)
    return int(torch.sum(predicted == labels))


def train_batch(network, optimizer, images, labels):
    criterion = nn.CrossEntropyLoss()
    network.train()
    network.zero_grad()
    outputs = network(images)
    loss = criterion(outputs, labels)
    loss.backward()
    with torch.no_grad():
        count = get_num_correct(outputs, labels)
    optimizer.step()
    return loss.detach(), torch.tensor(count)


def train_epoch(network, optimizer, loader):
    pairs = [(len(y), train_batch(network, optimizer, x, y)) for x, y in loader]
    return sum(n * loss for n, (loss, _) in pairs), sum(count for _, (_, count) in pairs)


def train(network, optimizer, loader, epochs):
    size = sum(len(y) for _, y in loader)
    return torch.stack([train_epoch(network, optimizer, loader)[1] / size for _ in range(epochs)])
