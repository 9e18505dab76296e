"""Wrong submissions by another hand: mistakes of the catalogue, made by somebody who had not seen how it makes them.

`tests/corpus/classifier/wrong/` is a held-out set. It says how well mistakes are named in real submissions, so neither the
catalogue nor the engine may be changed to do better on one of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.assignments import Assignment
from grader.course.catalogue import Catalogue
from grader.results import ExerciseResult, Grade, Outcome
from grader.submissions.loading import load_submission

CORPUS = Path(__file__).parent / "corpus" / "classifier" / "wrong"
FILES = sorted(CORPUS.glob("*.py"))
MADE = {
    path.stem: re.findall(r"[\w-]+", re.findall(r"^Mistakes: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)[0])
    for path in FILES
}
NOT_NAMED = {"wiebke"}  # raises in the second batch, where every form of the catalogue raises in the first


@pytest.fixture(scope="module")
def grades(grade_all: Callable[..., dict[str, Grade]]) -> dict[str, Grade]:
    """The grades of the whole set."""
    return grade_all(load_submission(path) for path in FILES)


@pytest.fixture(scope="module")
def exercise_of(classifier: Assignment) -> dict[str, str]:
    """Mistake -> the exercise that it is made in."""
    return {mistake.id: mistake.exercise for mistake in Catalogue(classifier).mistakes.values()}


def named(exercise: ExerciseResult) -> set[str]:
    """The mistakes that its checks name."""
    return {check.mistake for check in exercise.checks if check.mistake is not None}


def test_set_is_as_described(exercise_of: dict[str, str]) -> None:
    """Thirty of one mistake, the others of two in different exercises; all of them are known."""
    assert sum(len(mistakes) == 1 for mistakes in MADE.values()) == 30
    for mistakes in MADE.values():
        assert len({exercise_of[mistake] for mistake in mistakes}) == len(mistakes) <= 2


@pytest.mark.parametrize("student", MADE)
def test_mistake_is_caught_and_named(grades: dict[str, Grade], exercise_of: dict[str, str], student: str) -> None:
    """Each mistake fails its exercise and is named there, with its own name alone; no other exercise is blamed."""
    made = {exercise_of[mistake]: mistake for mistake in MADE[student]}
    for exercise in grades[student].exercises:
        if exercise.name in made:
            assert exercise.outcome is not Outcome.PASSED, exercise.name
            assert named(exercise) == (set() if student in NOT_NAMED else {made[exercise.name]}), exercise.name
        else:
            assert named(exercise) == set()
            assert exercise.outcome is Outcome.PASSED or exercise.name == "together", exercise.name
