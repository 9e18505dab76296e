"""Exercise 5: the chain rule through two layers."""

import torch


def two_layer_gradient(
    x: torch.Tensor, W1: torch.Tensor, W2: torch.Tensor, targets: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The gradients (dW1, dW2) of the loss of a net of two layers, for one batch.

    z           = x W1^T                             (n, dim_hidden)
    a           = sigmoid(z), entry by entry         (n, dim_hidden)
    predictions = a W2^T                             (n, dim_out)
    loss        = sum of (targets - predictions)², divided by 2n

    x:       (n, dim_in)
    W1:      (dim_hidden, dim_in), and so is dW1, the gradient of the loss with respect to W1
    W2:      (dim_out, dim_hidden), and so is dW2
    targets: (n, dim_out)
    None of them is changed. The layers have no biases.
    """
    # TODO: forwards, keeping what you need; then backwards from the loss, one link of the chain after the other
    # BEGIN SOLUTION
    n = x.shape[0]
    a = torch.sigmoid(x @ W1.T)
    predictions = a @ W2.T
    dpredictions = (predictions - targets) / n
    dW2 = dpredictions.T @ a
    da = dpredictions @ W2
    dz = da * a * (1 - a)
    dW1 = dz.T @ x
    return dW1, dW2
    # END SOLUTION
