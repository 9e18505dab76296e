"""Hand grades back: `feedback-notebook`, and `show`, which prints the feedback of one student."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from grader.cli.arriving import add_roster
from grader.cli.options import Commands
from grader.cli.saying import say
from grader.course.assignments import find_course
from grader.errors import UsageError
from grader.results import for_student
from grader.text import did_you_mean

_WIDEST = 100  # columns: longer lines are hard to read


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    feedback = commands.add_parser("feedback-notebook", help="put the feedback of graded notebooks into the notebooks")
    feedback.add_argument("inbox", type=Path, metavar="INBOX", help="what was graded: a folder, or a download")
    add_roster(feedback)
    feedback.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help="where its grades are")
    feedback.add_argument("--course", type=Path, metavar="DIR", help="the course's folder; found from here without it")
    feedback.set_defaults(run=_feedback_notebook)

    show = commands.add_parser("show", help="print a student's feedback as the student may see it")
    show.add_argument("out", type=Path, metavar="OUT", help="where the grades are")
    show.add_argument("--student", required=True, metavar="NAME", help="whose feedback")
    show.add_argument("--hints", type=int, choices=(1, 2, 3), default=1, help="tell so many hints; 1 without it")
    show.set_defaults(run=_show)


def _feedback_notebook(options: argparse.Namespace) -> int:
    """Beside each student's other pages: the notebook that was handed in, with the feedback in it."""
    from grader.grades.handing_back import NAME, hand_back_notebooks

    course, written, problems = find_course(options.course or Path.cwd()), 0, 0
    for student, problem in hand_back_notebooks(course, options.inbox, options.out, options.roster):
        if problem:
            say(f"  {student}: {problem}.")
        written, problems = written + (not problem), problems + bool(problem)
    say(f"{written} written: {options.out / 'students' / '<student>' / NAME}")
    return 3 if problems else 0


def _show(options: argparse.Namespace) -> int:
    """What the student's pages say, as text in the width of the terminal."""
    from grader.grades.publishing import grades_of
    from grader.reports.text import feedback_text

    with grades_of(options.out) as store:
        try:
            grade = store.counting(options.student)
        except KeyError:
            students = store.students()
            raise UsageError(
                f"{options.out} has no grade of {options.student}. {did_you_mean(options.student, students)}"
            ) from None
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    say(feedback_text(for_student(grade), width, options.hints).rstrip("\n"))
    return 0
