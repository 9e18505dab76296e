# kind = "deny"
# does = "matches a pattern that takes exponential time, and holds the interpreter"
# exercise = "relu"
# outcome = "timed_out"
# score = 0

import re


class ReLU:
    def forward(self, x):
        return re.match('(a+)+$', 'a' * 60 + 'b')
