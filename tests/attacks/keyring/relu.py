# kind = "escape"
# does = "leaves a key in the kernel's keyring for the next student"
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
        refused(LIBC.syscall(248, b"user", b"attack", b"kept", 4, -3))
        raise RuntimeError(BREACH)
