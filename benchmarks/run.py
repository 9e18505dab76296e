"""Measure the figures that the project promises: `python benchmarks/run.py [--class-size 40] [--rounds 5]`.

Both sides of every ratio are measured in the same run on the same machine, the medians are compared, and nothing is
asserted: what a machine does besides changes absolute times, ratios much less. Linux.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "classifier"
RIGHT = ("ada-brennan", "bruno-castell.py", "chiara-dogan", "daniel-eriksen.zip")  # in the sample class
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Run all and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--class-size", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5, help="repetitions of what is short")
    options = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # so that every process of a run is ours to count
    with tempfile.TemporaryDirectory() as folder:
        rows = list(measure(Path(folder), options.class_size, options.jobs, options.rounds))
    width = max(len(what) for what, _, _ in rows)
    print(f"| {'figure':<{width}} | measured | wanted |\n| {'-' * width} | --- | --- |")
    for what, value, wanted in rows:
        print(f"| {what:<{width}} | {value} | {wanted} |")


def measure(folder: Path, size: int, jobs: int, rounds: int) -> Iterator[tuple[str, str, str]]:
    """The rows of the table: what, measured, wanted."""
    inbox = make_class(folder / "inbox", size)
    entries = sorted(inbox.iterdir())

    # One round is a batch of the class and, right after it, fresh processes over one submission of each style.
    batch_seconds, batch_cpu, fresh_seconds = [], [], []
    for number in range(3):
        seconds, cpu = timed(grade(inbox, folder / f"out{number}", jobs))
        batch_seconds.append(seconds)
        batch_cpu.append(cpu)
        fresh_seconds.append(statistics.mean(timed(fresh_pytest(entry))[0] for entry in entries[:4]))
    with peak_memory() as peak:  # a run of its own: watching memory slows what is watched
        timed(grade(inbox, folder / "watched", jobs))
    batch, fresh = statistics.median(batch_seconds) / size, statistics.median(fresh_seconds)
    yield f"`grader grade`, {size} right submissions, {jobs} jobs, with start-up", f"{1 / batch:.2f} a second", ""
    yield "one fresh `pytest --in-process` per submission, one after the other", f"{1 / fresh:.2f} a second", ""
    yield "ratio of the two", f"{fresh / batch:.1f}", "at least 10"
    together = timed_together([fresh_pytest(entry) for entry in entries[:8]], jobs) / 8
    yield f"the same fresh processes, {jobs} side by side", f"{1 / together:.2f} a second", ""
    yield "ratio to that", f"{together / batch:.1f}", ""

    floor = warm_floor(entries)
    spent = statistics.median(batch_cpu) / size
    yield "floor: CPU of the same checks in one warm process, per submission", f"{floor:.3f} s", ""
    yield "CPU of the batch, all processes, with start-up, per submission", f"{spent:.3f} s", ""
    yield "overhead over the floor", f"{spent / floor:.2f}", "at most 2"
    yield "peak memory of the batch (PSS of all processes)", f"{peak() / 2**30:.2f} GiB", "at most 1.5 GiB"

    student, bare = [], []
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"assignments/{ASSIGNMENT}",
        "-k",
        "linear",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    for _ in range(rounds):
        student.append(timed([*command, "--submission", f"reference/{ASSIGNMENT}"])[0])
        bare.append(timed([sys.executable, "-c", "import torch, pytest"])[0])
    ratio = statistics.median(student) / statistics.median(bare)
    yield "`pytest assignments/classifier -k linear`", f"{statistics.median(student):.2f} s", ""
    yield '`python -c "import torch, pytest"`', f"{statistics.median(bare):.2f} s", ""
    yield "ratio of the two", f"{ratio:.2f}", "at most 1.6"
    yield from cost_of_walls(entries[:20], rounds)


def cost_of_walls(entries: list[Path], rounds: int) -> Iterator[tuple[str, str, str]]:
    """The same submissions behind the best walls and behind none, in turns."""
    from grader.course import Assignment
    from grader.grade import grade_each
    from grader.isolation import Isolated
    from grader.launchers import Launcher
    from grader.levels import Level
    from grader.self_test import self_test
    from grader.submission import load_submission
    from grader.untrusted.sandbox import Limits

    assignment = Assignment(ROOT, ASSIGNMENT)
    submissions = [load_submission(path, course_files=assignment.course_files) for path in entries]

    def workers(launcher: Launcher, count: int = 50) -> float:
        started = time.perf_counter()
        for _ in range(count):
            launcher.spawn(Limits(2048, 60, 32)).kill()
        return (time.perf_counter() - started) / count

    def grading(launcher: Launcher) -> float:
        started = time.perf_counter()
        grade_each(assignment, submissions, lambda grade: None, launcher=launcher)
        return (time.perf_counter() - started) / len(submissions)

    walled, bare = Isolated(), Isolated(best=Level.PROCESS)
    level = walled.verify().level
    bare.verify()
    figures: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, launcher in ((str(level), walled.launcher), ("process", bare.launcher)):
            figures.setdefault(f"worker {name}", []).append(workers(launcher))
            figures.setdefault(f"grade {name}", []).append(grading(launcher))
        started = time.perf_counter()
        self_test(walled.launcher)
        figures.setdefault("test", []).append(time.perf_counter() - started)
    walled.close()
    bare.close()
    middle = {name: statistics.median(values) for name, values in figures.items()}
    with_walls, without = middle[f"worker {level}"], middle["worker process"]
    yield f"a worker started and ended: level {level}", f"{with_walls * 1000:.1f} ms", ""
    yield "a worker started and ended: level process", f"{without * 1000:.1f} ms", ""
    yield "what the walls cost a worker", f"{(with_walls - without) * 1000:.1f} ms", "at most 25 ms"
    throughput = middle["grade process"] / middle[f"grade {level}"]
    yield f"submissions a second at level {level} over level process, one job", f"{throughput:.3f}", "at least 0.9"
    yield "the self-test, once a run", f"{middle['test'] * 1000:.0f} ms", ""


def grade(inbox: Path, out: Path, jobs: int) -> list[str]:
    """The command that grades the class, at level kernel: what workers in a namespace of their own used can't be counted."""
    command = ["/usr/bin/env", "PATH=/nonexistent", str(Path(sys.executable).with_name("grader"))]
    return [*command, "grade", str(inbox), "-a", ASSIGNMENT, "-o", str(out), "--jobs", str(jobs), "--device", "cpu"]


