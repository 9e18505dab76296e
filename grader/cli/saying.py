"""What people read in the terminal: every text inert, in what the terminal can show. The only place that prints."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from grader.errors import StorageError
from grader.isolation.levels import Isolation
from grader.reports.annotations import WorkflowCommand
from grader.results import Grade
from grader.text import inert


def say(text: str = "", stream: TextIO | None = None) -> None:
    """Print, in what the terminal can show: a student's name or text in it must not be a command to whoever reads the log."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "utf-8"
    try:
        print(inert(text).encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # or Python tries once more on its way out
        raise StorageError(
            f"what is printed here can't be written: {error.strerror}. Grades and pages are kept all the same."
        ) from None


def say_command(command: WorkflowCommand) -> None:
    """Print a command to GitHub's runner. It escapes what is in it, so that it is this one command and no other."""
    print(str(command).encode("utf-8", "backslashreplace").decode(), flush=True)


def say_wrapped(lead: str, text: str) -> None:
    """`text` behind `lead`, in lines as long as the terminal is wide."""
    width = max(60, shutil.get_terminal_size().columns)
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )
    say("\n".join(lines))


def say_problem(text: str) -> None:
    """What went wrong, to the error stream: in a line as it is, on a terminal in lines that end between words."""
    say(between_words(text, shutil.get_terminal_size().columns) if sys.stderr.isatty() else text, sys.stderr)


def between_words(text: str, width: int) -> str:
    """The text with its lines broken between words where they are longer; a path or an address stays whole, to be copied."""
    return "\n".join(
        textwrap.fill(
            line.strip(),
            width,
            initial_indent=(indent := line[: len(line) - len(line.lstrip())]),
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )


def say_isolation(isolation: Isolation) -> None:
    """One line, and if a better level would need something of this machine, one more."""
    say_problem(str(isolation))
    if isolation.why_not_better:
        say_problem(f"  {isolation.why_not_better}")


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[Grade], None]]:
    """A bar with rate and time left on a terminal, nothing elsewhere; yields what to call with each grade."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[latest]}", markup=False),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=total, rate="", latest="")

        def moved_on(grade: Grade) -> None:
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            progress.update(task, advance=1, rate=f"{speed:.1f}/s" if speed else "", latest=grade.student[:24])

        yield moved_on
