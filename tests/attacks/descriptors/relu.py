# kind = "deny"
# does = "opens files until there are no descriptors left"
# exercise = "relu"
# outcome = "raised"
# score = 0

import os


class ReLU:
    def forward(self, x):
        kept = []
        while True:
            kept.append(os.dup(1))
