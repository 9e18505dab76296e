import torch

from .maths import log_softmax, one_hot


class NLLLoss:
    def forward(self, outputs, labels):
        return -(one_hot(labels, outputs.shape[1]) * log_softmax(outputs)).sum() / labels.shape[0]

    def backward(self, outputs, labels):
        return (log_softmax(outputs).exp() - one_hot(labels, outputs.shape[1])) / labels.shape[0]

    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)
