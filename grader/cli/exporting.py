"""Hand grades on to other systems: `export`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from grader.cli.options import Commands, student_of
from grader.cli.saying import Answer, say_answer

# As `grader.grades.exporting` has them, which is imported when it is needed.
FORMATS = (
    "csv",
    "jsonl",
    "canvas-gradebook",
    "canvas-feedback",
    "moodle-worksheet",
    "moodle-feedback",
    "junit",
    "gradescope",
    "classroom50",
    "github-classroom",
    "prairielearn",
)


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    export = commands.add_parser("export", help="hand the grades on, in the format of another system")
    export.add_argument("out", type=Path, metavar="OUT", help="the folder that `grader grade` wrote")
    export.add_argument("--format", required=True, choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    export.add_argument(
        "-o",
        "--to",
        type=Path,
        metavar="PATH",
        help="a new file, or a new folder where each student has one; OUT/export/",
    )
    export.add_argument(
        "--student", type=student_of, action="append", metavar="NAME", help="only this student's; may be repeated"
    )
    export.add_argument("--gradebook", type=Path, metavar="FILE", help="your own download that scores are filled into")
    export.add_argument("--column", default="", metavar="NAME", help="which column of it, if it isn't found by itself")
    export.add_argument("--scale", action="store_true", help="bring scores to the number of points that it has")
    export.add_argument("--comments", action="store_true", help="moodle-worksheet: with the feedback in words as well")
    export.add_argument("--hidden", action="store_true", help="junit: with hidden checks, for no student's eyes")
    export.set_defaults(run=_export)


class Handed(Answer, frozen=True):
    """What was exported, and how many should have a score there and have none."""

    format: str
    path: Path
    exported: int
    without_score: int
    notes: list[str]

    def lines(self) -> Iterator[str]:
        """What there is to say about single students, and where it is."""
        yield from self._notes()
        yield f"{self.exported} exported: {self.path}"
        yield from self._missing()

    def problems(self) -> Iterator[str]:
        """Who has no score there, and what else is not as expected."""
        yield from self._notes()
        yield from self._missing()

    def _notes(self) -> Iterator[str]:
        yield from (f"  {note}." for note in self.notes)

    def _missing(self) -> Iterator[str]:
        if self.without_score:
            yield f"{self.without_score} without a score there need you."


def _export(options: argparse.Namespace) -> int:
    """Export, and say who has no score; the exit status is 3 if somebody should have one."""
    from grader.grades.exporting import Wanted, export

    wanted = Wanted(
        options.format,
        options.to,
        tuple(options.student or ()),
        options.gradebook,
        options.column,
        options.scale,
        options.hidden,
        options.comments,
    )
    exported = export(options.out, wanted)
    say_answer(
        Handed(options.format, exported.path, exported.count, exported.missing, notes=[*exported.notes]),
    )
    return 3 if exported.missing or not exported.count else 0
