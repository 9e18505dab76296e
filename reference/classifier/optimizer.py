"""Exercise 5: gradient descent."""

import torch


class Optimizer:
    """Gradient descent: every step moves every parameter a little against its gradient."""

    def __init__(self, parameters: dict[str, torch.Tensor], lr: float = 1e-3) -> None:
        """Remember the parameters, the very tensors and not copies, and the learning rate lr.

        parameters: name -> tensor of any shape.
        """
        # TODO: keep what step will need
        # BEGIN SOLUTION
        self.parameters = parameters
        self.lr = lr
        # END SOLUTION

    def step(self, gradients: dict[str, torch.Tensor]) -> None:
        """Change every parameter in place: p becomes p - lr * g.

        gradients: name -> tensor of the parameter's shape; the same names as parameters, in any order. Not changed.
        """
        # TODO: find every parameter's gradient by its name and change the tensor itself
        # BEGIN SOLUTION
        for name, parameter in self.parameters.items():
            parameter -= self.lr * gradients[name]
        # END SOLUTION
