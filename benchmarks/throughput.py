"""A class graded by `grader grade`: against one fresh pytest a submission, against the floor, and by its size."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, median

from classes import RIGHT, mixed_class, right_class
from measuring import (
    ASSIGNMENT,
    ONE_THREAD,
    ROOT,
    Options,
    Row,
    Spent,
    adopt_orphans,
    grader_command,
    median_of,
    peak_memory,
    timed,
    timed_together,
    with_range,
)

_SAMPLE = 2 * len(RIGHT)  # submissions for what takes seconds each


def measure(options: Options) -> Iterator[Row]:
    """The rows of the table."""
    smallest, *larger = sorted(options.class_sizes)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inbox = right_class(folder / "inbox", smallest)
        entries = sorted(inbox.iterdir())
        batches, fresh = [], []
        for number in range(options.rounds):  # both sides of a ratio in turns
            batches.append(timed(grade(inbox, folder / f"out{number}", options.jobs)))
            fresh.append(mean(timed(fresh_pytest(entry)).seconds for entry in entries[: len(RIGHT)]))
        one_by_one = median(fresh)
        side_by_side = timed_together(map(fresh_pytest, entries[:_SAMPLE]), options.jobs) / _SAMPLE
        batch = median_of(batches) / smallest
        rates = [smallest / spent.seconds for spent in batches]
        yield (
            f"`grader grade`, {smallest} right submissions, {options.jobs} jobs, with start-up",
            with_range(rates, 2, "a second"),
        )
        yield "one fresh `pytest --in-process` a submission, one after the other", f"{1 / one_by_one:.2f} a second"
        yield "ratio of the two", f"{one_by_one / batch.seconds:.1f}", "at least 10"
        yield f"the same fresh processes, {options.jobs} side by side", f"{1 / side_by_side:.2f} a second"
        yield "ratio to that", f"{side_by_side / batch.seconds:.1f}"
        floor = warm_floor(entries[:40])
        yield "floor: CPU of the same checks in one warm process, a submission", f"{floor:.3f} s"
        yield f"CPU of the class of {smallest}, all processes, with start-up, a submission", f"{batch.cpu:.3f} s"
        yield "overhead over the floor", f"{batch.cpu / floor:.2f}", "at most 1.3"
        yield from mixed(folder, smallest, options, batch)
        yield from by_size(folder, larger, options, smallest, median_of(batches), floor, one_by_one)


def mixed(folder: Path, size: int, options: Options, right: Spent) -> Iterator[Row]:
    """The sample class, wrong submissions and all, of the same size."""
    inbox = mixed_class(folder / "mixed", size)
    rounds = [timed(grade(inbox, folder / f"mixed{number}", options.jobs)) for number in range(options.rounds)]
    spent = median_of(rounds) / size
    yield f"the sample class, right and wrong, {size} submissions", f"{1 / spent.seconds:.2f} a second"
    yield "its CPU a submission", f"{spent.cpu:.3f} s, {spent.cpu / right.cpu:.2f} times a right one's"


def by_size(
    folder: Path, larger: Sequence[int], options: Options, smallest: int, first: Spent, floor: float, fresh: float
) -> Iterator[Row]:
    """What one more submission costs in classes of each size, and the memory that each took at most."""
    yield f"peak memory, {smallest} submissions (PSS of all processes)", _memory(folder, smallest, options), _MEMORY
    before, spent_before = smallest, first
    for size in larger:
        inbox = right_class(folder / f"inbox{size}", size)
        spent = timed(grade(inbox, folder / f"out{size}", options.jobs))
        more = (spent - spent_before) / (size - before)
        whole = spent / size
        yield (
            f"{size} submissions, with start-up: a submission",
            f"{whole.seconds:.3f} s, {whole.cpu:.3f} CPU s",
        )
        yield (
            f"one more, from {before} to {size}",
            f"{more.seconds:.3f} s, {more.cpu:.3f} CPU s, {more.cpu / floor:.2f} times the floor",
        )
        yield "a fresh pytest takes, of that", f"{fresh / more.seconds:.1f} times as long"
        yield f"peak memory, {size} submissions", _memory(folder, size, options), _MEMORY
        before, spent_before = size, spent
        if size == larger[-1]:
            yield from _on_paper(more, options.jobs, _bytes_in(folder / f"out{size}") / size)


def _on_paper(more: Spent, jobs: int, disk: float) -> Iterator[Row]:
    """What so many submissions would take at the rate of the largest class; nobody measured it."""
    hours = _MANY * more.seconds / 3600
    alone = _MANY * more.cpu / jobs / 3600
    yield (
        f"on paper: {_MANY:,} submissions",
        f"{hours:.1f} h as fast as here; {alone:.1f} h with {jobs} cores to itself; {_MANY * disk / 2**30:.1f} GiB of results",
    )


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*"))


_MANY = 10_000

_MEMORY = "at most 1.5 GiB"


def _memory(folder: Path, size: int, options: Options) -> str:
    """In a run of its own: watching memory slows what is watched."""
    inbox = right_class(folder / f"watched{size}", size)
    with peak_memory() as peak:
        timed(grade(inbox, folder / f"watched-out{size}", options.jobs))
    return f"{peak() / 2**30:.2f} GiB"


def grade(inbox: Path, out: Path, jobs: int) -> list[str]:
    """The command that grades a class, at level kernel: what workers in a namespace of their own used can't be counted."""
    command = ["/usr/bin/env", "PATH=/nonexistent", grader_command()]
    return [*command, "grade", str(inbox), "-a", ASSIGNMENT, "-o", str(out), "--jobs", str(jobs), "--device", "cpu"]


def fresh_pytest(entry: Path) -> list[str]:
    """The usual way: a new interpreter that loads student code and judges it."""
    command = [sys.executable, "-m", "pytest", f"assignments/{ASSIGNMENT}", "--submission", str(entry), "--in-process"]
    return [*command, "-q", "-p", "no:cacheprovider", "--device", "cpu"]


_FLOOR = """
import sys, time
import torch
torch.set_num_threads(1)
from pathlib import Path
from grader.course.assignments import Assignment
from grader.grading.grade import grade_each
from grader.submissions.loading import load_submission
assignment = Assignment(Path(sys.argv[1]), sys.argv[2])
submissions = [load_submission(Path(path), course_files=assignment.course_files) for path in sys.argv[3:]]
times = [time.process_time()]
grade_each(assignment, submissions, lambda grade: times.append(time.process_time()), in_process=True)
print(*[after - before for before, after in zip(times, times[1:])])
"""


def warm_floor(entries: Sequence[Path]) -> float:
    """CPU seconds a submission in one process that is warm: the mean over the class, after one of each style."""
    command = [sys.executable, "-c", _FLOOR, str(ROOT), ASSIGNMENT, *map(str, entries)]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **ONE_THREAD}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    spent = [float(seconds) for seconds in result.stdout.splitlines()[-1].split()]
    return mean(spent[len(RIGHT) :])


def marginal_overhead(few: int = 4, many: int = 20) -> float:
    """The CPU of one more right submission over the floor: start-up counts on neither side. For a test, so it is quick."""
    adopt_orphans()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spent = []
        for size in (few, many):
            inbox = right_class(folder / f"inbox{size}", size)
            spent.append(timed(grade(inbox, folder / f"out{size}", 2)).cpu)
        floor = warm_floor(sorted(inbox.iterdir())[: 3 * len(RIGHT)])
    return (spent[1] - spent[0]) / (many - few) / floor
