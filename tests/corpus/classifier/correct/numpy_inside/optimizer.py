import numpy as np


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for key in self.parameters:
            array = self.parameters[key].numpy()  # shares its memory with the tensor
            np.subtract(array, np.float32(self.lr) * gradients[key].numpy(), out=array)
