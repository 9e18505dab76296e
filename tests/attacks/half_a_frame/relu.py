# kind = "deny"
# does = "begins an answer and never ends it"
# exercise = "relu"
# outcome = "timed_out"
# score = 0

import os
import time


class ReLU:
    def forward(self, x):
        os.write(3, bytes([0, 0, 0, 100, 0, 0, 0, 0, 1]))
        while True:
            time.sleep(1)
