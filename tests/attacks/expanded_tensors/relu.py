# kind = "deny"
# does = "returns a tensor of ten to the twelfth entries that share one number"
# exercise = "relu"
# outcome = "raised"
# score = 0

import torch


class ReLU:
    def forward(self, x):
        return torch.zeros(1).expand(10**12)
