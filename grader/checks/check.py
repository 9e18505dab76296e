"""One check of a rubric, and the results of many by exercise. Light: known before torch is."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from decimal import Decimal

from grader.course.assignments import Assignment, Exercise
from grader.results import CheckResult, ExerciseResult, Outcome


@dataclass(frozen=True)
class Check:
    """One check of a rubric. Its `title` is the line students see; its `seed` makes its random numbers the same everywhere."""

    assignment: Assignment = field(repr=False)
    exercise: Exercise
    name: str
    title: str
    points: Decimal
    timeout_seconds: float
    visibility: str
    hint: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells this check from all others."""
        return self.assignment.name, self.exercise.name, self.name

    def seed(self, salt: str) -> int:
        """A number that depends on the check's name and on the salt; the empty one is that of students' own runs."""
        return zlib.crc32("/".join((salt, *self.key) if salt else self.key).encode())


def exercise_results(
    checks: list[Check], results: dict[tuple[str, str, str], CheckResult]
) -> tuple[ExerciseResult, ...]:
    """The results by exercise, in the assignment's order. A check without a result did not run: a fault of the grader."""
    order = checks[0].assignment.exercises if checks else ()
    grouped: dict[str, tuple[Exercise, list[CheckResult]]] = {}
    for check in checks:
        _, entries = grouped.setdefault(check.exercise.name, (check.exercise, []))
        missing = CheckResult(check.name, check.title, Outcome.GRADER_ERROR, check.points, check.visibility)
        entries.append(results.get(check.key, missing))
    return tuple(
        ExerciseResult(exercise.name, exercise.title, tuple(entries), exercise.file)
        for exercise, entries in sorted(grouped.values(), key=lambda group: order.index(group[0]))
    )
