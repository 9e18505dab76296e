"""Grade a class into a folder: durable results as they come, pages beside them, and a run that goes on where one stopped.

The store is the truth. Pages and tables are made from it and can be made again at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import Assignment
from grader.errors import UsageError
from grader.jobs import Jobs
from grader.levels import Isolation
from grader.reports.gradebook import grades_csv
from grader.reports.html import class_html, feedback_html
from grader.reports.markdown import feedback_markdown
from grader.results import Grade, grade_to_json
from grader.settings import Settings
from grader.store import Store
from grader.submission import Submission, load_submission


@dataclass(frozen=True)
class BatchEnd:
    """How a batch ended. `graded` were graded now, `known` before."""

    graded: int
    known: int
    seconds: float


class Batch:
    """The submissions of a class, the assignment, and the folder that the results go to."""

    def __init__(self, assignment: Assignment, entries: list[Path], out: Path) -> None:
        """Open the folder. Raises `UsageError` if it can't be used; nothing is written before that is known."""
        self.assignment = assignment
        self.entries = entries
        self.out = out
        _refuse_folder_inside_inbox(out, entries)
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{out}: can't be used as the folder for results: {error.strerror}") from None
        self.store = Store(out / "grades.db")
        others = [name for name in self.store.assignments() if name != assignment.name]
        if others:
            self.store.close()
            raise UsageError(f"{out} holds grades of {others[0]!r}, not of {assignment.name!r}. Choose another folder.")

    def run(
        self,
        jobs: int,
        settings: Settings,
        moved_on: Callable[[Grade], None],
        began: Callable[[Isolation], None] = lambda isolation: None,
    ) -> BatchEnd:
        """Grade what is not graded, then write the tables.

        `began` is told how well student code is walled in, `moved_on` of every grade once it is on disk.
        """
        started = time.monotonic()
        known = graded = 0

        def ungraded() -> Iterator[Submission]:
            nonlocal known
            for entry in self.entries:
                submission = load_submission(entry, course_files=self.assignment.course_files)
                found = self.store.find(submission.student, submission.sha256, self.assignment.version)
                if found is None:
                    yield submission
                    continue
                grade, is_newest = found
                known += 1
                if not is_newest:  # an earlier version was handed in again: it counts again
                    self._write_student(grade, self.store.add(grade))
                elif not self._has_pages(grade):
                    self._write_student(grade, grade_to_json(grade))
                moved_on(grade)

        def keep(grade: Grade) -> None:
            nonlocal graded
            self._write_student(grade, self.store.add(grade))
            graded += 1
            moved_on(grade)

        closed = [self.out, self.entries[0].parent, *self.entries[:1]]
        workers = Jobs(self.assignment, min(jobs, len(self.entries)), settings, closed)
        try:
            isolation = workers.isolation()
            began(isolation)
            workers.grade_all(ungraded(), keep)
        finally:
            workers.close()
        seconds = time.monotonic() - started
        self._write_class(graded, known, seconds, settings, isolation)
        return BatchEnd(graded, known, seconds)

    def _folder(self, grade: Grade) -> Path:
        return self.out / "students" / grade.student

    def _has_pages(self, grade: Grade) -> bool:
        return all((self._folder(grade) / name).is_file() for name in ("feedback.html", "feedback.md", "grade.json"))

    def _write_student(self, grade: Grade, json_text: str) -> None:
        folder = self._folder(grade)
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / "feedback.html", feedback_html(grade))
        write_atomically(folder / "feedback.md", feedback_markdown(grade))
        write_atomically(folder / "grade.json", json_text + "\n")

    def _write_class(self, graded: int, known: int, seconds: float, settings: Settings, isolation: Isolation) -> None:
        write_atomically(self.out / "grades.csv", grades_csv(self.store.newest()))
        about = {
            "Assignment version": self.assignment.version,
            "Device": settings.device,
            "Isolation": str(isolation).removeprefix("isolation: "),
            "Last run": f"{graded} graded in {seconds:.1f} s, {known} known from before",
        }
        write_atomically(self.out / "index.html", class_html(self.assignment.title, self.store.newest(), about))

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def _refuse_folder_inside_inbox(out: Path, entries: list[Path]) -> None:
    inbox = entries[0].parent.resolve()
    if out.resolve().is_relative_to(inbox):
        raise UsageError(
            f"{out} lies inside the inbox, where it would be taken for a submission. Choose another folder."
        )


def write_atomically(path: Path, text: str) -> None:
    """Replace the file as a whole: whoever reads it sees the old text or the new one."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text, encoding="utf-8", newline="")
    temporary.replace(path)
