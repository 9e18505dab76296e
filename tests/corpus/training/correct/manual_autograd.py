"""Gradients by torch.autograd.grad, log-softmax as a module of its own, torch.einsum for the counts."""

import copy
import io

import torch
from matplotlib import pyplot as plt
from torch import autograd, nn


class LogSoftmax(nn.Module):
    def forward(self, scores):
        return scores - torch.logsumexp(scores, dim=-1, keepdim=True)


class Classifier(nn.Module):
    def __init__(self):
        super(Classifier, self).__init__()
        self.hidden = nn.ModuleList([nn.Linear(784, 128), nn.Linear(128, 64)])
        self.output = nn.Linear(64, 10)
        self.log_softmax = LogSoftmax()

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.log_softmax(self.output(x))


def build_model():
    model = Classifier()
    assert sum(p.numel() for p in model.parameters()) == 109386
    return model.train()


def nll_of_log_softmax(logits, labels):
    losses = []
    for row, label in zip(logits, labels):
        losses.append(torch.logsumexp(row, dim=0) - row[label])
    return torch.stack(losses).mean()


def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    loss = criterion(model(images.reshape(len(images), -1)), labels)
    for parameter, gradient in zip(parameters, autograd.grad(loss, parameters)):
        parameter.grad = gradient
    optimizer.step()
    return loss.item()


def train(model, criterion, optimizer, loader, epochs):
    means = []
    while len(means) < epochs:
        batches = iter(loader)
        total, seen = 0.0, 0
        while True:
            try:
                images, labels = next(batches)
            except StopIteration:
                break
            total += labels.shape[0] * training_pass(model, criterion, optimizer, images, labels)
            seen += labels.shape[0]
        means.append(total / seen)
    return means


@torch.no_grad()
def predict_probabilities(model, images):
    asked = copy.deepcopy(model).eval()
    return torch.exp(asked(images.flatten(1)))


def view_classify(image, probabilities):
    figure, axes = plt.subplot_mosaic([["picture", "bars"]], figsize=(6, 3))
    axes["picture"].imshow(image.view(28, 28).tolist(), cmap="bone")
    axes["bars"].bar(torch.arange(10), probabilities, color=["tab:blue"] * 10)
    axes["bars"].set(ylim=(0, 1), xticks=range(10), title="What the model thinks")
    figure.tight_layout()
    return figure


@torch.no_grad()
def accuracy(model, loader):
    asked = copy.deepcopy(model).eval()
    hits, count = torch.tensor(0.0), 0
    for images, labels in loader:
        hits += torch.einsum("i->", (asked(images.flatten(1)).argmax(dim=1) == labels).float())
        count += labels.numel()
    return float(hits / count)


@torch.no_grad()
def accuracy_per_class(model, loader, num_classes=10):
    asked = copy.deepcopy(model).eval()
    there, found = torch.zeros(num_classes), torch.zeros(num_classes)
    for images, labels in loader:
        truth = torch.eye(num_classes)[labels]
        guess = torch.eye(num_classes)[asked(images.flatten(1)).argmax(dim=1)]
        there += truth.sum(0)
        found += torch.einsum("ik,ik->k", truth, guess)
    return [float(f / t) if t else 0.0 for f, t in zip(found, there)]


def save(model, file):
    buffer = io.BytesIO()
    torch.save(dict(model.named_parameters()) | dict(model.named_buffers()), buffer)
    file.write(buffer.getvalue())


def load(model, file):
    found = torch.load(io.BytesIO(file.read()), weights_only=True)
    wanted = model.state_dict()
    if set(found) != set(wanted):
        raise KeyError(f"the file has {sorted(found)}, the model {sorted(wanted)}")
    for name, tensor in wanted.items():
        tensor.copy_(found[name].detach())


def snapshot(model):
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    return torch.load(file)
