"""Grade a class into a folder: durable results as they come, pages beside them, and a run that goes on where one stopped.

The store is the truth. Pages and tables are made from it and can be made again at any time.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.course.adjustments import LatePolicy
from grader.course.assignments import Assignment
from grader.errors import UsageError
from grader.grades.publishing import write_class, write_student
from grader.grades.results_folder import ResultsFolder
from grader.grades.store import Store
from grader.grading.jobs import Jobs
from grader.grading.settings import Settings
from grader.isolation.levels import Isolation
from grader.results import Grade
from grader.submissions.inbox import Entry
from grader.submissions.submission import Submission
from grader.text import clean_name


@dataclass(frozen=True)
class BatchEnd:
    """How a batch ended. `graded` were graded now, `known` before."""

    graded: int
    known: int
    seconds: float


class Grading(Protocol):
    """What grades: processes of this machine (`Jobs`), or the nodes of a cluster."""

    @property
    def devices(self) -> str:
        """Where student code runs, for the record of the run."""

    def isolation(self) -> Isolation:
        """How well student code is walled in."""

    def grade_all(self, submissions: Iterable[Submission], deliver: Callable[[Grade], None]) -> None:
        """Grade every submission, in any order; `deliver` gets each grade in this process, once."""

    def close(self) -> None:
        """Let go of everything."""


class Batch:
    """The submissions of a class, the assignment, and the folder that the results go to."""

    def __init__(self, assignment: Assignment, entries: list[Entry], out: Path, deadline: str = "") -> None:
        """Open the folder. Raises `UsageError` if it can't be used; nothing is written before that is known.

        `deadline` is ISO 8601; without one, that of an earlier run stays.
        """
        self.assignment = assignment
        self.entries = entries
        self.out = out
        self.deadline = deadline
        _refuse_folder_inside_inbox(out, entries)
        with contextlib.ExitStack() as undo:
            self.folder = ResultsFolder(out)
            undo.callback(self.folder.close)
            self.store = Store(out / "grades.db")
            undo.callback(self.store.close)
            self._refuse_other_assignments()
            self._refuse_second_names()
            if self.folder.ignores_case():
                _refuse_names_that_differ_in_case(out, {*(entry.student for entry in entries), *self.store.students()})
            self._undo = undo.pop_all()

    def _refuse_other_assignments(self) -> None:
        others = [name for name in self.store.assignments() if name != self.assignment.name]
        if others:
            raise UsageError(
                f"{self.out} holds grades of {others[0]!r}, not of {self.assignment.name!r}. Choose another folder."
            )

    def _refuse_second_names(self) -> None:
        """Nobody may be in the class twice: once under a roster's name and once, without it, under the system's."""
        known = self.store.students_by_id()
        for entry in self.entries:
            for kind, value in entry.arrival.ids.items():
                other = known.get((kind, value), entry.student)
                if other != entry.student:
                    raise UsageError(
                        f"{entry.student} is {other} in {self.out}: both came in with the id {clean_name(value)} "
                        f"({kind.replace('_', ' ')}). "
                        "Give the --roster of then, or another folder with -o."
                    )

    def run(
        self,
        jobs: int,
        settings: Settings,
        moved_on: Callable[[Grade], None],
        began: Callable[[Isolation], None] = lambda isolation: None,
        elsewhere: Callable[[list[Path]], Grading] | None = None,
    ) -> BatchEnd:
        """Grade what is not graded, then write the tables: with `jobs` processes here, or `elsewhere`, which is told the
        files that student code must not be able to read.

        `began` is told how well student code is walled in, `moved_on` of every grade once it is on disk.
        """
        started = time.monotonic()
        known = graded = 0

        def ungraded() -> Iterator[Submission]:
            nonlocal known
            for entry in self._slowest_first():
                submission = entry.load(self.assignment.course_files)
                self.store.take_in(submission, entry.arrival)
                found = self.store.find(submission.student, submission.sha256, self.assignment.version)
                if found is None:
                    yield submission
                    continue
                grade, is_newest = found
                known += 1
                if not is_newest:  # an earlier version was handed in again: it counts again
                    self.store.add(grade)
                moved_on(self._bring_up_pages(grade))

        def keep(grade: Grade) -> None:
            nonlocal graded
            self.store.add(grade)
            graded += 1
            moved_on(self._bring_up_pages(grade))

        deadline = self.deadline or self.store.late_policy().deadline
        if self.store.set_late_policy(LatePolicy(deadline, self.assignment.late_rule)):
            for grade in self.store.newest():  # those whose submission is not in this inbox, too
                write_student(self.folder, grade)
        closed = [self.out, self.entries[0].place, self.entries[0].path]
        workers: Grading
        if elsewhere is not None:
            workers = elsewhere(closed)
        else:
            workers = Jobs(self.assignment, min(jobs, len(self.entries)), settings, closed)
        try:
            isolation = workers.isolation()
            began(isolation)
            workers.grade_all(ungraded(), keep)
        finally:
            workers.close()
        seconds = time.monotonic() - started
        self.store.note_run(
            {
                "Assignment version": self.assignment.version,
                "Device": workers.devices,
                "Isolation": str(isolation).removeprefix("isolation: "),
                "Last run": f"{graded} graded in {seconds:.1f} s, {known} known from before",
            }
        )
        write_class(self.folder, self.store)
        return BatchEnd(graded, known, seconds)

    def _slowest_first(self) -> list[Entry]:
        """Whose grading took long the last time comes early: at the end, one such keeps a whole class waiting.

        Who was never graded is taken to be as slow as most; without an earlier run the order stays.
        """
        seconds = self.store.seconds()
        usual = statistics.median(seconds.values()) if seconds else 0.0
        return sorted(self.entries, key=lambda entry: -seconds.get(entry.student, usual))

    def _bring_up_pages(self, newest: Grade) -> Grade:
        """See that the student's pages show the grade that counts, and return it; a run may have been killed in between."""
        counting = self.store.counting(newest.student)
        write_student(self.folder, counting)
        return counting

    def close(self) -> None:
        """Close the store and let go of the folder. What was made and holds no grade is removed."""
        self._undo.close()


def _refuse_folder_inside_inbox(out: Path, entries: list[Entry]) -> None:
    inbox = entries[0].place.resolve()
    if out.resolve().is_relative_to(inbox):
        raise UsageError(
            f"{out} lies inside the inbox, where it would be taken for a submission. Choose another folder."
        )


def _refuse_names_that_differ_in_case(out: Path, students: set[str]) -> None:
    seen: dict[str, str] = {}
    for student in sorted(students):
        other = seen.setdefault(student.casefold(), student)
        if other != student:
            raise UsageError(
                f"{out}: {other} and {student} would share a folder, since this disk does not tell capital letters from "
                "small ones. Choose a folder on another disk, or rename one of them."
            )
