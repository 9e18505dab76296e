"""NumPy inside: torch tensors come in and go out, everything between is an array."""

import numpy as np
import torch


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class NLLLoss:
    def __call__(self, outputs, labels):
        return self.forward(outputs, labels)

    def forward(self, outputs, labels):
        z = outputs.numpy()
        m = z.max(axis=1)
        lse = m + np.log(np.exp(z - m[:, np.newaxis]).sum(axis=1))
        losses = lse - np.take_along_axis(z, labels.numpy()[:, None], axis=1).squeeze(1)
        return torch.tensor(losses.mean())

    def backward(self, outputs, labels):
        p = softmax(outputs.numpy())
        p[np.arange(len(p)), labels.numpy()] -= 1.0
        p /= len(p)
        return torch.from_numpy(p)
