"""Grade a class: `grade`, `demo`, and `doctor`, which says what this machine offers for it."""

from __future__ import annotations

import argparse
import platform
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import grader
from grader.cli.arriving import add_arriving, chosen_entries, say_mapping, say_remarks
from grader.cli.options import Commands, add_common, add_course, add_isolation, count_of, student_of
from grader.cli.saying import (
    Answer,
    columns_here,
    progress_bar,
    say_answer,
    say_isolation,
    say_problem,
    say_progress,
    table,
    wrapped,
)
from grader.cli.scheduling import add_scheduler, nodes_of, say_nodes
from grader.cli.stopping import stoppable
from grader.course.adjustments import LatePolicy
from grader.course.assignments import Assignment, assignment_names, find_assignment, find_course
from grader.course.recording import why_no_mistakes
from grader.course.shipped import shipped_course
from grader.errors import CourseError, UsageError
from grader.grading.settings import Settings, default_jobs
from grader.isolation.devices import (
    Device,
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


class StudentScore(msgspec.Struct, frozen=True):
    """What a student has. There is no score where the grader failed; `is_regraded` is false where it did so again."""

    student: str
    status: Status
    score: int | float | None
    points: int | float
    late_deduction: int | float
    is_regraded: bool = True

    def words(self) -> str:
        """The score as people read it."""
        if self.score is None:
            return "grader error: needs your review"
        score = f"{self.score:>5} of {self.points}"
        if not self.is_regraded:
            return f"{score}  grader error when graded again: needs your review"
        if self.status is Status.NOT_GRADABLE:
            return f"{score}  not gradable"
        return f"{score}  late: {self.late_deduction} taken off" if self.late_deduction else score


class ClassGraded(Answer, frozen=True):
    """A class after a run: everybody who has a grade, how many were `graded` now and how many were `known` from before."""

    assignment: str
    students: list[StudentScore]
    graded: int
    known: int
    seconds: float
    grades_csv: Path
    class_page: Path

    def lines(self) -> Iterator[str]:
        """A table of the class, and where the results are."""
        rows = [(f"  {entry.student:<4}", entry.words()) for entry in self.students[:_ROWS_SHOWN]]
        yield from table([*rows], columns_here())
        if len(self.students) > _ROWS_SHOWN:
            yield f"  ... and {len(self.students) - _ROWS_SHOWN} more; all are in {self.grades_csv}"
        known = f", {self.known} were graded before" if self.known else ""
        yield ""
        yield f"{self.graded} graded in {self.seconds:.1f} s{known}. Results: {self.grades_csv}, {self.class_page}"
        yield from self.problems()

    def problems(self) -> Iterator[str]:
        """Who has no score, or not the one that is due."""
        unreadable = sum(entry.status is Status.NOT_GRADABLE for entry in self.students)
        if unreadable:
            scores = "scores" if unreadable == 1 else "score"
            yield (
                f"{unreadable} could not be graded and {scores} 0: no Python file or notebook that can be read. Their "
                "pages say why."
            )
        if self.failed:
            yield f"{self.failed} need you: the grader itself failed there, and no score was exported."
        if self.not_regraded:
            yield (
                f"{self.not_regraded} need you: the grader failed when it graded them again, so their earlier grade "
                "still counts."
            )

    @property
    def failed(self) -> int:
        """How many have no score."""
        return sum(entry.status is Status.GRADER_ERROR for entry in self.students)

    @property
    def not_regraded(self) -> int:
        """How many have the score of before."""
        return sum(not entry.is_regraded for entry in self.students)


class DemoGraded(ClassGraded, frozen=True):
    """The sample class, and the page of one of it."""

    student_page: Path

    def lines(self) -> Iterator[str]:
        """The same, and which pages to look at."""
        yield from super().lines()
        yield ""
        yield f"The class:     {self.class_page.resolve()}"
        yield f"One student:   {self.student_page}"


class LevelHere(msgspec.Struct, frozen=True):
    """What was found out about a level: what it keeps closed here, or why it can't be had."""

    level: Level
    works: bool
    closed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    why_not: str = ""


class Machine(Answer, frozen=True):
    """What this machine offers. `best` is the level that would be used."""

    grader: str
    python: str
    system: str
    levels: list[LevelHere]
    best: Level | None
    gpus: tuple[Device, ...]
    jobs: int
    job_mib: dict[str, int]
    can_grade: bool

    def lines(self) -> Iterator[str]:
        """A line a level, what there is of GPUs, and what follows."""
        yield f"grader {self.grader}, Python {self.python}, {self.system}"
        yield "Student code is walled in by levels; the first of these that works is used:"
        for found in self.levels:
            still_open = f"; open: {', '.join(found.open)}" if found.open else ""
            told = f"closed: {', '.join(found.closed)}{still_open}" if found.works else found.why_not
            yield wrapped(f"  {found.level:<10}  {'yes' if found.works else 'no '}  ", told)
        yield from devices_report(self.gpus, self.jobs, self.job_mib)
        if self.can_grade:
            yield f"`grader grade` will use {self.best}."
        yield from self.problems()

    def problems(self) -> Iterator[str]:
        """That no class can be graded here."""
        if not self.can_grade:
            yield (
                f"`grader grade` asks for {Level.KERNEL} at least. For code that you trust: --allow-isolation {self.best}."
            )


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
    grade.add_argument(
        "--student", type=student_of, action="append", metavar="NAME", help="only this student's; may be repeated"
    )
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
    return _say_class(_grade_class(assignment, entries, options, deadline))


def _demo(options: argparse.Namespace) -> int:
    course = find_course(options.course) if options.course else shipped_course()
    about = course / "examples" / "class.toml"
    if not about.is_file():
        raise UsageError(f"{course} has no sample class: expected {about} and examples/inbox/.")
    sample = tomllib.loads(about.read_text(encoding="utf-8"))
    entries = inbox_entries(course / "examples" / "inbox")
    graded = _grade_class(find_assignment(course, sample["assignment"]), entries, options)
    student_page = (options.out / "students" / sample["look_at"] / "feedback.html").resolve()
    return _say_class(DemoGraded(**msgspec.structs.asdict(graded), student_page=student_page))


def _grade_class(
    assignment: Assignment, entries: list[Entry], options: argparse.Namespace, deadline: str = ""
) -> ClassGraded:
    """Grade into `options.out`."""
    from grader.grading.batch import Batch

    settings = Settings(options.device, options.dataset_root, options.least_isolation)
    if options.scheduler is None:
        require_device(options.device)  # fails here once, not in every process
    if options.dataset_root is not None and options.scheduler is None:
        from grader.data import load_dataset

        load_dataset(assignment.dataset, options.dataset_root)
    problem = why_no_mistakes(assignment)
    if problem:
        say_problem(f"grader: {problem}")
    if options.scheduler is None:
        plan = plan_jobs(
            options.device, min(options.jobs, len(entries)), devices_for(options.device), job_mib(assignment)
        )
        if plan.why_cpu or plan.why_fewer:
            say_progress(f"devices: {devices_in_words(plan)}")
    with stoppable(), closing(Batch(assignment, entries, options.out, deadline)) as batch:
        with progress_bar(len(entries)) as moved_on:
            end = batch.run(options.jobs, settings, moved_on, say_isolation, nodes_of(assignment, settings, options))
        return _graded(batch, end)


def _graded(batch: Batch, end: BatchEnd) -> ClassGraded:
    return ClassGraded(
        assignment=batch.assignment.name,
        students=[_score_of(grade) for grade in batch.store.newest()],
        graded=end.graded,
        known=end.known,
        seconds=end.seconds,
        grades_csv=batch.out / "grades.csv",
        class_page=batch.out / "index.html",
    )


def _score_of(grade: Grade) -> StudentScore:
    return StudentScore(
        student=grade.student,
        status=grade.status,
        score=None if grade.status is Status.GRADER_ERROR else number(grade.score),
        points=number(grade.points),
        late_deduction=number(grade.deduction),
        is_regraded=all(flag.kind != "regrade_failed" for flag in grade.flags),
    )


def _say_class(graded: ClassGraded) -> int:
    """The table of the class; the exit status is 3 if somebody has no score, or not the one that is due."""
    say_answer(graded)
    return 3 if graded.failed or graded.not_regraded else 0


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

    levels = [
        LevelHere(level, works=False, why_not=found)
        if isinstance(found, str)
        else LevelHere(level, works=True, closed=found.closed, open=found.open)
        for level, found in examine()
    ]
    best = next((found.level for found in levels if found.works), None)
    machine = Machine(
        grader=grader.__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}",
        levels=levels,
        best=best,
        gpus=devices_here(),
        jobs=options.jobs,
        job_mib=_needs_of_jobs(options.course),
        can_grade=best is not None and best.is_at_least(Level.KERNEL),
    )
    say_answer(machine)
    return 0 if machine.can_grade else 3
