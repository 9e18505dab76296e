"""Functions that several files share; torch is used here, but not by the loss by hand."""

import torch


def predictions(outputs):
    return torch.argmax(outputs, dim=1)


def share(part, whole):
    return part / whole
