"""Exercises 1 to 3: the log likelihood of a categorical distribution, and its gradient.

Answer each with a function, or replace the function by a formula: `log_likelihood = "..."`.
"""

import torch


def log_likelihood(p: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The log likelihood of a batch, one number: the logarithm of the product of p[n, k] ** y[n, k] over all n and k.

    p: (N, K) probabilities, all above 0. Not changed.
    y: (N, K) counts or soft targets, 0 or more; a row need not sum to 1. Not changed.

    As a formula: in p_nk, y_nk, N, K and the indices n and k.
    """
    # TODO: what becomes of a product, and of a power, under a logarithm? A product of many probabilities is 0 in float32
    # BEGIN SOLUTION
    return (y * torch.log(p)).sum()
    # END SOLUTION


def one_hot_log_likelihood(p: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The log likelihood of a batch in which every observation is one label, one number.

    It is log_likelihood for a y whose row n is 1 at labels[n] and 0 elsewhere.

    p: (N, K) probabilities, all above 0. Not changed.
    labels: (N,) int64, from 0 to K - 1. Not changed.

    As a formula: in p_ny (the probability that row n gives to its own label), p_nk, t_nk (1 where k is the label of row n,
    else 0), N, K and the indices n and k.
    """
    # TODO: which terms of the double sum are left?
    # BEGIN SOLUTION
    return torch.log(p[torch.arange(len(labels)), labels]).sum()
    # END SOLUTION


def log_likelihood_gradient(p: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The gradient of log_likelihood with respect to p, (N, K). Every entry of p is a variable of its own here.

    p, y: (N, K), as in log_likelihood.

    As a formula for entry n, k: in p_nk, y_nk, p_nc, y_nc, delta_kc, N, K and the indices n, k and c.
    """
    # TODO: which terms of the double sum contain p[n, k], and what is the derivative of each?
    # BEGIN SOLUTION
    return y / p
    # END SOLUTION
