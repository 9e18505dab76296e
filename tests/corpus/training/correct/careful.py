"""Checks its arguments, documents everything, keeps a history of what it did, and hands back the model it loaded."""

from __future__ import annotations

import logging
from typing import Any

import matplotlib.pyplot as plt
import torch
from torch import Tensor, nn

log = logging.getLogger(__name__)
history: list[dict[str, Any]] = []


class Block(nn.Module):
    """A linear layer and what comes after it."""

    def __init__(self, dim_in: int, dim_out: int, after: nn.Module) -> None:
        super().__init__()
        self.linear = nn.Linear(dim_in, dim_out)
        self.after = after

    def forward(self, x: Tensor) -> Tensor:
        return self.after(self.linear(x))


def build_model() -> nn.Module:
    """Three blocks."""
    return nn.Sequential(
        Block(784, 128, nn.ReLU()), Block(128, 64, nn.ReLU()), Block(64, 10, nn.LogSoftmax(dim=1))
    )


def nll_of_log_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean negative log-likelihood."""
    if logits.ndim != 2 or labels.ndim != 1 or len(logits) != len(labels):
        raise ValueError("expected logits (N, K) and labels (N,)")
    log_probabilities = torch.log_softmax(logits, dim=1)
    return -torch.take_along_dim(log_probabilities, labels[:, None], dim=1).mean()


def training_pass(model, criterion, optimizer, images: Tensor, labels: Tensor) -> float:
    """One pass."""
    assert images.shape[1:] == (1, 28, 28)
    with torch.enable_grad():
        optimizer.zero_grad()
        outputs = model(images.squeeze(1).flatten(1))
        loss = criterion(outputs, labels)
        loss.backward()
        assert all(p.grad is not None for p in model.parameters())
        optimizer.step()
    value = float(loss.detach())
    history.append({"images": len(labels), "loss": value})
    log.info("loss %f", value)
    return value


def train(model, criterion, optimizer, loader, epochs: int) -> list[float]:
    """All passes."""
    first = len(history)
    means = []
    for _ in range(epochs):
        for images, labels in loader:
            training_pass(model, criterion, optimizer, images, labels)
        passes = history[first:]
        first = len(history)
        means.append(sum(p["loss"] * p["images"] for p in passes) / sum(p["images"] for p in passes))
    return means


class Evaluation:
    """The model in evaluation mode, without gradients, and afterwards everything as it was."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model

    def __enter__(self) -> nn.Module:
        self.mode, self.recorded = self.model.training, torch.is_grad_enabled()
        torch.set_grad_enabled(False)
        return self.model.eval()

    def __exit__(self, *_: object) -> None:
        torch.set_grad_enabled(self.recorded)
        self.model.train(self.mode)


def predict_probabilities(model: nn.Module, images: Tensor) -> Tensor:
    """Row by row the softmax, from the logarithms."""
    with Evaluation(model) as asked:
        logs = asked(images.reshape(images.shape[0], -1))
        return torch.exp(logs) / torch.exp(logs).sum(dim=1, keepdim=True)


def view_classify(image: Tensor, probabilities: Tensor) -> plt.Figure:
    """The picture above, the bars below, with the largest one drawn once more in another colour."""
    plt.close("all")
    figure = plt.figure(figsize=(4, 6))
    grid = figure.add_gridspec(2, 1)
    picture = figure.add_subplot(grid[0])
    low, high = image.min(), image.max()
    shown = ((image - low) / (high - low) * 255).to(torch.uint8).squeeze()
    picture.imshow(255 * ((image - low) / (high - low)).squeeze(), cmap="gray", vmin=0, vmax=255)
    picture.set_title(f"{tuple(shown.shape)} pixels")
    bars = figure.add_subplot(grid[1])
    bars.bar(range(10), probabilities, color="lightgrey")
    best = int(probabilities.argmax())
    bars.bar([best], [float(probabilities[best])], color="darkred")
    bars.set_xticks(range(10))
    return figure


def accuracy(model: nn.Module, loader) -> float:
    """Counted image by image."""
    per_class = _counts(model, loader)
    return sum(right for right, _ in per_class.values()) / sum(there for _, there in per_class.values())


def accuracy_per_class(model: nn.Module, loader, num_classes: int = 10) -> list[float]:
    """Counted class by class."""
    per_class = _counts(model, loader)
    return [right / there if there else 0.0 for right, there in (per_class.get(c, (0, 0)) for c in range(num_classes))]


def _counts(model: nn.Module, loader) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    with Evaluation(model) as asked:
        for images, labels in loader:
            for guess, label in zip(asked(images.flatten(1)).argmax(dim=1).tolist(), labels.tolist()):
                right, there = found.get(label, (0, 0))
                found[label] = (right + (guess == label), there + 1)
    return found


def save(model: nn.Module, file) -> None:
    """With a version, for later."""
    torch.save({"version": 1, "state": snapshot(model)}, file)


def load(model: nn.Module, file) -> nn.Module:
    """All or nothing."""
    content = torch.load(file, weights_only=True)
    if content["version"] != 1:
        raise ValueError("unknown version")
    before = snapshot(model)
    try:
        model.load_state_dict(content["state"])
    except RuntimeError:
        log.warning("the file does not fit")
        for name, tensor in model.state_dict().items():
            tensor.copy_(before[name])
        raise
    return model


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """Copies."""
    return {name: tensor.detach().clone(memory_format=torch.contiguous_format) for name, tensor in model.state_dict().items()}
