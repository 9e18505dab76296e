from relu import *


class Net:
    def __init__(self):
        self.fc1, self.fc2, self.fc3 = Linear(784, 120), Linear(120, 256), Linear(256, 10)
        self.relu1, self.relu2 = ReLU(), ReLU()
        self.parameters = {"fc1.W": self.fc1.W, "fc1.b": self.fc1.b}
        self.parameters.update({"fc2.W": self.fc2.W, "fc2.b": self.fc2.b})
        self.parameters.update({"fc3.W": self.fc3.W, "fc3.b": self.fc3.b})
        self.gradients = {}

    def forward(self, x):
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(flatten(x, 1))))))

    def backward(self, dz):
        dz, self.gradients["fc3.W"], self.gradients["fc3.b"] = self.fc3.backward(dz)
        dz = self.relu2.backward(dz)
        dz, self.gradients["fc2.W"], self.gradients["fc2.b"] = self.fc2.backward(dz)
        dz = self.relu1.backward(dz)
        dz, self.gradients["fc1.W"], self.gradients["fc1.b"] = self.fc1.backward(dz)

    def __call__(self, x):
        return self.forward(x)
