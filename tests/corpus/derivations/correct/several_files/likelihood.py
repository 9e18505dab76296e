"""The files of the skeleton, filled in, with helpers of the student's own between them."""

import torch
from tools import one_hot


def log_likelihood(p: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The log likelihood of a batch, one number."""
    return sum(counts @ probabilities.log() for counts, probabilities in zip(y, p))


def one_hot_log_likelihood(p: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The log likelihood of labels."""
    return log_likelihood(p, one_hot(labels, p.shape[-1]))


def log_likelihood_gradient(p: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Its gradient."""
    return torch.exp(torch.log(y) - torch.log(p))
