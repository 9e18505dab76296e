import torch
from linear import Linear
from relu import ReLU


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.fc2 = Linear(120, 256)
        self.fc3 = Linear(256, 10)
        self.relu1 = ReLU()
        self.relu2 = ReLU()
        self.parameters = {}
        for name in ("fc1", "fc2", "fc3"):
            layer = getattr(self, name)
            self.parameters[name + ".W"] = layer.W
            self.parameters[name + ".b"] = layer.b
        self.gradients = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        x = torch.flatten(x, start_dim=1)
        x = self.relu1(self.fc1(x))
        x = self.relu2(self.fc2(x))
        return self.fc3(x)

    def backward(self, dz):
        g = self.gradients
        dz, g["fc3.W"], g["fc3.b"] = self.fc3.backward(dz)
        dz, g["fc2.W"], g["fc2.b"] = self.fc2.backward(self.relu2.backward(dz))
        dz, g["fc1.W"], g["fc1.b"] = self.fc1.backward(self.relu1.backward(dz))
