# kind = "deny"
# does = "blocks and ignores every signal, and sleeps"
# exercise = "relu"
# outcome = "timed_out"
# score = 0

import signal
import time


class ReLU:
    def forward(self, x):
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        while True:
            time.sleep(1)
