# kind = "escape"
# does = "opens files by handle, past the names of its view"
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
        handle = bytes([8, 0, 0, 0, 1, 0, 0, 0]) + bytes([2] + 7 * [0])
        root = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
        refused(LIBC.syscall(304, root, handle, 0))

        raise RuntimeError(BREACH)
