"""What a process uses, as the kernel counts it. Where the kernel does not say, nothing is used."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Resident memory, threads, and the time that processors spent on it."""

    memory_mib: int = 0
    threads: int = 0
    cpu_seconds: float = 0.0


def usage_in(stat: bytes) -> Usage:
    """What a `/proc/PID/stat` says (proc(5)); the name of the process in it may hold anything."""
    fields = stat.rpartition(b")")[2].split()
    if len(fields) < 22:
        return Usage()
    return Usage(
        memory_mib=int(fields[21]) * os.sysconf("SC_PAGESIZE") // 2**20,
        threads=int(fields[17]),
        cpu_seconds=(int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
    )


def seconds_waited(pid: int | str) -> float:
    """How long the first thread of a process could have run and had no processor; "thread-self" is the caller's own."""
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:  # noqa: PTH123 - called often
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
