"""One submission × one assignment → one `Grade`.

The rubric is collected once and then run on one submission after the other: `grade_each` takes them from an iterator and
hands each grade on before it asks for the next.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from collections.abc import Callable, Container, Generator, Iterable
from pathlib import Path

import pytest

import grader
from grader.checks import rubric
from grader.checks.bench import Bench, Noticed
from grader.checks.check import Check, exercise_results
from grader.checks.fixtures import BENCH
from grader.checks.policy import judge
from grader.course.assignments import Assignment
from grader.errors import CourseError
from grader.files import course_text
from grader.grading.settings import Settings
from grader.isolation.devices import graded_on_cpu
from grader.isolation.launchers import Launcher
from grader.isolation.levels import Level
from grader.results import CheckResult, Evidence, Flag, Grade, Outcome, Status
from grader.submissions.submission import Submission

_NOT_GRADABLE = "not_gradable"
_TRIES = 2  # of a submission whose worker was lost by no fault of its own


def grade_each(
    assignment: Assignment,
    submissions: Iterable[Submission],
    deliver: Callable[[Grade], None],
    *,
    settings: Settings = Settings(),
    launcher: Launcher | None = None,
    in_process: bool = False,
    exercises: Container[str] | None = None,
) -> None:
    """Grade every submission and hand each grade to `deliver`, in order. With `exercises`, grades hold only these.

    Raises `CourseError` if the rubric can't be collected or holds no check. `launcher` is shared, not closed.
    """

    def grade_all(runner: Runner) -> None:
        for submission in submissions:
            deliver(_grade(runner, submission, exercises, settings.why_cpu))

    run_rubric(assignment, grade_all, settings=settings, launcher=launcher, in_process=in_process)


def run_rubric(
    assignment: Assignment,
    body: Callable[[Runner], None],
    *,
    settings: Settings = Settings(),
    launcher: Launcher | None = None,
    in_process: bool = False,
    public_only: bool = False,
) -> None:
    """Collect the rubric, then let `body` run it on one submission after the other.

    Raises `CourseError` if the rubric can't be collected or holds no check. `launcher` is shared, not closed.
    """
    hidden = [] if public_only else assignment.hidden_rubric
    files = [str(path) for path in (*assignment.public_rubric, *hidden)]
    for file in files:
        course_text(Path(file))  # pytest would tell of it in a page
    if not files:
        raise CourseError(
            f"{assignment.folder}: there is no rubric; expected test_<exercise>.py beside assignment.toml."
        )
    loop = _Loop(body, launcher)
    arguments = [
        *files,
        "--rootdir", str(assignment.course_root),
        "-c", os.devnull,  # neither a pytest.ini of the course nor one of the instructor's may change a verdict
        "--noconftest",
        "--import-mode=importlib",
        "--strict-markers",
        "--capture=no",
        "--device", settings.device,
        *(["--dataset-root", str(settings.dataset_root)] if settings.dataset_root else []),
        *(["--in-process"] if in_process else []),
        *(flag for name in _UNUSED_PLUGINS for flag in ("-p", f"no:{name}")),
    ]  # fmt: skip
    with _Environment():
        import pytest_timeout

        status = pytest.main(arguments, plugins=[rubric, pytest_timeout, loop])
    if loop.error is not None:
        raise loop.error
    if status == pytest.ExitCode.INTERRUPTED and not loop.problems:  # by Ctrl-C, while the rubric was imported
        raise KeyboardInterrupt
    if loop.problems or status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        problem = "\n".join(loop.problems) or (
            f"pytest ended with status {int(status)}. `pytest {assignment.folder}` says why."
        )
        raise CourseError(f"{assignment.folder}: the rubric can't be run: {problem}")


def collected_checks(assignment: Assignment) -> list[tuple[Check, Path]]:
    """Every check of the rubric with the file that it is in, in their order. Nothing is run. Raises `CourseError`."""
    found: list[tuple[Check, Path]] = []
    run_rubric(assignment, lambda runner: found.extend(runner.places()), settings=Settings("cpu"), in_process=True)
    return found


_UNUSED_PLUGINS = (
    "cacheprovider",
    "terminal",
    "warnings",
    "logging",
    "junitxml",
    "pastebin",
    "faulthandler",
    "doctest",
    "unraisableexception",
    "threadexception",
    "setuponly",
    "setupplan",
    "stepwise",
)


class _Environment:
    """Pytest without the plugins and options that happen to be installed or set on this machine."""

    def __enter__(self) -> None:
        self._before = {name: os.environ.get(name) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")}
        for name in self._before:
            os.environ.pop(name, None)
        self._before["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

    def __exit__(self, *_: object) -> None:
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class Runner:
    """The collected rubric, ready to be run on one submission after the other."""

    def __init__(self, session: pytest.Session, bench: Bench, checks: list[Check]) -> None:
        self.bench = bench
        self.checks = checks
        self._items = [item for item in session.items if rubric.is_check(item)]

    def places(self) -> list[tuple[Check, Path]]:
        """Every check with the file that it is in."""
        return [(rubric.check_of(item), item.path) for item in self._items]

    def run(
        self,
        submission: Submission,
        exercises: Container[str] | None = None,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> None:
        """Run the checks, all or those of some exercises; results, traces and faults are then on the bench.

        If a worker is lost by no fault of the submission, all of it once more. `goes_on` is asked before each check; where
        it says no, that one and the rest are not run.
        """
        chosen = [item for item in self._items if exercises is None or rubric.check_of(item).exercise.name in exercises]
        for _ in range(_TRIES):
            self.bench.lay(submission)
            self._run_items(chosen, goes_on)
            if not self.bench.lost_worker:
                break

    def _run_items(self, items: list[pytest.Item], goes_on: Callable[[], bool]) -> None:
        for item, following in zip(items, [*items[1:], None], strict=False):
            if not goes_on():
                item.session._setupstate.teardown_exact(None)  # what the check before shares with those that follow it
                break
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


class _Loop:
    """Takes the place of pytest's loop over tests: over submissions, and over the checks of each."""

    def __init__(self, body: Callable[[Runner], None], launcher: Launcher | None) -> None:
        self.body = body
        self.launcher = launcher
        self.error: BaseException | None = None
        self.problems: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Lend the launcher to the rubric."""
        if self.launcher is not None:
            config.stash[rubric.LENT_LAUNCHER] = self.launcher

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what went wrong while the rubric was collected."""
        if report.failed:
            self.problems.append(_in_short(str(report.longrepr)))

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self) -> Generator[None, None, None]:
        """Keep what is wrong with the checks; pytest would print it."""
        try:
            yield
        except pytest.UsageError as error:
            self.problems.append(str(error))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Hand over to the body."""
        if self.problems:
            return True
        checks = session.config.stash[rubric.CHECKS]
        if not checks:
            self.problems.append("it holds no check. Mark each with @pytest.mark.exercise(...).")
            return True
        try:
            self.body(Runner(session, session.config.stash[BENCH], checks))
        except BaseException as error:  # pytest would print it; the caller is to have it
            self.error = error
        return True


def _in_short(told: str) -> str:
    """What pytest tells of a file that can't be imported: the last place, and what was raised there."""
    lines = told.split("\n")
    raised = [line[1:].strip() for line in lines if line.startswith("E ")]
    places = [line.partition(": ")[0] for line in lines if re.match(r"\S.*\.py:\d+: ", line)]
    return f"{': '.join([*places[-1:], *raised[-1:]])}. `pytest` with the file's name tells all." if raised else told


