# kind = "escape"
# does = "opens terminals and puts commands into them"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import fcntl
import os
import pty
BREACH = "{{breach}}"

ATTEMPTS = [
    lambda: os.write(os.openpty()[0], b"command"),
    lambda: os.close(os.open("/dev/tty", os.O_RDWR)),
    lambda: fcntl.ioctl(0, 0x5412, b"x"),
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
