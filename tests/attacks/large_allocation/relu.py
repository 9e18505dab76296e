# kind = "deny"
# does = "asks for a tensor of terabytes"
# exercise = "relu"
# outcome = "raised"
# score = 0

import torch


class ReLU:
    def forward(self, x):
        return torch.empty(10**12).zero_()
