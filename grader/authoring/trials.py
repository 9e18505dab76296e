"""Run the course's own submissions - the model answer, the skeleton, known mistakes - and keep what came of it.

A trial is one submission against some exercises with some draw of the random inputs. Its result depends on texts alone, so
it is kept in `.grader/` in the course's folder and not run again before one of them changes.
"""

from __future__ import annotations

import atexit
import concurrent.futures
import contextlib
import hashlib
import io
import multiprocessing
import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader import PACKAGE
from grader.checks.traces import Trace
from grader.course.assignments import Assignment
from grader.course.calibration import Measured, curve_name
from grader.files import course_text
from grader.submissions.submission import Submission, make_submission

if TYPE_CHECKING:
    from grader.grading.grade import Runner
    from grader.isolation.isolated import Isolated


_MOST_KEPT = 10_000  # of trials; beyond, those of earlier runs are forgotten


class Trial(msgspec.Struct, frozen=True):
    """What is to be run: files, and how. `exercises` empty are all; `salt` is that of the random inputs of the checks,
    `own_draw` another draw of the code's own random numbers.
    """

    name: str
    files: tuple[tuple[str, str], ...]
    exercises: tuple[str, ...]
    salt: str
    own_draw: int = 0
    in_process: bool = False
    measure: bool = False  # what training runs reach, instead of whether it is enough


def trial_of(
    submission: Submission,
    salt: str,
    *exercises: str,
    own_draw: int = 0,
    in_process: bool = False,
    measure: bool = False,
) -> Trial:
    """A trial of a submission's files."""
    return Trial(submission.student, tuple(submission.files.items()), exercises, salt, own_draw, in_process, measure)


class CheckEnded(msgspec.Struct, frozen=True):
    """How a check of a trial ended. The trace is there whether it passed or not."""

    exercise: str
    check: str
    visibility: str
    outcome: str
    summary: str
    relation: str
    trace: Trace | None


class Tried(msgspec.Struct, frozen=True):
    """What came of a trial: the checks that were run, in the order of the rubric, and what broke of itself."""

    checks: tuple[CheckEnded, ...]
    faults: tuple[str, ...]
    measured: dict[str, Measured]
    curves: dict[str, tuple[float, ...]] = {}  # what was shown while it was measured

    def of(self, exercise: str) -> list[CheckEnded]:
        """The checks of one exercise."""
        return [entry for entry in self.checks if entry.exercise == exercise]


class _Kept(msgspec.Struct):
    tried: dict[str, Tried]


