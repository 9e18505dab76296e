"""The command `grader`: parses, prints, and says how it went by its exit status. The only module that prints.

Exit status: 0 every submission has a grade, 1 an assignment has faults, 2 bad usage, 3 some submissions need the instructor
or the results could not be kept, 128 and the signal's number when stopped (130 by Ctrl-C).
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import sys
import textwrap
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

import grader
from grader.course import Assignment, assignment_names, find_assignment, find_course
from grader.errors import CourseError, GraderError, StorageError, UsageError, WallBroken
from grader.inbox import Entry, inbox_entries
from grader.levels import Isolation, Level
from grader.recording import why_no_mistakes
from grader.results import Grade, Status, number
from grader.settings import Settings, default_jobs, require_cuda
from grader.text import inert

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.batch import Batch, BatchEnd

_ROWS_SHOWN = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except WallBroken as error:
        _say(f"grader: {error} Nothing was graded. `grader doctor` says what this machine offers.", sys.stderr)
        return 3
    except (UsageError, CourseError) as error:
        _say(f"grader: {error}", sys.stderr)
        return 2
    except GraderError as error:
        _say(f"grader: {error}", sys.stderr)
        return 3
    except KeyboardInterrupt as stop:
        with suppress(StorageError):  # the terminal may be what has gone away
            _say("\ngrader: stopped. What is graded is kept; the same command goes on with the rest.", sys.stderr)
        return 128 + (stop.number if isinstance(stop, _Stopped) else signal.SIGINT)
    return status


class _Stopped(KeyboardInterrupt):
    """A signal asks for the end: everything is closed on the way out, as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def _stop(number: int, frame: object) -> NoReturn:
    raise _Stopped(number)


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM and SIGHUP end the run like Ctrl-C, unless whoever started it (`nohup`) has them ignored."""
    caught = [name for name in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(name) is signal.SIG_DFL]
    for name in caught:
        signal.signal(name, _stop)
    try:
        yield
    finally:
        for name in caught:
            signal.signal(name, signal.SIG_DFL)


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, like every other error."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, inert(f"{self.prog}: {message}; --help says more\n"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="grader", description="Grade neural networks written from scratch.")
    parser.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    grade = commands.add_parser("grade", help="grade every submission of a folder")
    grade.add_argument(
        "inbox", type=Path, metavar="INBOX", help="a folder with one entry a student: folder, .py or .zip"
    )
    grade.add_argument(
        "-a", "--assignment", required=True, metavar="NAME", help="the assignment they were handed in for"
    )
    grade.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help="where grades and pages go")
    grade.add_argument("--student", action="append", metavar="NAME", help="only this student's; may be repeated")
    _add_common(grade)
    _add_isolation(grade)
    grade.set_defaults(run=_grade, least_isolation=Level.KERNEL)

    demo = commands.add_parser("demo", help="grade the sample class and show where its pages are")
    demo.add_argument("-o", "--out", type=Path, default=Path("demo"), metavar="OUT", help="where they go; ./demo")
    _add_common(demo)
    _add_isolation(demo)
    demo.set_defaults(run=_demo, least_isolation=Level.PROCESS)

    for name, run, help_text in (
        ("validate", _validate, "prove an assignment: what its rubric catches, and which mistakes it names"),
        ("record", _record, "record what the known mistakes answer, so that checks can name them"),
        ("calibrate", _calibrate, "measure training runs, and set the thresholds of the checks that ask for them"),
    ):
        author = commands.add_parser(name, help=help_text)
        author.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="all of the course without it")
        _add_course(author)
        author.add_argument("--jobs", type=_count, default=default_jobs(), metavar="N", help="processes side by side")
        author.set_defaults(run=run)
        if name == "validate":
            author.add_argument("-o", "--out", type=Path, metavar="DIR", help="where pages go; .grader in the course")
        if name == "calibrate":
            author.add_argument("--seeds", type=_count, default=200, metavar="N", help="runs of each; 200 at least")

    notebook = commands.add_parser("notebook", help="make each assignment's notebook, of its lesson and skeletons")
    notebook.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="all of the course without it")
    notebook.add_argument("--course", type=Path, metavar="DIR", help="the course's folder; found from here without it")
    notebook.add_argument("--url", default="", help="the course's Git repository, for who opens the notebook alone")
    notebook.set_defaults(run=_notebook)

    feedback = commands.add_parser("feedback-notebook", help="put the feedback of graded notebooks into the notebooks")
    feedback.add_argument("inbox", type=Path, metavar="INBOX", help="the folder that was graded")
    feedback.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help="where its grades are")
    feedback.add_argument("--course", type=Path, metavar="DIR", help="the course's folder; found from here without it")
    feedback.set_defaults(run=_feedback_notebook)

    release = commands.add_parser(
        "release", help="cut what students get: lessons, skeletons, public checks, the grader"
    )
    release.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all of the course without any")
    release.add_argument(
        "-o", "--out", type=Path, required=True, metavar="DIR", help="a folder, new or released before"
    )
    release.add_argument("--url", default="", help="the Git repository that its notebooks fetch the course from")
    release.add_argument("--zip", action="store_true", help="write DIR.zip beside it as well")
    release.add_argument("--git", action="store_true", help="commit it in a Git repository in DIR, to be pushed")
    _add_course(release)
    release.set_defaults(run=_release)

    exercises = commands.add_parser("exercises", help="write the table of all exercises: where each of their parts is")
    exercises.add_argument(
        "-o", "--out", type=Path, metavar="FILE", help="a Markdown page; docs/exercises.md without it"
    )
    exercises.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 if the page is out of date"
    )
    _add_course(exercises)
    exercises.set_defaults(run=_exercises)

    doctor = commands.add_parser("doctor", help="what this machine offers to wall student code in, and what is missing")
    doctor.set_defaults(run=_doctor)
    return parser


def _add_isolation(parser: argparse.ArgumentParser) -> None:
    """Two ways to say which level is the lowest that will do."""
    levels = parser.add_mutually_exclusive_group()
    names = [level.value for level in Level]
    for option, help_text in (
        ("--require-isolation", "refuse to go below this level of isolation; best first: " + ", ".join(names)),
        ("--allow-isolation", "accept this level too: process is for code that you trust as your own"),
    ):
        levels.add_argument(option, dest="least_isolation", type=_level, metavar="LEVEL", help=help_text)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs", type=_count, default=default_jobs(), metavar="N", help="processes that grade side by side"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where student code runs")
    _add_course(parser)
    parser.add_argument("--dataset-root", type=Path, metavar="DIR", help="use the full data set from this folder")


def _add_course(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--course", type=Path, metavar="DIR", help="the course's folder; found from here without it")


def _count(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return value


def _level(text: str) -> Level:
    if text not in list(Level):
        raise argparse.ArgumentTypeError(f"{text!r} is no level of isolation; there are {', '.join(Level)}")
    return Level(text)


def _grade(options: argparse.Namespace) -> int:
    course = find_course(options.course or Path.cwd())
    assignment = find_assignment(course, options.assignment)
    entries = inbox_entries(options.inbox)
    if options.student:
        names = {entry.student for entry in entries}
        missing = [name for name in options.student if name not in names]
        if missing:
            raise UsageError(
                f"{options.inbox} holds no submission of {', '.join(missing)}; it has {len(names)} students"
            )
        entries = [entry for entry in entries if entry.student in options.student]
    return _grade_class(assignment, entries, options)


def _demo(options: argparse.Namespace) -> int:
    course = find_course(options.course or Path.cwd())
    about = course / "examples" / "class.toml"
    if not about.is_file():
        raise UsageError(f"{course} has no sample class: expected {about} and examples/inbox/")
    sample = tomllib.loads(about.read_text(encoding="utf-8"))
    entries = inbox_entries(course / "examples" / "inbox")
    status = _grade_class(find_assignment(course, sample["assignment"]), entries, options)
    _say()
    _say(f"The class:     {(options.out / 'index.html').resolve()}")
    _say(f"One student:   {(options.out / 'students' / sample['look_at'] / 'feedback.html').resolve()}")
    return status


def _grade_class(assignment: Assignment, entries: list[Entry], options: argparse.Namespace) -> int:
    """Grade into `options.out`, print a table, say where the results are."""
    from grader.batch import Batch

    settings = Settings(options.device, options.dataset_root, options.least_isolation)
    if options.device == "cuda":
        require_cuda()  # fails here once, not in every process
    if options.dataset_root is not None:
        from grader.data import load_dataset

        load_dataset(assignment.dataset, options.dataset_root)
    problem = why_no_mistakes(assignment)
    if problem:
        _say(f"grader: {problem}", sys.stderr)
    with _stoppable(), closing(Batch(assignment, entries, options.out)) as batch:
        with _progress(len(entries)) as moved_on:
            end = batch.run(options.jobs, settings, moved_on, _print_isolation)
        return _print_class(batch, end)


def _assignments(options: argparse.Namespace) -> list[Assignment]:
    course = find_course(options.course or Path.cwd())
    names = [options.assignment] if options.assignment else assignment_names(course)
    return [find_assignment(course, name) for name in names]


def _validate(options: argparse.Namespace) -> int:
    """Prove assignments; the exit status is 1 if any has a fault."""
    from grader.reports.kill_matrix import matrix_html, matrix_text
    from grader.trials import Trials
    from grader.validate import validate

    has_faults = False
    for assignment in _assignments(options):
        started = time.monotonic()
        with closing(Trials(assignment, options.jobs)) as trials:
            proof = validate(assignment, trials)
            trials.keep()
        tables, standing = proof.tables(), proof.standing()
        path: Path = (options.out or assignment.course_root / ".grader") / f"{assignment.name}.html"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(matrix_html(assignment.title, tables, proof.findings, standing), encoding="utf-8")
        except OSError as error:
            raise StorageError(f"{path} can't be written: {error.strerror}") from None
        _say(f"{assignment.title} ({assignment.name})")
        _say(matrix_text(tables, proof.findings, standing))
        _say(f"{proof.ran} trials run in {time.monotonic() - started:.1f} s. The matrix: {path}")
        has_faults = has_faults or bool(proof.findings)
    return 1 if has_faults else 0


def _record(options: argparse.Namespace) -> int:
    from grader.record import record
    from grader.trials import Trials

    for assignment in _assignments(options):
        with closing(Trials(assignment, options.jobs)) as trials:
            for path in record(assignment, trials):
                _say(f"{path}: recorded")
            trials.keep()
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from grader.calibrate import calibrate
    from grader.trials import Trials

    for assignment in _assignments(options):
        with closing(Trials(assignment, options.jobs)) as trials:
            calibration = calibrate(assignment, trials, options.seeds, moved_on=_say)
        for name, quantity in calibration.quantities.items():
            limit = f"{'at least' if quantity.larger_is_better else 'at most'} {quantity.threshold:g}"
            reached = f"the model answer reached {min(quantity.values):g} to {max(quantity.values):g}"
            _say(f"{name}: {limit}; {reached}")
        _say(f"{assignment.calibration_path}: written")
    return 0


def _notebook(options: argparse.Namespace) -> int:
    from grader.notebooks import notebook_path, student_notebook

    for assignment in _assignments(options):
        text, path = student_notebook(assignment, options.url), notebook_path(assignment)
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StorageError(f"{path} can't be written: {error.strerror}") from None
        _say(f"{path}: written")
    return 0


def _feedback_notebook(options: argparse.Namespace) -> int:
    """Beside each student's other pages: the notebook that was handed in, with the feedback in it."""
    from grader.handing_back import NAME, hand_back_notebooks

    course, written, problems = find_course(options.course or Path.cwd()), 0, 0
    for student, problem in hand_back_notebooks(course, inbox_entries(options.inbox), options.out):
        if problem:
            _say(f"  {student}: {problem}.")
        written, problems = written + (not problem), problems + bool(problem)
    _say(f"{written} written: {options.out / 'students' / '<student>' / NAME}")
    return 3 if problems else 0


