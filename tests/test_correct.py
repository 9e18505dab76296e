"""A corpus of right solutions in many styles: every one of them gets every point.

`tests/corpus/<assignment>/correct/` holds one solution an entry, a file or a folder of files, whose first docstring says
what is special about it. One that loses a point shows a mistake of the grader's. `ALL_DRAWS=1` grades each of them with twenty
draws of all random numbers, the grader's and its own, instead of one.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from grader.authoring.trials import Trials, trial_of
from grader.course.assignments import Assignment, find_assignment
from grader.results import Grade, Outcome, Status
from grader.submissions.inbox import inbox_entries
from grader.submissions.loading import load_submission
from grader.submissions.submission import Submission

ROOT = Path(__file__).parent.parent
SOLUTIONS = {
    (folder.parent.name, entry.student): entry.path
    for folder in sorted(Path(__file__).parent.glob("corpus/*/correct"))
    for entry in inbox_entries(folder)
}
IDS = ["/".join(key) for key in SOLUTIONS]
LEAST = {"autograd": 12, "classifier": 44, "cnn": 11, "derivations": 14, "training": 10}
DRAWS = 20 if os.environ.get("ALL_DRAWS") else 1
DEMO_FAILS = {"fails_at_the_end"}  # a statement at the top level: mentioned to the instructor, costs nothing
Key = tuple[str, str]  # assignment, student


def docstrings(submission: Submission) -> list[str]:
    """The docstrings of a submission's files, where they have one."""
    trees = [ast.parse(text) for text in submission.files.values()]
    return [text for tree in trees if (text := ast.get_docstring(tree))]


@pytest.fixture(scope="module")
def assignments() -> dict[str, Assignment]:
    """Those that the corpus has solutions of."""
    return {name: find_assignment(ROOT, name) for name in dict.fromkeys(name for name, _ in SOLUTIONS)}


@pytest.fixture(scope="module")
def submissions(assignments: dict[str, Assignment]) -> dict[Key, Submission]:
    """Every solution, read as it is when a class is graded."""
    return {
        (name, student): load_submission(path, course_files=assignments[name].course_files)
        for (name, student), path in SOLUTIONS.items()
    }


@pytest.fixture(scope="module")
def grades_of(
    submissions: dict[Key, Submission], assignments: dict[str, Assignment], grade_all: Callable[..., dict[str, Grade]]
) -> Callable[[str], dict[str, Grade]]:
    """The grades of all solutions of an assignment, by student."""

    @cache
    def of(name: str) -> dict[str, Grade]:
        mine = [submission for key, submission in submissions.items() if key[0] == name]
        return grade_all(mine, assignments[name])

    return of


@pytest.mark.parametrize("name", LEAST)
def test_there_are_many(name: str) -> None:
    """There are enough of them to stand for a class."""
    assert sum(assignment == name for assignment, _ in SOLUTIONS) >= LEAST[name]


def test_all_are_different(submissions: dict[Key, Submission]) -> None:
    """No solution is there twice."""
    assert len({submission.sha256 for submission in submissions.values()}) == len(SOLUTIONS)


@pytest.mark.parametrize("key", SOLUTIONS, ids=IDS)
def test_says_what_is_special(submissions: dict[Key, Submission], key: Key) -> None:
    """A solution begins by saying in one line what it is there for."""
    assert docstrings(submissions[key])
    assert all("\n" not in text.strip() for text in docstrings(submissions[key])[:1])


@pytest.mark.parametrize("key", SOLUTIONS, ids=IDS)
def test_gets_every_point(grades_of: Callable[[str], dict[str, Grade]], key: Key) -> None:
    """Every check passes, and nothing is noticed that costs points or a look by the instructor."""
    grade = grades_of(key[0])[key[1]]
    others = {
        f"{exercise.name}/{check.name}": (check.outcome, check.evidence and check.evidence.summary)
        for exercise in grade.exercises
        for check in exercise.checks
        if check.outcome is not Outcome.PASSED and check.points
    }
    assert not others
    assert grade.status is Status.GRADED
    assert grade.score == grade.points > 0
    assert [flag.kind for flag in grade.flags] == ["module_error"] * (key[1] in DEMO_FAILS)


@pytest.fixture(scope="module")
def problems_of(
    submissions: dict[Key, Submission], assignments: dict[str, Assignment]
) -> Callable[[str], dict[str, list[str]]]:
    """What does not pass of an assignment's solutions, by student, with other draws of all random numbers."""

    @cache
    def of(name: str) -> dict[str, list[str]]:
        mine = {student: submission for (other, student), submission in submissions.items() if other == name}
        chosen = [
            trial_of(submission, f"draw {draw}", own_draw=draw)
            for submission in mine.values()
            for draw in range(1, DRAWS + 1)
        ]
        found: dict[str, list[str]] = {student: [] for student in mine}
        with closing(Trials(assignments[name], 2)) as trials:
            for trial, tried in zip(chosen, trials.run(chosen), strict=True):
                found[trial.name] += [
                    f"{trial.salt}: {entry.exercise}.{entry.check} {entry.outcome}: {entry.summary}"
                    for entry in tried.checks
                    if entry.outcome not in (Outcome.PASSED, Outcome.SKIPPED)
                ]
        return found

    return of


@pytest.mark.parametrize("key", SOLUTIONS, ids=IDS)
def test_no_draw_decides(problems_of: Callable[[str], dict[str, list[str]]], key: Key) -> None:
    """With other random inputs and other random numbers of its own, a right solution is right too."""
    assert problems_of(key[0])[key[1]] == []
