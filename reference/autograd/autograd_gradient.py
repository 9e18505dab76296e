"""Exercise 2: the same by autograd, and how to do without it."""

from collections.abc import Callable

import torch


def autograd_gradient(function: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """The gradient of function at x, by autograd: a tensor of the shape of x.

    function: takes a tensor like x and returns a 0-dim tensor, made of operations that autograd knows.
    x: a float tensor of any shape. Its values, its requires_grad and its .grad are afterwards as they were before,
       whatever they were.
    """
    # TODO: let autograd record function on a tensor of your own with the values of x, then ask for the gradient
    # BEGIN SOLUTION
    tracked = x.detach().clone().requires_grad_()
    function(tracked).backward()
    return tracked.grad
    # END SOLUTION


def without_gradient(function: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """The result of function(x), computed while autograd records nothing, also where x requires a gradient.

    Afterwards autograd records or not as it did before, also if function raises an exception. x is not changed.
    """
    # TODO: call function where nothing is recorded
    # BEGIN SOLUTION
    with torch.no_grad():
        return function(x)
    # END SOLUTION


def with_gradient_mode(
    function: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, enabled: bool
) -> torch.Tensor:
    """The result of function(x), computed while autograd records if enabled is True, and doesn't if it is False.

    Afterwards autograd records or not as it did before, also if function raises an exception. x is not changed.
    """
    # TODO: call function in the mode that enabled asks for
    # BEGIN SOLUTION
    with torch.set_grad_enabled(enabled):
        return function(x)
    # END SOLUTION
