"""Landlock: rules about files, TCP and signals that a process sets for itself and can't lift again. Linux 5.13 and later.

The numbers are those of the kernel's `include/uapi/linux/landlock.h`. What the running kernel is too old for is left out;
a self-test, not this file, says what was reached.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_ASK_VERSION = 1
_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR, _IOCTL_DEV = 1 << 1, 1 << 2, 1 << 3, 1 << 15
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}  # by version of the interface
_FILE_RIGHTS_NOW = (1 << 16) - 1
_TCP_RIGHTS = 0b11  # bind, connect
_SCOPES = 0b11  # abstract Unix sockets, signals


def version() -> int:
    """The version of the kernel's interface; 0 without Landlock. Asked by the call itself: files in /sys may be missing."""
    if sys.platform != "linux":
        return 0
    return max(0, _call(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION))


def make_rules(readable: Iterable[str], devices: Iterable[str] = ()) -> int:
    """A descriptor of rules that refuse everything but reading at or below `readable`, and using `devices`.

    Raises `OSError`. What does not exist is left out.
    """
    kernel = version()
    handled = _FILE_RIGHTS.get(kernel, _FILE_RIGHTS_NOW)
    attributes = struct.pack("=QQQ", handled, _TCP_RIGHTS, _SCOPES)
    attributes = attributes[: 8 if kernel < 4 else 16 if kernel < 6 else 24]
    rules = _checked(_call(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    for path in readable:
        _allow(rules, path, handled & (_READ_FILE | _READ_DIR if os.path.isdir(path) else _READ_FILE))  # noqa: PTH112
    for path in devices:
        _allow(rules, path, handled & (_READ_FILE | _WRITE_FILE | _IOCTL_DEV))
    return rules


def restrict_self(rules: int) -> None:
    """Put the rules on this thread and all it will start. Needs `no_new_privs`. Raises `OSError`."""
    _checked(_call(_RESTRICT_SELF, rules, 0))


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        _checked(_call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0))
    finally:
        os.close(descriptor)


def _call(*arguments: object) -> int:
    return int(_libc().syscall(*arguments))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
