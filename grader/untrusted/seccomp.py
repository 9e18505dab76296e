"""Put a filter of system calls on this process. The grader made it: see `grader.isolation.system_calls`."""

from __future__ import annotations

import ctypes
import os
import struct

OWN_PID = 0x7A5E11ED  # stands in the program for the number of the process that it will filter
_INSTRUCTION_BYTES = 8
_PR_SET_SECCOMP = 22
_MODE_FILTER = 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_self(program: bytes) -> None:
    """Filter this thread's system calls, and those of all it will start, for good. Needs `no_new_privs`.

    Raises `OSError`.
    """
    text = program.replace(struct.pack("=I", OWN_PID), struct.pack("=I", os.getpid()))
    filtered = _Program(len(text) // _INSTRUCTION_BYTES, text)
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(filtered), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")
