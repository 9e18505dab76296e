"""The table of a course's exercises: where the lesson, the skeleton, the model answer and the checks of each one are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from grader.checks.check import Check
from grader.course.assignments import Assignment, Exercise
from grader.course.catalogue import Catalogue
from grader.course.notebooks import CHECK_TAG, EXERCISE_TAG
from grader.errors import CourseError
from grader.grading.grade import collected_checks
from grader.results import number
from grader.submissions.cells import NotebookError, read_cells
from grader.text import anchor, cell

_HEAD = """# Exercises

Where each part of each exercise is. Made by `grader exercises`; not to be changed by hand.

Checks are counted as functions of the rubric; some are run several times, with other cases. A dash: there is nothing, and
nothing is needed, such as a skeleton where students only put together what they wrote before.
"""
_COLUMNS = (
    "exercise",
    "points",
    "lesson",
    "skeleton",
    "reference",
    "public checks",
    "hidden checks",
    "mistakes",
    "notebook",
)
_NOTHING, _MISSING = "-", "missing"


def exercises_page(assignments: Sequence[Assignment], folder: Path) -> str:
    """The page, in Markdown, with links for a page in `folder`. Raises `CourseError` for what can't be read."""
    return "\n".join([_HEAD, *(_Section(assignment, folder).text() for assignment in assignments)])


class _Section:
    """The table of one assignment."""

    def __init__(self, assignment: Assignment, folder: Path) -> None:
        self.assignment = assignment
        self.folder = folder
        self.checks = collected_checks(assignment)
        self.mistakes = [mistake.exercise for mistake in Catalogue(assignment).mistakes.values()]
        self.notebook = assignment.notebook_path
        self.in_notebook = tagged_exercises(self.notebook) if self.notebook.is_file() else set()

    def text(self) -> str:
        """The section with its heading."""
        name = f"{cell(self.assignment.title)} (`{self.assignment.name}`)"
        rows = [self._row(exercise) for exercise in self.assignment.exercises]
        lines = [_COLUMNS, ("---",) * len(_COLUMNS), *rows, self._sums()]
        return "\n".join([f"## {name}", "", *(f"| {' | '.join(line)} |" for line in lines), ""])

    def _row(self, exercise: Exercise) -> tuple[str, ...]:
        assignment = self.assignment
        is_written = bool(exercise.defines)
        mistakes = self.mistakes.count(exercise.name)
        return (
            cell(exercise.title),
            _points(check for check, _ in self._of(exercise)),
            self._lesson(exercise),
            self._link(exercise.file, assignment.folder / exercise.file) if is_written else _NOTHING,
            self._link(exercise.file, assignment.reference_folder / exercise.file) if is_written else _NOTHING,
            self._checks(exercise, "public"),
            self._checks(exercise, "hidden"),
            self._link(str(mistakes), self._catalogue_of(exercise)) if mistakes else _NOTHING,
            self._in_notebook(exercise),
        )

    def _sums(self) -> tuple[str, ...]:
        counts = [str(len(_functions(self.checks, visibility))) for visibility in ("public", "hidden")]
        total = _points(check for check, _ in self.checks)
        return ("all", total, "", "", "", *counts, str(len(self.mistakes)), "")

    def _of(self, exercise: Exercise) -> list[tuple[Check, Path]]:
        return [(check, path) for check, path in self.checks if check.exercise.name == exercise.name]

    def _lesson(self, exercise: Exercise) -> str:
        path = self.assignment.folder / "README.md"
        return self._link(exercise.lesson, path, f"#{anchor(exercise.lesson)}") if exercise.lesson else _MISSING

    def _checks(self, exercise: Exercise, visibility: str) -> str:
        """How many functions check it, each file with its own."""
        functions = _functions(self._of(exercise), visibility)
        files = list(dict.fromkeys(path for path, _ in functions))
        counts = [(str(sum(file == path for file, _ in functions)), path) for path in files]
        return " + ".join(self._link(count, path) for count, path in counts) or _NOTHING

    def _catalogue_of(self, exercise: Exercise) -> Path:
        return self.assignment.reference_folder / "mistakes" / f"{exercise.name}.py"

    def _in_notebook(self, exercise: Exercise) -> str:
        if not self.notebook.is_file():
            return _NOTHING
        return self._link("yes", self.notebook) if exercise.name in self.in_notebook else "no"

    def _link(self, text: str, path: Path, place: str = "") -> str:
        """A link to a file of the course; a file that should be there and is not is said to be missing."""
        if not path.is_file():
            return _MISSING
        target = os.path.relpath(path, self.folder).replace(os.sep, "/").replace(" ", "%20")
        return f"[{cell(text)}]({target}{place})"


def tagged_exercises(notebook: Path) -> set[str]:
    """The exercises that a notebook has a cell for or checks. Raises `CourseError` for what is no notebook."""
    try:
        tags = [tag for cell in read_cells(notebook.read_bytes()) for tag in cell.tags]
    except (OSError, NotebookError) as error:
        raise CourseError(f"{notebook} can't be used: it {error}. Make it anew: `grader notebook`.") from None
    return {tag.partition(":")[2] for tag in tags if tag.startswith((EXERCISE_TAG, CHECK_TAG))}


def _functions(checks: Iterable[tuple[Check, Path]], visibility: str) -> dict[tuple[Path, str], None]:
    """The functions of the rubric that these checks are: file and name."""
    return dict.fromkeys((path, check.name.split("[")[0]) for check, path in checks if check.visibility == visibility)


def _points(checks: Iterable[Check]) -> str:
    return str(number(sum((check.points for check in checks), Decimal(0))))
