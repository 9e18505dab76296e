"""The command `grader`: parses, prints, and says how it went by its exit status.

Every command is declared and carried out in a module beside this one; `saying` prints.

Exit status: 0 every submission has a grade, 1 an assignment has faults or a score is below the minimum, 2 bad usage,
3 some submissions need the instructor or the results could not be kept, 128 and the signal's number when stopped (130 by
Ctrl-C).
"""

from __future__ import annotations

import argparse
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import grader
from grader.cli import authoring, autograding, ci, comparing, deciding, exporting, grading, handing_out, watching
from grader.cli.saying import say_problem
from grader.cli.statuses import add_statuses
from grader.cli.stopping import Stopped
from grader.errors import CourseError, GraderError, StorageError, UsageError, WallBroken
from grader.text import inert


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except WallBroken as error:
        say_problem(f"grader: {error} Nothing was graded. `grader doctor` says what this machine offers.")
        return 3
    except (UsageError, CourseError) as error:
        say_problem(f"grader: {error}")
        return 2
    except GraderError as error:
        say_problem(f"grader: {error}")
        return 3
    except KeyboardInterrupt as stop:
        with suppress(StorageError):  # the terminal may be what has gone away
            say_problem("\ngrader: stopped. What is graded is kept; the same command goes on with the rest.")
        return 128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)
    return status


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, like every other error."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, inert(f"{self.prog}: {message}; --help says more\n"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="grader", description="Grade neural networks written from scratch.")
    parser.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (grading, watching, deciding, handing_out, exporting, comparing, ci, autograding, authoring):
        module.add_commands(commands)
    add_statuses(commands.choices)
    return parser
