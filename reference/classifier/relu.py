"""Exercise 3: the rectified linear unit and its gradient."""

import torch


class ReLU:
    """The activation a = max(0, x), element by element."""

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The same as forward."""
        return self.forward(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The larger of 0 and x, element by element.

        x: any shape, remembered for backward. Not changed.
        """
        # TODO: the larger of 0 and x, element by element; remember x for backward
        # BEGIN SOLUTION
        self.x = x
        return x.clamp(min=0)
        # END SOLUTION

    def backward(self, dz: torch.Tensor) -> torch.Tensor:
        """The gradient of the loss with respect to the x of the last forward: dz where x > 0, else 0 (also at x = 0).

        dz: the gradient of the loss with respect to forward's result, the shape of x.
        """
        # TODO: let dz through where the remembered x was positive
        # BEGIN SOLUTION
        return dz * (self.x > 0)
        # END SOLUTION
