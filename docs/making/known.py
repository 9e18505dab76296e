"""The page of all known mistakes of the course, made of its catalogues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from grader.course.assignments import Assignment, assignment_names, find_assignment
from grader.course.catalogue import Catalogue
from making.markdown import code, page, prose, table

_INTRODUCTION = """\
**For authors and instructors, not for students**: it says what the checks look for. No release holds it, and
`tox -e docs -- -t students` makes a site without it.

Each mistake is one that students are known to make. It has an id, which stands in grades, and is recognised by the check that
names it; it may be made in several forms. Hints are in the catalogues, `reference/NAME/mistakes/`, and how a mistake is
recognised is told [for authors](../authors.md#known-mistakes)."""


def mistakes_page(course: Path) -> str:
    """The page of the course in that folder."""
    assignments = [find_assignment(course, name) for name in assignment_names(course)]
    return page("Known mistakes", _INTRODUCTION, *(part for one in assignments for part in _sections(one)))


def _sections(assignment: Assignment) -> Iterator[str]:
    catalogue = Catalogue(assignment)
    forms = Counter(form.mistake.id for form in catalogue.forms)
    yield f"## {prose(assignment.title)} (`{assignment.name}`)"
    for exercise in assignment.exercises:
        rows = [
            (code(mistake.id), prose(mistake.line), str(forms[mistake.id]), code(mistake.named_by))
            for mistake in catalogue.mistakes.values()
            if mistake.exercise == exercise.name
        ]
        if rows:
            yield f"### {assignment.name}: {prose(exercise.title)}"
            yield table(("id", "mistake", "forms", "named by"), rows)
