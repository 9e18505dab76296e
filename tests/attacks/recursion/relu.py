# kind = "deny"
# does = "recurses without end, and raises the limit before"
# exercise = "relu"
# score = 0

import sys


class ReLU:
    def forward(self, x):
        sys.setrecursionlimit(10**9)
        return self.forward(x)
