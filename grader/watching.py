"""Check exercises again whenever the file that they are in is saved, with everything warm.

The rubric is collected once, workers are forked from a warm process, and the next one is waiting before the next save. A save
ends a check that still runs. What was saved is found by looking at the files, many times a second: a folder holds few, so
that costs next to nothing, and it is the same for every way to save and every file system.
"""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from grader.catalogue import submission_at
from grader.course import Assignment, Exercise
from grader.errors import UsageError
from grader.isolation import Isolated
from grader.launchers import Launcher, Replaceable
from grader.levels import Level
from grader.provided import Parts
from grader.results import ExerciseResult, Flag, Outcome
from grader.settings import Settings
from grader.source import NOTEBOOK
from grader.submission import MAX_ZIP_MEMBERS, Submission
from grader.untrusted.sandbox import Limits

if TYPE_CHECKING:
    from grader.grade import Runner
    from grader.workers import Worker

_LOOK_SECONDS = 0.03  # between two looks at the files
_CALM_SECONDS = 0.01  # files that stay as they are for so long have been saved
_GONE_SECONDS = 0.2  # an editor that takes a file away, or empties it, to write it anew does so within this time
_NEVER_CALM_SECONDS = 2.0
_ENDINGS = (".py", NOTEBOOK)
_NO_SOURCE = ("__pycache__", "node_modules", "venv", "__MACOSX")
Stamps = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class News:
    """What a look at the files has brought: those saved, those gone, and what of them can't be read."""

    saved: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()


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
        from grader.grade import run_rubric

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


# -- the files -------------------------------------------------------------------------------------------------------------


class Saves:
    """The files of a submission, and which of them were saved since they were last taken."""

    def __init__(self, assignment: Assignment, place: Path) -> None:
        self._assignment = assignment
        self._place = place
        self._taken: Stamps = {}
        self._looked = 0.0
        self._has_changed = True
        self.submission = Submission("", {}, "")

    def has_changed(self) -> bool:
        """Whether files are not as they were when they were taken; looks no more often than makes sense."""
        now = time.monotonic()
        if not self._has_changed and now - self._looked > _LOOK_SECONDS:
            self._looked = now
            self._has_changed = _stamps(self._place) != self._taken
        return self._has_changed

    def take(self) -> News:
        """Read the files, when nobody writes them any more; returns what is new since the last time."""
        before, before_stamps = self.submission, self._taken
        self._taken = self._calm_stamps()
        self._has_changed = False
        self.submission = now = submission_at(self._assignment, self._place)
        written = {path for path, stamp in self._taken.items() if before_stamps.get(path) != stamp}
        saved = [
            file
            for file, text in now.files.items()
            if text != before.files.get(file) or (not file.endswith(NOTEBOOK) and _is_among(file, written))
        ]
        flags = [flag for flag in now.flags if _is_among(flag.where, written) or flag not in before.flags]
        unread = [flag.where for flag in flags]  # there, and no text: what is wrong with it is said instead
        gone = [file for file in before.files if file not in now.files and file not in unread]
        return News(tuple(saved), tuple(gone), tuple(flags))

    def _calm_stamps(self) -> Stamps:
        """The stamps of the files once they stay the same. One that is gone or empty is given a little longer."""
        started = time.monotonic()
        stamps = _stamps(self._place)
        while True:
            time.sleep(_CALM_SECONDS)
            before, stamps = stamps, _stamps(self._place)
            waited = time.monotonic() - started
            is_whole = all(path in stamps and stamps[path][1] for path, stamp in self._taken.items() if stamp[1])
            if (stamps == before and (is_whole or waited > _GONE_SECONDS)) or waited > _NEVER_CALM_SECONDS:
                return stamps


def _stamps(place: Path) -> Stamps:
    """What tells each file that may be of the submission from itself before it was written: time, size, inode."""
    found: Stamps = {}
    waiting = [place]
    while waiting and len(found) < MAX_ZIP_MEMBERS:
        path = waiting.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name in _NO_SOURCE:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry))
                    elif entry.name.lower().endswith(_ENDINGS):
                        found[entry.path] = _stamp(entry.stat(follow_symlinks=False))
        except NotADirectoryError:  # the submission is one file
            found[str(path)] = _stamp(path.lstat())
        except OSError:  # it went away while it was looked at
            continue
    return found


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_size, status.st_ino


