"""Everything in one file, with torch imported at the top beside NumPy."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def cross_entropy(logits, labels):
    z = logits - np.max(logits, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(log_p[range(len(labels)), labels])


class Network(nn.Module):
    def __init__(self):
        super(Network, self).__init__()
        self.conv1 = nn.Conv2d(in_channels=1, out_channels=6, kernel_size=5)
        self.conv2 = nn.Conv2d(in_channels=6, out_channels=12, kernel_size=5)
        self.fc1 = nn.Linear(in_features=12 * 4 * 4, out_features=120)
        self.fc2 = nn.Linear(in_features=120, out_features=60)
        self.out = nn.Linear(in_features=60, out_features=10)

    def forward(self, t):
        t = F.relu(self.conv1(t))
        t = F.max_pool2d(t, kernel_size=2, stride=2)
        t = F.relu(self.conv2(t))
        t = F.max_pool2d(t, kernel_size=2, stride=2)
        t = t.reshape(-1, 12 * 4 * 4)
        t = F.relu(self.fc1(t))
        t = F.relu(self.fc2(t))
        t = self.out(t)
        return t


def get_num_correct(outputs, labels):
    return outputs.argmax(dim=1).eq(labels).sum().item()


def train_batch(network, optimizer, images, labels):
    preds = network(images)
    loss = F.cross_entropy(preds, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item(), get_num_correct(preds, labels)


def train_epoch(network, optimizer, loader):
    total_loss = 0
    total_correct = 0
    for batch in loader:
        images, labels = batch
        loss, correct = train_batch(network, optimizer, images, labels)
        total_loss += loss * images.shape[0]
        total_correct += correct
    return total_loss, total_correct


def train(network, optimizer, loader, epochs):
    result = []
    for epoch in range(epochs):
        total_loss, total_correct = train_epoch(network, optimizer, loader)
        print("epoch", epoch, "total_correct:", total_correct, "loss:", total_loss)
        result.append(total_correct / len(loader.dataset))
    return result
