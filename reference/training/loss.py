"""Exercise 2: the loss."""

import torch
from torch.nn import functional  # SOLUTION


def nll_of_log_softmax(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The negative log-likelihood of the labels under softmax(logits), a 0-dim tensor that autograd can go back through.

    1/N * sum over i of -log p[i, labels[i]], where p[i, k] = exp(logits[i, k]) / sum over c of exp(logits[i, c]).

    logits: (N, K) raw scores; the loss stays finite for scores of ±1e4. Not changed.
    labels: (N,) int64, the right class of every image, 0 to K - 1.
    """
    # TODO: the log-softmax of the scores, and the NLL loss of that
    # BEGIN SOLUTION
    return functional.nll_loss(functional.log_softmax(logits, dim=1), labels)
    # END SOLUTION
