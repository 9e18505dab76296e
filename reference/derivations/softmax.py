"""Exercises 4 and 5: the derivatives of softmax, and of the loss that stands behind it.

Answer each with a function, or replace the function by a formula: `softmax_jacobian = "..."`.
"""

import torch


def softmax_jacobian(z: torch.Tensor) -> torch.Tensor:
    """The Jacobian of p = softmax(z), (K, K): in row i and column j, the derivative of p[i] with respect to z[j].

    p[i] = exp(z[i]) / sum over c of exp(z[c])

    z: (K,) the scores of one observation, from -10 to 10. Not changed.

    As a formula for row i, column j: in p_i, p_j, p_c, z_i, z_j, z_c, delta_ij, delta_ic, delta_jc, K and the indices i, j
    and c.
    """
    # TODO: the quotient rule, once for i = j and once for i and j that differ; then one formula for both
    # BEGIN SOLUTION
    exponentials = torch.exp(z - z.max())
    p = exponentials / exponentials.sum()
    return torch.diag(p) - torch.outer(p, p)
    # END SOLUTION


def nll_gradient(z: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The gradient of L with respect to z, (N, K), where L is the mean over the batch of -log softmax(z) at the label.

    L = -1/N * sum over n of log p[n, labels[n]], and row n of p is the softmax of row n of z.

    z: (N, K) scores from -10 to 10. Not changed.
    labels: (N,) int64, from 0 to K - 1. Not changed.

    As a formula for entry n, k: in p_nk, p_nc, p_ny, z_nk, z_nc, z_ny, t_nk, t_nc, delta_kc, N, K and the indices n, k and c;
    t_nk is 1 where k is the label of row n, else 0, and the y in p_ny and z_ny is that label.
    """
    # TODO: the chain rule from L through the probabilities to z[n, k]; then make it short
    # BEGIN SOLUTION
    exponentials = torch.exp(z - z.max(dim=1, keepdim=True).values)
    gradient = exponentials / exponentials.sum(dim=1, keepdim=True)
    gradient[torch.arange(len(labels)), labels] -= 1
    return gradient / len(labels)
    # END SOLUTION
