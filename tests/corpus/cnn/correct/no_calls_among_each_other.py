"""No function uses another one: each has loops and counts of its own."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def cross_entropy(logits, labels):
    logits = np.asarray(logits, dtype=np.float64)
    top = np.amax(logits, axis=-1)
    lse = np.log(np.exp(logits.T - top).sum(axis=0)) + top
    return float(lse.mean() - np.take_along_axis(logits, labels[:, None], axis=1).mean())


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 12, 5)
        self.fc1, self.fc2, self.out = nn.Linear(192, 120), nn.Linear(120, 60), nn.Linear(60, 10)
        self.pool = nn.MaxPool2d(2, 2)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.out(x)


def get_num_correct(outputs, labels):
    return len(labels) - int((outputs.argmax(-1) - labels).count_nonzero())


def train_batch(network, optimizer, images, labels):
    for p in network.parameters():
        p.grad = None
    outputs = network(images)
    loss = F.nll_loss(F.log_softmax(outputs, 1), labels)
    loss.backward()
    optimizer.step()
    return loss.item(), (outputs.argmax(1) == labels).sum().item()


def train_epoch(network, optimizer, loader):
    total, right = 0.0, 0
    for images, labels in loader:
        optimizer.zero_grad(set_to_none=False)
        outputs = network(images)
        loss = F.cross_entropy(outputs, labels, reduction="none")
        loss.mean().backward()
        optimizer.step()
        total += loss.sum().item()
        right += (outputs.argmax(1) == labels).sum().item()
    return total, right


def train(network, optimizer, loader, epochs):
    accuracies = []
    for _ in range(epochs):
        right = seen = 0
        for images, labels in loader:
            optimizer.zero_grad()
            outputs = network(images)
            F.cross_entropy(outputs, labels).backward()
            optimizer.step()
            right += (outputs.argmax(1) == labels).sum().item()
            seen += labels.numel()
        accuracies.append(right / seen)
    return accuracies
