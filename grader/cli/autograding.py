"""Be another system's autograder: `grade-one` grades a submission into its format, `autograder` packs what it needs."""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from grader.cli.options import Commands, add_course, add_device, add_isolation, count_of
from grader.cli.saying import Answer, say_answer, say_isolation, say_problem
from grader.cli.stopping import stoppable
from grader.course.assignments import find_assignment, find_course
from grader.isolation.levels import Level
from grader.results import Flag, Status

# As `grader.grades.exporting` has them, which is imported when it is needed.
FORMATS = ("gradescope", "classroom50", "github-classroom", "prairielearn", "junit")


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    one = commands.add_parser("grade-one", help="grade one submission, as the autograder of another system")
    one.add_argument(
        "submission", type=Path, metavar="SUBMISSION", help="a folder, a .py, a notebook or a .zip of these"
    )
    one.add_argument("-a", "--assignment", required=True, metavar="NAME", help="the assignment it was handed in for")
    one.add_argument("--format", required=True, choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    one.add_argument("-o", "--to", type=Path, required=True, metavar="FILE", help="where the result goes")
    one.add_argument("--student", default="", metavar="NAME", help="whose it is; without it the submission's own name")
    one.add_argument(
        "--metadata",
        type=Path,
        metavar="FILE",
        help="Gradescope's submission_metadata.json: who, when, and when it was due",
    )
    add_device(one, "cpu")
    one.add_argument("--dataset-root", type=Path, metavar="DIR", help="use the full data set from this folder")
    add_course(one)
    add_isolation(one)
    one.set_defaults(run=_grade_one, least_isolation=Level.KERNEL)

    packed = commands.add_parser("autograder", help="pack an autograder for Gradescope: a zip to be uploaded there")
    packed.add_argument("-a", "--assignment", required=True, metavar="NAME", help="the assignment that it grades")
    packed.add_argument("-o", "--to", type=Path, required=True, metavar="FILE", help="the zip")
    packed.add_argument(
        "--minutes", type=count_of, default=10, metavar="N", help="the time limit set on Gradescope; 10"
    )
    packed.add_argument(
        "--no-hidden", action="store_true", help="leave hidden checks out: grade by the public ones alone"
    )
    add_course(packed)
    add_isolation(packed)
    packed.set_defaults(run=_autograder, least_isolation=Level.KERNEL)


class GradedOne(Answer, frozen=True):
    """What a submission scores. There is no score where the grader failed."""

    student: str
    status: Status
    score: int | float | None
    points: int | float
    late_deduction: int | float
    flags: tuple[Flag, ...]
    result: Path

    def lines(self) -> Iterator[str]:
        """What the instructor should look at, and the score."""
        yield from (f"  {flag.kind}: {flag.where} {flag.detail}" for flag in self.flags)
        if self.score is not None:
            late = f", {self.late_deduction} off for being late" if self.late_deduction else ""
            yield f"{self.student}: {self.score} of {self.points}{late}. Result: {self.result}"
        yield from self.problems()

    def problems(self) -> Iterator[str]:
        """That there is no score."""
        if self.score is None:
            yield f"{self.student}: no score, since the grader failed"


def _grade_one(options: argparse.Namespace) -> int:
    """Grade into the file, or say in it that there is no score; the exit status is 3 where there is none."""
    from grader.files import remove_file, write_file
    from grader.reports import wording
    from grader.reports.gradescope import no_results
    from grader.reports.prairielearn import not_gradable

    without = {"gradescope": no_results, "prairielearn": not_gradable}.get(options.format)
    with stoppable():
        remove_file(options.to)  # it may lie in what was handed in, and would be taken for ours if we fail
        try:
            return _graded_into_file(options)
        except BaseException:
            # Whatever it is, it is no fault of the student's, who is told that much and no more.
            if without is not None:
                write_file(options.to, [without("\n".join(wording.GRADER_ERROR)).encode()])
            raise


def _graded_into_file(options: argparse.Namespace) -> int:
    from grader.course.adjustments import LatePolicy, adjusted
    from grader.errors import UsageError
    from grader.files import write_file
    from grader.grades.exporting import STUDENT_FORMATS
    from grader.grading.settings import Settings
    from grader.grading.single import grade_submission
    from grader.lms.gradescope_metadata import Metadata, read_metadata
    from grader.reports.classroom50 import CARRIED, classroom50_result
    from grader.reports.entries import NotExpressible
    from grader.results import for_student, number
    from grader.submissions.arrivals import Arrival
    from grader.submissions.loading import load_submission, student_name

    assignment = find_assignment(find_course(options.course or Path.cwd()), options.assignment)
    path: Path = options.submission.resolve()
    if not path.exists():
        raise UsageError(f"{options.submission}: no such file or folder. Name the submission.")
    told = Metadata("", Arrival()) if options.metadata is None else read_metadata(options.metadata)
    student = options.student or told.student or student_name(path)
    submission = load_submission(path, student, course_files=assignment.course_files)
    settings = Settings(options.device, options.dataset_root, options.least_isolation)
    closed = [path, options.to.resolve().parent]
    alone = grade_submission(assignment, submission, settings, closed=closed, began=say_isolation)
    attempts = [dataclasses.replace(attempt, points=attempt.points or alone.points) for attempt in told.attempts]
    grade = adjusted(alone, told.arrival, LatePolicy(rule=assignment.late_rule), {}, attempts)
    try:
        if options.format == "classroom50":
            text = classroom50_result(grade, {name: os.environ.get(name, "") for name in CARRIED.values()})
        else:
            text = STUDENT_FORMATS[options.format][1](grade)
    except NotExpressible as why:
        raise UsageError(f"{student} {why}. Choose another --format.") from None
    write_file(options.to, [text.encode()])
    has_failed = grade.status is Status.GRADER_ERROR
    # On Gradescope only instructors see what is printed; students read the log of a CI service.
    flags = (grade if options.format == "gradescope" else for_student(grade)).flags
    say_answer(
        GradedOne(
            student=student,
            status=grade.status,
            score=None if has_failed else number(grade.score),
            points=number(grade.points),
            late_deduction=number(grade.deduction),
            flags=flags,
            result=options.to,
        )
    )
    return 3 if has_failed else 0


class Packed(Answer, frozen=True):
    """What is in the zip, and what must be set on Gradescope."""

    path: Path
    files: int
    hidden_rubrics: int
    least_isolation: Level
    limit_minutes: int

    def lines(self) -> Iterator[str]:
        """What is in it, and what to set."""
        yield (
            f"{self.path}: {self.files} files, {self.hidden_rubrics} of them hidden rubrics, "
            f"for isolation {self.least_isolation} or better"
        )
        yield f"On Gradescope: memory 3 GB or more, time limit {self.limit_minutes} minutes. See docs/gradescope.md"


def _autograder(options: argparse.Namespace) -> int:
    """Pack the zip, and say what must be set on Gradescope."""
    from grader.course.recording import why_no_mistakes
    from grader.release.autograder import Choices, autograder_files, write_autograder

    assignment = find_assignment(find_course(options.course or Path.cwd()), options.assignment)
    problem = why_no_mistakes(assignment)
    if problem:
        say_problem(f"grader: {problem}")
    choices = Choices(options.least_isolation, options.minutes, not options.no_hidden)
    files = autograder_files(assignment, choices)
    write_autograder(files, options.to)
    hidden = len(assignment.hidden_rubric) if choices.hidden else 0
    say_answer(Packed(options.to, len(files), hidden, choices.least_isolation, choices.minutes))
    return 0
