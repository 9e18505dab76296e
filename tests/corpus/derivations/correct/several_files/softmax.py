import torch
from tools import one_hot


class Softmax:
    def __init__(self, z):
        self.p = torch.softmax(z, -1)

    def jacobian(self):
        return self.p[:, None] * (torch.eye(self.p.numel()) - self.p)


def softmax_jacobian(z):
    return Softmax(z).jacobian()


def nll_gradient(z, labels):
    return (Softmax(z).p - one_hot(labels, z.size(1))).div(z.size(0))
