"""Truncated normal weights by clamping, so that some are equal; only numbers are remembered, in a dict called cache."""

import torch


class Linear:
    def __init__(self, dim_in, dim_out):
        self.dim_in, self.dim_out = dim_in, dim_out
        std = dim_in**-0.5
        self.W = (torch.randn(dim_out, dim_in) * std).clamp_(-std, std)
        self.b = (torch.randn(dim_out) * 0.01).clamp_(-0.01, 0.01)
        self.cache = {}

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.cache["x"] = x
        z = x @ self.W.T
        z += self.b
        return z

    def backward(self, dz):
        x = self.cache.pop("x")
        return dz @ self.W, (x.T @ dz).T, dz.sum(dim=0)

    def __repr__(self):
        return f"Linear({self.dim_in}, {self.dim_out})"
