"""Python loops over every index, as the formulas are written."""

import math

import torch


def log_likelihood(p, y):
    total = 0.0
    for n in range(p.shape[0]):
        for k in range(p.shape[1]):
            total += float(y[n, k]) * math.log(p[n, k])
    return total


def one_hot_log_likelihood(p, labels):
    return sum(math.log(row[label]) for row, label in zip(p.tolist(), labels.tolist()))


def log_likelihood_gradient(p, y):
    return torch.tensor([[c / q for c, q in zip(cs, qs)] for cs, qs in zip(y.tolist(), p.tolist())])


def softmax_jacobian(z):
    total = sum(math.exp(score) for score in z)
    p = [math.exp(score) / total for score in z]
    jacobian = torch.zeros(len(p), len(p))
    for i in range(len(p)):
        for j in range(len(p)):
            jacobian[i, j] = p[i] * (1 - p[i]) if i == j else -p[i] * p[j]
    return jacobian


def nll_gradient(z, labels):
    N, K = z.shape
    gradient = torch.empty(N, K)
    for n in range(N):
        total = sum(math.exp(score) for score in z[n])
        for k in range(K):
            gradient[n, k] = (math.exp(z[n, k]) / total - (k == labels[n].item())) / N
    return gradient


def linear_gradients(x, W, dz):
    dx, dW, db = torch.zeros_like(x), torch.zeros_like(W), torch.zeros(len(W))
    for n in range(len(x)):
        for j in range(len(W)):
            db[j] += dz[n, j]
            for m in range(x.shape[1]):
                dx[n, m] += dz[n, j] * W[j, m]
                dW[j, m] += dz[n, j] * x[n, m]
    return dx, dW, db


def relu_gradient(x, dz):
    flat = [d if v > 0 else 0.0 for v, d in zip(x.flatten().tolist(), dz.flatten().tolist())]
    return torch.tensor(flat).reshape(x.shape)
