"""Compare the submissions of a class: `similarity`."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from grader.cli.options import Commands, add_course
from grader.cli.saying import Answer, say_answer
from grader.course.assignments import find_assignment, find_course
from grader.errors import UsageError


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    similarity = commands.add_parser("similarity", help="which submissions of a class are alike, for the instructor")
    similarity.add_argument("out", type=Path, metavar="OUT", help="the folder that was graded into")
    similarity.add_argument(
        "-o", "--out", dest="file", type=Path, metavar="FILE", help="OUT/similarity.html without it"
    )
    similarity.add_argument(
        "--least", type=_percent, default=50, metavar="PERCENT", help="list a pair from here on; 50"
    )
    similarity.add_argument(
        "--common", type=_percent, default=25, metavar="PERCENT", help="what more of the class have is no one's own; 25"
    )
    add_course(similarity)
    similarity.set_defaults(run=_similarity)


def _percent(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if not 1 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no share; give 1 to 100 percent")
    return value


class Compared(Answer, frozen=True):
    """How many submissions were compared, how many pairs are alike, how many groups handed in the very same."""

    compared: int
    pairs: int
    groups: int
    not_kept: int
    seconds: float
    page: Path
    pairs_csv: Path
    pairs_json: Path

    def lines(self) -> Iterator[str]:
        """The figures, and where the pairs are."""
        alike = "1 pair is alike" if self.pairs == 1 else f"{self.pairs} pairs are alike"
        yield (
            f"{self.compared} submissions compared in {self.seconds:.1f} s: {alike},"
            f" {self.groups} {'group' if self.groups == 1 else 'groups'} handed in the very same."
        )
        yield from self.problems()
        yield f"The report: {self.page}; the pairs: {self.pairs_csv}, {self.pairs_json}"

    def problems(self) -> Iterator[str]:
        """That some could not be compared."""
        if self.not_kept:
            yield (
                f"{self.not_kept} could not be compared: they were graded before submissions were kept. "
                "Grade them again."
            )


def _similarity(options: argparse.Namespace) -> int:
    from grader.grades.publishing import SIMILARITY_PAGE, graded, write_class
    from grader.grades.similarity import compare
    from grader.reports.alike import similarity_csv, similarity_html, similarity_json

    out: Path = options.out
    page: Path = (options.file or out / SIMILARITY_PAGE).resolve()
    if page.suffix != ".html":
        raise UsageError(f"{options.file} is no name for the page; expected one that ends in .html.")
    started = time.monotonic()
    with graded(out) as (folder, store):
        assignment = find_assignment(find_course(options.course or Path.cwd()), store.assignments()[0])
        found = compare(store, assignment, options.least, options.common)
        way = os.path.relpath(out.resolve(), page.parent)
        texts = {
            page.with_suffix(".csv"): similarity_csv(found),
            page.with_suffix(".json"): similarity_json(found),
            page: similarity_html(found, "" if way == "." else f"{quote(way)}/"),
        }
        for path, text in texts.items():
            folder.write(str(path), text)
        write_class(folder, store)
    say_answer(
        Compared(
            found.compared,
            len(found.pairs) + found.more,
            len(found.same),
            found.not_kept,
            time.monotonic() - started,
            page,
            page.with_suffix(".csv"),
            page.with_suffix(".json"),
        )
    )
    return 0
