"""How well student code is walled in: the levels, best first, and what each one promises.

A level is a promise. Whether it is kept is found out in every run, by a worker that tries to break it (`isolation`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """From the strongest to the weakest; as texts they don't compare, so ask `is_at_least`."""

    FULL = "full"  # bubblewrap, Landlock, a filter of system calls
    KERNEL = "kernel"  # without bubblewrap
    NAMESPACES = "namespaces"  # without Landlock
    STRICT = "strict"  # the filter alone, and it lets nothing be opened
    PROCESS = "process"  # a process of its own with limits

    @property
    def rank(self) -> int:
        """0 is the strongest."""
        return list(Level).index(self)

    def is_at_least(self, other: Level) -> bool:
        """Whether it is as strong as the other or stronger."""
        return self.rank <= other.rank


MEMORY = "memory"
FILES = "files"
_FILTERED = {
    MEMORY: "more memory than the limit",
    FILES: "reading any file but Python's and the system's libraries",
    "writing": "writing any file",
    "network": "the network",
    "processes": "starting a process or a program",
    "signals": "signals to other processes",
    "others": "memory and environment of other processes",
}
_HIDDEN = _FILTERED | {"names": "names and sizes of files"}

# What student code can't reach at a level: a word for messages, and what it stands for.
PROMISES: dict[Level, dict[str, str]] = {
    Level.FULL: _HIDDEN,
    Level.KERNEL: _FILTERED,
    Level.NAMESPACES: _HIDDEN,
    Level.STRICT: _FILTERED,
    Level.PROCESS: {},
}


@dataclass(frozen=True)
class Isolation:
    """The level of a run, and what its self-test found."""

    level: Level
    closed: tuple[str, ...] = ()  # words of PROMISES that were tried in this run, in vain
    open: tuple[str, ...] = ()  # words that were tried with success
    why_not_better: str = ""

    def __str__(self) -> str:
        verified = f"verified: {', '.join(self.closed)}" if self.closed else "not verified"
        still_open = f"; open: {', '.join(self.open)}" if self.open else ""
        return f"isolation: {self.level} ({verified}{still_open})"
