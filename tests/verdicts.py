"""What students are told about submissions, as plain values: in these tests, and with a grader that is installed elsewhere.

`python tests/verdicts.py COURSE` reads {assignment: {student: {file: text}}} and writes {assignment: {student: verdicts}}; as a
plugin of pytest (`-p verdicts`) it writes those of a run to the file VERDICTS. Needs the grader, and nothing of the tests.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.checks.check import exercise_results
from grader.checks.fixtures import BENCH
from grader.checks.rubric import CHECKS
from grader.course.assignments import Assignment, find_assignment
from grader.grading.grade import Runner, run_rubric
from grader.grading.settings import Settings
from grader.isolation.isolated import Isolated
from grader.isolation.launchers import Launcher
from grader.results import ExerciseResult
from grader.submissions.submission import make_submission

Verdicts = dict[str, list[Any]]
Submissions = dict[str, dict[str, str]]


def verdicts_of(exercises: Iterable[ExerciseResult]) -> Verdicts:
    """How each check ended, the mistake that it names, what it says, and its hints."""
    return {
        f"{exercise.name}.{check.name}": [
            check.outcome.value,
            check.mistake,
            check.mistake_line,
            check.evidence and [check.evidence.summary, check.evidence.relation],
            check.hint,
            *check.further_hints,
        ]
        for exercise in exercises
        for check in exercise.checks
    }


def student_verdicts(assignment: Assignment, submissions: Submissions, launcher: Launcher) -> dict[str, Verdicts]:
    """Those of the public checks, with the inputs of students' own runs."""
    found: dict[str, Verdicts] = {}

    def run(runner: Runner) -> None:
        checks = [check for check in runner.checks if check.visibility == "public"]
        for student, files in submissions.items():
            runner.bench.salt = ""
            runner.run(make_submission(student, files))
            results = exercise_results(checks, runner.bench.results)
            found[student] = verdicts_of(runner.bench.as_graded(assignment, results))

    run_rubric(assignment, run, settings=Settings("cpu"), launcher=launcher)
    return found


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(config: pytest.Config) -> Generator[None, None, None]:
    """After the summary, which is the student's."""
    yield
    bench, checks = config.stash[BENCH], config.stash[CHECKS]
    found = {}
    for assignment in {check.assignment.name: check.assignment for check in checks}.values():
        mine = [check for check in checks if check.assignment is assignment]
        found[assignment.name] = verdicts_of(bench.as_graded(assignment, exercise_results(mine, bench.results)))
    Path(os.environ["VERDICTS"]).write_text(json.dumps([grader.__file__, found]), encoding="utf-8")


if __name__ == "__main__":
    asked: dict[str, Submissions] = json.load(sys.stdin)
    own = Isolated()
    answer = {name: student_verdicts(find_assignment(Path(sys.argv[1]), name), asked[name], own) for name in asked}
    own.close()
    json.dump([grader.__file__, answer], sys.stdout)