def _stamps_of_course(assignment: Assignment) -> Stamps:
    """The same of the files that a verdict rests on beside the student's."""
    own = (assignment.manifest_path, assignment.parts_path, assignment.public_recording, assignment.calibration_path)
    return {str(path): _stamp(path.stat()) for path in (*own, *assignment.public_rubric) if path.exists()}


def _is_among(file: str, paths: Iterable[str]) -> bool:
    """Whether a file of the submission is one of these; its path begins at the folder that holds all of them."""
    return any(path == file or path.endswith(f"/{file}") for path in paths)


# -- what they mean --------------------------------------------------------------------------------------------------------


def exercises_in(assignment: Assignment, news: News, before: Submission, now: Submission) -> set[str]:
    """The exercises to check again after files were saved or went away: those that are in one, or use one that holds none.

    Of a file that is no exercise's own, such as a notebook, those are chosen whose code has changed; all in it if none has.
    """
    changed = {*news.saved, *news.gone, *(flag.where for flag in news.flags)}
    changed |= _importers_of(changed - _homes(assignment, before) - _homes(assignment, now), now)
    found: set[str] = set()
    unchanged: set[str] = set()
    for exercise in assignment.exercises:
        homes = {
            name: (before.home_of(name, exercise.file), now.home_of(name, exercise.file)) for name in exercise.defines
        }
        if exercise.file in changed or any(old != new for old, new in homes.values()):
            found.add(exercise.name)
        for name, (_, file) in homes.items():
            if file in changed:
                is_same = _essence(before, file, name) == _essence(now, file, name)
                (unchanged if is_same else found).add(exercise.name)
    return found or unchanged


def _essence(submission: Submission, file: str, name: str) -> list[str] | None:
    """The lines that the definition rests on, an import once; None if the file can't be read as Python."""
    try:
        lines = Parts(submission.files.get(file, ""), file).essence_of([name]).split("\n")
    except (SyntaxError, ValueError, RecursionError):
        return None
    imports = dict.fromkeys(line for line in lines if line.startswith(("import ", "from ")))
    return [*imports, *(line for line in lines if line not in imports)]


def _homes(assignment: Assignment, submission: Submission) -> set[str]:
    """The files that hold exercises, or are to hold them and can't be read."""
    names = [(name, exercise.file) for exercise in assignment.exercises for name in exercise.defines]
    found = {home for name, file in names if (home := submission.home_of(name, file)) is not None}
    return found | {exercise.file for exercise in assignment.exercises}


def _importers_of(files: set[str], submission: Submission) -> set[str]:
    """All other files that import one of these, directly or not."""
    imported = {file: _imports(source.tree) for file, source in submission.sources.items()}
    found = set(files)
    while True:
        modules = {file.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in found}
        more = {file for file, names in imported.items() if names & modules} - found
        if not more:
            return found - files
        found |= more


def _imports(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names |= {module, *(f"{module}.{alias.name}".lstrip(".") for alias in node.names)}
    return names


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
        self._course = _stamps_of_course(assignment)
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
            if self._screen.asks_for_all(_LOOK_SECONDS):
                self._later = set(self._names)
                self._fresh, self._follows = set(), False
                return
        before = self._saves.submission
        news = self._saves.take()
        if _stamps_of_course(self._assignment) != self._course:
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
            self._runner.run_again_if_lost(submission, chosen, is_wanted)
            if not is_wanted():
                return False
            from grader.bench import exercise_results

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
        importers = _importers_of({file for file in files if file is not None}, submission)
        return [
            exercise
            for exercise in self._assignment.exercises
            if exercise.name in set(self._names) - self._fresh
            and (checked & set(exercise.needs) or exercise.file in importers)
        ]


def _names_of(assignment: Assignment) -> list[str]:
    return [exercise.name for exercise in assignment.exercises]
