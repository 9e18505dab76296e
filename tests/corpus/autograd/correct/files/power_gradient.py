"""A file for each exercise, and some of them use each other."""

import torch


def power_gradient(x):
    return torch.stack([2 * entry / x.numel() for entry in x.flatten()]).view(x.shape)
