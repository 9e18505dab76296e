"""Exercise 4: a net of three linear layers, forwards and backwards."""

import torch
from linear import Linear
from relu import ReLU


class Net:
    """A classifier for images of 28 x 28 pixels: fc1 784 -> 120, ReLU, fc2 120 -> 256, ReLU, fc3 256 -> 10."""

    fc1: Linear
    relu1: ReLU
    fc2: Linear
    relu2: ReLU
    fc3: Linear
    parameters: dict[str, torch.Tensor]
    gradients: dict[str, torch.Tensor]

    def __init__(self) -> None:
        """Make the layers and the dict parameters: "fc1.W", "fc1.b", "fc2.W", "fc2.b", "fc3.W", "fc3.b".

        The values of parameters are the layers' own tensors, not copies: who changes one in place changes the layer.
        """
        # TODO: make the five layers named above and collect the tensors of the linear ones in self.parameters
        # BEGIN SOLUTION
        self.fc1, self.relu1 = Linear(784, 120), ReLU()
        self.fc2, self.relu2 = Linear(120, 256), ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = {
            "fc1.W": self.fc1.W,
            "fc1.b": self.fc1.b,
            "fc2.W": self.fc2.W,
            "fc2.b": self.fc2.b,
            "fc3.W": self.fc3.W,
            "fc3.b": self.fc3.b,
        }
        self.gradients = {}
        # END SOLUTION

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The same as forward."""
        return self.forward(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The raw scores of every image, (N, 10): fc3(relu2(fc2(relu1(fc1(x))))), without a softmax.

        x: images (N, 1, 28, 28), each flattened to a row of 784 pixels; (N, 784) works too. Not changed.
        """
        # TODO: flatten every image on its own, then send the rows through the layers in order
        # BEGIN SOLUTION
        x = x.reshape(len(x), 784)
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)
        # END SOLUTION

    def backward(self, dz: torch.Tensor) -> None:
        """Fill the dict gradients, with the keys and shapes of parameters, for the x of the last forward.

        Gradients of an earlier call are replaced, not added to.

        dz: (N, 10), the gradient of the loss with respect to forward's result.
        """
        # TODO: walk through the layers in reverse order; collect what each linear layer returns in self.gradients
        # BEGIN SOLUTION
        dz, dW3, db3 = self.fc3.backward(dz)
        dz = self.relu2.backward(dz)
        dz, dW2, db2 = self.fc2.backward(dz)
        dz = self.relu1.backward(dz)
        _, dW1, db1 = self.fc1.backward(dz)
        self.gradients = {"fc1.W": dW1, "fc1.b": db1, "fc2.W": dW2, "fc2.b": db2, "fc3.W": dW3, "fc3.b": db3}
        # END SOLUTION
