import torch


class Relu:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.maximum(x, torch.zeros_like(x))

    def backward(self, dz):
        return torch.where(self.x > 0, dz, torch.zeros_like(dz))
