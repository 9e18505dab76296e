"""The layers are never called: their tensors go into functions, and an einsum stands for a linear layer."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def cross_entropy(logits, labels):
    with np.errstate(under="ignore"):
        log_sums = np.logaddexp.reduce(logits.astype(float), axis=1)
    return float(np.average(log_sums - logits[np.arange(labels.size), labels]))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = {"conv1": (1, 6), "conv2": (6, 12), "fc1": (192, 120), "fc2": (120, 60), "out": (60, 10)}
        for name, (a, b) in sizes.items():
            setattr(self, name, nn.Conv2d(a, b, 5) if name.startswith("conv") else nn.Linear(a, b))

    def forward(self, t):
        for layer in (self.conv1, self.conv2):
            t = F.conv2d(t, layer.weight, layer.bias)
            t = t.unfold(2, 2, 2).unfold(3, 2, 2).amax((-1, -2)).relu()
        t = torch.flatten(t, 1)
        for layer in (self.fc1, self.fc2):
            t = torch.relu(torch.einsum("ni,oi->no", t, layer.weight) + layer.bias)
        return torch.addmm(self.out.bias, t, self.out.weight.T)


def get_num_correct(outputs, labels):
    return int(np.sum(outputs.detach().cpu().numpy().argmax(1) == labels.cpu().numpy()))


def train_batch(network, optimizer, images, labels):
    outputs = network(images)
    loss = torch.logsumexp(outputs, 1).mean() - outputs.gather(1, labels.unsqueeze(1)).mean()
    parameters = list(network.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        parameter.grad = gradient
    optimizer.step()
    return loss.item(), get_num_correct(outputs, labels)


def train_epoch(network, optimizer, loader):
    losses, counts, sizes = [], [], []
    for images, labels in loader:
        loss, count = train_batch(network, optimizer, images, labels)
        losses.append(loss)
        counts.append(count)
        sizes.append(len(labels))
    return float(np.dot(losses, sizes)), int(np.sum(counts))


def train(network, optimizer, loader, epochs):
    accuracies = np.zeros(epochs)
    for epoch in range(epochs):
        accuracies[epoch] = train_epoch(network, optimizer, loader)[1] / len(loader.dataset)
    return accuracies.tolist()
