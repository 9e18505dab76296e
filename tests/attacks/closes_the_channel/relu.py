# kind = "deny"
# does = "closes the channel to the grader and lives on"
# exercise = "relu"
# outcome = "crashed"
# score = 0
# pending = "a worker that closes its channel and lives must count as crashed"

import os
import time


class ReLU:
    def forward(self, x):
        os.close(3)
        while True:
            time.sleep(1)
