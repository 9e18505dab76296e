"""Checks for a cell of a notebook.

    from grader.notebook import check, start

    start("classifier")
    check(Linear)  # that exercise, with the class as it is in this session now
    check()  # all of them

They run on the live objects, in this process, and show what the grader says of a hand-in.
"""

from __future__ import annotations

import random
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.course.assignments import Assignment, assignment_names, find_assignment, find_course
from grader.errors import CourseError, UsageError
from grader.results import CheckResult, Grade, Outcome, Status, number
from grader.submissions.cells import Cell, CellMap, code_of
from grader.submissions.submission import LiveSubmission, make_submission
from grader.text import did_you_mean

_FILE = "session.ipynb"
_IN_SESSION = re.compile(rf"{re.escape(_FILE)}, cell (\d+)")
_FETCHED = "course"  # the folder that a notebook's first cell puts a course into
_chosen: list[Assignment] = []


def start(assignment: str) -> None:
    """Choose the assignment whose exercises this session checks, and say which they are."""
    _chosen[:] = [find_assignment(_course(), assignment)]
    titles = ", ".join(exercise.title for exercise in _chosen[0].exercises)
    print(f"{_chosen[0].title}: {titles}")


def check(*what: object) -> None:
    """Check exercises, each told by what it defines or by its name, and show the result. Without any: all, in short."""
    names = _names()
    try:
        assignment = _assignment(what, names)
        chosen = [_exercise(assignment, entry, names) for entry in what]
        grade = _grade(assignment, chosen or [exercise.name for exercise in assignment.exercises], names)
    except (UsageError, CourseError) as error:  # said in a line: a traceback of ours would help nobody
        print(f"check: {error}")
        return
    _show(grade, whole=not what)


# -- which exercises --------------------------------------------------------------------------------------------------------


def _course() -> Path:
    try:
        return find_course(Path.cwd())
    except UsageError:
        for place in sorted(Path.cwd().glob(f"{_FETCHED}/**/assignments")):
            return place.parent
        raise


def _assignment(what: tuple[object, ...], names: Mapping[str, object]) -> Assignment:
    """The one chosen by `start`, that of the folder, or the only one which has such an exercise."""
    if _chosen:
        return _chosen[0]
    course, here = _course(), Path.cwd()
    known = assignment_names(course)
    if here.parent.name == "assignments" and here.name in known:
        return find_assignment(course, here.name)
    found = []
    for assignment in (find_assignment(course, name) for name in known):
        defined = {name for exercise in assignment.exercises for name in (exercise.name, *exercise.defines)}
        if what and all(_called(entry, names) & defined for entry in what):
            found.append(assignment)
    if len(found) == 1 or len(known) == 1:
        return found[0] if found else find_assignment(course, known[0])
    raise UsageError(f'Say which assignment you work on first: start("{known[0]}"), or one of {", ".join(known[1:])}.')


def _called(entry: object, names: Mapping[str, object]) -> set[str]:
    """What something may be called here: itself if it is a text, the names that it has in this session, its own name."""
    called = {name for name, value in names.items() if value is entry}
    if isinstance(entry, str):
        called.add(entry)
    own = getattr(entry, "__name__", None)
    return called | ({own} if isinstance(own, str) else set())


def _exercise(assignment: Assignment, entry: object, names: Mapping[str, object]) -> str:
    called = _called(entry, names)
    for exercise in assignment.exercises:
        if called & {exercise.name, *exercise.defines}:
            return exercise.name
    known = [called for exercise in assignment.exercises for called in exercise.defines or [exercise.name]]
    name = next(iter(sorted(called)), type(entry).__name__)
    raise UsageError(
        f"{assignment.name} has no exercise {name}. {did_you_mean(name, known)} `check()` without anything checks all."
    )


# -- this session ----------------------------------------------------------------------------------------------------------


