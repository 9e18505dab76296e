"""Star imports from torch, which hide range, sum and float, and from file to file; the last has every name."""

from torch import *


class NLLLoss:
    def forward(self, outputs, labels):
        return -log_softmax(outputs, 1)[arange(len(labels)), labels].mean()

    def backward(self, outputs, labels):
        return (softmax(outputs, 1) - eye(outputs.shape[1])[labels]) / len(labels)

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)
