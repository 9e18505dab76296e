"""Check exercises again whenever the file that they are in is saved, with everything warm.

The rubric is collected once, workers are forked from a warm process, and the next one is waiting before the next save. A save
ends a check that still runs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from grader.course.assignments import Assignment, Exercise
from grader.errors import UsageError
from grader.grading.saves import LOOK_SECONDS, News, Saves, exercises_in, importers_of, stamps_of_course
from grader.grading.settings import Settings
from grader.isolation.isolated import Isolated
from grader.isolation.launchers import Launcher, Replaceable
from grader.isolation.levels import Level
from grader.results import ExerciseResult, Outcome
from grader.untrusted.sandbox import Limits

if TYPE_CHECKING:
    from grader.grading.grade import Runner
    from grader.isolation.workers import Worker


@dataclass(frozen=True)
class Verdict:
    """The results of some exercises, in the assignment's order."""

    checked: tuple[ExerciseResult, ...]
    level: Level
    faults: tuple[str, ...] = ()
    follows: bool = False  # because it rests on what was saved, and that is right


class Screen(Protocol):
    """Who is told what happens, and may ask for something."""

    def saw(self, news: News) -> None:
        """Files were saved or are gone."""

    def began(self, exercises: tuple[Exercise, ...]) -> None:
        """These exercises are being checked."""

    def show(self, verdict: Verdict) -> None:
        """They were checked, as they are now."""

    def rest(self, known: tuple[ExerciseResult, ...], stale: tuple[str, ...]) -> None:
        """Nothing is left to be checked until a file is saved; of the `stale` ones another verdict may be due by then."""

    def asks_for_all(self, seconds: float) -> bool:
        """Whether the student asks, within this time, to have everything checked."""


def watch(
    assignment: Assignment, place: Path, screen: Screen, settings: Settings = Settings(), *, everything: bool = False
) -> None:
    """Check what lies at `place`, then each exercise whose file is saved, until an exception ends it, such as Ctrl-C.

    With `everything` a save has all others checked too, after those that were saved. Raises `CourseError` if the rubric
    can't be run, `UsageError` if this machine can't start workers, and when the assignment itself was changed.
    """
    with closing(_Workers(settings.device)) as workers:  # begins to start while this process imports the rubric
        from grader.grading.grade import run_rubric

        def body(runner: Runner) -> None:
            _Watch(assignment, place, screen, runner, workers, everything).run()

        run_rubric(assignment, body, settings=settings, launcher=workers, public_only=True)


class _Workers:
    """Starts workers, one of them before it is asked for; `is_wanted` says of all of them whether they may go on."""

    def __init__(self, device: str) -> None:
        self.is_wanted: Callable[[], bool] = lambda: True
        self._isolated = Isolated(device=device)
        self._launcher: Launcher | None = None
        self._ready: tuple[Limits, Worker] | None = None
        self._limits: Limits | None = None

    @property
    def level(self) -> Level:
        """How well they are walled in."""
        return self._isolated.level

    def spawn(self, limits: Limits) -> Worker:
        """The worker that waits, if it is of that kind and alive, else a new one."""
        self._limits = limits
        waiting, self._ready = self._ready, None
        if waiting is not None and waiting[0] == limits and waiting[1].is_running():
            worker = waiting[1]
        else:
            if waiting is not None:
                waiting[1].close()
            worker = self._start(limits)
        worker.is_wanted = self.is_wanted
        return worker

    def prepare(self) -> None:
        """Have a worker wait, of the kind that was wanted last."""
        if self._ready is None and self._limits is not None:
            self._ready = self._limits, self._start(self._limits)

    def _start(self, limits: Limits) -> Worker:
        if self._launcher is None:
            self._isolated.verify()
            self._launcher = Replaceable(self._isolated.launcher)
        return self._launcher.spawn(limits)

    def close(self) -> None:
        """End every worker."""
        if self._ready is not None:
            self._ready[1].close()
        if isinstance(self._launcher, Replaceable):
            self._launcher.close()
        self._isolated.close()


# -- the loop --------------------------------------------------------------------------------------------------------------


