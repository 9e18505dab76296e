"""numpy does the arithmetic; tensors go in and come out."""

import numpy as np
import torch


def log_likelihood(p, y):
    return float(np.sum(y.numpy() * np.log(p.numpy())))


def one_hot_log_likelihood(p, labels):
    return np.log(np.take_along_axis(p.numpy(), labels.numpy()[:, None], axis=1)).sum()


def log_likelihood_gradient(p, y):
    return torch.from_numpy(y.numpy() / p.numpy())


def softmax_jacobian(z):
    e = np.exp(z.numpy() - z.numpy().max())
    p = (e / e.sum()).reshape(-1, 1)
    return torch.from_numpy(np.diagflat(p) - p @ p.T)


def nll_gradient(z, labels):
    e = np.exp(z.numpy() - z.numpy().max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(p)), labels.numpy()] -= 1
    return torch.from_numpy(p) / len(p)


def linear_gradients(x, W, dz):
    x, W, dz = x.numpy(), W.numpy(), dz.numpy()
    return tuple(torch.from_numpy(np.ascontiguousarray(a)) for a in (dz.dot(W), dz.T.dot(x), dz.sum(axis=0)))


def relu_gradient(x, dz):
    return torch.from_numpy(np.heaviside(x.numpy(), 0).astype(np.float32) * dz.numpy())
