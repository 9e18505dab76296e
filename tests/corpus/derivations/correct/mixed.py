"""Some answers are functions, some are texts, some are sympy expressions."""

import sympy
import torch


def log_likelihood(p, y):
    return torch.xlogy(y, p).sum()


one_hot_log_likelihood = "Sum(log(p_ny), n)"
log_likelihood_gradient = sympy.Symbol("y_nk") / sympy.Symbol("p_nk")
softmax_jacobian = lambda z: z.softmax(0).diag() - z.softmax(0).outer(z.softmax(0))
nll_gradient = "p_nk / N - t_nk / N"
linear_gradients = ("Sum(dz_nj * W_jm, j)", sympy.Sum(sympy.sympify("dz_nj * x_nm"), ("n", 1, sympy.Symbol("N"))), "Sum(dz_nj, n)")


def relu_gradient(x, dz):
    return torch.where(x > 0, dz, 0.0)
