"""Where a submission names what its assignment forbids, such as `torch.nn`: found in the syntax tree, never judged here.

Every expression that can be told to stand for a dotted name is followed, whatever file the name comes from. Someone
determined can hide a name from any reading of the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.checks.following import Code
from grader.course.assignments import Assignment
from grader.results import Flag
from grader.submissions.submission import Submission


@dataclass(frozen=True)
class Finding:
    """A forbidden name at a line, and the exercises, in the course's order, whose code that line is part of."""

    file: str
    line: int
    name: str
    is_use: bool
    """False: imported and, as far as can be seen, not used."""
    exercises: tuple[str, ...]


class Reading:
    """A submission, read once for what its assignment forbids."""

    def __init__(self, assignment: Assignment, submission: Submission) -> None:
        self.assignment = assignment
        self._code = Code(assignment, submission)
        self._owners = self._code.owners()
        self._forbidden_to_all = frozenset.intersection(
            *(frozenset(exercise.forbids) for exercise in assignment.exercises)
        )

    def findings(self) -> list[Finding]:
        """Every forbidden name in it, sorted by file, line and name; at most one of a name in a line."""
        code = self._code
        found: dict[tuple[str, int, str], Finding] = {}
        for module in code.modules.values():
            at_home = code.defined_in(module)
            for unit in module.units:
                for hit in unit.hits:
                    is_use = hit.is_star or (unit in code.defining if unit.is_alias else not hit.is_import)
                    if not is_use and hit.name in code.used[module.file]:
                        continue
                    concerned = self._owners.get(unit, []) + (at_home if hit.is_star else [])
                    exercises = [exercise.name for exercise in concerned if hit.name in exercise.forbids]
                    if not exercises and (concerned or hit.name not in self._forbidden_to_all):
                        continue  # another exercise's code, or nobody's, which may use what only some must not
                    key = (module.file, hit.line, hit.name)
                    earlier = found.get(key, Finding(*key, False, ()))
                    names = {*exercises, *earlier.exercises}
                    found[key] = Finding(*key, is_use or earlier.is_use, code.in_order(names))
        return [found[key] for key in sorted(found)]

    def exercises_at(self, file: str, line: int) -> tuple[str, ...]:
        """The names of the exercises, in the course's order, whose code the line is part of."""
        units = [unit for module in self._code.modules.values() if module.file == file for unit in module.units]
        at_line = (unit for unit in units if line in unit.lines)
        return self._code.in_order({owner.name for unit in at_line for owner in self._owners.get(unit, ())})


def forbidden_flags(submission: Submission, findings: Iterable[Finding]) -> list[Flag]:
    """A flag for each forbidden name in each file, used or only imported, at the first line that has it."""
    flags: dict[tuple[str, str, bool], Flag] = {}
    for found in findings:
        if found.is_use:
            detail = f"uses {found.name}, which this assignment forbids"
        else:
            detail = f"imports {found.name}, which this assignment forbids, and does not use it"
        flag = Flag("forbidden_name", submission.place(found.file, found.line), detail)
        flags.setdefault((found.file, found.name, found.is_use), flag)
    return list(flags.values())
