class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name in self.parameters.keys():
            p = self.parameters[name]
            p.copy_(p - self.lr * gradients[name])
