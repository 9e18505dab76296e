"""Exercise 4: the sigmoid and its derivative."""

import torch


def sigmoid(z: torch.Tensor) -> torch.Tensor:
    """1 / (1 + exp(-z)) for every entry of z: a tensor of the shape of z, with entries from 0 to 1.

    z: a float tensor of any shape. Entries like 10,000 and -10,000 are allowed: the result is right and finite there
    too. Not changed.
    """
    # TODO: the formula; then look at what becomes of it for 10,000 and for -10,000
    # BEGIN SOLUTION
    # No exponent is above 0, so nothing overflows: for a negative z the fraction is extended by exp(z).
    small = torch.exp(-z.abs())
    return torch.where(z >= 0, 1 / (1 + small), small / (1 + small))
    # END SOLUTION


def sigmoid_derivative(z: torch.Tensor) -> torch.Tensor:
    """The derivative of the sigmoid at every entry of z: a tensor of the shape of z, with entries from 0 to 1/4.

    z: as in sigmoid. It is what goes into the sigmoid, not what comes out. Not changed.
    """
    # TODO: express the derivative by the sigmoid itself
    # BEGIN SOLUTION
    s = sigmoid(z)
    return s * (1 - s)
    # END SOLUTION
