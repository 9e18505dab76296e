"""Numpy does the arithmetic; these two carry tensors over and back."""

import numpy as np
import torch


def to_numpy(tensor):
    return np.array(tensor.detach().cpu().numpy())


def to_tensor(array, like):
    """The array as a tensor of the same dtype and device as `like`."""
    return torch.as_tensor(np.ascontiguousarray(array), dtype=like.dtype, device=like.device)


def softmax_of_one(scores):
    """The softmax of one row of scores."""
    e = np.exp(scores - scores.max())
    return e / e.sum()


def batches(net, loader):
    """The predictions and the labels of every batch, as two lists of ints."""
    for images, labels in loader:
        yield [int(np.argmax(row)) for row in to_numpy(net(images))], [int(label) for label in labels]