class _Watch:
    """What is still to be checked, and what is known of the rest."""

    def __init__(
        self,
        assignment: Assignment,
        place: Path,
        screen: Screen,
        runner: Runner,
        workers: _Workers,
        everything: bool,
    ) -> None:
        self._assignment = assignment
        self._screen = screen
        self._runner = runner
        self._workers = workers
        self._everything = everything
        self._saves = Saves(assignment, place)
        self._course = stamps_of_course(assignment)
        self._names = [name for name in _names_of(assignment) if any(c.exercise.name == name for c in runner.checks)]
        self._known: dict[str, ExerciseResult] = {}
        self._now: set[str] = set()  # saved, and not checked since
        self._later: set[str] = set(self._names)  # to be checked when these are
        self._fresh: set[str] = set()  # checked since a file was saved
        self._follows = False  # what is checked now only follows what was saved
        self._stale: set[str] = set()  # what is known of them was found with other code than there is now
        workers.is_wanted = lambda: not self._saves.has_changed()

    def run(self) -> None:
        """Until an exception ends it."""
        self._saves.take()
        while True:
            batch = frozenset(self._now or self._later)
            if not batch or not self._check(batch):
                self._wait()
                continue
            self._follows = self._follows or bool(self._now)
            self._fresh |= batch
            self._now = set()
            self._later = self._later - self._fresh | self._that_follow(batch)
            if not self._later:
                self._workers.prepare()
                self._rest()

    def _wait(self) -> None:
        """Return when there is something to be checked."""
        while not self._saves.has_changed():
            if self._screen.asks_for_all(LOOK_SECONDS):
                self._later = set(self._names)
                self._fresh, self._follows = set(), False
                return
        before = self._saves.submission
        news = self._saves.take()
        if stamps_of_course(self._assignment) != self._course:
            raise UsageError(f"what {self._assignment.folder} asks for has changed. Start the same command again.")
        if news != News():
            found = exercises_in(self._assignment, news, before, self._saves.submission) & set(self._names)
            self._screen.saw(news)
            if found:  # the newest first: what was being checked may be what never ends
                self._later |= self._now
                self._now = found
            elif not (self._now or self._later):
                self._rest()
            self._fresh, self._follows = set(), False

    def _check(self, names: frozenset[str]) -> bool:
        """Check these exercises and show the verdict; False if a file was saved before they were all checked."""
        chosen = [name for name in self._names if name in names]
        submission = self._saves.submission
        self._screen.began(tuple(self._assignment.exercise(name) for name in chosen))
        bench, is_wanted = self._runner.bench, self._workers.is_wanted
        try:
            self._runner.run(submission, chosen, is_wanted)
            if not is_wanted():
                return False
            from grader.checks.check import exercise_results

            checks = [check for check in self._runner.checks if check.exercise.name in names]
            results = bench.as_graded(self._assignment, exercise_results(checks, bench.results))
            faults = tuple(bench.faults)
        finally:
            bench.clear()
        self._known |= {result.name: result for result in results}
        self._stale -= names
        self._screen.show(Verdict(results, self._workers.level, faults, self._follows))
        return True

    def _rest(self) -> None:
        known = tuple(self._known[name] for name in self._names if name in self._known)
        self._screen.rest(known, tuple(name for name in self._names if name in self._stale))

    def _that_follow(self, checked: frozenset[str]) -> set[str]:
        """What is to be checked after these: what rests on one of them, is not known to be right, and need not wait."""
        if self._everything:
            return set(self._names) - self._fresh
        right = {name for name, result in self._known.items() if result.outcome is Outcome.PASSED} - self._stale
        found = set()
        for exercise in self._resting_on(checked):
            if not right.issuperset(exercise.needs) or not right.issuperset(checked):
                self._stale.add(exercise.name)
            elif exercise.name not in right:
                found.add(exercise.name)
        return found

    def _resting_on(self, checked: frozenset[str]) -> list[Exercise]:
        """The other exercises that need one of these, or are in a file that imports one of theirs."""
        submission = self._saves.submission
        files = {
            submission.home_of(name, exercise.file)
            for exercise in self._assignment.exercises
            if exercise.name in checked
            for name in exercise.defines
        }
        importers = importers_of({file for file in files if file is not None}, submission)
        return [
            exercise
            for exercise in self._assignment.exercises
            if exercise.name in set(self._names) - self._fresh
            and (checked & set(exercise.needs) or exercise.file in importers)
        ]


def _names_of(assignment: Assignment) -> list[str]:
    return [exercise.name for exercise in assignment.exercises]
