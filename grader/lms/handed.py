"""What goes back to a system: grades with how their submissions came in, and the files that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.arrivals import Arrival
from grader.results import Grade


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
