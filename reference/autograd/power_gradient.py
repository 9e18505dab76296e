"""Exercise 1: a gradient by hand."""

import torch


def power_gradient(x: torch.Tensor) -> torch.Tensor:
    """The gradient of the mean of the squares, mean(x²), with respect to x: a tensor of the shape of x.

    With n entries in x, mean(x²) = (x_1² + ... + x_n²) / n. Entry k of the gradient is its derivative by x_k.

    x: a float tensor of any shape. Not changed.
    """
    # TODO: the derivative by one entry, for all entries at once
    # BEGIN SOLUTION
    return 2 * x / x.numel()
    # END SOLUTION
