"""The pytest plugin: turns tests marked with `exercise` into checks of a submission.

    pytestmark = pytest.mark.exercise("linear")

    @pytest.mark.points(2)
    def test_weight_gradient(submission, numbers):
        \"\"\"dW is the gradient of the loss with respect to W.\"\"\"

Tests without that marker are left alone, so the plugin may be installed anywhere. Nothing heavy is imported here: torch is
loaded when the first rubric is.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol

from grader import PACKAGE
from grader.checks.check import Check, exercise_results
from grader.checks.collecting import make_check, place_of, refuse_duplicates
from grader.checks.fixtures import (  # noqa: F401 - pytest finds the fixtures in this module
    BENCH,
    CHECK,
    answers,
    calibrated,
    dataset,
    device,
    flag,
    numbers,
    parts,
    provided,
    show_curve,
    show_figure,
    show_predictions,
    submission,
    worker,
)
from grader.course.assignments import Assignment
from grader.errors import CheckEnd, CheckFailed, CourseError, UsageError
from grader.results import CheckResult, Outcome

if TYPE_CHECKING:
    from grader.checks.bench import Bench
    from grader.isolation.isolated import Isolated
    from grader.isolation.launchers import Launcher

CHECKS: pytest.StashKey[list[Check]] = pytest.StashKey()
LENT_LAUNCHER: pytest.StashKey[Launcher] = pytest.StashKey()  # whoever runs pytest may lend one, and closes it
_OWN_LAUNCHER: pytest.StashKey[Isolated] = pytest.StashKey()
_RESULT: pytest.StashKey[CheckResult] = pytest.StashKey()
_ERROR: pytest.StashKey[BaseException | None] = pytest.StashKey()  # with which it ended
_LETTERS = {
    Outcome.PASSED: ".",
    Outcome.FAILED: "F",
    Outcome.NOT_ATTEMPTED: "-",
    Outcome.RAISED: "E",
    Outcome.TIMED_OUT: "T",
    Outcome.CRASHED: "C",
    Outcome.BLOCKED: "b",
    Outcome.SKIPPED: "s",
    Outcome.GRADER_ERROR: "!",
}
_PACKAGE = str(PACKAGE)
_BACKSTOP_SECONDS = 90.0  # loading the code and a device are in it


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the course."""
    group = parser.getgroup("grader", "checking exercises")
    group.addoption(
        "--submission", metavar="PATH", help="check this folder, file or zip instead of the assignment's folder"
    )
    group.addoption(
        "--hints", type=int, default=1, metavar="N", help="show so many hints: a question, the idea, where to read"
    )
    group.addoption("--device", default="auto", type=_device, help="where student code runs: auto, cpu, cuda or cuda:1")
    group.addoption("--in-process", action="store_true", help="load the code into pytest itself, for debugging")
    group.addoption(
        "--dataset-root", metavar="DIR", help="use the full data set from this folder, downloaded if missing"
    )


def _device(text: str) -> str:
    if text == "auto":  # in every run of pytest, also where there is nothing of ours: without an import
        return text
    from grader.isolation.devices import device_name

    return device_name(text)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for line in (
        "exercise(name): the exercise of assignment.toml that these checks belong to",
        "points(n): what a check is worth; 1 without the marker",
        "hint(text): advice for a student whose code fails the check",
        "needs_cuda: the check is skipped, at no cost, unless the code runs on a CUDA device",
    ):
        config.addinivalue_line("markers", line)
    config.stash[CHECKS] = []


def pytest_unconfigure(config: pytest.Config) -> None:
    """End every worker."""
    if BENCH in config.stash:
        config.stash[BENCH].clear()
    if _OWN_LAUNCHER in config.stash:
        config.stash[_OWN_LAUNCHER].close()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Start the process that forks workers while pytest still imports the rubric: both take a second.

    Garbage is not looked for meanwhile: an import leaves little, and the search takes a tenth of the time.
    """
    config = session.config
    if not any(_leads_to_assignments(Path(str(argument).split("::")[0])) for argument in config.args):
        return (yield)
    if not config.option.collectonly:
        _launcher(config)
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return (yield)
    finally:
        if was_enabled:
            gc.enable()


def _launcher(config: pytest.Config) -> Launcher | None:
    """What starts workers in this run, begun when first asked for, behind the best walls there are; None in process."""
    if LENT_LAUNCHER in config.stash:
        return config.stash[LENT_LAUNCHER]
    if _is_in_process(config):
        return None
    if _OWN_LAUNCHER not in config.stash:
        from grader.isolation.isolated import Isolated

        config.stash[_OWN_LAUNCHER] = Isolated(device=config.getoption("device"))
    return config.stash[_OWN_LAUNCHER]


def _is_in_process(config: pytest.Config) -> bool:
    return bool(config.getoption("in_process") or config.getoption("usepdb"))


def _leads_to_assignments(path: Path) -> bool:
    folders = [path.resolve(), *path.resolve().parents]
    return (path / "assignments").is_dir() or any(folder.name == "assignments" for folder in folders)


def _bench(config: pytest.Config) -> Bench:
    """The bench of this run, made when the first check needs it."""
    if BENCH not in config.stash:
        from grader.checks.bench import Bench

        submission = config.getoption("submission")
        if submission and not Path(submission).exists():
            raise pytest.UsageError(f"--submission {submission}: there is no such file or folder. Is the name right?")
        root = config.getoption("dataset_root")
        config.stash[BENCH] = Bench(
            device=config.getoption("device"),
            dataset_root=Path(root) if root else None,
            folder=Path(submission).absolute() if submission else None,
            launcher=None if config.option.collectonly else _launcher(config),
        )
    return config.stash[BENCH]


# -- collection: from tests to checks --------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make checks of the marked tests, and put them into their order: public before hidden, then by exercise."""
    assignments: dict[tuple[Path, str], Assignment] = {}
    try:
        for item in items:
            marker = item.get_closest_marker("exercise")
            if marker is not None:
                item.stash[CHECK] = check = make_check(item, marker, assignments)
                item.extra_keyword_matches.add(check.exercise.name)  # for -k
                _set_backstop(item)
                _tell_shortly(item)
        refuse_duplicates(items)
    except CourseError as error:
        raise pytest.UsageError(str(error)) from None
    if not assignments:
        return
    _choose_exercise(config, items)
    items.sort(key=place_of)
    _bench(config)


