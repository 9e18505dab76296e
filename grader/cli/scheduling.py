"""The nodes of a cluster: the options that name one, what grades on it, and the table of `grader doctor --scheduler`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.cli.saying import Answer, columns_here, say_answer, say_problem, table
from grader.course.assignments import Assignment, find_assignment, find_course
from grader.grading.settings import PATIENCE_SECONDS, Settings
from grader.isolation.levels import Level

if TYPE_CHECKING:
    from grader.grading.cluster import Cluster
    from grader.grading.node import Facts


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
    nodes = [
        Node(
            host=facts.host,
            address=address,
            course=facts.version,
            grader=facts.grader,
            torch=facts.torch,
            python=facts.python,
            isolation=facts.isolation,
            device=facts.device,
            problems=[*reasons[address], *_weakness(facts)],
        )
        for address, facts in sorted(found.items(), key=lambda entry: (entry[1].host, entry[0]))
    ]
    here = Node("this machine", "", order.version, order.grader, order.torch, order.python, "", "", [])
    answer = Nodes(here, nodes)
    say_answer(answer)
    return 3 if [*answer.problems()] else 0


def _weakness(facts: Facts) -> list[str]:
    """Why its walls are too weak, if it has any."""
    if facts.problem or Level(facts.isolation).is_at_least(Level.KERNEL):
        return []
    return [f"its isolation is {facts.isolation}; `grader grade` asks for {Level.KERNEL} at least"]


class Node(msgspec.Struct, frozen=True):
    """What a node has, and why it can't grade. `course` is the version of the assignment; empty where nothing is known."""

    host: str
    address: str
    course: str
    grader: str
    torch: str
    python: str
    isolation: str
    device: str
    problems: list[str]

    def cells(self) -> tuple[str, ...]:
        """Its row of the table."""
        return (
            self.host,
            self.address,
            self.course or "-",
            self.grader,
            self.torch,
            self.python,
            *([self.isolation or "-", self.device or "-"] if self.address else ["", ""]),
        )


class Nodes(Answer, frozen=True):
    """Every node of a cluster, beside this machine."""

    this_machine: Node
    nodes: list[Node]

    def lines(self) -> Iterator[str]:
        """A table, and what is not as it must be."""
        rows: list[tuple[str, ...]] = [
            ("node", "address", "course", "grader", "torch", "Python", "isolation", "device")
        ]
        rows += [node.cells() for node in (self.this_machine, *self.nodes)]
        yield from table(rows, columns_here(), lead=2)
        problems = [*self.problems()]
        yield from problems
        if not problems:
            yield f"{len(self.nodes)} node{'' if len(self.nodes) == 1 else 's'}; all have what this machine has."

    def problems(self) -> Iterator[str]:
        """What is not as it must be."""
        for node in self.nodes:
            if node.problems:
                yield f"{node.host} ({node.address}): {'; '.join(node.problems)}"
        devices = sorted({node.device for node in self.nodes if node.device})
        if len(devices) > 1:
            yield (
                f"some nodes have a GPU and others have none ({', '.join(devices)}): say --device cpu to `grader grade`."
            )


def _say_note(text: str) -> None:
    say_problem(f"note: {text}")


def _seconds_of(text: str) -> float:
    """A number of seconds."""
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds; give 1 or more")
    return float(value)
