import torch
from mse_loss import mse_gradient
from sigmoid import sigmoid, sigmoid_derivative


def two_layer_gradient(x, W1, W2, targets):
    z = x @ W1.T
    a = sigmoid(z)
    dp = mse_gradient(a @ W2.T, targets)
    da = dp @ W2
    dz = torch.zeros_like(da)
    for i in range(len(x)):
        jacobian = torch.diag(sigmoid_derivative(z[i]))
        dz[i] = da[i] @ jacobian
    return sum(torch.outer(dz[i], x[i]) for i in range(len(x))), sum(torch.outer(dp[i], a[i]) for i in range(len(x)))
