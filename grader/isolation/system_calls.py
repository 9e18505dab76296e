"""The system calls that student code may make: arithmetic, threads, reading Python's libraries, and its own channel.

Everything else is refused with EPERM, so Python shows a PermissionError at the line that asked for it. The program is made
here, once a run, by libseccomp; workers only put it on. Sources: the manual pages seccomp(2) and syscalls(2), and what
Python and torch were seen to ask for.
"""

from __future__ import annotations

import errno
import os
import tempfile
from functools import cache
from typing import Any

from grader.untrusted.seccomp import OWN_PID

_ALWAYS = (
    *("read", "write", "readv", "writev", "pread64", "close", "lseek", "fstat"),
    *("newfstatat", "stat", "lstat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd"),
    *("dup", "poll", "ppoll", "select", "pselect6"),
    *("mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "mincore"),
    *(
        "futex",
        "futex_waitv",
        "set_robust_list",
        "get_robust_list",
        "rseq",
        "membarrier",
        "set_tid_address",
        "arch_prctl",
    ),
    *("exit", "exit_group", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall"),
    *("sched_yield", "sched_getaffinity", "getcpu"),
    *("clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "times"),
    *("getrusage", "getrlimit", "getrandom", "uname", "sysinfo"),
    *("getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid"),
)
_OPENING = ("open", "openat", "getdents64")
_ON_ITSELF = ("prlimit64", "sched_setaffinity")  # with 0 for the process
_CUDA = (
    *("ioctl", "eventfd2", "pipe2", "memfd_create", "mlock", "munlock", "fcntl", "ftruncate", "set_mempolicy"),
    *(
        "get_mempolicy",
        "mbind",
        "sched_getparam",
        "sched_getscheduler",
        "sched_get_priority_max",
        "sched_get_priority_min",
    ),
)
_OUTPUT = 1
_CLONE_THREAD = 0x10000
# duplicate, descriptor flags, read the status flags; not set them, for the grader shares them; not who gets signals
_FCNTL_COMMANDS = (0, 1, 2, 3, 1030)
_IOCTL_REQUESTS = (0x5401, 0x5413, 0x5451)  # is it a terminal, how wide, close on exec; not what a terminal is to read


class Unavailable(Exception):
    """Why no program can be made on this machine."""


@cache
def program(*, may_open: bool = True, cuda: bool = False) -> bytes:
    """The filter as instructions for the kernel. Without `may_open` no file can be opened. Raises `Unavailable`."""
    try:
        import pyseccomp as libseccomp
    except (ImportError, RuntimeError, OSError, AttributeError):  # the package, or the library that it stands for
        raise Unavailable("the library libseccomp.so.2 can't be loaded") from None
    rules = libseccomp.SyscallFilter(libseccomp.ERRNO(errno.EPERM))
    calls = (*_ALWAYS, *(_OPENING if may_open else ()), *(_CUDA if cuda else ()))

    def allow(name: str, *conditions: Any) -> None:
        if libseccomp.resolve_syscall(libseccomp.Arch.NATIVE, name) >= 0:  # not every machine has all of them
            rules.add_rule(libseccomp.ALLOW, name, *conditions)

    def argument(position: int, value: int) -> Any:
        return libseccomp.Arg(position, libseccomp.EQ, value)

    for name in calls:
        allow(name)
    allow("clone", libseccomp.Arg(0, libseccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD))
    # clone3 hides its flags from a filter; told that there is none, the C library takes clone
    rules.add_rule(libseccomp.ERRNO(errno.ENOSYS), "clone3")
    for name in _ON_ITSELF:
        allow(name, argument(0, 0))
    allow("pwrite64", argument(0, _OUTPUT))
    allow("tgkill", argument(0, OWN_PID))  # abort() and raise()
    if not cuda:
        for command in _FCNTL_COMMANDS:
            allow("fcntl", argument(1, command))
        for request in _IOCTL_REQUESTS:
            allow("ioctl", argument(1, request))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.flush()
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