def _shell() -> Any:
    """IPython, if this is a session of it."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None else None


def _names() -> dict[str, Any]:
    shell = _shell()
    names: dict[str, Any] = shell.user_ns if shell is not None else sys.modules["__main__"].__dict__
    return names


def _submission(names: dict[str, Any]) -> LiveSubmission:
    """What this session holds. Its text are the cells that were executed, numbered as in `In [5]`."""
    shell = _shell()
    history: list[str] = list(names.get("In", ())) if shell is not None else []
    code = code_of([Cell(place, text) for place, text in enumerate(history) if place], executed=True)
    first_lines = CellMap(code.text.split("\n")).first_lines()
    compiled: dict[str, int] = getattr(getattr(shell, "compile", None), "_filename_map", {})
    places = {file: first_lines[cell] for file, cell in compiled.items() if cell in first_lines}
    made = make_submission("you", {_FILE: code.text})
    return LiveSubmission(made.student, made.files, made.sha256, (), names, places)


def _grade(assignment: Assignment, exercises: list[str], names: dict[str, Any]) -> Grade:
    """The results of these exercises, with what the course does about forbidden names."""
    from grader.checks.check import exercise_results
    from grader.grading.grade import Runner, run_rubric

    submission = _submission(names)
    grades: list[Grade] = []

    def run(runner: Runner) -> None:
        bench = runner.bench
        try:
            runner.run(submission, exercises)
        except KeyboardInterrupt:
            bench.clear()
            raise UsageError("stopped, so nothing was checked. Run the cell again.") from None
        checks = [check for check in runner.checks if check.exercise.name in exercises]
        results = bench.as_graded(checks[0].assignment, exercise_results(checks, bench.results))
        faults = bench.faults
        bench.clear()
        if faults:
            print("\n".join(faults), file=sys.stderr)
        grades.append(
            Grade(
                assignment=assignment.name,
                assignment_version="",
                title=assignment.title,
                student=submission.student,
                submission_sha256=submission.sha256,
                status=Status.GRADED,
                exercises=tuple(replace(result, checks=tuple(map(_in_session, result.checks))) for result in results),
            )
        )

    with _left_as_it_was():
        run_rubric(assignment, run, in_process=True, public_only=True)
    return grades[0]


@contextmanager
def _left_as_it_was() -> Iterator[None]:
    """Random numbers, autograd and the collector of garbage go on in this session as if nothing had been checked."""
    import gc

    import torch

    drawn = random.getstate(), torch.get_rng_state()
    numpy = sys.modules.get("numpy")
    numpy_drawn = numpy.random.get_state() if numpy is not None else None
    is_recording = torch.is_grad_enabled()
    try:
        yield
    finally:
        random.setstate(drawn[0])
        torch.set_rng_state(drawn[1])
        if numpy is not None:
            numpy.random.set_state(numpy_drawn)
        torch.set_grad_enabled(is_recording)
        gc.unfreeze()


def _in_session(check: CheckResult) -> CheckResult:
    """The result with places as they are called in a session: `In [5], line 3`."""
    evidence = check.evidence
    if evidence is None:
        return check
    place = evidence.location
    if place is not None and place.cell is not None:
        place = replace(place, file=f"In [{place.cell}]", cell=None)
    elif place is not None:
        place = None
    summary = _IN_SESSION.sub(r"In [\1]", evidence.summary)
    return replace(check, evidence=replace(evidence, summary=summary, location=place))


# -- showing it --------------------------------------------------------------------------------------------------------------


def _show(grade: Grade, *, whole: bool) -> None:
    """As HTML where a notebook shows it, else as text."""
    text = "\n".join(_lines(grade, whole=whole))
    if _shell() is None:
        print(text)
        return
    from IPython.display import display

    from grader.reports.cell import cell_html

    show: Callable[..., None] = display
    show({"text/html": cell_html(grade, whole=whole), "text/plain": text}, raw=True)


def _lines(grade: Grade, *, whole: bool) -> Iterator[str]:
    from grader.checks.summary import describe

    told = False
    for exercise in grade.exercises:
        yield f"{exercise.title}: {number(exercise.score)} of {number(exercise.points)}, {exercise.outcome.words}"
        for check in exercise.checks:
            is_good = check.outcome in (Outcome.PASSED, Outcome.SKIPPED)
            if (whole and (is_good or told)) or (check.outcome is Outcome.NOT_ATTEMPTED and told):
                continue
            told = told or not is_good
            yield from textwrap.wrap(
                f"{check.outcome.words}: {check.title}", 78, initial_indent="  ", subsequent_indent="    "
            )
            if not is_good and check.outcome is not Outcome.NOT_ATTEMPTED:
                yield from (f"  {line}" for line in describe(check, hints=3))  # --hints is no option here
    if whole:
        yield f"All: {number(grade.score)} of {number(grade.points)}"
