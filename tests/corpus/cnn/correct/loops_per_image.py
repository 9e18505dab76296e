"""Loops over images wherever there can be one, and Python's own floats."""

import math

import torch
from torch import nn
from torch.nn import functional


def cross_entropy(logits, labels):
    total = 0.0
    for row, label in zip(logits, labels):
        scores = [float(score) for score in row]
        largest = max(scores)
        total += largest + math.log(sum(math.exp(score - largest) for score in scores)) - scores[int(label)]
    return total / len(labels)


class Network(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)

    def one(self, image):
        pool = functional.max_pool2d
        t = pool(self.conv1(image).clamp(min=0), 2)
        t = pool(self.conv2(t).clamp(min=0), 2)
        t = self.fc1(t.reshape(192)).clamp(min=0)
        return self.out(self.fc2(t).clamp(min=0))

    def forward(self, t):
        return torch.stack([self.one(image) for image in t])


def get_num_correct(outputs, labels):
    count = 0
    for row, label in zip(outputs.tolist(), labels.tolist()):
        if row.index(max(row)) == label:
            count += 1
    return count


def train_batch(network, optimizer, images, labels):
    optimizer.zero_grad()
    outputs = network(images)
    losses = [-functional.log_softmax(row, dim=0)[label] for row, label in zip(outputs, labels)]
    loss = sum(losses) / len(losses)
    loss.backward()
    optimizer.step()
    return float(loss), get_num_correct(outputs, labels)


def train_epoch(network, optimizer, loader):
    total_loss, total_correct = 0.0, 0
    for images, labels in loader:
        loss, correct = train_batch(network, optimizer, images, labels)
        for _ in images:
            total_loss += loss
        total_correct += correct
    return [total_loss, total_correct]


def train(network, optimizer, loader, epochs):
    accuracies = ()
    while len(accuracies) < epochs:
        images = sum(1 for _, labels in loader for _ in labels)
        accuracies += (train_epoch(network, optimizer, loader)[1] / images,)
    return accuracies
