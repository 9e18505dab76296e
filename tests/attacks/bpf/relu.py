# kind = "escape"
# does = "loads programs into the kernel, and opens its performance counters"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]
# quiet = true

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)


def refused(result):
    """Raise for a system call that was refused; another error than EPERM means that it was let through."""
    number = ctypes.get_errno()
    if result < 0 and number in (1, 13, 38):
        raise OSError(number, os.strerror(number))

BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        refused(LIBC.syscall(321, 0, bytes(128), 128) if LIBC.syscall(298, bytes(112), 0, -1, -1, 0) < 0 else 0)
        raise RuntimeError(BREACH)
