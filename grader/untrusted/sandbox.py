"""Lock down the process that calls this, for good, before it sees a byte of student code.

What is here holds on every POSIX system; the kernel's own walls (namespaces, Landlock, seccomp) belong in `lock_down` too,
after the limits and before it returns.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

import msgspec

MAX_OUTPUT_BYTES = 1_000_000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_CHILD_SUBREAPER = 36


class Limits(msgspec.Struct, frozen=True):
    """What one worker may use. `scratch` is its working folder."""

    memory_mib: int
    cpu_seconds: int
    scratch: str
    cuda: bool = False


def lock_down(limits: Limits) -> None:
    """Give this process a session of its own, an end with its parent, and limits that it can't raise again."""
    if os.getsid(0) != os.getpid():
        os.setsid()
    os.umask(0o077)
    os.chdir(limits.scratch)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_FSIZE", MAX_OUTPUT_BYTES)
    _limit("RLIMIT_CPU", limits.cpu_seconds)
    if (
        not limits.cuda
    ):  # CUDA reserves tens of gigabytes of addresses; there the watcher of resident memory counts alone
        _limit("RLIMIT_NOFILE", 64)
        _limit("RLIMIT_AS", limits.memory_mib * 2**20)


def become_subreaper() -> None:
    """Have orphans among this process's descendants become its children, so that it can end them."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _limit(name: str, value: int) -> None:
    import resource

    kind = getattr(resource, name, None)
    if kind is None:
        return
    hard = resource.getrlimit(kind)[1]
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (wanted, wanted))
    except (ValueError, OSError):
        if sys.platform == "linux":
            raise


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
