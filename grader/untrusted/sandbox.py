"""Lock down the process that calls this, for good, before it sees a byte of student code.

The limits hold on every POSIX system. The walls are the Linux kernel's: Landlock closes files, network and signals, a
filter of system calls refuses everything that arithmetic does not need. Which of them stand is the grader's choice.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct
import sys
from pathlib import Path

import msgspec

from . import landlock, seccomp

MAX_OUTPUT_BYTES = 1_000_000
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_CHILD_SUBREAPER = 36
_CAPABILITIES_VERSION_3 = 0x20080522


class Limits(msgspec.Struct, frozen=True):
    """What one worker may use."""

    memory_mib: int  # beside what is mapped when it starts: torch for GPUs comes with more than 3 GiB of libraries
    cpu_seconds: int  # in all; what one check may use is watched from outside
    threads: int  # watched from outside
    cuda: bool = False
    preload: tuple[str, ...] = ()  # modules that are imported before it starts


class Walls(msgspec.Struct, frozen=True):
    """What stands around every worker of a run, beside its limits."""

    landlock: bool = False
    readable: list[str] = []  # with Landlock: what may be read, files or whole folders
    devices: list[str] = []  # with Landlock: devices that may be used
    system_calls: bytes = b""  # the program of the filter; empty for none


def make_rules(walls: Walls) -> int | None:
    """The rules of Landlock for `lock_down`, made once for all workers; None if there is to be none."""
    return landlock.make_rules(walls.readable, walls.devices) if walls.landlock else None


def lock_down(limits: Limits, walls: Walls = Walls(), rules: int | None = None) -> None:
    """Give this process a session of its own, an end with its parent, limits that it can't raise again, and the walls.

    Raises `OSError` if a wall does not stand. No thread may have been started: walls hold for the thread that calls.
    """
    if os.getsid(0) != os.getpid():
        os.setsid()
    os.umask(0o077)
    os.chdir("/")
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    with contextlib.suppress(OSError):  # if the machine runs out of memory, this goes first, not the grader
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_FSIZE", MAX_OUTPUT_BYTES)
    _limit("RLIMIT_CPU", limits.cpu_seconds)
    if (
        not limits.cuda
    ):  # CUDA reserves tens of gigabytes of addresses: there the watcher of resident memory counts alone
        _limit("RLIMIT_NOFILE", 64)
        _limit("RLIMIT_AS", _mapped_bytes() + limits.memory_mib * 2**20)
    if rules is not None or walls.system_calls:
        _prctl(_PR_SET_DUMPABLE, 0)
        _drop_capabilities()
    if rules is not None:
        landlock.restrict_self(rules)
        os.close(rules)
    if walls.system_calls:
        seccomp.filter_self(walls.system_calls)


def hide_from_workers() -> None:
    """Keep the memory of this process, which forks workers, from those of them that run as the same user."""
    _prctl(_PR_SET_DUMPABLE, 0)


def become_subreaper() -> None:
    """Have orphans among this process's descendants become its children, so that it can end them."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _drop_capabilities() -> None:
    """Root without capabilities is nobody special."""
    header = struct.pack("=Ii", _CAPABILITIES_VERSION_3, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, bytes(24)) != 0:
        raise OSError(ctypes.get_errno(), "the capabilities of this process can't be dropped")


def _mapped_bytes() -> int:
    """The size of this process's addresses, which its limit counts too; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGESIZE")


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
