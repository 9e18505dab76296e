# kind = "escape"
# does = "runs a program"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import os
BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        child = os.posix_spawn("/bin/true", ["true"], {})
        os.waitpid(child, 0)

        raise RuntimeError(BREACH)
