# kind = "escape"
# does = "sends signals to the grader"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import os
BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        os.kill({{grader_pid}}, 0)
        raise RuntimeError(BREACH)
