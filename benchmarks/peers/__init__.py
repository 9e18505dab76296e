"""The same checks of the same submissions, graded by otter-grader and by nbgrader, each in its own fastest way."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from statistics import mean

from classes import RIGHT, SAMPLE_CLASS, WRONG, right_class
from measuring import CannotMeasure, Options, Row, Spent, median_of, timed, timed_together
from throughput import fresh_pytest, grade

from grader.grades.publishing import grades_of
from grader.results import Grade, Outcome
from peers.environments import environment_of
from peers.for_nbgrader import Nbgrader
from peers.for_otter import Otter
from peers.notebooks import Test, Verdicts, answer_of, name_of, tests_of_rubric

COLUMNS = ("way", "seconds a submission", "CPU seconds", "`grader grade` is quicker", "and uses less CPU")

_CLASS = 40  # submissions of `grader grade`, whose start-up is counted
_FEW, _MORE = 2, 6  # submissions in a call of a peer: the difference is what a submission costs, without start-up
Peer = Otter | Nbgrader


def measure(options: Options) -> Iterator[Row]:
    """The rows of the table. Every round runs all ways, one after the other; the medians are compared."""
    if not options.with_peers:
        raise CannotMeasure("left out, by --without-peers")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inbox = right_class(folder / "inbox", _CLASS)
        entries = sorted(inbox.iterdir())
        answers = {entry.stem: answer_of(entry) for entry in entries}
        tests = tests_of_rubric()
        peers = [
            kind(environment_of(kind.name, kind.requirement, options.cache), folder / kind.name, tests)
            for kind in (Otter, Nbgrader)
        ]
        compare_verdicts(folder, peers, tests)
        ours: dict[int, list[Spent]] = {1: [], options.jobs: []}
        fresh: list[Spent] = []
        theirs: dict[str, list[Spent]] = {peer.name: [] for peer in peers}
        for number in range(options.rounds):
            for jobs, rounds in ours.items():
                rounds.append(timed(grade(inbox, folder / f"out{number}-{jobs}", jobs)) / _CLASS)
            fresh.append(_mean([timed(fresh_pytest(entry)) for entry in entries[: len(RIGHT)]]))
            for peer in peers:
                theirs[peer.name].append(_a_submission(peer, answers))
        alone, beside = median_of(ours[1]), median_of(ours[options.jobs])
        yield f"`grader grade`, 1 job, {_CLASS} submissions, with start-up", *_cells(alone)
        yield "one fresh `pytest --in-process` a submission", *_cells(median_of(fresh), alone)
        for peer in peers:
            yield peer.title, *_cells(median_of(theirs[peer.name]), alone)
        yield f"`grader grade`, {options.jobs} jobs", *_cells(beside)
        together = timed_together(map(fresh_pytest, entries[: 2 * len(RIGHT)]), options.jobs) / (2 * len(RIGHT))
        yield "fresh pytest, as many side by side", f"{together:.2f}", "", f"{together / beside.seconds:.1f} times"
        for peer in peers:
            seconds = _side_by_side(peer, answers, options.jobs)
            yield f"{peer.title}, as many side by side", f"{seconds:.2f}", "", f"{seconds / beside.seconds:.1f} times"


def compare_verdicts(folder: Path, peers: Sequence[Peer], tests: Sequence[Test]) -> None:
    """See that the peers and `grader grade` find the same of a right submission and of a wrong one.

    Raises `CannotMeasure` where a check ends another way: whoever does less work is no comparison.
    """
    inbox = folder / "compared"
    for name in (RIGHT[0], WRONG):
        shutil.copytree(SAMPLE_CLASS / name, inbox / name)
    out = folder / "compared-out"
    timed(grade(inbox, out, 1))
    names = {test.name for test in tests}
    with grades_of(out) as store:
        expected = {grade.student: _verdicts_in(grade, names) for grade in store.newest()}
    if not all(expected[RIGHT[0]].values()) or all(expected[WRONG].values()):
        raise CannotMeasure(f"{RIGHT[0]} should pass every check, and {WRONG} should not")
    for peer in peers:
        call = peer.call({name: answer_of(SAMPLE_CLASS / name) for name in expected})
        call.timed()
        for name, verdicts in peer.verdicts(call).items():
            different = [check for check in expected[name] if verdicts.get(check) != expected[name][check]]
            if different or len(verdicts) != len(tests):
                raise CannotMeasure(f"{peer.name} judges {name} differently: {', '.join(different) or len(verdicts)}")


def _verdicts_in(grade: Grade, names: Container[str]) -> Verdicts:
    found = {
        name_of(exercise.name, check.name): check.outcome is Outcome.PASSED
        for exercise in grade.exercises
        for check in exercise.checks
    }
    return {name: passed for name, passed in found.items() if name in names}


def _a_submission(peer: Peer, answers: dict[str, str]) -> Spent:
    """What one more submission takes, by the difference of two calls."""
    spent = []
    for count in (_FEW, _FEW + _MORE):
        call = peer.call(dict(list(answers.items())[:count]))
        spent.append(call.timed())
    return (spent[1] - spent[0]) / _MORE


def _side_by_side(peer: Peer, answers: dict[str, str], jobs: int) -> float:
    """Seconds a submission where several calls run at the same time, by the difference of few and more, too."""
    seconds = []
    for count in (_FEW, _FEW + _MORE):
        calls = [peer.call(dict(list(answers.items())[:count])) for _ in range(jobs)]
        seconds.append(
            timed_together(
                [call.command for call in calls], jobs, calls[0].environment, [call.folder for call in calls]
            )
        )
    return (seconds[1] - seconds[0]) / (_MORE * jobs)


def _mean(spent: Sequence[Spent]) -> Spent:
    return Spent(mean(one.seconds for one in spent), mean(one.cpu for one in spent))


def _cells(spent: Spent, over: Spent | None = None) -> tuple[str, ...]:
    cells = f"{spent.seconds:.2f}", f"{spent.cpu:.2f}"
    if over is None:
        return cells
    return *cells, f"{spent.seconds / over.seconds:.1f} times", f"{spent.cpu / over.cpu:.1f} times"
