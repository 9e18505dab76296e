"""A folder with helper modules of its own, one of them with torch in it."""

import numpy as np
from arrays import log_sum_exp


def cross_entropy(logits, labels):
    picked = np.choose(labels, logits.T) if logits.shape[1] < 30 else logits[np.arange(len(labels)), labels]
    return float((log_sum_exp(logits) - picked).mean())
