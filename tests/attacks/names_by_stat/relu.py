# kind = "leak"
# does = "learns by stat which files the instructor has, and how large they are"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["kernel", "strict", "process"]

import os

BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        size = os.stat("{{hidden_rubric}}").st_size
        raise RuntimeError(f"{BREACH} {size}")
