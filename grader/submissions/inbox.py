"""What was handed in: one entry a student, with how it came in. Where it lies - a folder, members of a zip - is the entry's."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError
from grader.files import reason_of
from grader.results import Flag
from grader.submissions.arrivals import Arrival
from grader.submissions.loading import Part, load_parts, load_submission, notebooks_in, notebooks_in_parts, student_name
from grader.submissions.submission import Submission
from grader.text import clean_name


@dataclass(frozen=True)
class Entry:
    """One student's submission in an inbox.

    It is what lies at `path`, or if there are `parts`, these files together; `path` is then the zip or folder that they are
    in. `inbox` is what the operator named, None for the folder that `path` lies in. With `opens_zips`, zips in a folder are
    read too. `flags` are what is known of it before it is read.
    """

    student: str
    path: Path
    arrival: Arrival = field(default_factory=Arrival)
    parts: tuple[Part, ...] = ()
    inbox: Path | None = None
    opens_zips: bool = False
    flags: tuple[Flag, ...] = ()

    @property
    def place(self) -> Path:
        """The folder or the zip that holds the submissions of all."""
        return self.inbox if self.inbox is not None else self.path.parent

    def load(self, course_files: frozenset[str] = frozenset()) -> Submission:
        """The submission. `course_files` are names that belong to the course and are left out without a word."""
        if self.parts or self.flags:
            return load_parts(self.parts, self.student, flags=self.flags, course_files=course_files)
        return load_submission(self.path, self.student, course_files=course_files, opens_zips=self.opens_zips)

    def notebooks(self, course_files: frozenset[str] = frozenset()) -> dict[str, bytes]:
        """Its notebooks as they were handed in, by their name in it."""
        if self.parts or self.flags:
            return notebooks_in_parts(self.parts, course_files)
        return notebooks_in(self.path, course_files, opens_zips=self.opens_zips)


def listed(folder: Path) -> list[Path]:
    """What is in a folder of submissions, sorted. Raises `UsageError` if there is none that can be read."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"{folder}: no such folder. Name the folder that holds the submissions, one entry a student."
        ) from None
    except OSError as error:
        raise UsageError(f"{folder}: can't be listed: {reason_of(error)}") from None


def inbox_entries(inbox: Path) -> list[Entry]:
    """Every submission of a plain folder, sorted by the student's name. Raises `UsageError` if there is none.

    What Python leaves behind where it compiles files, as pip has it do in the course that comes along, is nobody's.
    """
    paths = [path for path in listed(inbox) if not path.name.startswith(".") and path.name != "__pycache__"]
    if not paths:
        raise UsageError(f"{inbox} is empty. Expected an entry a student: a folder, a .py file, a notebook or a .zip.")
    paths.sort(key=lambda path: (student_name(path), path.name))
    seen: dict[str, Path] = {}
    for path in paths:
        other = seen.setdefault(student_name(path), path)
        if other is not path:
            raise UsageError(
                f"{inbox}: {clean_name(other.name)} and {clean_name(path.name)} are both of {student_name(path)}. "
                "Remove one of them."
            )
    return [Entry(student_name(path), path) for path in paths]
