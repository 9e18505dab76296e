"""He's weights to begin with; sums in float64, a generator of results, and a loss that is a tensor."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def cross_entropy(logits, labels):
    z = np.array(logits, dtype=np.longdouble)
    z -= z.max(1, keepdims=True)
    return float(np.mean([np.log(np.exp(row).sum()) - row[k] for row, k in zip(z, labels)]))


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 12, 5)
        self.fc1 = nn.Linear(192, 120)
        self.fc2 = nn.Linear(120, 60)
        self.out = nn.Linear(60, 10)
        for name, parameter in self.named_parameters():
            if name.endswith("weight"):
                nn.init.kaiming_normal_(parameter, nonlinearity="relu")

    def features(self, t):
        t = F.max_pool2d(F.relu(self.conv1(t)), (2, 2))
        return F.max_pool2d(F.relu(self.conv2(t)), (2, 2))

    def classifier(self, t):
        return self.out(F.relu(self.fc2(F.relu(self.fc1(t)))))

    def forward(self, t):
        return self.classifier(self.features(t).reshape(len(t), -1))


def get_num_correct(outputs, labels):
    return sum((outputs.argmax(dim=1) == labels).tolist())


def train_batch(network, optimizer, images, labels):
    optimizer.zero_grad()
    outputs = network(images)
    loss = F.cross_entropy(outputs.double(), labels)
    loss.backward()
    optimizer.step()
    return loss.detach(), get_num_correct(outputs, labels)


def results(network, optimizer, loader):
    for images, labels in loader:
        yield len(images), *train_batch(network, optimizer, images, labels)


def train_epoch(network, optimizer, loader):
    sizes, losses, counts = zip(*results(network, optimizer, loader))
    return torch.tensor(sizes).double() @ torch.stack([torch.as_tensor(loss).double() for loss in losses]), sum(counts)


def train(network, optimizer, loader, epochs):
    return [train_epoch(network, optimizer, loader)[1] / len(loader.dataset) for _ in range(epochs)]
