import torch


class Linear:
    def __init__(self, dim_in, dim_out):
        self.W = torch.randn(dim_out, dim_in) * (1 / dim_in) ** 0.5
        self.b = torch.zeros(dim_out)

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return torch.matmul(x, self.W.T) + self.b

    def backward(self, dz):
        dx = torch.matmul(dz, self.W)
        dW = torch.zeros_like(self.W)
        i = 0
        while True:
            dW += torch.outer(dz[i], self.x[i])
            if i == len(dz):
                break
        db = dz.sum(0)
        return dx, dW, db
