import torch


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name in self.parameters
            self.parameters[name] -= self.lr * gradients[name]
