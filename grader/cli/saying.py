"""What people read in the terminal: every text inert, in what the terminal can show. The only place that prints.

A command gathers what it found in an `Answer`, which is said here once: as lines for people, with --json as one document,
with --quiet not at all. What somebody must act on is said in any case, to the error stream.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeVar

import msgspec

from grader.errors import StorageError
from grader.isolation.levels import Isolation
from grader.reports.annotations import WorkflowCommand
from grader.results import Grade
from grader.text import columns_of, inert, padded, sayable

SCHEMA_VERSION = (
    1  # of the documents of --json: raised when a key goes or means another thing; new keys may come any time
)
_LINE_EVERY = 100  # of a class that has so many, a line says how far it is where there is no bar
_LINES = 10
_NO_BREAK = "\x1f"  # a space at which no line ends; no text that is cleaned has it


class Answer(msgspec.Struct, frozen=True):
    """What a command found. The fields are the document of --json, and the lines are made of them."""

    def lines(self) -> Iterable[str]:
        """For people, on standard output."""
        return ()

    def problems(self) -> Iterable[str]:
        """Those of the lines that somebody must act on: said where the others are not."""
        return ()


@dataclass(frozen=True)
class _Manner:
    """How the command that runs is to speak."""

    command: str = ""
    is_quiet: bool = False
    as_json: bool = False
    paths: tuple[Path, ...] = ()


_manner = _Manner()
_Answer = TypeVar("_Answer", bound=Answer)


@contextmanager
def speaking(name: str, *, quiet: bool, as_json: bool, paths: Iterable[Path] = ()) -> Iterator[None]:
    """How everything is said while the command of that name runs, and which paths no line is broken in."""
    global _manner
    before, _manner = _manner, _Manner(name, quiet, as_json, tuple(paths))
    try:
        yield
    finally:
        _manner = before


# -- what was asked for ------------------------------------------------------------------------------------------------


def say_answer(answer: Answer) -> None:
    """Say what the command found, once."""
    _say_lines(answer)
    if _manner.as_json:
        _say_document(answer)


def say_each(title: str, answers: Iterable[_Answer]) -> list[_Answer]:
    """Say each answer as it comes; with --json all of them in a list of that title, at the end. Returns them."""
    said = []
    for answer in answers:
        _say_lines(answer)
        said.append(answer)
    if _manner.as_json:
        _say_document({title: said})
    return said


def _say_lines(answer: Answer) -> None:
    is_short = _manner.is_quiet or _manner.as_json
    stream = sys.stderr if is_short else sys.stdout
    paths = _paths_in(answer)
    for line in answer.problems() if is_short else answer.lines():
        _print_wrapped(line, stream, paths)


def _paths_in(answer: Answer) -> list[Path]:
    fields = [getattr(answer, name) for name in answer.__struct_fields__]
    found = [entry for field in fields for entry in (field if isinstance(field, list) else [field])]
    paths = [entry for entry in found if isinstance(entry, Path)]
    return [*paths, *(path.resolve() for path in paths)]


def _say_document(content: Answer | dict[str, list[_Answer]]) -> None:
    fields = msgspec.to_builtins(content, enc_hook=_plain)
    _print(document_text({"schema_version": SCHEMA_VERSION, "command": _manner.command, **fields}), sys.stdout)


def document_text(document: object) -> str:
    """A document as JSON in ASCII, so that it is the same in every terminal and nothing in it moves or commands anything."""
    text = json.dumps(document, indent=1, allow_nan=False)
    return re.sub(r"##(?=\w*\[)", r"#\\u0023", text)  # a log would take ##[ for a command


def _plain(value: object) -> object:
    """A value that JSON has no form of, as documents have it."""
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


# -- lines -------------------------------------------------------------------------------------------------------------


def say_progress(text: str) -> None:
    """What is being done and how, to the error stream: nobody has to act on it."""
    if not _manner.is_quiet:
        _print_wrapped(text, sys.stderr)


def say_problem(text: str) -> None:
    """What went wrong, to the error stream, in any case: in a line as it is, on a terminal in lines that end between words."""
    _print_wrapped(text, sys.stderr)


def say_command(command: WorkflowCommand) -> None:
    """Print a command to GitHub's runner, which listens to both streams. It escapes what is in it, so that it is this one
    command and no other.
    """
    stream = sys.stderr if _manner.as_json else sys.stdout
    print(str(command).encode("utf-8", "backslashreplace").decode(), file=stream, flush=True)


def say_screen(text: str) -> None:
    """Print what has its own lines, colours and screen."""
    _print(text, sys.stdout)


def say_isolation(isolation: Isolation) -> None:
    """One line, and if a better level would need something of this machine, one more."""
    say_progress(str(isolation))
    if isolation.why_not_better:
        say_progress(f"  {isolation.why_not_better}")


def _print_wrapped(text: str, stream: TextIO, paths: Iterable[Path] = ()) -> None:
    """Print lines that end between words where they are longer than the terminal is wide."""
    columns = width_of(stream)
    _print(text if columns is None else between_words(text, columns, [*paths, *_manner.paths]), stream)


def _print(text: str, stream: TextIO) -> None:
    """Print, in what the terminal can show: a student's name or text in it must not be a command to whoever reads the log."""
    try:
        print(sayable(inert(text), stream.encoding), file=stream, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # or Python tries once more on its way out
        raise StorageError(
            f"what is printed here can't be written: {error.strerror}. Grades and pages are kept all the same."
        ) from None


# -- what the terminal is ----------------------------------------------------------------------------------------------


def is_screen(stream: TextIO) -> bool:
    """Whether what was written there can be written over: a terminal, unless the environment asks for plain lines."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("NO_COLOR")


def has_colour(stream: TextIO) -> bool:
    """Whether to colour: https://no-color.org, then FORCE_COLOR and CLICOLOR_FORCE, else where there is a screen."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = (os.environ.get(name, "") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    return any(value not in ("", "0") for value in forced) or is_screen(stream)


def width_of(stream: TextIO) -> int | None:
    """How many columns a line may take; None where there is no terminal, and lines are not broken."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def columns_here() -> int | None:
    """The width of what people read the answer on."""
    return width_of(sys.stdout)


# -- laying out --------------------------------------------------------------------------------------------------------


def wrapped(lead: str, text: str) -> str:
    """`text` behind `lead`, in lines as long as the terminal is wide."""
    return textwrap.fill(
        text,
        shutil.get_terminal_size().columns,
        initial_indent=lead,
        subsequent_indent=" " * min(len(lead), 17),
        break_long_words=False,
        break_on_hyphens=False,
    )


def between_words(text: str, width: int, paths: Iterable[Path] = ()) -> str:
    """The text with its lines broken between words where they are longer; a path or an address stays whole, to be copied.

    One with spaces has to be named.
    """
    for path in sorted({str(path) for path in paths if " " in str(path)}, key=len, reverse=True):
        text = text.replace(path, path.replace(" ", _NO_BREAK))
    lines = "\n".join(
        line
        if columns_of(line) <= width
        else textwrap.fill(
            line.strip(),
            width,
            initial_indent=(indent := line[: len(line) - len(line.lstrip())]),
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )
    return lines.replace(_NO_BREAK, " ")


def table(rows: Sequence[Sequence[str]], columns: int | None, lead: int = 1) -> Iterator[str]:
    """The rows in columns. Where the terminal is not so wide, who it is, the first cells, gets a line of its own."""
    rows = [[sayable(cell, sys.stdout.encoding) for cell in row] for row in rows]  # which may make it longer
    lines = aligned(rows)
    if columns is None or max(map(columns_of, lines), default=0) <= columns:
        yield from lines
        return
    for row, rest in zip(rows, aligned([row[lead:] for row in rows]), strict=True):
        yield "  ".join(filter(None, row[:lead]))
        yield f"  {rest}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows with every cell as wide as the widest of its column."""
    widths = [max(map(columns_of, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(padded, row, widths)).rstrip() for row in rows]


# -- how far it is -----------------------------------------------------------------------------------------------------


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[Grade], None]]:
    """What to call with each grade: moves a bar with rate and time left on a terminal, says a line now and then elsewhere."""
    if _manner.is_quiet:
        yield lambda grade: None
    elif is_screen(sys.stderr):
        with _bar(total) as moved_on:
            yield moved_on
    else:
        yield _lines_of(total)


def _lines_of(total: int) -> Callable[[Grade], None]:
    """For a log: of a large class, how far it is after every tenth."""
    done = 0

    def moved_on(grade: Grade) -> None:
        nonlocal done
        done += 1
        if total >= _LINE_EVERY and done * _LINES // total > (done - 1) * _LINES // total:
            say_progress(f"{done} of {total}")

    return moved_on


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Grade], None]]:
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
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total, rate="", latest="")

        def moved_on(grade: Grade) -> None:
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            latest = sayable(grade.student[:24], console.encoding)
            progress.update(task, advance=1, rate=f"{speed:.1f}/s" if speed else "", latest=latest)

        yield moved_on
