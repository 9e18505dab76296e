# kind = "escape"
# does = "makes namespaces of its own, in which it is root"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]
# quiet = true

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)

BREACH = "{{breach}}"


def unshare(flags):
    if LIBC.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


ATTEMPTS = [lambda flags=flags: unshare(flags) for flags in (0x10000000, 0x00020000, 0x40000000, 0x10000000 | 0x00020000)]


class ReLU:
    def forward(self, x):
        for attempt in ATTEMPTS:
            try:
                attempt()
            except (OSError, RuntimeError):
                continue
            raise RuntimeError(BREACH)
        raise RuntimeError("nothing worked")
