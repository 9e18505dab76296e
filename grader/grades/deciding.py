"""What an instructor decides about a graded class: the score of an exercise, whatever its checks say. Kept, and shown."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from grader.errors import UsageError
from grader.grades.publishing import write_class, write_student
from grader.grades.results_folder import ResultsFolder
from grader.grades.store import Store
from grader.results import ExerciseResult, Grade
from grader.text import clean, did_you_mean

MOST_REASON = 500


def override(
    folder: ResultsFolder, store: Store, student: str, exercise: str, score: Decimal | None, why: str
) -> tuple[Grade, Grade]:
    """Decide that the exercise of the student's submission is worth `score`; with None, take the decision back.

    Returns the grade before and after. It holds for this submission, also when it is graded again; one that is handed in
    later has to be decided on anew. Raises `UsageError` for a student, an exercise or a score that can't be.
    """
    if student not in store.students():
        raise UsageError(f"there is no grade of {student!r}. {did_you_mean(student, store.students())}")
    before = store.counting(student)
    if not before.exercises:
        raise UsageError(
            f"the grade of {student} has no exercise to decide on: the grader failed before it began. Grade it again first."
        )
    result = _exercise(before, exercise)
    if score is None and result.override is None:
        raise UsageError(
            f"{exercise} of {student} has the score of its checks; there is no decision to take back. "
            "`grader override OUT` lists those that there are."
        )
    if score is not None and not 0 <= score <= result.points:
        raise UsageError(
            f"the score is {score}; {exercise} has {result.points} points, so expected 0 to {result.points}."
        )
    if not why.strip():
        raise UsageError("a decision needs a reason, which the student will read. Give one: --why TEXT.")
    store.override(student, before.submission_sha256, exercise, score, clean(why.strip(), MOST_REASON))
    after = store.counting(student)
    write_student(folder, after)
    write_class(folder, store)
    return before, after


def decisions(store: Store) -> Iterable[tuple[str, ExerciseResult]]:
    """Every exercise whose score was decided, with its student."""
    return (
        (grade.student, exercise)
        for grade in store.newest()
        for exercise in grade.exercises
        if exercise.override is not None
    )


def score_of(text: str) -> Decimal:
    """A score as people write it, `2` or `2.5`. Raises `UsageError`."""
    try:
        score = Decimal(text.strip().replace(",", "."))
        is_exact = score.is_finite() and score == round(score, 2)
    except InvalidOperation:
        raise UsageError(f"the score is {text!r}; expected a number such as 2.5.") from None
    if not is_exact:
        raise UsageError(f"the score is {text!r}; expected a number with at most two decimals.")
    return score


def _exercise(grade: Grade, name: str) -> ExerciseResult:
    for exercise in grade.exercises:
        if exercise.name == name:
            return exercise
    raise UsageError(f"there is no exercise {name!r}. {did_you_mean(name, [entry.name for entry in grade.exercises])}")
