import torch
from linear import Linear
from relu import ReLU


class Net:
    def __init__(self):
        self.fc1 = Linear(784, 120)
        self.relu1 = ReLU()
        self.fc2 = Linear(120, 256)
        self.relu2 = ReLU()
        self.fc3 = Linear(256, 10)
        self.parameters = dict()
        self.parameters["fc1.W"] = self.fc1.W
        self.parameters["fc1.b"] = self.fc1.b
        self.parameters["fc2.W"] = self.fc2.W
        self.parameters["fc2.b"] = self.fc2.b
        self.parameters["fc3.W"] = self.fc3.W
        self.parameters["fc3.b"] = self.fc3.b

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        flat = torch.from_numpy(x.numpy().reshape(x.shape[0], -1))
        return self.fc3(self.relu2(self.fc2(self.relu1(self.fc1(flat)))))

    def backward(self, dz):
        da2, dW3, db3 = self.fc3.backward(dz)
        dz2 = self.relu2.backward(da2)
        da1, dW2, db2 = self.fc2.backward(dz2)
        dz1 = self.relu1.backward(da1)
        dx, dW1, db1 = self.fc1.backward(dz1)
        self.gradients = dict(zip(self.parameters.keys(), [dW1, db1, dW2, db2, dW3, db3]))