def _choose_exercise(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where -k is the name of an exercise, leave out the checks of others, which pytest would find by a part of their name.

    A folder `training` would match `-k train` with all that is in it, `accuracy_per_class` matches `-k accuracy`.
    """
    name = config.getoption("keyword").strip()
    mine = {item: not is_check(item) or check_of(item).exercise.name == name for item in items}
    if any(is_check(item) and mine[item] for item in items):
        items[:] = [item for item in items if mine[item]]
        config.hook.pytest_deselected(items=[item for item in mine if not mine[item]])


def is_check(item: pytest.Item) -> bool:
    """Whether the test is a check of a rubric."""
    return CHECK in item.stash


def check_of(item: pytest.Item) -> Check:
    """The check that was made of a test."""
    return item.stash[CHECK]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Remember the checks that this run must account for, and choose the device and the data."""
    checks = [item.stash[CHECK] for item in session.items if CHECK in item.stash]
    session.config.stash[CHECKS] = checks
    if checks:
        gc.freeze()  # what is imported by now stays: pytest and Python would search it for garbage again and again
        from grader.isolation.devices import Placement, index_of, resolve_device

        bench = _bench(session.config)
        is_chosen = (
            LENT_LAUNCHER in session.config.stash and index_of(bench.device) is not None
        )  # as one job of several
        try:
            bench.placement = Placement(bench.device if is_chosen else resolve_device(bench.device))
            if bench.dataset_root is not None:  # a folder that will not do is told here, not by every check
                from grader.data import load_dataset

                for name in {check.assignment.dataset for check in checks}:
                    load_dataset(name, bench.dataset_root)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        from grader.compare import use_device

        use_device(bench.device)


def _set_backstop(item: pytest.Item) -> None:
    """Have pytest-timeout wait longer than the deadline of the worker, for a check may be tried three times."""
    seconds = 3 * item.stash[CHECK].timeout_seconds + _BACKSTOP_SECONDS
    item.add_marker(pytest.mark.timeout(seconds), append=False)


def _tell_shortly(item: pytest.Item) -> None:
    """Have pytest build no traceback of a check that ended as checks do: nobody sees it, and it takes as long as the check."""
    in_full = item.repr_failure

    def repr_failure(excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
        return excinfo.value.summary if isinstance(excinfo.value, CheckEnd) else in_full(excinfo)

    item.repr_failure = repr_failure  # type: ignore[method-assign, assignment]


# -- running ---------------------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a check; if it fails and the exercise has stand-ins, once more with the course's own parts in their place."""
    if CHECK not in item.stash:
        return None
    check, bench = item.stash[CHECK], _bench(item.config)
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    can_stand_in = bool(check.exercise.stand_ins)
    with_stand_ins = can_stand_in and bench.needs_stand_ins(check)
    reports, result = _run(item, None if can_stand_in else nextitem, with_stand_ins)
    trace = bench.last_trace
    if can_stand_in and not with_stand_ins and result.outcome not in (Outcome.PASSED, Outcome.SKIPPED):
        second_reports, second = _run(item, nextitem, True)
        # With the course's parts the blame is certain, unless this code relies on more than the parts have.
        if second.outcome is not Outcome.RAISED or result.outcome is Outcome.RAISED:
            reports, result, trace = second_reports, second, bench.last_trace
    bench.keep(check, result, trace)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _run(
    item: pytest.Item, nextitem: pytest.Item | None, with_stand_ins: bool
) -> tuple[list[pytest.TestReport], CheckResult]:
    bench, check = _bench(item.config), item.stash[CHECK]
    item.stash[_STAND_INS] = with_stand_ins
    item.stash[_ERROR] = None
    if _RESULT in item.stash:
        del item.stash[_RESULT]
    faults = len(bench.faults)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if bench.leaves_device(item.stash[_ERROR]):
        del bench.faults[faults:]
        return _run(item, nextitem, with_stand_ins)
    result = item.stash.get(_RESULT, None)
    if result is None:  # nothing raised, and the call was never reached
        result = bench.result(check, RuntimeError("the check did not run"))
    return reports, result


_STAND_INS: pytest.StashKey[bool] = pytest.StashKey()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A check begins, before any of its fixtures."""
    if CHECK in item.stash:
        check, bench = item.stash[CHECK], _bench(item.config)
        bench.begin(check, with_stand_ins=item.stash[_STAND_INS])
        if item.get_closest_marker("needs_cuda") and bench.device == "cpu":
            pytest.skip("no CUDA device")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn how a check ended into its result."""
    report = yield
    if CHECK not in item.stash:
        return report
    bench, check = _bench(item.config), item.stash[CHECK]
    error = call.excinfo.value if call.excinfo is not None else None
    if call.when == "call" or error is not None:
        if report.skipped:
            reason = getattr(error, "msg", None) or "skipped"
            item.stash[_RESULT] = bench.result(check, None, skipped=str(reason))
        elif error is None or _RESULT not in item.stash or item.stash[_RESULT].outcome is Outcome.PASSED:
            item.stash[_ERROR] = blamed = _blame(error, item)
            item.stash[_RESULT] = bench.result(check, blamed)
        report.check_outcome = item.stash[_RESULT].outcome  # type: ignore[attr-defined]
        if item.stash[_RESULT].outcome is Outcome.GRADER_ERROR:
            bench.faults.append(f"{item.nodeid}\n{report.longreprtext}")
    return report


def _blame(error: BaseException | None, item: pytest.Item) -> BaseException | None:
    """A plain value where the rubric needs an object or a function is the student's mistake, not the rubric's. So is an
    answer of a part of the course's that can't be taken apart: it comes from the worker, where student code can change it.
    """
    if not isinstance(error, AttributeError | TypeError | ValueError | LookupError | RuntimeError):
        return error
    if isinstance(error.__cause__, CheckFailed):  # of a fixture: it was looked at when the check before this one ended
        return error.__cause__
    files = _files_of(error)
    if files[-1:] == [str(item.path)]:
        from grader.showing import shown_value

        if isinstance(error, AttributeError) and _is_plain(error.obj):
            return CheckFailed(f"Where something with {error.name} is needed, your code has {shown_value(error.obj)}.")
        if isinstance(error, TypeError) and str(error).endswith("object is not callable"):
            kind = str(error).split("'")[1]
            return CheckFailed(f"Where a function or method is needed, your code has an object of the type {kind}.")
    root = str(item.stash[CHECK].assignment.course_root)
    decisive = [file for file in files if file.startswith((root, _PACKAGE))][-1:]  # libraries do what they are told to
    if decisive and not decisive[0].startswith(_PACKAGE):
        error.__cause__ = _bench(item.config).blame_for_answer(item.stash[CHECK], error)
    return error.__cause__ or error


def _files_of(error: BaseException) -> list[str]:
    """The files that an exception went through, the one that raised it last."""
    files = []
    traceback = error.__traceback__
    while traceback is not None:
        files.append(traceback.tb_frame.f_code.co_filename)
        traceback = traceback.tb_next
    return files


def _is_plain(value: object) -> bool:
    """Whether a value is of a kind that comes from workers."""
    from torch import Tensor

    return isinstance(value, None | bool | int | float | str | list | tuple | dict | Tensor)


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Outcomes of checks have names of their own, and no traceback."""
    outcome: Outcome | None = getattr(report, "check_outcome", None)
    if outcome is None or outcome is Outcome.PASSED or outcome is Outcome.SKIPPED:
        return None
    category = "wrong" if outcome is Outcome.FAILED else outcome.words
    return category, _LETTERS[outcome], category.upper()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The table of exercises, and the first problem in full."""
    checks = config.stash[CHECKS]
    bench = config.stash.get(BENCH, None)
    if bench is None or not bench.results:
        return
    from grader.checks.summary import WIDTH, InertWriter, write_summary

    terminal = config.get_terminal_writer()
    stream = getattr(terminal, "_file", None)  # which pytest has no other name for
    writer = InertWriter(terminalreporter, getattr(stream, "encoding", None))
    columns = max(38, min(WIDTH, terminal.fullwidth - 2))
    by_assignment: dict[str, list[Check]] = {}
    for check in checks:
        if check.key in bench.results:
            by_assignment.setdefault(check.assignment.name, []).append(check)
    for entries in by_assignment.values():
        level = bench.launcher.level if bench.launcher is not None else None
        assignment = entries[0].assignment
        graded = bench.as_graded(assignment, exercise_results(entries, bench.results))
        write_summary(writer, assignment, graded, level, config.getoption("hints"), columns)
    for told in bench.placement.flags:
        writer.write_line(f"On the CPU: {told.where} {told.detail}.")
    for fault in bench.faults:  # ours or the author's, never the student's: the traceback is for them
        writer.write_sep("=", "grader error")
        writer.write_line(fault)
