from layers import Flatten, Layer, Sequence
from linear import Linear
from relu import ReLU


class Net(Sequence):
    def __init__(self):
        super().__init__(
            {
                "flatten": Flatten(),
                "fc1": Linear(784, 120),
                "relu1": ReLU(),
                "fc2": Linear(120, 256),
                "relu2": ReLU(),
                "fc3": Linear(256, 10),
            }
        )
        self.parameters = {
            f"{name}.{key}": tensor
            for name, layer in self.layers.items()
            for key, tensor in layer.named_parameters().items()
        }

    def backward(self, dz):
        self.gradients = {}
        for name, layer in reversed(self.layers.items()):
            result = layer.backward(dz)
            if layer.named_parameters():
                dz, self.gradients[f"{name}.W"], self.gradients[f"{name}.b"] = result
            else:
                dz = result
        return dz
