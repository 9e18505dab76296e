"""Feedback into the notebooks of a class that was graded: each student's own, with what there is to say below every cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.course.assignments import find_assignment
from grader.course.notebooks import feedback_notebook
from grader.errors import UsageError
from grader.grades.publishing import graded
from grader.lms.detection import open_inbox
from grader.results import for_student

NAME = "feedback.ipynb"


def hand_back_notebooks(course: Path, inbox: Path, out: Path, roster: Path | None = None) -> Iterator[tuple[str, str]]:
    """Write `OUT/students/<student>/feedback.ipynb` for each entry that holds a notebook; yields the student and a problem.

    `inbox` and `roster` are those that were graded. Only what was graded as it is now gets its feedback. Raises `UsageError`
    if `out` holds no grades.
    """
    with graded(out) as (folder, store):
        assignment = find_assignment(course, store.assignments()[0])
        known = set(store.students())
        for entry in open_inbox(inbox, assignment, roster).entries:
            student = entry.student
            notebooks = entry.notebooks(assignment.course_files)
            if not notebooks:
                continue
            if student not in known:
                yield student, "has no grade there. Grade it first, or give the same --roster as then"
                continue
            grade = for_student(store.counting(student))
            if grade.submission_sha256 != entry.load(assignment.course_files).sha256:
                yield student, "was changed since it was graded. Grade it again first"
                continue
            name = min(notebooks, key=lambda name: (name != f"{assignment.name}.ipynb", name))
            try:
                text = feedback_notebook(notebooks[name], grade, assignment)
            except UsageError as error:
                yield student, f"{name}: {error}"
                continue
            folder.write_of(student, NAME, text)
            yield student, ""
