"""Grade a class: `grade`, `demo`, and `doctor`, which says what this machine offers for it."""

from __future__ import annotations

import argparse
import platform
import sys
import tomllib
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import grader
from grader.cli.arriving import add_arriving, chosen_entries, say_mapping, say_remarks
from grader.cli.options import Commands, add_common, add_course, add_isolation, count_of
from grader.cli.saying import progress_bar, say, say_isolation, say_wrapped
from grader.cli.scheduling import add_scheduler, nodes_of, say_nodes
from grader.cli.stopping import stoppable
from grader.course.adjustments import LatePolicy
from grader.course.assignments import Assignment, assignment_names, find_assignment, find_course
from grader.course.recording import why_no_mistakes
from grader.course.shipped import shipped_course
from grader.errors import CourseError, UsageError
from grader.grading.settings import Settings, default_jobs
from grader.isolation.devices import (
    devices_for,
    devices_here,
    devices_in_words,
    devices_report,
    job_mib,
    plan_jobs,
    require_device,
)
from grader.isolation.levels import Level
from grader.lms.detection import open_inbox
from grader.results import Grade, Status, number
from grader.submissions.arrivals import moment
from grader.submissions.inbox import Entry, inbox_entries

if TYPE_CHECKING:
    from grader.grading.batch import Batch, BatchEnd


_ROWS_SHOWN = 60


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    grade = commands.add_parser("grade", help="grade every submission of a folder")
    grade.add_argument(
        "inbox",
        type=Path,
        metavar="INBOX",
        help="a download from Canvas, Moodle or Gradescope, a folder of clones, or a folder with one entry a student",
    )
    grade.add_argument(
        "-a", "--assignment", required=True, metavar="NAME", help="the assignment they were handed in for"
    )
    grade.add_argument("-o", "--out", type=Path, metavar="OUT", help="where grades and pages go")
    grade.add_argument("--student", action="append", metavar="NAME", help="only this student's; may be repeated")
    add_arriving(grade)
    add_common(grade)
    add_isolation(grade)
    add_scheduler(grade)
    grade.set_defaults(run=_grade, least_isolation=Level.KERNEL)

    demo = commands.add_parser("demo", help="grade the sample class and show where its pages are")
    demo.add_argument("-o", "--out", type=Path, default=Path("demo"), metavar="OUT", help="where they go; ./demo")
    add_common(demo)
    add_isolation(demo)
    demo.set_defaults(run=_demo, least_isolation=Level.PROCESS, scheduler=None)

    doctor = commands.add_parser(
        "doctor", help="what this machine offers to wall student code in, and what is missing; its GPUs"
    )
    doctor.add_argument(
        "--jobs", type=count_of, default=default_jobs(), metavar="N", help="say where so many jobs would go"
    )
    doctor.add_argument("-a", "--assignment", metavar="NAME", help="with --scheduler: compare this assignment, too")
    add_course(doctor)
    add_scheduler(doctor)
    doctor.set_defaults(run=_doctor)


def _grade(options: argparse.Namespace) -> int:
    course = find_course(options.course or Path.cwd())
    assignment = find_assignment(course, options.assignment)
    if options.out is None and not options.dry_run:
        raise UsageError("grade needs a folder for the results: -o OUT. With --dry-run it only says whose is what.")
    deadline = moment(options.deadline, "--deadline") if options.deadline else ""
    inbox = open_inbox(options.inbox, assignment, options.roster)
    entries = chosen_entries(inbox, options)
    if options.dry_run:
        return say_mapping(inbox, entries, LatePolicy(deadline, assignment.late_rule))
    say_remarks(inbox, entries, deadline)
    return _grade_class(assignment, entries, options, deadline)


def _demo(options: argparse.Namespace) -> int:
    course = find_course(options.course) if options.course else shipped_course()
    about = course / "examples" / "class.toml"
    if not about.is_file():
        raise UsageError(f"{course} has no sample class: expected {about} and examples/inbox/.")
    sample = tomllib.loads(about.read_text(encoding="utf-8"))
    entries = inbox_entries(course / "examples" / "inbox")
    status = _grade_class(find_assignment(course, sample["assignment"]), entries, options)
    say()
    say(f"The class:     {(options.out / 'index.html').resolve()}")
    say(f"One student:   {(options.out / 'students' / sample['look_at'] / 'feedback.html').resolve()}")
    return status


