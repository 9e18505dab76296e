# kind = "escape"
# does = "sends signals to the process that forked it, and to everybody"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import os
BREACH = "{{breach}}"

ATTEMPTS = [
    lambda: os.kill(os.getppid(), 0),
    lambda: os.killpg(os.getpgid(os.getppid()), 0),
    lambda: os.kill(-1, 0),
]


class ReLU:
    def forward(self, x):
        for attempt in ATTEMPTS:
            try:
                attempt()
            except (OSError, RuntimeError):
                continue
            raise RuntimeError(BREACH)
        raise RuntimeError("nothing worked")
