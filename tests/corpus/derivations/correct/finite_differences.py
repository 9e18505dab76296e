"""The Jacobian by nudging each score a little, in float64; the rest in matrix form."""

import torch


def softmax(z):
    e = torch.exp(z - z.max())
    return e / e.sum()


def log_likelihood(p, y):
    return torch.trace(y @ p.log().T)


def one_hot_log_likelihood(p, labels):
    return p.gather(1, labels.unsqueeze(1)).log().sum()


def log_likelihood_gradient(p, y):
    return y * p.pow(-1)


def softmax_jacobian(z):
    z, h = z.double(), 1e-6
    nudges = torch.eye(len(z), dtype=torch.float64) * h
    return torch.stack([(softmax(z + nudge) - softmax(z - nudge)) / (2 * h) for nudge in nudges], dim=1)


def nll_gradient(z, labels):
    rows = []
    for scores, label in zip(z, labels):
        p, t = softmax(scores), torch.zeros(len(scores))
        t[label] = 1
        rows.append((p - t) / z.shape[0])
    return torch.stack(rows)


def linear_gradients(x, W, dz):
    return {"dx": dz.matmul(W), "dW": dz.t().mm(x), "db": torch.ones(len(dz)) @ dz}


def relu_gradient(x, dz):
    return dz.masked_fill(x <= 0, 0)
