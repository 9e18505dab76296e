"""The assignment for nbgrader, and one `nbgrader autograde` for all students as the command that grades them.

Nbgrader grades one submission after the other, says its manual, and has no setting for more.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from measuring import ASSIGNMENT
from nbformat import NotebookNode, v4

from peers.notebooks import HERE, IMPORT, Call, Test, Verdicts, write_notebook

NAME = "nbgrader"
REQUIREMENT = "nbgrader==0.9.6"
TITLE = "nbgrader 0.9.6, one `autograde` for all"
_SETTINGS = """
c = get_config()
c.CourseDirectory.course_id = "course"
c.Execute.timeout = 120
c.Execute.shutdown_kernel = "immediate"
c.ClearSolutions.enforce_metadata = False
"""


class Nbgrader:
    """nbgrader with the course's assignment, in a folder of its own."""

    name, requirement, title = NAME, REQUIREMENT, TITLE

    def __init__(self, python: Path, folder: Path, tests: list[Test]) -> None:
        """Make the assignment by `nbgrader generate_assignment`: a test cell with points for each check."""
        self._python = python
        self._tests = tests
        self._folder = folder
        self._course = folder / "course"
        self._calls = 0
        write_notebook(self._course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", cells("# the answer\n", tests))
        (self._course / "nbgrader_config.py").write_text(_SETTINGS, encoding="utf-8")
        Call([str(python), "-m", "nbgrader", "generate_assignment", ASSIGNMENT], self._course).timed()

    def call(self, answers: dict[str, str]) -> Call:
        """Grade these answers in a course that has graded nothing yet."""
        self._calls += 1
        folder = self._folder / f"call{self._calls}"
        shutil.copytree(self._course, folder)
        for student, answer in answers.items():
            write_notebook(
                folder / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", cells(answer, self._tests)
            )
        return Call([str(self._python), "-m", "nbgrader", "autograde", ASSIGNMENT], folder)

    def verdicts(self, call: Call) -> dict[str, Verdicts]:
        """What the gradebook says after the call, by student."""
        command = [str(self._python), str(HERE / "read_nbgrader.py"), str(call.folder / "gradebook.db"), ASSIGNMENT]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        found: dict[str, Verdicts] = json.loads(result.stdout.splitlines()[-1])
        return found


def cells(answer: str, tests: list[Test]) -> list[NotebookNode]:
    """The student's cell, and one of tests with points for each check."""
    made = [_cell(test.name, test.call, test.points) for test in tests]
    made[0].source = f"{IMPORT}\n{made[0].source}"
    return [_cell("answer", answer), *made]


def _cell(name: str, code: str, points: float | None = None) -> NotebookNode:
    """A cell for the student's code or, with points, one of tests."""
    is_test = points is not None
    about = {"schema_version": 3, "grade_id": name, "grade": is_test, "locked": is_test, "solution": not is_test}
    if is_test:
        about["points"] = points
    cell: NotebookNode = v4.new_code_cell(code, metadata={"nbgrader": {**about, "task": False}})
    return cell
