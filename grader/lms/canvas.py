"""Canvas: the zip of an assignment's submissions in, a gradebook and a zip of feedback out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from grader.lms.handed import Filled, Handed, Zipped


def gradebook(
    handed: Sequence[Handed], instructors_file: bytes, column: str = "", *, title: str = "", scale: bool = False
) -> Filled:
    """The instructor's gradebook export with the scores in one column; every other byte is kept.

    `column` is the header of that column or the number in brackets at its end; without it, the one assignment in the file
    or the one called `title`. Raises `UsageError` if there is no such column. With `scale`, scores are brought to the
    file's Points Possible.
    """
    raise NotImplementedError


def feedback_zip(handed: Iterable[Handed], pages: Callable[[str], bytes], path: Path) -> Zipped:
    """Write a zip that Canvas takes as comments: under each student's own member name, what `pages(student)` gives."""
    raise NotImplementedError
