"""What was handed in, as it lies on disk: one entry a student, with how it came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.arrivals import Arrival
from grader.errors import UsageError
from grader.submission import Submission, load_submission, notebooks_in, student_name
from grader.text import clean_name


@dataclass(frozen=True)
class Entry:
    """One student's submission in an inbox."""

    student: str
    path: Path
    arrival: Arrival = field(default_factory=Arrival)

    def load(self, course_files: frozenset[str] = frozenset()) -> Submission:
        """The submission. `course_files` are names that belong to the course and are left out without a word."""
        return load_submission(self.path, self.student, course_files=course_files)

    def notebooks(self, course_files: frozenset[str] = frozenset()) -> dict[str, bytes]:
        """Its notebooks as they were handed in, by their name in it."""
        return notebooks_in(self.path, course_files)


def inbox_entries(inbox: Path) -> list[Entry]:
    """Every submission of a plain folder, sorted by the student's name. Raises `UsageError` if there is none."""
    try:
        paths = [path for path in inbox.iterdir() if not path.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"{inbox}: no such folder. Name the folder that holds the submissions, one entry a student."
        ) from None
    except OSError as error:
        raise UsageError(f"{inbox}: can't be listed: {error.strerror}") from None
    if not paths:
        raise UsageError(f"{inbox} is empty. Each submission is one entry in it: a folder, a .py file or a .zip.")
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
