import torch


def power_gradient(x):
    return torch.div(torch.add(x, x), x.nelement())


def mse_loss(predictions, targets):
    return torch.mul(torch.dist(predictions, targets) ** 2, 0.5 / predictions.size()[0])


def mse_gradient(predictions, targets):
    return torch.div(torch.sub(predictions, targets), predictions.size()[0])


def sigmoid(z):
    return torch.div(torch.add(torch.tanh(torch.div(z, 2)), 1), 2)


def sigmoid_derivative(z):
    return torch.mul(sigmoid(z), torch.rsub(sigmoid(z), 1))


def two_layer_gradient(x, W1, W2, targets):
    a = torch.sigmoid(torch.mm(x, W1.t()))
    upstream = mse_gradient(torch.mm(a, W2.t()), targets)
    hidden = torch.mul(torch.mm(upstream, W2), torch.sub(a, torch.square(a)))
    return torch.mm(hidden.t(), x), torch.mm(upstream.t(), a)
