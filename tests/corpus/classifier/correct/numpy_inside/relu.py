import numpy as np
import torch


class ReLU:
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x.numpy().copy()
        return torch.from_numpy(np.maximum(self.x, 0))

    def backward(self, dz):
        return torch.from_numpy(np.where(self.x > 0, dz.numpy(), np.float32(0)))