def _grade_class(assignment: Assignment, entries: list[Entry], options: argparse.Namespace, deadline: str = "") -> int:
    """Grade into `options.out`, print a table, say where the results are."""
    from grader.grading.batch import Batch

    settings = Settings(options.device, options.dataset_root, options.least_isolation)
    if options.scheduler is None:
        require_device(options.device)  # fails here once, not in every process
    if options.dataset_root is not None and options.scheduler is None:
        from grader.data import load_dataset

        load_dataset(assignment.dataset, options.dataset_root)
    problem = why_no_mistakes(assignment)
    if problem:
        say(f"grader: {problem}", sys.stderr)
    if options.scheduler is None:
        plan = plan_jobs(
            options.device, min(options.jobs, len(entries)), devices_for(options.device), job_mib(assignment)
        )
        if plan.why_cpu or plan.why_fewer:
            say(f"devices: {devices_in_words(plan)}", sys.stderr)
    with stoppable(), closing(Batch(assignment, entries, options.out, deadline)) as batch:
        with progress_bar(len(entries)) as moved_on:
            end = batch.run(options.jobs, settings, moved_on, say_isolation, nodes_of(assignment, settings, options))
        return _print_class(batch, end)


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
        say(f"  {student:<{width}}  {words}")
    if total > len(rows):
        say(f"  ... and {total - len(rows)} more; all are in {batch.out / 'grades.csv'}")
    known = f", {end.known} were graded before" if end.known else ""
    say(
        f"\n{end.graded} graded in {end.seconds:.1f} s{known}. Results: {batch.out / 'grades.csv'}, {batch.out / 'index.html'}"
    )
    if counted[Status.NOT_GRADABLE]:
        scores = "scores" if counted[Status.NOT_GRADABLE] == 1 else "score"
        say(
            f"{counted[Status.NOT_GRADABLE]} could not be graded and {scores} 0: no Python file or notebook that can be read. "
            "Their pages say why."
        )
    if counted[Status.GRADER_ERROR]:
        say(f"{counted[Status.GRADER_ERROR]} need you: the grader itself failed there, and no score was exported.")
    if not_regraded:
        say(
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
    if grade.status is Status.NOT_GRADABLE:
        return f"{score}  not gradable"
    return f"{score}  late: {number(grade.deduction)} taken off" if grade.deduction else score


def _needs_of_jobs(folder: Path | None) -> dict[str, int]:
    """What a job of each assignment takes of a GPU; nothing where there is no course."""
    try:
        course = find_course(folder or Path.cwd())
        return {name: job_mib(find_assignment(course, name)) for name in assignment_names(course)}
    except (UsageError, CourseError):
        if folder is not None:
            raise
        return {}


def _doctor(options: argparse.Namespace) -> int:
    """What each level needs and whether it holds here; the exit status is 3 below the level that grading asks for."""
    if options.scheduler is not None:
        return say_nodes(options)
    from grader.isolation.isolated import examine

    say(f"grader {grader.__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}")
    say("Student code is walled in by levels; the first of these that works is used:")
    best: Level | None = None
    for level, found in examine():
        if isinstance(found, str):
            say_wrapped(f"  {level:<10}  no   ", found)
        else:
            best = best or level
            still_open = f"; open: {', '.join(found.open)}" if found.open else ""
            say_wrapped(f"  {level:<10}  yes  ", f"closed: {', '.join(found.closed)}{still_open}")
    for line in devices_report(devices_here(), options.jobs, _needs_of_jobs(options.course)):
        say(line)
    if best is not None and best.is_at_least(Level.KERNEL):
        say(f"`grader grade` will use {best}.")
        return 0
    say(f"`grader grade` asks for {Level.KERNEL} at least. For code that you trust: --allow-isolation {best}.")
    return 3
