"""What the shell offers on Tab: `completion` prints the script that asks, `offer` answers. The library is argcomplete."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.cli.options import Commands, level_of
from grader.cli.saying import say_screen
from grader.course.assignments import assignment_names, find_course
from grader.course.shipped import shipped_course
from grader.errors import GraderError, UsageError
from grader.isolation.devices import device_name
from grader.isolation.levels import Level
from grader.text import clean

ASKED = "_ARGCOMPLETE"  # in the environment: the shell asks what to offer
_SHELLS = ("bash", "zsh", "fish")
_FOLDERS = ("DIR", "FOLDER", "OUT")  # what is called so can't be a file


def add_commands(commands: Commands) -> None:
    """Declare the command of this module."""
    completion = commands.add_parser(
        "completion", help="print the script with which the shell completes commands on Tab"
    )
    completion.add_argument("shell", choices=_SHELLS, metavar="SHELL", help=", ".join(_SHELLS))
    completion.set_defaults(run=_completion)


def _completion(options: argparse.Namespace) -> int:
    try:
        from argcomplete import shellcode
    except ImportError:
        raise UsageError(
            "completion needs the library argcomplete, which is not installed here. Install it: "
            "pip install 'backgrade[completion]'."
        ) from None
    say_screen(shellcode(["grader"], shell=options.shell, use_defaults=False).rstrip("\n"))
    return 0


def offer(parser: argparse.ArgumentParser) -> None:
    """Tell the shell what there is, and end."""
    try:
        import argcomplete
    except ImportError:  # uninstalled since the script was made
        raise SystemExit(1) from None
    argcomplete.autocomplete(parser, always_complete_options=False, default_completer=_known)


def _known(
    prefix: str, action: argparse.Action, parser: argparse.ArgumentParser, parsed_args: argparse.Namespace, **_: object
) -> list[str]:
    """What an argument can be, as far as that is found out quickly; nothing where it can be any text."""
    try:
        return [
            name for name in _names(prefix, action, parser, parsed_args) if clean(name) == name and "\n" not in name
        ]
    except (GraderError, OSError, ValueError):
        return []


def _names(
    prefix: str, action: argparse.Action, parser: argparse.ArgumentParser, given: argparse.Namespace
) -> Iterable[str]:
    course: Path | None = getattr(given, "course", None)
    if action.type is Path:
        return _paths(prefix, only_folders=action.metavar in _FOLDERS)
    if action.type is level_of:
        return list(Level)
    if action.type is device_name:
        return ("auto", "cpu", "cuda")
    if action.dest == "assignments" and parser.prog.endswith(" init"):
        return assignment_names(shipped_course())
    if action.dest in ("assignment", "assignments"):
        return assignment_names(find_course(course or Path.cwd()))
    if action.dest == "folder":
        return [*assignment_names(find_course(course or Path.cwd())), *_paths(prefix, only_folders=True)]
    if action.dest == "student":
        return _students(given)
    if action.dest == "exercise":
        return _exercises(given)
    return ()


def _paths(prefix: str, *, only_folders: bool) -> Iterator[str]:
    """What goes on from the prefix in its folder; a folder ends with a slash."""
    head, slash, tail = prefix.rpartition("/")
    with os.scandir(Path(head + slash).expanduser()) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            is_folder = entry.is_dir()
            is_hidden = entry.name.startswith(".") and not tail.startswith(".")
            if entry.name.startswith(tail) and not is_hidden and (is_folder or not only_folders):
                yield f"{head}{slash}{entry.name}{'/' if is_folder else ''}"


def _students(given: argparse.Namespace) -> list[str]:
    """Those with pages in the folder of results; of a command that grades, those of an inbox with an entry each."""
    inbox: Path | None = getattr(given, "inbox", None)
    if inbox is not None:
        from grader.submissions.inbox import inbox_entries

        return [entry.student for entry in inbox_entries(inbox)]
    return sorted(path.name for path in (given.out / "students").iterdir())


def _exercises(given: argparse.Namespace) -> list[str]:
    """Those that the student's grade has, or anybody's."""
    student = given.student or _students(given)[0]
    grade = json.loads((given.out / "students" / student / "grade.json").read_text(encoding="utf-8"))
    return [exercise["name"] for exercise in grade["exercises"]]
