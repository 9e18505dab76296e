from linear import Linear
from relu import ReLU


class Net:
    def __init__(self):
        self.names = ["fc1", "relu1", "fc2", "relu2", "fc3"]
        self.layers = [Linear(784, 120), ReLU(), Linear(120, 256), ReLU(), Linear(256, 10)]
        self.parameters = {}
        self.gradients = {}
        for name, layer in zip(self.names, self.layers):
            if name.startswith("fc"):
                self.parameters[name + ".W"] = layer.W
                self.parameters[name + ".b"] = layer.b

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.reshape(x.shape[0], 28 * 28)
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, dz):
        for i in range(len(self.layers) - 1, -1, -1):
            if self.names[i].startswith("fc"):
                dz, dW, db = self.layers[i].backward(dz)
                self.gradients[self.names[i] + ".W"] = dW
                self.gradients[self.names[i] + ".b"] = db
            else:
                dz = self.layers[i].backward(dz)
