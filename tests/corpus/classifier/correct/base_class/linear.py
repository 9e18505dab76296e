import torch
from layers import WeightLayer


class Linear(WeightLayer):
    def __init__(self, dim_in, dim_out):
        super().__init__()
        self.W = torch.randn(dim_out, dim_in) * (1.0 / dim_in) ** 0.5
        self.b = torch.zeros((dim_out,))

    @property
    def weights(self):
        return (("W", self.W), ("b", self.b))

    def forward(self, x):
        self.cache = x
        return torch.matmul(x, self.W.transpose(0, 1)) + self.b.unsqueeze(0)

    def backward(self, dz):
        dx = torch.matmul(dz, self.W)
        dW = torch.matmul(dz.transpose(0, 1), self.cache)
        db = torch.sum(dz, dim=0)
        return [dx, dW, db]