def _release(options: argparse.Namespace) -> int:
    """Cut a release: everything that can be refused is refused before anything is written."""
    from grader import bundle
    from grader.release import cut_release

    course = find_course(options.course or Path.cwd())
    names = list(dict.fromkeys(options.assignments)) or assignment_names(course)
    assignments = [find_assignment(course, name) for name in names]
    if not assignments:
        raise UsageError(f"{course / 'assignments'} has no assignment to release")
    bundle.check_folder(options.out, course)
    if options.zip:
        bundle.zip_path(options.out)
    if options.git:
        bundle.require_git()
    release = cut_release(assignments, options.url)
    written = bundle.write_folder(release.files, options.out)
    for name in release.left_out:
        _say(f"left out: {name} is no file that students get")
    for name in written.replaced:
        _say(f"replaced: {name} had been changed by hand")
    for name in written.removed:
        _say(f"removed: {name} is not part of it any more")
    _say(f"{options.out}: {len(release.files)} files for {', '.join(names)}")
    if options.zip:
        _say(f"{bundle.write_zip(release.files, options.out)}: written")
    if options.git:
        made = bundle.commit(release.files, options.out, f"Release of {', '.join(names)}")
        _say(f"{options.out}: {f'committed as {made}' if made else 'nothing has changed since the last commit'}")
    return 0


