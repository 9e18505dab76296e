class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for key in self.parameters.keys():
            self.parameters[key] -= self.lr * gradients[key]
