"""A corpus of right solutions in many styles: every one of them gets every point.

`tests/corpus/correct/` holds one solution an entry, a file or a folder of files, whose first docstring says what is
special about it. One that loses a point shows a mistake of the grader's. `ALL_DRAWS=1` grades each of them with twenty
draws of all random numbers, the grader's and its own, instead of two.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from grader.course import Assignment
from grader.results import Grade, Outcome, Status
from grader.submission import Submission, inbox_entries, load_submission, student_name
from grader.trials import Trials, trial_of

CORPUS = Path(__file__).parent / "corpus" / "correct"
SOLUTIONS = {student_name(path): path for path in inbox_entries(CORPUS)}
LEAST = 44
DRAWS = 20 if os.environ.get("ALL_DRAWS") else 2
DEMO_FAILS = {
    "fails_at_the_end"
}  # of a statement at the top level, which is mentioned to the instructor and costs nothing


def docstrings(submission: Submission) -> list[str]:
    """The docstrings of a submission's files, where they have one."""
    trees = [ast.parse(text) for text in submission.files.values()]
    return [text for tree in trees if (text := ast.get_docstring(tree))]


@pytest.fixture(scope="module")
def submissions(classifier: Assignment) -> dict[str, Submission]:
    """Every solution, read as it is when a class is graded."""
    return {name: load_submission(path, course_files=classifier.course_files) for name, path in SOLUTIONS.items()}


@pytest.fixture(scope="module")
def grades(
    submissions: dict[str, Submission], grade_all: Callable[[Iterable[Submission]], dict[str, Grade]]
) -> dict[str, Grade]:
    """The grades of all solutions."""
    return grade_all(submissions.values())


def test_there_are_many() -> None:
    """There are enough of them to stand for a class."""
    assert len(SOLUTIONS) >= LEAST


def test_all_are_different(submissions: dict[str, Submission]) -> None:
    """No solution is there twice."""
    assert len({submission.sha256 for submission in submissions.values()}) == len(SOLUTIONS)


@pytest.mark.parametrize("name", SOLUTIONS)
def test_says_what_is_special(submissions: dict[str, Submission], name: str) -> None:
    """A solution begins by saying in one line what it is there for."""
    assert docstrings(submissions[name])
    assert all("\n" not in text.strip() for text in docstrings(submissions[name])[:1])


@pytest.mark.parametrize("name", SOLUTIONS)
def test_gets_every_point(grades: dict[str, Grade], name: str) -> None:
    """Every check passes, and nothing is noticed that costs points or a look by the instructor."""
    grade = grades[name]
    others = {
        f"{exercise.name}/{check.name}": (check.outcome, check.evidence and check.evidence.summary)
        for exercise in grade.exercises
        for check in exercise.checks
        if check.outcome is not Outcome.PASSED and check.points
    }
    assert not others
    assert grade.status is Status.GRADED
    assert grade.score == grade.points > 0
    assert [flag.kind for flag in grade.flags] == ["module_error"] * (name in DEMO_FAILS)


@pytest.fixture(scope="module")
def problems(submissions: dict[str, Submission], classifier: Assignment) -> dict[str, list[str]]:
    """What does not pass, by solution, with other draws of all random numbers."""
    trials = Trials(classifier, 2)
    chosen = [
        trial_of(submission, f"draw {draw}", own_draw=draw)
        for submission in submissions.values()
        for draw in range(1, DRAWS + 1)
    ]
    found: dict[str, list[str]] = {name: [] for name in submissions}
    for trial, tried in zip(chosen, trials.run(chosen), strict=True):
        found[trial.name] += [
            f"{trial.salt}: {entry.exercise}.{entry.check} {entry.outcome}: {entry.summary}"
            for entry in tried.checks
            if entry.outcome not in (Outcome.PASSED, Outcome.SKIPPED)
        ]
    trials.close()
    return found


@pytest.mark.parametrize("name", SOLUTIONS)
def test_no_draw_decides(problems: dict[str, list[str]], name: str) -> None:
    """With other random inputs and other random numbers of its own, a right solution is right too."""
    assert problems[name] == []
