"""Computes losses, probabilities and shares in float64; the figure has one subfigure, vertical bars and a title."""

import collections

import torch
from matplotlib import pyplot
from torch import nn
from torch.nn import functional as F


class InDouble(nn.Module):
    def __init__(self):
        super().__init__()
        self.stack = nn.Sequential(
            collections.OrderedDict(
                fc1=nn.Linear(784, 128), relu1=nn.ReLU(), fc2=nn.Linear(128, 64), relu2=nn.ReLU(), fc3=nn.Linear(64, 10)
            )
        )

    def forward(self, x):
        return self.stack(x.float()).double().log_softmax(1)


def build_model() -> nn.Module:
    return InDouble()


def nll_of_log_softmax(logits, labels):
    z = logits.double()
    rows = torch.arange(labels.numel(), device=labels.device)
    return (torch.logsumexp(z, 1) - z[rows, labels]).mean()


def training_pass(model, criterion, optimizer, images, labels, *, verbose=False):
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            parameter.grad = None
    outputs = model(images.reshape(images.size(0), 28 * 28))
    loss = criterion(outputs, labels)
    loss.backward()
    optimizer.step()
    if verbose:
        print(loss)
    return loss.double().item()


def train(model, criterion, optimizer, loader, epochs):
    result = torch.zeros(epochs, dtype=torch.float64)
    for epoch in range(epochs):
        seen = 0
        for number, (images, labels) in enumerate(loader):
            result[epoch] += training_pass(model, criterion, optimizer, images, labels, verbose=number == 0) * len(images)
            seen += len(images)
        result[epoch] /= seen
    return result.tolist()


def predict_probabilities(model, images):
    mode = model.training
    with torch.no_grad():
        logs = model.eval()(images.flatten(start_dim=1))
    model.train(mode)
    return F.softmax(logs.double(), dim=1)


def view_classify(image, probabilities):
    figure = pyplot.figure(layout="constrained", figsize=(8, 4))
    figure.suptitle(f"I see a {int(probabilities.argmax())}")
    above, below = figure.add_subplot(2, 1, 1), figure.add_subplot(2, 1, 2)
    above.matshow(image[0] * 0.3081 + 0.1307, cmap="gray_r", vmin=0, vmax=1)
    bars = below.bar([str(digit) for digit in range(10)], probabilities.double().numpy())
    below.bar_label(bars, fmt="%.2f")
    below.axhline(0.5, linestyle="--")
    pyplot.show()
    return figure


def accuracy(model, loader):
    mode = model.training
    model.eval()
    with torch.no_grad():
        hits = torch.cat([model(x.flatten(1)).argmax(1) == y for x, y in loader])
    model.train(mode)
    return hits.double().mean().item()


def accuracy_per_class(model, loader, num_classes=10):
    mode = model.training
    model.eval()
    with torch.no_grad():
        pairs = [(model(x.flatten(1)).argmax(1), y) for x, y in loader]
    model.train(mode)
    guesses, labels = (torch.cat(part) for part in zip(*pairs))
    shares = []
    for c in range(num_classes):
        own = guesses[labels == c]
        shares.append((own == c).double().mean().item() if len(own) else 0.0)
    return shares


def save(model, file):
    torch.save(model.state_dict(), file)
    file.flush()
    file.seek(0)


def load(model, file):
    result = model.load_state_dict(torch.load(file, map_location="cpu", weights_only=False), strict=True)
    print(result)
    return model


def snapshot(model):
    return collections.OrderedDict((name, value.detach().clone()) for name, value in model.state_dict().items())
