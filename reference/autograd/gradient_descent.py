"""Exercise 6: gradient descent, until the minimum."""

import math  # SOLUTION
from collections.abc import Callable

import torch

DIVERGED = 1000.0  # a loss this many times the first one is no detour any more


def gradient_descent(
    loss_and_gradient: Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]],
    W: torch.Tensor,
    lr: float,
    max_steps: int,
    tolerance: float,
) -> tuple[torch.Tensor, list[float], bool]:
    """Go downhill from W, step by step: W becomes W - lr * gradient. Returns (W, losses, converged).

    Before every step, and after the last, ask for the loss and the gradient at the present W:
    1. raise ValueError if the loss is not finite, or larger than DIVERGED times the first loss;
    2. stop, with converged True, if no entry of the gradient is larger than tolerance in absolute value;
    3. stop, with converged False, if max_steps steps have been made;
    4. else make a step.

    loss_and_gradient: loss_and_gradient(W) -> (loss, gradient), a 0-dim tensor and a tensor of the shape of W.
    W: where to start, any shape. Not changed.

    The W returned is where the descent ended. losses are floats, the loss at the start and after each step: one more
    than there were steps, and the last of them belongs to the W returned.
    """
    # TODO: a loop over the four lines above
    # BEGIN SOLUTION
    losses: list[float] = []
    while True:
        loss, gradient = loss_and_gradient(W)
        losses.append(float(loss))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * losses[0]:
            raise ValueError(f"diverged after {len(losses) - 1} steps; the learning rate {lr} is too large")
        if gradient.abs().max() <= tolerance:
            return W, losses, True
        if len(losses) > max_steps:
            return W, losses, False
        W = W - lr * gradient
    # END SOLUTION