def _exercises(options: argparse.Namespace) -> int:
    """Write the table of all exercises; with --check only say whether it is current."""
    from grader.exercises import exercises_page

    course = find_course(options.course or Path.cwd())
    path: Path = options.out or course / "docs" / "exercises.md"
    assignments = [find_assignment(course, name) for name in assignment_names(course)]
    page = exercises_page(assignments, path.resolve().parent)
    if options.check:
        is_current = path.is_file() and path.read_text(encoding="utf-8") == page
        _say(f"{path}: {'is current' if is_current else 'is out of date. Make it anew: grader exercises'}")
        return 0 if is_current else 1
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {error.strerror}") from None
    _say(f"{path}: written")
    return 0


def _print_isolation(isolation: Isolation) -> None:
    """One line, and if a better level would need something of this machine, one more."""
    _say(str(isolation), sys.stderr)
    if isolation.why_not_better:
        _say(f"  {isolation.why_not_better}", sys.stderr)


def _doctor(options: argparse.Namespace) -> int:
    """What each level needs and whether it holds here; the exit status is 3 below the level that grading asks for."""
    from grader.isolation import examine

    _say(f"grader {grader.__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}")
    _say("Student code is walled in by levels; the first of these that works is used:")
    best: Level | None = None
    for level, found in examine():
        if isinstance(found, str):
            _say_wrapped(f"  {level:<10}  no   ", found)
        else:
            best = best or level
            still_open = f"; open: {', '.join(found.open)}" if found.open else ""
            _say_wrapped(f"  {level:<10}  yes  ", f"closed: {', '.join(found.closed)}{still_open}")
    if best is not None and best.is_at_least(Level.KERNEL):
        _say(f"`grader grade` will use {best}.")
        return 0
    _say(f"`grader grade` asks for {Level.KERNEL} at least. For code that you trust: --allow-isolation {best}.")
    return 3


