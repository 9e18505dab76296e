"""Exercise 9: save what a net has learned, and load it again."""

from typing import BinaryIO

import torch


def save(net, file: BinaryIO) -> None:
    """Write the net's parameters to file, with torch.save: a dict of name -> tensor, as they are now.

    net: a Net; net.parameters is a dict of name -> tensor.
    file: a file that is open for writing. It stays open: whoever opened it closes it.
    """
    # TODO: one call writes all of it
    # BEGIN SOLUTION
    torch.save(dict(net.parameters), file)
    # END SOLUTION


def load(net, file: BinaryIO) -> None:
    """Read what save wrote and put it into the net's own tensors, in place.

    The tensors in net.parameters stay the same objects, since layers and optimizer share them; only their numbers change.
    Raises ValueError, and leaves the net as it was, if the file has not exactly the names of net.parameters, or if one of
    its tensors has another shape.

    net: a Net; net.parameters is a dict of name -> tensor.
    file: a file that is open for reading, where save began to write. It stays open.
    """
    # TODO: read with torch.load, compare names and shapes, and only then copy the numbers
    # BEGIN SOLUTION
    saved = torch.load(file, weights_only=True)
    if saved.keys() != net.parameters.keys():
        raise ValueError(f"the file has {', '.join(saved)}; the net has {', '.join(net.parameters)}")
    for name, tensor in net.parameters.items():
        if saved[name].shape != tensor.shape:
            raise ValueError(f"{name} has shape {tuple(saved[name].shape)}; in the net it is {tuple(tensor.shape)}")
    for name, tensor in net.parameters.items():
        tensor.copy_(saved[name])
    # END SOLUTION
