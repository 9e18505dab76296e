"""What both peers' assignments are made of: the checks, and submissions as notebooks with all their code in one cell."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from pathlib import Path

import nbformat
from measuring import ASSIGNMENT, ROOT, CannotMeasure, Spent, timed

from grader.course.assignments import Assignment
from grader.grading.grade import collected_checks
from grader.submissions.loading import load_submission

HERE = Path(__file__).resolve().parent
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
Verdicts = dict[str, bool]  # whether each check passed, by the name of its test


@dataclass(frozen=True)
class Call:
    """A command that has a peer grade submissions, and the folder that it runs in."""

    command: list[str]
    folder: Path

    def timed(self) -> Spent:
        """What it took. Raises `CannotMeasure` if the command fails."""
        return timed(self.command, self.environment, self.folder)

    @property
    def environment(self) -> dict[str, str]:
        """The peer's environment as if it were activated; its kernels find the checks."""
        return {"PATH": f"{Path(self.command[0]).parent}:{os.environ['PATH']}", "PYTHONPATH": f"{ROOT}:{HERE}"}


@dataclass(frozen=True)
class Test:
    """A check of the rubric as a peer's test."""

    exercise: str
    check: str
    points: float

    @property
    def name(self) -> str:
        """What it is called in the peer."""
        return name_of(self.exercise, self.check)

    @property
    def call(self) -> str:
        """The code of the test: it asks for the result of the check in this kernel."""
        return f"passes({self.exercise!r}, {self.check!r})"


IMPORT = "from in_kernel import passes"


def name_of(exercise: str, check: str) -> str:
    """The name of a check that every peer accepts: letters, digits and underscores."""
    return "".join(letter if letter.isalnum() else "_" for letter in f"{exercise}__{check}")


def tests_of_rubric() -> list[Test]:
    """A test for each check that can run here, public and hidden, by exercise. What needs a GPU carries no points."""
    assignment = _assignment()
    checks = [check for check, _ in collected_checks(assignment) if check.points]
    checks.sort(key=lambda check: assignment.exercises.index(check.exercise))
    tests = [Test(check.exercise.name, check.name, float(check.points)) for check in checks]
    if len({test.name for test in tests}) != len(tests):
        raise CannotMeasure("two checks would have one name in the peers")
    return tests


def answer_of(entry: Path) -> str:
    """The code of a submission, without the imports of its files from each other: what its author would hand in as a cell."""
    assignment = _assignment()
    files = load_submission(entry, course_files=assignment.course_files).files
    order = [exercise.file for exercise in assignment.exercises]
    names = sorted(files, key=lambda file: order.index(file) if file in order else -1)
    modules = {Path(file).stem for file in files}
    return "\n\n".join(_without_imports_of(modules, files[file]) for file in names)


def _without_imports_of(modules: set[str], text: str) -> str:
    lines = text.split("\n")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            assert node.end_lineno is not None
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    return "\n".join(lines).strip() + "\n"


def write_notebook(path: Path, cells: list[nbformat.NotebookNode]) -> None:
    """A notebook of these cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, path)


def _assignment() -> Assignment:
    return Assignment(ROOT, ASSIGNMENT)
