"""Hand grades back: `feedback-notebook`."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.cli.arriving import add_roster
from grader.cli.options import Commands
from grader.cli.saying import say
from grader.course import find_course


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    feedback = commands.add_parser("feedback-notebook", help="put the feedback of graded notebooks into the notebooks")
    feedback.add_argument("inbox", type=Path, metavar="INBOX", help="what was graded: a folder, or a download")
    add_roster(feedback)
    feedback.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help="where its grades are")
    feedback.add_argument("--course", type=Path, metavar="DIR", help="the course's folder; found from here without it")
    feedback.set_defaults(run=_feedback_notebook)


def _feedback_notebook(options: argparse.Namespace) -> int:
    """Beside each student's other pages: the notebook that was handed in, with the feedback in it."""
    from grader.handing_back import NAME, hand_back_notebooks

    course, written, problems = find_course(options.course or Path.cwd()), 0, 0
    for student, problem in hand_back_notebooks(course, options.inbox, options.out, options.roster):
        if problem:
            say(f"  {student}: {problem}.")
        written, problems = written + (not problem), problems + bool(problem)
    say(f"{written} written: {options.out / 'students' / '<student>' / NAME}")
    return 3 if problems else 0