def _grade(runner: Runner, submission: Submission, exercises: Container[str] | None, why_cpu: str) -> Grade:
    started = time.perf_counter()
    bench, assignment = runner.bench, runner.checks[0].assignment
    checks = [check for check in runner.checks if exercises is None or check.exercise.name in exercises]
    is_gradable = all(flag.kind != _NOT_GRADABLE for flag in submission.flags)
    faults: list[Flag] = []
    noticed = Noticed()
    device, on_cpu = bench.device, (graded_on_cpu("cuda", why_cpu),) if why_cpu else ()
    if not is_gradable:
        diagnosed = exercise_results(checks, {check.key: _not_run(check) for check in checks})
    else:
        runner.run(submission, exercises)
        diagnosed = bench.diagnosed(assignment, exercise_results(checks, bench.results))
        faults = [Flag("grader_error", "grader", fault[-1500:]) for fault in bench.faults]
        device, on_cpu = bench.placement.told, (*on_cpu, *bench.placement.flags)
        bench.placement.end_submission()
        noticed = bench.clear()
    judged, in_text, at_run_time = judge(assignment, submission, diagnosed, noticed.uses)
    outcomes = {check.outcome for exercise in judged for check in exercise.checks}
    if not is_gradable:
        status = Status.NOT_GRADABLE
    else:
        status = Status.GRADER_ERROR if Outcome.GRADER_ERROR in outcomes else Status.GRADED
    return Grade(
        assignment=assignment.name,
        assignment_version=assignment.version,
        title=assignment.title,
        student=submission.student,
        submission_sha256=submission.sha256,
        status=status,
        exercises=judged,
        flags=(*submission.flags, *in_text, *faults, *noticed.flags, *at_run_time, *on_cpu),
        environment=environment(assignment, device, bench.launcher.level if bench.launcher is not None else None),
        duration_seconds=time.perf_counter() - started,
    )


def _not_run(check: Check) -> CheckResult:
    evidence = Evidence(summary="There was no Python file to check.")
    return CheckResult(check.name, check.title, Outcome.BLOCKED, check.points, check.visibility, evidence=evidence)


def failed_grade(assignment: Assignment, submission: Submission, level: Level, what: str) -> Grade:
    """The grade of a submission whose grading broke twice: for the instructor to look at, never a 0."""
    return Grade(
        assignment=assignment.name,
        assignment_version=assignment.version,
        title=assignment.title,
        student=submission.student,
        submission_sha256=submission.sha256,
        status=Status.GRADER_ERROR,
        exercises=(),
        flags=(*submission.flags, Flag("grader_error", "grader", what)),
        environment=environment(assignment, "cpu", level),
    )


def environment(assignment: Assignment, device: str, level: Level | None) -> dict[str, str]:
    """What a grade was made with; there is no level when student code was loaded into the grader's own process."""
    import torch

    return {
        "grader": grader.__version__,
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "device": device,
        "isolation": str(level) if level is not None else "none",
        "platform": sys.platform,
        "seed": "from each check's name and the hidden rubric" if assignment.salt else "from each check's name",
    }
