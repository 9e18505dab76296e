# kind = "deny"
# does = "announces an answer of four gigabytes"
# exercise = "relu"
# outcome = "crashed"
# score = 0

import os
import time


class ReLU:
    def forward(self, x):
        os.write(3, b"\xff" * 8)
        time.sleep(9)
