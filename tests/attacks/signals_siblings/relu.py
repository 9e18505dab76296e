# kind = "escape"
# does = "looks for other students' processes by number and sends them signals"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import os
BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        found = []
        for pid in range(max(2, os.getpid() - 400), os.getpid() + 400):
            try:
                if pid not in (os.getpid(), os.getppid()):
                    os.kill(pid, 0)
                    found.append(pid)
            except OSError:
                pass
        if not found:
            raise RuntimeError("there is nobody")

        raise RuntimeError(BREACH)
