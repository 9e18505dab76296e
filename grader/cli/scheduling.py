"""The nodes of a cluster: the options that name one, what grades on it, and the table of `grader doctor --scheduler`."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.saying import between_words, say, say_problem
from grader.course.assignments import Assignment, find_assignment, find_course
from grader.grading.settings import PATIENCE_SECONDS, Settings
from grader.isolation.levels import Level

if TYPE_CHECKING:
    from grader.grading.cluster import Cluster


def add_scheduler(parser: argparse.ArgumentParser) -> None:
    """Where the cluster is, and how long to wait for it."""
    parser.add_argument(
        "--scheduler",
        metavar="WHERE",
        help="a Dask cluster: its address, tcp://host:8786, or a Dask configuration file",
    )
    parser.add_argument(
        "--patience",
        type=_seconds_of,
        default=PATIENCE_SECONDS,
        metavar="SECONDS",
        help="with --scheduler: how long to wait while there is nobody to grade; 120 without it",
    )


def nodes_of(
    assignment: Assignment, settings: Settings, options: argparse.Namespace
) -> Callable[[list[Path]], Cluster] | None:
    """What starts to grade on the cluster that was named, None without one."""
    if options.scheduler is None:
        return None

    def start(closed: list[Path]) -> Cluster:
        from grader.grading.cluster import Cluster

        return Cluster(options.scheduler, assignment, settings, closed, _say_note, options.patience)

    return start


def say_nodes(options: argparse.Namespace) -> int:
    """Every node with what it has; the exit status is 3 if any has something else than this machine."""
    from grader.grading.cluster import Cluster

    assignment = None
    if options.assignment is not None:
        assignment = find_assignment(find_course(options.course or Path.cwd()), options.assignment)
    settings = Settings(least_isolation=Level.PROCESS)
    with closing(Cluster(options.scheduler, assignment, settings, patience_seconds=options.patience)) as cluster:
        found = cluster.examined()
        order = cluster.order
        reasons = {address: cluster.reasons_against(facts) for address, facts in found.items()}
    rows = [("node", "address", "course", "grader", "torch", "Python", "isolation", "device")]
    rows += [("this machine", "", order.version or "-", order.grader, order.torch, order.python, "", "")]
    for address, facts in sorted(found.items(), key=lambda entry: (entry[1].host, entry[0])):
        versions = (facts.version or "-", facts.grader, facts.torch, facts.python)
        rows.append((facts.host, address, *versions, facts.isolation or "-", facts.device or "-"))
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in _table(rows, columns):
        say(line)
    weak = {
        address: f"its isolation is {facts.isolation}; `grader grade` asks for {Level.KERNEL} at least"
        for address, facts in found.items()
        if not facts.problem and not Level(facts.isolation).is_at_least(Level.KERNEL)
    }
    devices = sorted({facts.device for facts in found.values() if facts.device})
    for address, facts in found.items():
        told = [*reasons[address], *([weak[address]] if address in weak else [])]
        if told:
            line = f"{facts.host} ({address}): {'; '.join(told)}"
            say(line if columns is None else between_words(line, columns))
    if len(devices) > 1:
        say(f"some nodes have a GPU and others have none ({', '.join(devices)}): say --device cpu to `grader grade`.")
    if any(reasons.values()) or weak or len(devices) > 1:
        return 3
    say(f"{len(found)} node{'' if len(found) == 1 else 's'}; all have what this machine has.")
    return 0


def _table(rows: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """The rows in columns. Where the terminal is not so wide, who it is, the first two, gets a line of its own."""
    lines = _aligned(rows)
    if width is None or max(map(len, lines)) <= width:
        yield from lines
        return
    for row, rest in zip(rows, _aligned([row[2:] for row in rows]), strict=True):
        yield "  ".join(filter(None, row[:2]))
        yield f"  {rest}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _say_note(text: str) -> None:
    say_problem(f"note: {text}")


def _seconds_of(text: str) -> float:
    """A number of seconds."""
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds; give 1 or more")
    return float(value)
