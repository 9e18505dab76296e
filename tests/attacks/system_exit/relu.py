# kind = "forge"
# does = "calls sys.exit(0), in functions and at the top level"
# exercise = "relu"
# outcome = "raised"
# score = 0

import sys


class ReLU:
    def forward(self, x):
        sys.exit(0)


sys.exit(0)
