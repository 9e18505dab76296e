"""The assignment for otter-grader, and its programming interface as the command that grades submissions.

`otter grade` runs a container for each submission and needs Docker. `otter.api.grade_submission` grades without one; called
for one submission after the other in one process it pays otter's own start-up once, so it is quicker than `otter run`.
"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

from nbformat import v4

from peers.notebooks import HERE, IMPORT, Call, Test, Verdicts, write_notebook

NAME = "otter"
REQUIREMENT = "otter-grader[grading]==7.0.0"
TITLE = "otter-grader 7.0.0, `grade_submission`, no container"


class Otter:
    """otter-grader with the course's assignment, in a folder of its own."""

    name, requirement, title = NAME, REQUIREMENT, TITLE

    def __init__(self, python: Path, folder: Path, tests: list[Test]) -> None:
        """Make the assignment by `otter generate`: a file of test cases for each exercise."""
        self._python = python
        self._folder = folder
        self._calls = 0
        sources = folder / "tests"
        sources.mkdir(parents=True)
        for exercise, group in groupby(tests, key=lambda test: test.exercise):
            (sources / f"{exercise}.py").write_text(test_file(exercise, list(group)), encoding="utf-8")
        (folder / "otter_config.json").write_text('{"print_summary": false, "print_score": false}', encoding="utf-8")
        generate = [
            str(python),
            "-m",
            "otter",
            "generate",
            "-t",
            "tests",
            "-c",
            "otter_config.json",
            "--no-environment",
        ]
        Call([*generate, "-o", "autograder.zip"], folder).timed()

    def call(self, answers: dict[str, str]) -> Call:
        """Grade these answers, one after the other."""
        self._calls += 1
        folder = self._folder / f"call{self._calls}"
        for student, answer in answers.items():
            write_notebook(folder / f"{student}.ipynb", [v4.new_code_cell(answer)])
        notebooks = [str(folder / f"{student}.ipynb") for student in answers]
        command = [str(self._python), str(HERE / "run_otter.py"), str(self._folder / "autograder.zip")]
        return Call([*command, str(folder / "verdicts.json"), *notebooks], folder)

    def verdicts(self, call: Call) -> dict[str, Verdicts]:
        """What the call found, by student."""
        found: dict[str, Verdicts] = json.loads((call.folder / "verdicts.json").read_text(encoding="utf-8"))
        return found


def test_file(exercise: str, tests: list[Test]) -> str:
    """The text of a file of test cases, for an exercise."""
    cases = [
        f"@test_case(name={test.name!r}, points={test.points})\ndef {test.name}():\n    {test.call}\n" for test in tests
    ]
    head = (
        f"from otter.test_files import test_case\n{IMPORT}\n\nOK_FORMAT = False\nname = {exercise!r}\npoints = None\n"
    )
    return "\n\n".join([head, *cases])
