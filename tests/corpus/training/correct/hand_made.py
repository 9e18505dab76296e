"""Layers, log-softmax, the step and the file format by hand: parameters in a ParameterList, numpy for the bytes."""

import io

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn


class Layers(nn.Module):
    def __init__(self, sizes=(784, 128, 64, 10)):
        super().__init__()
        self.numbers = nn.ParameterList()
        for dim_in, dim_out in zip(sizes, sizes[1:]):
            self.numbers.append(nn.Parameter(torch.randn(dim_out, dim_in) * (2 / dim_in) ** 0.5))
            self.numbers.append(nn.Parameter(torch.zeros(dim_out)))

    def forward(self, x):
        for place in range(0, len(self.numbers), 2):
            x = x @ self.numbers[place].T + self.numbers[place + 1]
            if place + 2 < len(self.numbers):
                x = x.clamp(min=0)
        x = x - x.max(dim=1, keepdim=True).values
        return x - x.exp().sum(dim=1, keepdim=True).log()


def build_model():
    return Layers()


def nll_of_log_softmax(logits, labels):
    shifted = logits - logits.amax(dim=1, keepdim=True)
    logs = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    return -logs.gather(1, labels.unsqueeze(1)).mean()


def training_pass(model, criterion, optimizer, images, labels):
    model.zero_grad()
    loss = criterion(model(torch.stack([image.reshape(-1) for image in images])), labels)
    loss.backward()
    optimizer.step()
    return loss.detach().numpy().item()


def train(model, criterion, optimizer, loader, epochs):
    return [one_epoch(model, criterion, optimizer, loader) for _ in range(epochs)]


def one_epoch(model, criterion, optimizer, loader):
    losses, weights = [], []
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(images.reshape(len(labels), -1)), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        weights.append(len(labels))
    return float(np.average(losses, weights=weights))


def predict_probabilities(model, images):
    before = model.training
    model.train(False)
    rows = images.reshape(images.shape[0], 784)
    answer = torch.stack([model(row.unsqueeze(0))[0].exp() for row in rows]).detach()
    model.train(before)
    return answer


def view_classify(image, probabilities):
    figure = plt.figure()
    axes = figure.add_axes((0.1, 0.1, 0.4, 0.8))
    axes.pcolormesh(np.asarray(image).reshape(28, 28), cmap="viridis")
    axes.invert_yaxis()
    other = figure.add_axes((0.55, 0.1, 0.4, 0.8))
    for place, chance in enumerate(np.asarray(probabilities)):
        other.bar(place, chance, color="red" if chance == max(probabilities) else "grey")
    return figure, other


def accuracy(model, loader):
    before = model.training
    model.eval()
    right = []
    for images, labels in loader:
        answers = model(images.flatten(1)).detach().numpy()
        right += list(np.argmax(answers, axis=1) == labels.numpy())
    model.train(before)
    return sum(right) / len(right)


def accuracy_per_class(model, loader, num_classes=10):
    before = model.training
    model.eval()
    table = np.zeros((num_classes, num_classes))
    for images, labels in loader:
        for label, guess in zip(labels.numpy(), model(images.flatten(1)).detach().numpy().argmax(axis=1)):
            table[label, guess] += 1
    model.train(before)
    return [float(table[c, c] / max(1, table[c].sum())) for c in range(num_classes)]


def save(model, file):
    arrays = {name: tensor.detach().numpy() for name, tensor in model.state_dict().items()}
    np.savez(file, **arrays)


def load(model, file):
    with np.load(io.BytesIO(file.read())) as arrays:
        found = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
    model.load_state_dict(found)


def snapshot(model):
    return {name: torch.from_numpy(tensor.detach().numpy().copy()) for name, tensor in model.state_dict().items()}
