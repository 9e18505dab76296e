"""Options that several commands share, and their types."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course.assignments import Assignment, assignment_names, find_assignment, find_course
from grader.errors import UsageError
from grader.grading.settings import default_jobs
from grader.isolation.devices import device_name
from grader.isolation.levels import Level
from grader.text import clean_name

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = object


def add_saying(parser: argparse.ArgumentParser) -> None:
    """How a command says what it found: every command takes these that ends by itself."""
    parser.add_argument("--json", action="store_true", dest="as_json", help="say it as one JSON document, for programs")
    parser.add_argument("-q", "--quiet", action="store_true", help="say only what somebody must act on")


def add_isolation(parser: argparse.ArgumentParser) -> None:
    """Two ways to say which level is the lowest that will do."""
    levels = parser.add_mutually_exclusive_group()
    names = [level.value for level in Level]
    for option, help_text in (
        ("--require-isolation", "refuse to go below this level of isolation; best first: " + ", ".join(names)),
        ("--allow-isolation", "accept this level too: process is for code that you trust as your own"),
    ):
        levels.add_argument(option, dest="least_isolation", type=level_of, metavar="LEVEL", help=help_text)


def add_common(parser: argparse.ArgumentParser) -> None:
    """What every command that grades takes."""
    parser.add_argument(
        "--jobs", type=count_of, default=default_jobs(), metavar="N", help="processes that grade side by side"
    )
    add_device(parser, "auto")
    add_course(parser)
    parser.add_argument("--dataset-root", type=Path, metavar="DIR", help="use the full data set from this folder")


def add_device(parser: argparse.ArgumentParser, default: str) -> None:
    """Where student code runs."""
    parser.add_argument(
        "--device",
        type=device_name,
        default=default,
        metavar="DEVICE",
        help=f"where student code runs: auto, cpu, cuda (all GPUs) or cuda:1 (that one); {default} without it",
    )


def add_course(parser: argparse.ArgumentParser) -> None:
    """Where the course is."""
    parser.add_argument("--course", type=Path, metavar="DIR", help="the course's folder; found from here without it")


def path_of(text: str) -> Path:
    """The path. None is no path, and would mean the folder that we are in: `-o "$OUT"` of an OUT that is not set."""
    if not text:
        raise argparse.ArgumentTypeError("got an empty text; name a file or a folder, or . for this folder")
    return Path(text)


def count_of(text: str) -> int:
    """The number of processes."""
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return value


def student_of(text: str) -> str:
    """A student's name as grades have it: in one form, whichever way its accents are typed."""
    return clean_name(text)


def level_of(text: str) -> Level:
    """The level of isolation of that name."""
    if text not in list(Level):
        raise argparse.ArgumentTypeError(f"{text!r} is no level of isolation; give one of {', '.join(Level)}")
    return Level(text)


def chosen_assignments(options: argparse.Namespace) -> list[Assignment]:
    """The one that was named, else all of the course."""
    course = find_course(options.course or Path.cwd())
    names = [options.assignment] if options.assignment else assignment_names(course)
    if not names:
        raise UsageError(f"{course / 'assignments'} has no assignment. Begin one: `grader new NAME`.")
    return [find_assignment(course, name) for name in names]
