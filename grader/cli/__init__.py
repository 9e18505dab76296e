"""The command `grader`: parses, prints, and says how it went by its exit status.

Every command is declared and carried out in a module beside this one; `saying` prints.

Exit status: 0 every submission has a grade, 1 an assignment has faults or a score is below the minimum, 2 bad usage,
3 some submissions need the instructor or the results could not be kept, 128 and the signal's number when stopped (130 by
Ctrl-C).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import grader
from grader.cli import (
    authoring,
    autograding,
    ci,
    comparing,
    completing,
    deciding,
    exporting,
    grading,
    handing_out,
    watching,
)
from grader.cli.options import add_saying, path_of
from grader.cli.saying import say_problem, speaking
from grader.cli.statuses import add_statuses
from grader.cli.stopping import Stopped
from grader.errors import CourseError, GraderError, IsolationError, StorageError, UsageError, WallBroken
from grader.files import place_error
from grader.text import did_you_mean, nearest, sayable

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


_ONE_WAY = ("watch", "completion")  # a screen and a script


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    whole = parser()
    if completing.ASKED in os.environ:
        completing.offer(whole)
    options = whole.parse_args(arguments)
    if sys.getfilesystemencoding() != "utf-8":
        say_problem(
            f"grader: names of files are read as {sys.getfilesystemencoding()} here, so students would get other names; "
            "expected utf-8. Set PYTHONUTF8=1 in the environment, or a locale such as C.UTF-8."
        )
        return 2
    paths = [value for value in vars(options).values() if isinstance(value, Path)]
    with speaking(options.command, quiet=options.quiet, as_json=options.as_json, paths=paths):
        return _status(options)


def _status(options: argparse.Namespace) -> int:
    try:
        status: int = options.run(options)
    except WallBroken as error:
        say_problem(f"grader: {error} Nothing was graded. `grader doctor` says what this machine offers.")
        return 3
    except IsolationError as error:
        say_problem(f"grader: {error} `grader doctor` says what this machine offers.")
        return 3
    except (UsageError, CourseError) as error:
        say_problem(f"grader: {error}")
        return 2
    except GraderError as error:
        say_problem(f"grader: {error}")
        return 3
    except (OSError, RuntimeError) as error:
        told = place_error(error)
        if not told:
            raise
        say_problem(f"grader: {told}")
        return 3
    except KeyboardInterrupt as stop:
        with suppress(StorageError):  # the terminal may be what has gone away
            say_problem("\ngrader: stopped. What is graded is kept; the same command goes on with the rest.")
        return 128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)
    return status


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong as every other error is said: with the nearest that there is, and the next step."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.register("type", Path, path_of)  # of every option with that type

    def error(self, message: str) -> NoReturn:
        end = "" if message.endswith((".", "?")) else "."
        say_problem(f"{self.prog}: {message}{end} `{self.prog} --help` says more.")
        self.exit(2)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """The arguments; what a command does not know, it says itself, so that its own options are the nearest."""
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            name = unknown[0].partition("=")[0]
            if not name.startswith("-"):
                self.error(f"{name!r} is one argument too many.")
            options = (option for action in self._actions for option in action.option_strings)
            close = nearest(name.lstrip("-"), [option[2:] for option in options if option.startswith("--")])
            self.error(f"there is no option {name}." + (f" Did you mean --{close}?" if close else ""))
        return known, unknown

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse what is none of an option's or argument's choices."""
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(
                action, f"there is no {value!r}. {did_you_mean(str(value), map(str, action.choices))}"
            )

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        super()._print_message(sayable(message, getattr(file, "encoding", None)), file)


def parser() -> argparse.ArgumentParser:
    """What the command takes. Whatever has no end or is no answer, and so can't be said otherwise, is in `_ONE_WAY`."""
    whole = _Parser(prog="grader", description="Grade neural networks written from scratch.")
    whole.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    whole.set_defaults(quiet=False, as_json=False)
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = (grading, watching, deciding, handing_out, exporting, comparing, ci, autograding, authoring, completing)
    for module in modules:
        module.add_commands(commands)
    for name, command in commands.choices.items():
        if name not in _ONE_WAY:
            add_saying(command)
    add_statuses(commands.choices)
    return whole
