"""Exercise 9: keep what a model has learned, in a file and in memory."""

from typing import BinaryIO

import torch
from torch import nn


def save(model: nn.Module, file: BinaryIO) -> None:
    """Write all that model has learned, its state_dict, into the file.

    file: a binary file that is open for writing, such as open("model.pt", "wb") gives.
    """
    # TODO: let torch write the model's state_dict
    # BEGIN SOLUTION
    torch.save(model.state_dict(), file)
    # END SOLUTION


def load(model: nn.Module, file: BinaryIO) -> None:
    """Give model what `save` wrote: afterwards it predicts what the saved model predicted.

    Raises an exception if the file is that of a model with other layers.

    model: a model with the same layers as the saved one, in any state; changed in place.
    file: a binary file that is open for reading, at its beginning.
    """
    # TODO: let torch read the file, and put what it held into the model
    # BEGIN SOLUTION
    model.load_state_dict(torch.load(file, weights_only=True))
    # END SOLUTION


def snapshot(model: nn.Module) -> dict[str, torch.Tensor]:
    """What model has learned up to now: the entries of its state_dict, which further training does not change.

    model.load_state_dict(snapshot) takes it back to this moment.
    """
    # TODO: a state_dict with tensors of its own
    # BEGIN SOLUTION
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}
    # END SOLUTION
