# kind = "escape"
# does = "opens torch's installed files for writing, and changes their times and modes"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import os
import torch
BREACH = "{{breach}}"

FILE = torch.__file__
ATTEMPTS = [
    lambda: open(FILE, "r+b").close(),
    lambda: os.utime(FILE, ns=(os.stat(FILE).st_atime_ns, os.stat(FILE).st_mtime_ns)),
    lambda: os.chmod(FILE, os.stat(FILE).st_mode),
    lambda: os.chown(FILE, -1, -1),
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
