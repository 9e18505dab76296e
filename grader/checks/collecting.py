"""From tests to checks: what the markers and the docstring of a test say of it, and the order in which checks are run."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from grader.checks.check import Check
from grader.checks.fixtures import CHECK
from grader.course.assignments import Assignment, assignment_names
from grader.errors import CourseError


def make_check(item: pytest.Item, marker: pytest.Mark, assignments: dict[tuple[Path, str], Assignment]) -> Check:
    """The check that a marked test is. Raises `CourseError` for what its author has to mend.

    `assignments` are those that were met before, by the course and the name.
    """
    assignment = _assignment_of(item.path, assignments)
    place = f"{item.path}: check {item.name!r}"
    if len(marker.args) != 1:
        raise CourseError(f"{place}: @pytest.mark.exercise takes one name: give it that of an exercise.")
    documentation = (getattr(getattr(item, "function", None), "__doc__", None) or "").strip()
    if not documentation:
        raise CourseError(f"{place} has no docstring. Its first line is what students see; add one.")
    title = documentation.split("\n")[0]
    is_hidden = item.path.parent.parent.name == "reference"
    case = getattr(getattr(item, "callspec", None), "id", "")
    hint = item.get_closest_marker("hint")
    return Check(
        assignment=assignment,
        exercise=assignment.exercise(str(marker.args[0])),
        name=item.name.removeprefix("test_"),
        title=f"{title} ({case})" if case and not is_hidden else title,  # the case may be an input
        points=_points_of(item, place),
        timeout_seconds=_timeout_of(item, assignment),
        visibility="hidden" if is_hidden else "public",
        hint=str(hint.args[0]) if hint is not None else None,
    )


def _assignment_of(path: Path, assignments: dict[tuple[Path, str], Assignment]) -> Assignment:
    key = path.parent.parent.parent, path.parent.name
    if key not in assignments:
        if key[1] not in assignment_names(key[0]):
            raise CourseError(f"{path}: no assignment.toml belongs to it, expected {key[0] / 'assignments' / key[1]}/.")
        assignments[key] = Assignment(*key)
    return assignments[key]


def _points_of(item: pytest.Item, place: str) -> Decimal:
    marker = item.get_closest_marker("points")
    needs_cuda = item.get_closest_marker("needs_cuda") is not None
    if marker is None:
        return Decimal(0 if needs_cuda else 1)
    try:
        points = Decimal(str(marker.args[0]))
    except (InvalidOperation, IndexError):
        raise CourseError(
            f"{place}: @pytest.mark.points takes one number. Give it one, such as @pytest.mark.points(2)."
        ) from None
    if not points.is_finite() or points < 0 or points != round(points, 2):
        raise CourseError(f"{place}: points are {points}, expected at least 0 and at most two decimals.")
    if needs_cuda and points:
        raise CourseError(
            f"{place}: a check that needs_cuda carries no points, or a score would depend on the machine that grades. "
            "Leave out its points, and give them to a check that runs everywhere."
        )
    return points


def _timeout_of(item: pytest.Item, assignment: Assignment) -> float:
    marker = item.get_closest_marker("timeout")
    if marker is None:
        return assignment.timeout_seconds
    return float(marker.args[0] if marker.args else marker.kwargs["timeout"])


def refuse_duplicates(items: list[pytest.Item]) -> None:
    """Raise `CourseError` if two files have a check of one name and exercise."""
    seen: dict[tuple[str, str, str], Path] = {}
    for item in items:
        if CHECK in item.stash:
            check = item.stash[CHECK]
            other = seen.setdefault(check.key, item.path)
            if other != item.path:
                raise CourseError(
                    f"{item.path} and {other} both have a check {check.name!r} of {check.exercise.name!r}. Rename one of them."
                )


def place_of(item: pytest.Item) -> tuple[str, bool, int]:
    """Hidden checks run last: student code could keep what it is given, and show it in a check that is not hidden."""
    if CHECK not in item.stash:
        return "", False, -1
    check = item.stash[CHECK]
    names = [exercise.name for exercise in check.assignment.exercises]
    return check.assignment.name, check.visibility == "hidden", names.index(check.exercise.name)
