# kind = "escape"
# does = "forks five children that sleep"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import os
import time
BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        children = []
        for _ in range(5):
            child = os.fork()
            if child == 0:
                time.sleep(3)
                os._exit(0)
            children.append(child)

        raise RuntimeError(BREACH)
