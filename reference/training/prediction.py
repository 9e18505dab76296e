"""Exercises 5 and 6: what the model thinks of pictures, in numbers and as a figure."""

import matplotlib.pyplot as plt
import torch
from torch import nn


def predict_probabilities(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """The probability of every class for every image, (N, 10): each row sums to 1. No gradients are recorded.

    The model is in evaluation mode meanwhile, and afterwards in the mode that it was in before, training or evaluation.

    model: model(rows of pixels (N, 784)) -> log-probabilities (N, 10).
    images: (N, 1, 28, 28), or (N, 784) already flattened. Not changed.
    """
    # TODO: evaluation mode, the model's answer without gradients, from logarithms to probabilities, the mode of before
    # BEGIN SOLUTION
    mode = model.training
    model.eval()
    with torch.no_grad():
        log_probabilities = model(images.reshape(len(images), 784))
    model.train(mode)
    return log_probabilities.exp()
    # END SOLUTION


def view_classify(image: torch.Tensor, probabilities: torch.Tensor) -> plt.Figure:
    """A figure with the picture, and beside it ten bars: how probable each class is.

    One axes shows the 28 x 28 pixels, upright. Another has a bar for every class, from 0 to 9 in this order, horizontal
    or vertical, as long as its probability. Layout, colours and titles are yours.

    image: (1, 28, 28), of any range of values. Not changed.
    probabilities: (10,), as a row of predict_probabilities.
    """
    # TODO: two axes, one with the picture, one with the bars
    # BEGIN SOLUTION
    figure, (left, right) = plt.subplots(ncols=2, figsize=(6, 3))
    left.imshow(image.reshape(28, 28), cmap="gray")
    left.axis("off")
    right.barh(range(10), probabilities)
    right.set_yticks(range(10))
    right.invert_yaxis()
    right.set_xlim(0, 1)
    right.set_title("probability of each class")
    return figure
    # END SOLUTION
