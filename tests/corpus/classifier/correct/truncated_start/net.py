from linear import Linear
from relu import ReLU


class Net:
    def __init__(self):
        self.layers = {
            "fc1": Linear(784, 120),
            "relu1": ReLU(),
            "fc2": Linear(120, 256),
            "relu2": ReLU(),
            "fc3": Linear(256, 10),
        }
        self.parameters = {
            f"{name}.{key}": value
            for name, layer in self.layers.items()
            if isinstance(layer, Linear)
            for key, value in (("W", layer.W), ("b", layer.b))
        }
        self.gradients = {}

    def __getattr__(self, name):
        try:
            return self.__dict__["layers"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = x.flatten(start_dim=1)
        for layer in self.layers.values():
            x = layer(x)
        return x

    def backward(self, dz):
        self.gradients.clear()
        for name in list(self.layers)[::-1]:
            back = self.layers[name].backward(dz)
            if name.startswith("fc"):
                dz, self.gradients[f"{name}.W"], self.gradients[f"{name}.b"] = back
            else:
                dz = back

    def __repr__(self):
        return f"Net({', '.join(map(repr, self.layers.values()))})"

    def __len__(self):
        return len(self.layers)
