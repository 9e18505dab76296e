"""Exercise 2: the linear layer and its gradients."""

import torch


class Linear:
    """A fully connected layer: z = x W^T + b."""

    W: torch.Tensor  # (dim_out, dim_in)
    b: torch.Tensor  # (dim_out,)

    def __init__(self, dim_in: int, dim_out: int) -> None:
        """Make the parameters W (dim_out, dim_in), random and around zero, and b (dim_out,).

        A good spread for the entries of W is 1 / sqrt(dim_in); b may start at zero.
        """
        # TODO: make self.W and self.b with the right shapes; think about why W must be random
        # BEGIN SOLUTION
        self.W = torch.randn(dim_out, dim_in) / dim_in**0.5
        self.b = torch.zeros(dim_out)
        # END SOLUTION

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The same as forward."""
        return self.forward(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The scores z (N, dim_out): z[i, j] = b[j] + sum over m of W[j, m] * x[i, m].

        x: (N, dim_in), remembered for backward. Not changed.
        """
        # TODO: remember x, then compute z for the whole batch without a loop over images
        # BEGIN SOLUTION
        self.x = x
        return x @ self.W.T + self.b
        # END SOLUTION

    def backward(self, dz: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The gradients (dx, dW, db) of the loss, for the x of the last forward.

        dx (N, dim_in):       dx[i, m] = sum over j of dz[i, j] * W[j, m]
        dW (dim_out, dim_in): dW[j, m] = sum over i of dz[i, j] * x[i, m]
        db (dim_out,):        db[j]    = sum over i of dz[i, j]

        dz: (N, dim_out), the gradient of the loss with respect to z; the 1/N of the mean is already in it. Not changed.
        """
        # TODO: the three sums above, each as one operation on whole tensors
        # BEGIN SOLUTION
        dx = dz @ self.W
        dW = dz.T @ self.x
        db = dz.sum(dim=0)
        return dx, dW, db
        # END SOLUTION
