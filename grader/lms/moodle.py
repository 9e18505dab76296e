"""Moodle: the zip of an assignment's submissions in, a grading worksheet and a zip of feedback out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from grader.lms.handed import Filled, Handed, Zipped
from grader.results import Grade


def gradebook(
    handed: Sequence[Handed],
    instructors_file: bytes,
    column: str = "",
    *,
    scale: bool = False,
    comment: Callable[[Grade], str] | None = None,
) -> Filled:
    """The instructor's grading worksheet with the scores in it; every other byte is kept.

    `column` is the header of the column of grades, where it is not found by itself. With `scale`, scores are brought to the
    file's Maximum grade. `comment` makes the text of the feedback column, which is left alone without it.
    """
    raise NotImplementedError


def feedback_zip(handed: Iterable[Handed], pages: Callable[[str], bytes], path: Path) -> Zipped:
    """Write a zip for "Upload multiple feedback files in a zip": in each student's own folder what `pages(student)` gives."""
    raise NotImplementedError
