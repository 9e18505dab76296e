# kind = "deny"
# does = "forks children that fork, five in all"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]
# quiet = true

import os
import time


class ReLU:
    def forward(self, x):
        for _ in range(2):
            if os.fork() == 0:
                if os.fork() == 0:
                    time.sleep(3)
                    os._exit(0)
                time.sleep(3)
                os._exit(0)
        time.sleep(3)
