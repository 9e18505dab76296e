"""Model answer to exercise 1."""

import numpy as np


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """The mean over the batch of -log softmax(logits) at the label."""
    largest = logits.max(axis=1)
    log_sums = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
    at_label = logits[np.arange(len(labels)), labels]
    return float(np.mean(log_sums - at_label))
