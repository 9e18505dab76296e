"""What goes back to a system: grades with how their submissions came in, and the files that are made of them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import StorageError
from grader.files import replacing
from grader.results import Grade
from grader.submissions.arrivals import Arrival


@dataclass(frozen=True, slots=True)
class Handed:
    """A student's grade that counts, and how the submission that it is of came in; None if nobody told."""

    grade: Grade
    arrival: Arrival | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """The instructor's own file with our scores in it. `notes` say what was not filled in, or needs a look, and why."""

    content: bytes
    filled: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Zipped:
    """A zip of feedback that was written. `notes` say whose pages are not in it, and why."""

    path: Path
    count: int
    notes: tuple[str, ...] = ()


def write_zip(path: Path, named: Iterable[tuple[str, str]], pages: Callable[[str], bytes], notes: list[str]) -> int:
    """Write a zip of these members' names, each with its student's page; returns how many.

    Of a group's members, who share what was handed in, the first one's page is there, and a note names the others.
    One page is in memory at a time, equal pages give equal bytes, and who looks at `path` sees the old zip or the new one.
    Raises `StorageError`.
    """
    written: dict[str, str] = {}
    with (
        replacing(path, StorageError.KEPT) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, student in named:
            other = written.setdefault(name, student)
            if other != student:
                notes.append(f"{student}: shares a submission with {other}, whose page is in the zip")
                continue
            member = zipfile.ZipInfo(name)  # dated 1980
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            archive.writestr(member, pages(student))
    return len(written)
