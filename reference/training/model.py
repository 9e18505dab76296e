"""Exercise 1: the model."""

from torch import nn


def build_model() -> nn.Module:
    """A new model for pictures of 28 x 28 pixels: 784 -> 128, ReLU, 128 -> 64, ReLU, 64 -> 10, log-softmax.

    model(images) takes rows of pixels, float (N, 784), and returns log-probabilities (N, 10): the exponentials of each
    row sum to 1. It may accept images (N, 1, 28, 28) as well; nothing here needs that.
    Its parameters are those of three nn.Linear, in their order: weight (128, 784), bias (128,), weight (64, 128),
    bias (64,), weight (10, 64), bias (10,), with random initial weights. Every call makes a model with its own.
    """
    # TODO: three linear layers, two ReLU, and a log-softmax over the classes
    # BEGIN SOLUTION
    return nn.Sequential(
        nn.Linear(784, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
        nn.LogSoftmax(dim=1),
    )
    # END SOLUTION
