"""Problems at the student's own lines: GitHub's annotations, and GitLab's report of code quality.

A `WorkflowCommand` is the only text of this package that GitHub's runner is meant to obey; whatever is in it is escaped.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from grader.reports import wording
from grader.reports.content import CheckView, present
from grader.reports.inert import line
from grader.results import CheckResult, Grade, Outcome
from grader.text import clean

MOST = 10  # of a level in a step; GitHub drops further ones without a word
_TEXT_LIMIT = 1_000
_ERRORS = (Outcome.FAILED, Outcome.RAISED, Outcome.TIMED_OUT, Outcome.CRASHED, Outcome.BLOCKED)
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}
_NUMBERED = re.compile(r"^(?P<file>.+), (?:cell (?P<cell>\d+), )?line (?P<line>\d+)$")


@dataclass(frozen=True, slots=True)
class WorkflowCommand:
    """A command to GitHub's runner, such as `::error file=a.py,line=3::text`. `str` of it is one line, safe to print."""

    name: str
    message: str = ""
    properties: tuple[tuple[str, str | int], ...] = ()

    def __str__(self) -> str:
        named = ",".join(f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in self.properties if value != "")
        return f"::{self.name}{f' {named}' if named else ''}::{_escaped(self.message, _DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    kept = "".join(escapes.get(character, character) for character in text)
    return clean(kept, len(kept))  # every other control character, and what hides or reorders text


class Level(StrEnum):
    """How much a problem matters: an error costs points."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A problem at a line of the repository. `path` has `/`; `line` is None for a whole file. `check` is whose it is."""

    level: Level
    check: str
    title: str
    message: str
    path: str
    line: int | None = None
    points: Decimal = Decimal(0)
    outcome: Outcome | None = None

    @property
    def command(self) -> WorkflowCommand:
        """The annotation for GitHub."""
        place: tuple[tuple[str, str | int], ...] = (("file", self.path),)
        if self.line is not None:
            place += (("line", self.line),)
        return WorkflowCommand(self.level.value, self.message, (*place, ("title", self.title)))


def problems(grade: Grade, path_of: Callable[[str], str | None]) -> list[Annotation]:
    """The checks that failed at a line of the student's, in the order of the rubric, then what else was noticed.

    The same problem at the same line is said once.

    `grade` is as its student may see it. `path_of` gives the path in the repository of a file of the submission.
    """
    seen: dict[tuple[str, int | None, str], Annotation] = {}
    for annotation in _failed(grade, path_of):
        seen.setdefault((annotation.path, annotation.line, annotation.message), annotation)
    return [*seen.values(), *_noticed(grade, path_of)]


def _failed(grade: Grade, path_of: Callable[[str], str | None]) -> Iterator[Annotation]:
    for exercise, view in zip(grade.exercises, present(grade, _TEXT_LIMIT).exercises, strict=True):
        for check, shown in zip(exercise.checks, view.checks, strict=True):
            location = check.evidence.location if check.evidence is not None and shown.location is not None else None
            if location is None or check.outcome not in _ERRORS:
                continue
            path = path_of(location.file)
            if path is None:
                continue
            in_cell = f"{location.line_in_file.capitalize()}: " if location.cell is not None else ""
            yield Annotation(
                Level.ERROR,
                f"{grade.assignment}/{exercise.name}/{check.name}",
                f"{view.title}: {shown.label}",
                in_cell + _message(check, shown),
                path,
                location.line if location.cell is None else None,
                check.points,
                check.outcome,
            )


def _message(check: CheckResult, shown: CheckView) -> str:
    lines = [shown.title, shown.summary]
    if shown.mistake:
        lines.append(f"{wording.MISTAKE}: {shown.mistake}.")
    if shown.hint:
        lines.append(f"{wording.HINT}: {line(shown.hint)}")
    return "\n".join(entry for entry in lines if entry)


def _noticed(grade: Grade, path_of: Callable[[str], str | None]) -> Iterator[Annotation]:
    """The flags that help a student, where they name a file."""
    for flag in grade.flags:
        if flag.kind not in wording.REMARKS:
            continue
        numbered = _NUMBERED.match(flag.where)
        path = path_of(numbered["file"] if numbered else flag.where)
        if path is not None:
            at = int(numbered["line"]) if numbered and numbered["cell"] is None else None
            check = f"{grade.assignment}/{flag.kind}/{flag.where}"
            yield Annotation(Level.WARNING, check, wording.REMARKS[flag.kind], line(flag.detail), path, at)


def workflow_commands(annotations: Iterable[Annotation]) -> list[WorkflowCommand]:
    """What GitHub is told: of each level the first `MOST`, and how many more there are."""
    commands: list[WorkflowCommand] = []
    left_out = 0
    given = list(annotations)
    for level in Level:
        mine = [annotation.command for annotation in given if annotation.level is level]
        commands += mine[:MOST]
        left_out += len(mine[MOST:])
    if left_out:
        commands.append(WorkflowCommand("notice", f"{left_out} more in the summary"))
    return commands


_SEVERITIES = {
    Outcome.FAILED: "major",
    Outcome.RAISED: "critical",
    Outcome.TIMED_OUT: "critical",
    Outcome.CRASHED: "critical",
    Outcome.BLOCKED: "major",
    None: "minor",
}


def code_quality_json(annotations: Iterable[Annotation]) -> str:
    """GitLab's report of code quality. A problem keeps its fingerprint as long as its check fails in the same file."""
    found = [
        {
            "description": annotation.message,
            "check_name": annotation.check,
            "fingerprint": hashlib.sha256(
                f"{annotation.check}\0{annotation.path}".encode(errors="replace")
            ).hexdigest(),
            "severity": _SEVERITIES[annotation.outcome],
            "location": {"path": annotation.path, "lines": {"begin": annotation.line or 1}},
        }
        for annotation in map(_printable, annotations)
    ]
    return json.dumps(found, indent=1) + "\n"


def _printable(annotation: Annotation) -> Annotation:
    """With texts that any reader of JSON takes."""
    return replace(
        annotation,
        message=clean(annotation.message),
        check=clean(annotation.check),
        path=clean(annotation.path, len(annotation.path)),
    )
