# kind = "deny"
# does = "writes to its output past print, up to the limit"
# exercise = "relu"
# score = 0

import os


class ReLU:
    def forward(self, x):
        while True:
            os.write(1, b"flood " * 10000)