class Trials:
    """Runs trials, several at a time, and remembers them."""

    def __init__(self, assignment: Assignment, jobs: int) -> None:
        """Nothing is started before something has to be run; `close` ends what was."""
        self.assignment = assignment
        self.ran = 0  # how many had to be run
        self._jobs = jobs
        self._path = assignment.course_root / ".grader" / f"{assignment.name}.msgpack"
        self._engine = _digest(sorted(PACKAGE.rglob("*.py")))
        self._digests: dict[tuple[tuple[str, ...], bool], bytes] = {}
        self._pool: concurrent.futures.ProcessPoolExecutor | None = None
        self._before = _read_kept(self._path)
        self._now: dict[str, Tried] = {}

    def run(self, trials: Sequence[Trial]) -> list[Tried]:
        """What came of each trial, in their order. Raises `CourseError` if the rubric can't be run."""
        keys = [self._key(trial) for trial in trials]
        known = self._before | self._now
        missing = {key: trial for key, trial in zip(keys, trials, strict=True) if key not in known}
        known |= dict(zip(missing, self._run_all(list(missing.values())), strict=True))
        self.ran += len(missing)
        self._now |= {key: known[key] for key in keys}
        return [known[key] for key in keys]

    def keep(self) -> None:
        """Write what is known, so that the next time only what has changed is run. A folder that can't be written is left."""
        known = self._before | self._now
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(exist_ok=True)
            (self._path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
            partial = self._path.with_suffix(f".{os.getpid()}")
            partial.write_bytes(msgspec.msgpack.encode(_Kept(known if len(known) <= _MOST_KEPT else self._now)))
            partial.replace(self._path)

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _key(self, trial: Trial) -> str:
        """Changes with everything that the result depends on."""
        what = trial.exercises, trial.measure
        if what not in self._digests:
            self._digests[what] = self._engine + _digest(self._files_behind(trial))
        return hashlib.sha256(msgspec.msgpack.encode(trial) + self._digests[what]).hexdigest()[:24]

    def _files_behind(self, trial: Trial) -> list[Path]:
        """The files that the outcome of a trial depends on, beside its own: those of the rubric that may hold its checks."""
        quoted = [f"{quote}{name}{quote}" for name in trial.exercises for quote in "'\""]
        texts = {path: course_text(path) for path in (*self.assignment.public_rubric, *self.assignment.hidden_rubric)}
        rubric = [path for path, text in texts.items() if not quoted or any(name in text for name in quoted)]
        files = [self.assignment.manifest_path, self.assignment.parts_path, *rubric]
        if not trial.measure and any("calibrated" in texts[path] for path in rubric):
            files.append(self.assignment.calibration_path)
        return files

    def _run_all(self, trials: list[Trial]) -> list[Tried]:
        if self._pool is None and len(trials) <= 2 * self._jobs:
            return try_each(self.assignment, trials)
        if self._pool is None:
            os.environ["PYTHONSAFEPATH"] = "1"  # the processes look for no modules in the working folder
            context = multiprocessing.get_context("spawn")
            self._pool = concurrent.futures.ProcessPoolExecutor(self._jobs, context)
        shares = [trials[number :: self._jobs] for number in range(self._jobs)]
        done = list(self._pool.map(try_each, [self.assignment] * self._jobs, shares))
        return [done[place % self._jobs][place // self._jobs] for place in range(len(trials))]


def try_each(assignment: Assignment, trials: list[Trial]) -> list[Tried]:
    """Run the trials one after the other, started from this process."""
    import torch

    from grader.grading.grade import run_rubric

    torch.set_num_threads(1)
    results: dict[Trial, Tried] = {}

    def run_those(in_process: bool) -> Callable[[Runner], None]:
        def run_all(runner: Runner) -> None:
            for trial in trials:
                if trial.in_process is in_process:
                    results[trial] = _try(runner, trial)

        return run_all

    if any(not trial.in_process for trial in trials):
        run_rubric(assignment, run_those(False), launcher=_launcher())
    if any(trial.in_process for trial in trials):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            run_rubric(assignment, run_those(True), in_process=True)
    return [results[trial] for trial in trials]


@cache
def _launcher() -> Isolated:
    """What starts the workers of this process, until it ends."""
    from grader.isolation.isolated import Isolated

    launcher = Isolated()
    atexit.register(launcher.close)
    return launcher


def _try(runner: Runner, trial: Trial) -> Tried:
    bench = runner.bench
    bench.salt, bench.own_draw, bench.traces_all = trial.salt, trial.own_draw, not trial.measure
    bench.measured = {} if trial.measure else None
    runner.run(make_submission(trial.name, dict(trial.files)), trial.exercises or None)
    checks = []
    curves: dict[str, tuple[float, ...]] = {}
    for check in runner.checks:
        result = bench.results.get(check.key)
        if result is not None:
            evidence = result.evidence
            if trial.measure and evidence is not None and check.visibility == "public":
                curves |= {curve_name(check.exercise.name, curve.title): curve.got for curve in evidence.curves}
            checks.append(
                CheckEnded(
                    check.exercise.name,
                    check.name,
                    check.visibility,
                    result.outcome.value,
                    (evidence.summary if evidence else "")[:300],
                    (evidence.relation or "") if evidence else "",
                    bench.traces.get(check.key),
                )
            )
    faults = tuple(bench.faults)
    bench.clear()
    return Tried(tuple(checks), faults, bench.measured or {}, curves)


def _read_kept(path: Path) -> dict[str, Tried]:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=_Kept).tried
    except (OSError, msgspec.DecodeError):
        return {}


def _digest(paths: Iterable[Path]) -> bytes:
    """Changes with the content of any of the files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.digest()
