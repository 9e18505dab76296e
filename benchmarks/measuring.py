"""How figures are taken: commands timed with all that they start, memory watched, medians, a table in Markdown.

A family of figures is a module beside this one with a docstring, `measure(options)`, which yields the rows of its table, and
`COLUMNS` if these are not figure, measured and wanted. It raises `CannotMeasure` where this machine lacks what it needs.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "classifier"
COLUMNS = ("figure", "measured", "wanted")
ONE_THREAD = {
    "OMP_NUM_THREADS": "1"
}  # the fastest setting of everybody here: submissions are small, and run side by side
_PR_SET_CHILD_SUBREAPER = 36
_WATCHED_EVERY_SECONDS = 0.1

Row = tuple[str, ...]


class CannotMeasure(Exception):
    """What this machine lacks to measure a family of figures, in one line."""


@dataclass(frozen=True)
class Options:
    """What the command line asks for. `cache` is where the peers' environments are kept between runs."""

    class_sizes: tuple[int, ...] = (40, 400)
    jobs: int = 2
    rounds: int = 3
    cache: Path = field(default_factory=lambda: default_cache())
    with_peers: bool = True


@dataclass(frozen=True)
class Spent:
    """Wall and CPU seconds of a command and of everything that it starts."""

    seconds: float
    cpu: float

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.seconds - other.seconds, self.cpu - other.cpu)

    def __truediv__(self, count: float) -> Spent:
        return Spent(self.seconds / count, self.cpu / count)


def default_cache() -> Path:
    """A folder of this user's that may be deleted at any time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "backgrade-benchmarks"


def adopt_orphans() -> None:
    """Let processes whose parent ends become children of this one, so that what they used is counted here."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wait_for_orphans() -> None:
    """Wait for every child, adopted ones included: only then is what they used counted."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def timed(command: Sequence[str], environment: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Spent:
    """What a command took. One that fails is no measurement: raises `CannotMeasure` with its last words."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        code = subprocess.run(command, cwd=cwd, env=_environment(environment), stdout=said, stderr=said).returncode
        seconds = time.perf_counter() - started
        if code != 0:
            raise CannotMeasure(f"{command[0]} ended with {code}: {_last_words(said.fileno())}")
    wait_for_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def timed_together(
    commands: Iterable[Sequence[str]],
    jobs: int,
    environment: Mapping[str, str] | None = None,
    folders: Iterable[Path] | None = None,
) -> float:
    """Wall seconds of all commands, `jobs` at a time, each in its folder."""

    def run(command: Sequence[str], cwd: Path) -> None:
        quiet = subprocess.DEVNULL
        code = subprocess.run(command, cwd=cwd, env=_environment(environment), stdout=quiet, stderr=quiet).returncode
        if code != 0:
            raise CannotMeasure(f"ended with {code}: {command!r}")

    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        for _ in pool.map(run, commands, folders or itertools.repeat(ROOT)):
            pass
    return time.perf_counter() - started


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **ONE_THREAD, **(more or {})}


def _last_words(descriptor: int) -> str:
    raw = os.pread(descriptor, 2_000, max(0, os.fstat(descriptor).st_size - 2_000))
    lines = raw.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else "no message"


# -- memory ----------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def peak_memory() -> Iterator[Callable[[], int]]:
    """Yields a function that gives the largest sum of proportional memory of all descendants, in bytes."""
    largest = 0
    stop = threading.Event()

    def watch() -> None:
        nonlocal largest
        while not stop.wait(_WATCHED_EVERY_SECONDS):
            largest = max(largest, sum(map(_proportional_memory, _descendants(os.getpid()))))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda: largest
    finally:
        stop.set()
        watcher.join()


def _descendants(pid: int) -> list[int]:
    """All processes below `pid`."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def memory_below(pid: int) -> int:
    """The PSS of a process and of all below it, in bytes."""
    return sum(map(_proportional_memory, [pid, *_descendants(pid)]))


def _proportional_memory(pid: int) -> int:
    """The PSS of a process in bytes: memory shared by several counts once in all."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


# -- what is shown ---------------------------------------------------------------------------------------------------------


def median_of(spent: Sequence[Spent]) -> Spent:
    """The medians of both, each for itself."""
    return Spent(statistics.median(one.seconds for one in spent), statistics.median(one.cpu for one in spent))


def with_range(values: Sequence[float], digits: int, unit: str = "") -> str:
    """The median, and from what to what the values went: `5.42 (5.31 to 5.60)`."""
    space = " " if unit else ""
    text = f"{statistics.median(values):.{digits}f}{space}{unit}"
    return text if len(values) == 1 else f"{text} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def markdown_table(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """A table in Markdown; rows may be shorter than the columns."""
    lines = [tuple(columns), tuple("---" for _ in columns)]
    lines += [(*row, *[""] * (len(columns) - len(row))) for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def machine() -> str:
    """The machine and the versions, in a line. No date: what is not the machine's is the repository's history."""
    import torch

    import grader

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores ({_processor()}), {memory:.0f} GiB, Linux {platform.release().split('-')[0]}, "
        f"CPython {platform.python_version()}, torch {torch.__version__}, backgrade {grader.__version__}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


_MOST_OTHER_CORES = 0.2
_TOO_BUSY = "too much for seconds and their ratios to mean anything, compare CPU seconds"


class Quietness:
    """How much of the machine other work took since this was made: figures of a busy machine must be seen to be such."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._others = _busy_seconds() - _own_seconds()

    def __str__(self) -> str:
        """The mean number of cores that were busy with something else, processes that were not counted as ours included."""
        others = _busy_seconds() - _own_seconds() - self._others
        cores = max(0.0, others / (time.perf_counter() - self._started))
        warning = f": {_TOO_BUSY}" if cores > _MOST_OTHER_CORES else ""
        return f"other work kept {cores:.1f} cores busy{warning}"


def _busy_seconds() -> float:
    """CPU seconds that all processes of the machine have used since it was started, and what its host took away."""
    user, nice, system, _, _, interrupts, soft, stolen, *_ = map(
        int, Path("/proc/stat").read_text(encoding="ascii").split("\n")[0].split()[1:]
    )
    return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in both)


def grader_command() -> str:
    """The `grader` of this environment."""
    return str(Path(sys.executable).with_name("grader"))
