"""Exercise 1: softmax and negative log likelihood, the loss of a classifier."""

import torch


class NLLLoss:
    """The negative log likelihood of the labels under softmax(outputs), as a mean over the batch."""

    def __call__(self, outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The same as forward."""
        return self.forward(outputs, labels)

    def forward(self, outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The loss of a batch, a 0-dim tensor: 1/N * sum over i of -log p[i, labels[i]], where p = softmax(outputs).

        p[i, k] = exp(outputs[i, k]) / sum over c of exp(outputs[i, c]), so every row of p sums to 1.

        outputs: (N, K) raw scores; the loss stays finite for scores of ±1e4. Not changed.
        labels: (N,) int64, the right class of every image, 0 to K - 1. Not changed.
        """
        # TODO: from the scores to log probabilities without overflow, then to one number for the batch
        # BEGIN SOLUTION
        largest = outputs.max(dim=1, keepdim=True).values
        shifted = outputs - largest  # the same probabilities, but no exp above 1
        log_probabilities = shifted - torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))
        images = torch.arange(len(labels), device=labels.device)
        return -log_probabilities[images, labels].mean()
        # END SOLUTION

    def backward(self, outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The gradient of forward's value with respect to outputs, (N, K): (softmax(outputs) - onehot(labels)) / N.

        onehot(labels) is (N, K): 1 in column labels[i] of row i, 0 elsewhere.

        outputs: (N, K), labels: (N,), as in forward. Works from its arguments alone, with or without a forward before.
        """
        # TODO: the softmax of every row, compared with its one-hot label; mind the 1/N
        # BEGIN SOLUTION
        exponentials = torch.exp(outputs - outputs.max(dim=1, keepdim=True).values)
        gradient = exponentials / exponentials.sum(dim=1, keepdim=True)
        images = torch.arange(len(labels), device=labels.device)
        gradient[images, labels] -= 1
        return gradient / len(labels)
        # END SOLUTION
