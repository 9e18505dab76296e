"""What nodes of a Dask cluster bring: two against one, and one killed in the middle.

The same class is graded by one node and by two, each held to one core, in turns; medians are compared. Every node has
graded one submission before, so that nothing of its start is in the figures. Then one of two nodes is killed in the middle.
Nothing is asserted. Linux, with two cores at least that do nothing else.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from classes import right_class
from measuring import ASSIGNMENT, ROOT, CannotMeasure, Options, Row, memory_below, wait_for_orphans

from grader.course.assignments import Assignment
from grader.grading.cluster import Cluster
from grader.grading.settings import Settings
from grader.results import Grade
from grader.submissions.loading import load_submission
from grader.submissions.submission import Submission

DASK = [sys.executable, "-m"]


def measure(options: Options) -> Iterator[Row]:
    """The rows of the table."""
    if importlib.util.find_spec("distributed") is None:
        raise CannotMeasure("distributed is not installed: pip install -c constraints.txt -e '.[cluster]'")
    if len(os.sched_getaffinity(0)) < 2:
        raise CannotMeasure("two nodes of one core each need two cores")
    with tempfile.TemporaryDirectory() as folder:
        yield from _measure(Path(folder), min(options.class_sizes), options.rounds)
        wait_for_orphans()


def _measure(folder: Path, size: int, rounds: int) -> Iterator[Row]:

    assignment = Assignment(ROOT, ASSIGNMENT)
    entries = sorted(right_class(folder / "inbox", size).iterdir())
    submissions = [load_submission(path, course_files=assignment.course_files) for path in entries]
    cores = sorted(os.sched_getaffinity(0))[:2]
    one, two = [], []
    with cluster_of(cores[:1], folder) as (alone, _), cluster_of(cores, folder) as (pair, nodes):
        for address in (alone, pair):
            seconds_for(address, assignment, submissions[:2], lambda grade: None)
        for _ in range(rounds):
            one.append(seconds_for(alone, assignment, submissions, lambda grade: None))
            two.append(seconds_for(pair, assignment, submissions, lambda grade: None))
        memory = memory_below(nodes[0].pid)
        first, second = statistics.median(one) / size, statistics.median(two) / size
        yield f"one node of one core, {size} right submissions, warm", f"{1 / first:.2f} a second", ""
        yield "two nodes of one core each", f"{1 / second:.2f} a second", ""
        yield "ratio of the two", f"{first / second:.2f}", "at least 1.8"
        yield "memory of a node that has graded (PSS of its processes)", f"{memory / 2**20:.0f} MiB", ""

        grades: list[Grade] = []

        def deliver(grade: Grade) -> None:
            grades.append(grade)
            if len(grades) == size // 3:
                nodes[1].send_signal(signal.SIGKILL)

        seconds = seconds_for(pair, assignment, submissions, deliver)
        students = {grade.student for grade in grades if grade.status == "graded"}
        lost = f"{size - len(students)} lost, {len(grades) - len(students)} twice"
        yield "one of two nodes killed after a third of the class", f"{lost}, {seconds:.1f} s", "0 lost, 0 twice"


def seconds_for(
    address: str, assignment: Assignment, submissions: list[Submission], deliver: Callable[[Grade], None]
) -> float:
    """Wall seconds from the first submission to the last grade; connecting and examining are not in it."""
    with contextlib.closing(Cluster(address, assignment, Settings("cpu"))) as cluster:
        cluster.isolation()
        started = time.perf_counter()
        cluster.grade_all(submissions, deliver)
        return time.perf_counter() - started


@contextlib.contextmanager
def cluster_of(cores: list[int], folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler on this machine, and a node on each of the cores; yields its address, and the nodes."""
    listening = ["--host", "127.0.0.1", "--no-dashboard"]
    started: list[subprocess.Popen[bytes]] = []
    try:
        file = folder / f"scheduler{len(cores)}.json"
        options = ["--port", "0", "--scheduler-file", str(file)]
        scheduler = [*DASK, "distributed.cli.dask_scheduler", *listening, *options]
        started.append(subprocess.Popen(scheduler, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder))
        import distributed

        worker = [*DASK, "distributed.cli.dask_worker", *listening, "--scheduler-file", str(file), "--no-nanny"]
        for core in cores:
            pinned = [str(shutil.which("taskset")), "-c", str(core), *worker, "--nthreads", "1"]
            # level kernel: what workers in a namespace of their own used can't be counted
            here = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": "/nonexistent"}
            started.append(
                subprocess.Popen(pinned, env=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
            )
        while not file.is_file():
            time.sleep(0.1)
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(len(cores))
            address = client.scheduler.address
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
