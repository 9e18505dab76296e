"""Exercise 3: half the mean squared error, and its gradient."""

import torch


def mse_loss(predictions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The loss, a 0-dim tensor: the sum over all entries of (targets - predictions)², divided by 2n.

    n is the number of examples, the first size: predictions (n,) or (n, d), targets of the same shape. Neither is changed.
    """
    # TODO: the sum of the squares of all differences, divided by twice the number of examples
    # BEGIN SOLUTION
    n = predictions.shape[0]
    return (targets - predictions).square().sum() / (2 * n)
    # END SOLUTION


def mse_gradient(predictions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The gradient of mse_loss with respect to predictions: a tensor of the shape of predictions.

    predictions: (n,) or (n, d), targets of the same shape. Neither is changed.
    """
    # TODO: the derivative by one prediction, for all of them at once
    # BEGIN SOLUTION
    n = predictions.shape[0]
    return (predictions - targets) / n
    # END SOLUTION
