"""Exercises 6 and 7: the gradients that a linear layer and a ReLU hand on.

Answer each with a function, or replace the function by a formula: `relu_gradient = "..."`.
"""

import torch


def linear_gradients(
    x: torch.Tensor, W: torch.Tensor, dz: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The gradients (dx, dW, db) of L, where z = x W^T + b and dz is the gradient of L with respect to z.

    z[n, j] = b[j] + sum over m of W[j, m] * x[n, m]

    x: (N, dim_in). W: (dim_out, dim_in). dz: (N, dim_out). None of them is changed.
    dx, dW and db have the shapes of x, W and b.

    As formulas: a dict {"dx": ..., "dW": ..., "db": ...} for the entries dx_nm, dW_jm and db_j, in x_nm, W_jm, dz_nj, N,
    dim_in, dim_out and the indices n, j and m.
    """
    # TODO: which z[n, j] does one entry of x, W or b reach, and with which factor each? Sum over them
    # BEGIN SOLUTION
    return dz @ W, dz.T @ x, dz.sum(dim=0)
    # END SOLUTION


def relu_gradient(x: torch.Tensor, dz: torch.Tensor) -> torch.Tensor:
    """The gradient of L with respect to x, where z = max(0, x) and dz is the gradient of L with respect to z.

    At exactly 0 the slope of ReLU is taken as 0.

    x, dz: of the same shape, any. Neither is changed.

    As a formula for one entry: in x and dz.
    """
    # TODO: the slope of ReLU at x, and the chain rule
    # BEGIN SOLUTION
    return dz * (x > 0)
    # END SOLUTION
