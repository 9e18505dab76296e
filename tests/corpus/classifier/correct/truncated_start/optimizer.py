class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters
        self.lr = lr

    def step(self, gradients):
        for name in gradients:
            parameter, gradient = self.parameters[name], gradients[name]
            parameter.data.add_(gradient.data, alpha=-self.lr)
