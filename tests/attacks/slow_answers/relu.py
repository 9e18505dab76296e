# kind = "deny"
# does = "answers just before every deadline"
# exercise = "relu"
# score = 0

import time


class ReLU:
    def forward(self, x):
        time.sleep(0.5)
        return x
