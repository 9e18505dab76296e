from net import *


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name, parameter in self.parameters.items():
            sub(parameter, self.lr * gradients[name], out=parameter)
