"""`grader watch`: the student's loop. Every saved file is checked at once, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import select
import shutil
import signal
import sys
import textwrap
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.options import Commands, add_course
from grader.cli.saying import has_colour, is_screen, say_screen
from grader.cli.stopping import Stopped, stoppable
from grader.course.assignments import Assignment, assignment_names, find_assignment, find_course
from grader.errors import UsageError
from grader.isolation.devices import device_name, require_device
from grader.text import clean_name

if TYPE_CHECKING:
    from grader.course.assignments import Exercise
    from grader.grading.saves import News
    from grader.grading.watching import Verdict
    from grader.results import ExerciseResult

_NARROWEST, _WIDEST = 40, 100  # columns
_STYLES = {"bold": "1", "light": "2", "green": "32", "yellow": "33"}
_CLEAR = "\x1b[H\x1b[2J"


def add_commands(commands: Commands) -> None:
    """Declare the command of this module."""
    parser = commands.add_parser("watch", help="check an exercise each time its file is saved, until Ctrl-C")
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help="the assignment's folder, or its name")
    parser.add_argument("-a", "--assignment", metavar="NAME", help="the assignment, where no FOLDER is given")
    parser.add_argument(
        "--submission",
        type=Path,
        metavar="PATH",
        help="watch this folder, file or zip instead of the assignment's folder",
    )
    parser.add_argument(
        "--all", action="store_true", help="after what was saved, check all other exercises too, each time"
    )
    parser.add_argument("--hints", type=int, choices=(1, 2, 3), default=1, help="tell so many hints; 1 without it")
    parser.add_argument(
        "--device",
        type=device_name,
        default="auto",
        metavar="DEVICE",
        help="where your code runs: auto, cpu, cuda or cuda:1; auto without it",
    )
    parser.add_argument("--dataset-root", type=Path, metavar="DIR", help="use the full data set from this folder")
    add_course(parser)
    parser.set_defaults(run=_watch)


def _watch(options: argparse.Namespace) -> int:
    """Until a signal ends it, which is how it ends."""
    try:
        with stoppable():
            _watch_until_stopped(options)
    except KeyboardInterrupt as stop:
        with suppress(Exception):  # the terminal may be what has gone away
            say_screen("")
        return 128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)
    return 0


def _watch_until_stopped(options: argparse.Namespace) -> None:
    assignment = _assignment(options)
    place: Path = options.submission or assignment.folder
    if not place.exists():
        raise UsageError(f"--submission {place}: there is no such file or folder. Is the name right?")
    require_device(options.device)  # else the rubric would find that out, in its words
    if options.dataset_root is not None:
        from grader.data import load_dataset

        load_dataset(assignment.dataset, options.dataset_root)
    screen = _Terminal(assignment, options.hints)
    shown = place.resolve()
    shown = shown.relative_to(Path.cwd()) if shown.is_relative_to(Path.cwd()) else shown
    screen.write_line(f"watching {clean_name(str(shown), 300)}", bold=True)
    from grader.grading.settings import Settings
    from grader.grading.watching import watch

    watch(assignment, place, screen, Settings(options.device, options.dataset_root), everything=options.all)


def _assignment(options: argparse.Namespace) -> Assignment:
    """The one that was named, else that of the folder we are in, else the only one of the course."""
    named: str | None = options.folder or options.assignment
    if options.folder and options.assignment:
        raise UsageError(f"watch {options.folder} -a {options.assignment} names the assignment twice. Leave one out.")
    here = Path.cwd()
    if options.folder and Path(options.folder).exists():
        here, named = Path(options.folder).resolve(), None
    elif options.folder and os.sep in options.folder:
        raise UsageError(f"watch {options.folder}: there is no such folder. Name the folder of an assignment.")
    course = find_course(options.course or here)
    if named:
        return find_assignment(course, named)
    known = assignment_names(course)
    with suppress(ValueError):
        name = here.relative_to(course / "assignments").parts[:1]
        if name:
            return find_assignment(course, *name)
    if len(known) == 1:
        return find_assignment(course, known[0])
    raise UsageError(
        f"{course} has several assignments. Name one: grader watch assignments/{known[0]}."
        if known
        else f"{course / 'assignments'} has no assignment. Is that the course's folder? Name it with --course."
    )


class _Terminal:
    """The screen of whoever types the command: cleared at each save if it is a terminal, else one text below the other."""

    def __init__(self, assignment: Assignment, hints: int) -> None:
        self._assignment = assignment
        self._hints = hints
        self._is_terminal = is_screen(sys.stdout)
        self._has_colour = has_colour(sys.stdout)
        self._listens = sys.stdin is not None and sys.stdin.isatty()
        self._has_shown = False
        self._before = ""  # what goes before the next line

    # -- what `grader.grading.watching` tells and asks -----------------------------------------------------------------

    def saw(self, news: News) -> None:
        """Say which files; on a terminal they begin a new screen."""
        self._before = _CLEAR if self._is_terminal else "\n"
        for files, word in ((news.saved, "saved"), (news.gone, "gone")):
            if files:
                self._write_wrapped(f"{', '.join(files)} {word}", bold=True)
        for flag in news.flags:
            self._write_wrapped(f"{flag.where} {flag.detail}", yellow=True)

    def began(self, exercises: tuple[Exercise, ...]) -> None:
        """Say which."""
        is_all = len(exercises) == len(self._assignment.exercises)
        titles = self._assignment.title if is_all else ", ".join(exercise.title for exercise in exercises)
        self._write_wrapped(f"checking {titles}", light=True)

    def show(self, verdict: Verdict) -> None:
        """The results in a line each, and the first problem in full, in the words that pytest shows."""
        from grader.checks.summary import first_open, first_problem, level_words, write_rows

        if not self._has_shown:
            self.write_line(level_words(verdict.level), light=True)
            self._has_shown = True
        write_rows(self, verdict.checked, self._width)
        if verdict.follows and first_open(verdict.checked) is None:
            return
        for line in first_problem(self._assignment, verdict.checked, self._hints, self._width):
            self.write_line(line)
        for fault in verdict.faults:  # ours or the author's, never the student's
            self.write_line(f"grader error: {fault}")

    def rest(self, known: tuple[ExerciseResult, ...], stale: tuple[str, ...]) -> None:
        """How far the assignment is, and what to do now."""
        from grader.results import Outcome, number

        sure = [result for result in known if result.name not in stale]
        done = sum(result.outcome is Outcome.PASSED for result in sure)
        score = sum((result.score for result in sure), Decimal(0))
        points = sum((result.points for result in known), Decimal(0))
        self.write_line("")
        self.write_line(f"{done} of {len(known)} done, {number(score)} of {number(points)} points", bold=True)
        waiting = [result.title for result in known if result.name in stale]
        if waiting:
            self._write_wrapped(f"to be checked again when what they rest on is right: {', '.join(waiting)}")
        keys = "Enter: check all. " if self._listens else ""
        self._write_wrapped(f"Waiting for the next save. {keys}Ctrl-C: end.", light=True)

    def asks_for_all(self, seconds: float) -> bool:
        """Whether Enter was pressed."""
        is_ours = self._listens and os.tcgetpgrp(0) == os.getpgrp()  # else what is typed is for another program
        if not select.select([0] if is_ours else [], [], [], seconds)[0]:
            return False
        typed = os.read(0, 4096)
        self._listens = bool(typed)  # nothing: the end of it
        return bool(typed)

    # -- lines -------------------------------------------------------------------------------------------------------------

    @property
    def _width(self) -> int:
        return max(_NARROWEST, min(shutil.get_terminal_size().columns - 2, _WIDEST))

    def _write_wrapped(self, text: str, **markup: bool) -> None:
        for line in textwrap.wrap(text, self._width, subsequent_indent="  "):
            self.write_line(line, **markup)

    def write_sep(self, sep: str, title: str | None = None, **markup: bool) -> None:
        """A line with a title."""
        self.write_line(title or "", **markup)

    def write_line(self, line: str, **markup: bool) -> None:
        """A line, in colour where there is any."""
        codes = ";".join(_STYLES[name] for name, is_on in markup.items() if is_on) if self._has_colour else ""
        before, self._before = self._before, ""
        say_screen(before + (f"\x1b[{codes}m{line}\x1b[0m" if codes else line))