def _say_wrapped(lead: str, text: str) -> None:
    """`text` behind `lead`, in lines as long as the terminal is wide."""
    width = max(60, shutil.get_terminal_size().columns)
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )
    _say("\n".join(lines))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Grade], None]]:
    """A bar with rate and time left on a terminal, nothing elsewhere; yields what to call with each grade."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[latest]}", markup=False),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=total, rate="", latest="")

        def moved_on(grade: Grade) -> None:
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            progress.update(task, advance=1, rate=f"{speed:.1f}/s" if speed else "", latest=grade.student[:24])

        yield moved_on


def _print_class(batch: Batch, end: BatchEnd) -> int:
    """The table of the class; the exit status."""
    counted: Counter[Status] = Counter()
    total = not_regraded = 0
    width = 4
    rows: list[tuple[str, str]] = []
    for grade in batch.store.newest():
        counted[grade.status] += 1
        total += 1
        not_regraded += _is_not_regraded(grade)
        if len(rows) < _ROWS_SHOWN:
            width = max(width, len(grade.student))
            rows.append((grade.student, _score_words(grade)))
    for student, words in rows:
        _say(f"  {student:<{width}}  {words}")
    if total > len(rows):
        _say(f"  ... and {total - len(rows)} more; all are in {batch.out / 'grades.csv'}")
    known = f", {end.known} were graded before" if end.known else ""
    _say(
        f"\n{end.graded} graded in {end.seconds:.1f} s{known}. Results: {batch.out / 'grades.csv'}, {batch.out / 'index.html'}"
    )
    if counted[Status.NOT_GRADABLE]:
        _say(f"{counted[Status.NOT_GRADABLE]} could not be graded: nothing in them is a Python file that can be read.")
    if counted[Status.GRADER_ERROR]:
        _say(f"{counted[Status.GRADER_ERROR]} need you: the grader itself failed there, and no score was exported.")
    if not_regraded:
        _say(
            f"{not_regraded} need you: the grader failed when it graded them again, so their earlier grade still counts."
        )
    return 3 if counted[Status.GRADER_ERROR] or not_regraded else 0


def _is_not_regraded(grade: Grade) -> bool:
    return any(flag.kind == "regrade_failed" for flag in grade.flags)


def _score_words(grade: Grade) -> str:
    if grade.status is Status.GRADER_ERROR:
        return "grader error: needs your review"
    score = f"{number(grade.score):>5} of {number(grade.points)}"
    if _is_not_regraded(grade):
        return f"{score}  grader error when graded again: needs your review"
    return f"{score}  not gradable" if grade.status is Status.NOT_GRADABLE else score


def _say(text: str = "", stream: TextIO | None = None) -> None:
    """Print, in what the terminal can show: a student's name or text in it must not be a command to whoever reads the log."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "utf-8"
    try:
        print(inert(text).encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # or Python tries once more on its way out
        raise StorageError(
            f"what is printed here can't be written: {error.strerror}. Grades and pages are kept all the same."
        ) from None