def make_class(inbox: Path, size: int) -> Path:
    """A class of right submissions in four styles."""
    inbox.mkdir()
    for number in range(size):
        source = ROOT / "examples" / "inbox" / RIGHT[number % len(RIGHT)]
        target = inbox / f"student{number:05}{source.suffix}"
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    return inbox


def fresh_pytest(entry: Path) -> list[str]:
    """The usual way: a new interpreter that loads student code and judges it. One thread is its fastest setting here."""
    command = [sys.executable, "-m", "pytest", f"assignments/{ASSIGNMENT}", "--submission", str(entry), "--in-process"]
    return ["env", "OMP_NUM_THREADS=1", *command, "-q", "-p", "no:cacheprovider", "--device", "cpu"]


def warm_floor(entries: list[Path]) -> float:
    """CPU seconds a submission in one process that is warm: the median over the class, after one of each style."""
    code = f"""
import os, sys, time
os.environ["OMP_NUM_THREADS"] = "1"
import torch
torch.set_num_threads(1)
from pathlib import Path
from grader.course import Assignment
from grader.grade import grade_each
from grader.submission import load_submission
assignment = Assignment(Path({str(ROOT)!r}), {ASSIGNMENT!r})
submissions = [load_submission(Path(path), course_files=assignment.course_files) for path in sys.argv[1:]]
times = [time.process_time()]
grade_each(assignment, submissions, lambda grade: times.append(time.process_time()), in_process=True)
spent = [after - before for before, after in zip(times, times[1:])][{len(RIGHT)}:]
print(sum(spent) / len(spent))
"""
    result = subprocess.run(
        [sys.executable, "-c", code, *map(str, entries)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(result.stdout.split()[-1])


def timed(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command and of everything it starts. A command that fails is no measurement."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, **QUIET)
    seconds = time.perf_counter() - started
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def timed_together(commands: list[list[str]], jobs: int) -> float:
    """Wall seconds of all commands, `jobs` at a time."""
    started = time.perf_counter()
    waiting = list(commands)
    running: list[subprocess.Popen[bytes]] = []
    while waiting or running:
        while waiting and len(running) < jobs:
            running.append(subprocess.Popen(waiting.pop(0), cwd=ROOT, **QUIET))
        done = running.pop(0)
        if done.wait() != 0:
            raise SystemExit(f"failed: {done.args}")
    return time.perf_counter() - started


@contextlib.contextmanager
def peak_memory() -> Iterator[Callable[[], int]]:
    """Yields a function that gives the largest sum of proportional memory of all descendants, in bytes."""
    largest = 0
    stop = threading.Event()

    def watch() -> None:
        nonlocal largest
        while not stop.wait(0.1):
            largest = max(largest, sum(map(proportional_memory, descendants(os.getpid()))))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda: largest
    finally:
        stop.set()
        watcher.join()


def descendants(pid: int) -> list[int]:
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


def proportional_memory(pid: int) -> int:
    """The PSS of a process in bytes: memory shared by several counts once in all."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
