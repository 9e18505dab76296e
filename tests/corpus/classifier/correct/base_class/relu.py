import torch
from layers import Layer


class ReLU(Layer):
    def forward(self, x):
        self.cache = x.gt(0)
        return torch.mul(x, self.cache)

    def backward(self, dz):
        return torch.mul(dz, self.cache)
