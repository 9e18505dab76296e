"""Hand grades back: `feedback-notebook`, and `show`, which prints the feedback of one student."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from grader.cli.arriving import add_roster
from grader.cli.options import Commands, student_of
from grader.cli.saying import Answer, say_answer
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
    show.add_argument("--student", type=student_of, required=True, metavar="NAME", help="whose feedback")
    show.add_argument("--hints", type=int, choices=(1, 2, 3), default=1, help="tell so many hints; 1 without it")
    show.set_defaults(run=_show)


class Left(msgspec.Struct, frozen=True):
    """A student who got nothing, and why."""

    student: str
    why: str


class HandedBack(Answer, frozen=True):
    """For whom a notebook was written, and for whom none was."""

    path: Path
    written: list[str]
    left: list[Left]

    def lines(self) -> Iterator[str]:
        """Who was left out, and where the notebooks are."""
        yield from self.problems()
        yield f"{len(self.written)} written: {self.path}"

    def problems(self) -> Iterator[str]:
        """Who was left out."""
        yield from (f"  {entry.student}: {entry.why}." for entry in self.left)


class Shown(Answer, frozen=True):
    """The feedback of a student: the grade as in the student's grade.json, and the same as text."""

    grade: dict[str, Any]
    text: str

    def lines(self) -> Iterator[str]:
        """The text."""
        yield self.text


def _feedback_notebook(options: argparse.Namespace) -> int:
    """Beside each student's other pages: the notebook that was handed in, with the feedback in it."""
    from grader.grades.handing_back import NAME, hand_back_notebooks

    course = find_course(options.course or Path.cwd())
    told = [*hand_back_notebooks(course, options.inbox, options.out, options.roster)]
    written = [student for student, problem in told if not problem]
    left = [Left(student, problem) for student, problem in told if problem]
    say_answer(HandedBack(options.out / "students" / "<student>" / NAME, written, left))
    return 3 if left else 0


def _show(options: argparse.Namespace) -> int:
    """What the student's pages say, as text in the width of the terminal."""
    from grader.grade_json import grade_to_json
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
    shown = for_student(grade)
    text = feedback_text(shown, width, options.hints).rstrip("\n")
    say_answer(Shown(json.loads(grade_to_json(shown)), text))
    return 0
