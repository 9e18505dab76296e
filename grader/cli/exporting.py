"""Hand grades on to other systems: `export`."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.cli.options import Commands
from grader.cli.saying import say

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
    export.add_argument("--student", action="append", metavar="NAME", help="only this student's; may be repeated")
    export.add_argument("--gradebook", type=Path, metavar="FILE", help="your own download that scores are filled into")
    export.add_argument("--column", default="", metavar="NAME", help="which column of it, if it isn't found by itself")
    export.add_argument("--scale", action="store_true", help="bring scores to the number of points that it has")
    export.add_argument("--comments", action="store_true", help="moodle-worksheet: with the feedback in words as well")
    export.add_argument("--hidden", action="store_true", help="junit: with hidden checks, for no student's eyes")
    export.set_defaults(run=_export)


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
    for note in exported.notes:
        say(f"  {note}.")
    say(f"{exported.count} exported: {exported.path}")
    if exported.missing:
        say(f"{exported.missing} without a score there need you.")
    return 3 if exported.missing or not exported.count else 0
