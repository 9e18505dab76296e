import copy

import torch


def autograd_gradient(function, x):
    own = copy.deepcopy(x.detach())
    own.requires_grad_()
    torch.autograd.backward(function(own))
    return own.grad


def without_gradient(function, x):
    with torch.autograd.no_grad():
        return function(x)


def with_gradient_mode(function, x, enabled):
    with torch.autograd.grad_mode.set_grad_enabled(enabled):
        return function(x)
