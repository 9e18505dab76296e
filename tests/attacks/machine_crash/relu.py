# kind = "deny"
# does = "touches memory that is not its own"
# exercise = "relu"
# outcome = "crashed"
# score = 0

import ctypes


class ReLU:
    def forward(self, x):
        ctypes.string_at(1)
