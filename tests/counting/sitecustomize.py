"""Counts what a run does, seen from inside: copied into a folder of its own, it is imported by every interpreter of the run.

Each event is a line of the file `events` beside it: the role of the process and `start`, `torch` or `fork`; for the command
itself `grade` with the number of Python calls so far whenever a grade is kept, and `write` whenever the disk is waited for.
"""

import os
import sqlite3
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

EVENTS = Path(__file__).with_name("events")


def role():
    """What this process is in the run."""
    words = sys.orig_argv
    if "zygote" in words:
        return "zygote"
    for word in ("forkserver", "resource_tracker"):
        if any(f"multiprocessing.{word}" in argument for argument in words):
            return word
    return "command" if any(Path(argument).name == "grader" for argument in words[:3]) else "other"


def note(event):
    """Append a line, at once: the process may be killed, or about to lose its rights."""
    descriptor = os.open(EVENTS, os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, f"{role()} {event}\n".encode())
    os.close(descriptor)


class Noticing(MetaPathFinder):
    """Finds nothing; it sees what is imported."""

    def find_spec(self, name, path=None, target=None):
        """Note torch, by a part of it: torch itself is also looked for without being imported."""
        if name == "torch.version":
            note("torch")


class Traced(sqlite3.Connection):
    """Counts the transactions that write: each waits for the disk once."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self.set_trace_callback(self.seen)

    def seen(self, statement):
        """A statement begins."""
        word = statement.split(None, 1)[0].upper()
        if word == "COMMIT" or (word in ("INSERT", "UPDATE", "DELETE", "REPLACE") and not self.in_transaction):
            note("write")
        if statement.upper().startswith("INSERT INTO GRADES"):
            note(f"grade {calls}")


calls = 0


def called(frame, event, argument):
    """Count the calls of Python functions."""
    global calls
    calls += event == "call"


note("start")
sys.meta_path.insert(0, Noticing())
os.register_at_fork(before=lambda: note("fork"))
if role() == "command":
    connect, fsync = sqlite3.connect, os.fsync

    def counted_fsync(descriptor):
        """One more wait for the disk."""
        note("write")
        fsync(descriptor)

    sqlite3.connect = lambda *arguments, **keywords: connect(*arguments, **{"factory": Traced, **keywords})
    os.fsync = counted_fsync
    sys.setprofile(called)
