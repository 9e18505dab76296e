"""Unusual functions for usual things: ModuleDict, maximum and where for ReLU, autograd.backward, one-hot labels, three axes."""

import matplotlib.pyplot as plt
import torch
from torch import nn


class Tower(nn.Module):
    def __init__(self):
        super().__init__()
        self.floors = nn.ModuleDict({"low": nn.Linear(784, 128), "middle": nn.Linear(128, 64), "top": nn.Linear(64, 10)})
        for floor in self.floors.values():
            nn.init.orthogonal_(floor.weight)
            nn.init.constant_(floor.bias, 0.01)

    def forward(self, x):
        x = torch.maximum(self.floors["low"](x), torch.tensor(0.0))
        x = torch.where((y := self.floors["middle"](x)) > 0, y, torch.zeros_like(y))
        return nn.functional.log_softmax(self.floors["top"](x), dim=-1)


def build_model():
    return Tower()


def nll_of_log_softmax(logits, labels):
    return torch.nn.functional.cross_entropy(logits, torch.nn.functional.one_hot(labels, logits.size(1)).to(logits.dtype))


def training_pass(model, criterion, optimizer, images, labels):
    optimizer.zero_grad()
    rows = torch.flatten(images, 1)
    loss = criterion(model(rows), labels)
    torch.autograd.backward(loss)
    optimizer.step()
    return loss.tolist()


def train(model, criterion, optimizer, loader, epochs):
    means = torch.empty(epochs)
    for epoch in range(epochs):
        losses = torch.tensor([training_pass(model, criterion, optimizer, *batch) for batch in loader])
        sizes = torch.tensor([len(labels) for _, labels in loader])
        means[epoch] = (losses * sizes).sum() / sizes.sum()
    return means


def predict_probabilities(model, images):
    training = model.training
    with torch.no_grad():
        answer = model.eval()(images.reshape(-1, 784))
    if training:
        model.train()
    else:
        model.eval()
    return answer.exp()


def view_classify(image, probabilities):
    figure, axes = plt.subplots(ncols=3)
    axes[0].imshow(1 - image.reshape(28, 28), cmap="gray")
    axes[1].barh(y=range(10), width=probabilities, left=0)
    axes[2].axis("off")
    axes[2].text(0, 0.5, f"{probabilities.max():.0%}")
    return axes[1]


def accuracy(model, loader):
    training = model.training
    model.eval()
    with torch.no_grad():
        counts = [(torch.count_nonzero(model(x.view(-1, 784)).argmax(1) == y), len(y)) for x, y in loader]
    model.train(training)
    return (sum(right for right, _ in counts) / sum(there for _, there in counts)).item()


def accuracy_per_class(model, loader, num_classes=10):
    training = model.training
    model.eval()
    shares = []
    with torch.no_grad():
        for c in range(num_classes):
            right = there = 0
            for x, y in loader:
                own = x[y == c]
                if len(own):
                    right += (model(own.view(-1, 784)).argmax(1) == c).sum().item()
                    there += len(own)
            shares.append(right / there if there else 0.0)
    model.train(training)
    return shares


def save(model, file):
    torch.save(list(model.state_dict().items()), file)


def load(model, file):
    missing = model.load_state_dict(dict(torch.load(file)))
    assert not missing.missing_keys


def snapshot(model):
    state = model.state_dict()
    for name in state:
        state[name] = state[name].clone()
    return state
