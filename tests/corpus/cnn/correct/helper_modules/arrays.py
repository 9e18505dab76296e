"""The shifted exponentials."""

import numpy as np


def shifted(z):
    return z - z.max(axis=1, keepdims=True)


def log_sum_exp(z):
    return np.log(np.exp(shifted(z)).sum(axis=1)) + z.max(axis=1)
