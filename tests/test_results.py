"""The records of grading: outcomes, exact sums, and a JSON form that loses nothing and can always be written."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import errors
from grader.grade_json import SCHEMA_VERSION, grade_from_json, grade_to_json
from grader.results import (
    CheckResult,
    Curve,
    Evidence,
    ExerciseResult,
    Figure,
    Flag,
    Grade,
    Location,
    Matrix,
    Misclassified,
    Outcome,
    Predictions,
    Status,
    WrongEntry,
    for_student,
    number,
)

# Surrogates one at a time: in JSON a high and a low one are the character that they make together.
texts = st.text(max_size=20) | st.sampled_from(["", "\ud800", "a\udcffb", "Ада Лавлейс", "\\ud800", '"\n\t\x00'])
seconds = st.floats(0, 1e5).map(lambda value: round(value, 4))
points = st.integers(0, 100_000).map(lambda hundredths: Decimal(hundredths) / 100)
series = st.lists(st.floats(), max_size=4).map(tuple)
curves = st.builds(Curve, texts, series, series, texts, series, series, texts)
greys = st.lists(st.lists(st.floats(0, 1), max_size=3).map(tuple), max_size=3).map(tuple)
figures = st.builds(Figure, texts, greys, st.lists(st.tuples(texts, st.floats(0, 9)), max_size=3).map(tuple))
locations = st.builds(
    Location,
    texts,
    st.integers(0, 10**6),
    texts,
    texts,
    st.none() | st.integers(1, 99),
    st.lists(texts, max_size=3).map(tuple),
    st.integers(0, 10**6),
)
kept = st.floats().map(lambda value: float(f"{value:.3g}"))  # as many digits as a matrix has
rows = st.lists(st.lists(kept, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)
sizes = st.integers(1, 10**6)
entries = st.lists(st.builds(WrongEntry, texts, texts, texts), max_size=2).map(tuple)
words = st.lists(texts, max_size=3).map(tuple)
matrices = st.builds(
    Matrix, texts, st.lists(sizes).map(tuple), st.tuples(sizes, sizes), rows, rows, rows, words, texts, entries
)
counts = st.lists(st.lists(st.integers(0, 99_999), max_size=3).map(tuple), max_size=3).map(tuple)
misclassified = st.lists(st.builds(Misclassified, words, texts, texts), max_size=2).map(tuple)
predictions = st.builds(Predictions, texts, words, counts, misclassified)
evidence = st.builds(
    Evidence,
    summary=texts,
    got=st.none() | texts,
    expected=st.none() | texts,
    relation=st.none() | texts,
    location=st.none() | locations,
    calls=st.lists(texts, max_size=3).map(tuple),
    printed=texts,
    curves=st.lists(curves, max_size=2).map(tuple),
    figures=st.lists(figures, max_size=2).map(tuple),
    matrices=st.lists(matrices, max_size=2).map(tuple),
    predictions=st.lists(predictions, max_size=1).map(tuple),
)
checks = st.builds(
    CheckResult,
    name=texts,
    title=texts,
    outcome=st.sampled_from(Outcome),
    points=points,
    visibility=st.sampled_from(["public", "hidden"]),
    hint=st.none() | texts,
    mistake=st.none() | texts,
    evidence=st.none() | evidence,
    duration_seconds=seconds,
)
exercises = st.builds(ExerciseResult, texts, texts, st.lists(checks, max_size=3).map(tuple), texts)
grades = st.builds(
    Grade,
    assignment=texts,
    assignment_version=texts,
    student=texts,
    submission_sha256=texts,
    status=st.sampled_from(Status),
    exercises=st.lists(exercises, max_size=2).map(tuple),
    flags=st.lists(st.builds(Flag, texts, texts, texts), max_size=2).map(tuple),
    environment=st.dictionaries(texts, texts, max_size=2),
    title=texts,
    duration_seconds=seconds,
)


def check(outcome: Outcome = Outcome.PASSED, worth: str = "1", **more: object) -> CheckResult:
    return CheckResult("name", "Title.", outcome, Decimal(worth), **more)  # type: ignore[arg-type]


def grade(*results: CheckResult, student: str = "ada") -> Grade:
    exercise = ExerciseResult("linear", "Linear", results, "linear.py")
    return Grade("classifier", "0123456789ab", student, "f" * 64, Status.GRADED, (exercise,))


@settings(max_examples=80, deadline=None)
@given(grades)
def test_grade_survives_json(before: Grade) -> None:
    """A grade read back from its JSON text is the grade that was written; NaN counts as equal to NaN."""
    after = grade_from_json(grade_to_json(before))
    assert repr(after) == repr(before)


@settings(max_examples=50, deadline=None)
@given(grades)
def test_json_text_is_utf8(before: Grade) -> None:
    """Whatever names and texts hold, the JSON text can be encoded as UTF-8."""
    raw = grade_to_json(before).encode("utf-8")
    assert grade_to_json(grade_from_json(raw.decode("utf-8"))).encode("utf-8") == raw


def test_json_with_surrogate_can_be_written(tmp_path: Path) -> None:
    """A student's name with a lone surrogate, as a file system can hold, reaches a file and comes back."""
    path = tmp_path / "grade.json"
    path.write_text(grade_to_json(grade(student="caf\udce9 \\\ud800")), encoding="utf-8")
    assert grade_from_json(path.read_text(encoding="utf-8")).student == "caf\udce9 \\\ud800"


def test_ordinary_letters_stay_readable() -> None:
    """Letters beyond ASCII are not spelt out as escapes."""
    assert "Žofie Ångström 李" in grade_to_json(grade(student="Žofie Ångström 李"))


def test_numbers_that_json_lacks_are_words() -> None:
    """NaN and infinities in a curve become the words nan, inf and -inf: strict parsers can read the text."""
    curve = Curve("Loss", (math.nan, math.inf, -math.inf, 0.5))
    text = grade_to_json(grade(check(evidence=Evidence(curves=(curve,)))))

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    document = json.loads(text, parse_constant=refuse)
    assert document["exercises"][0]["checks"][0]["evidence"]["curves"][0]["got"] == ["nan", "inf", "-inf", 0.5]


def test_grades_of_before_there_was_so_much_to_see_are_read() -> None:
    """A grade that was written before there were figures, matrices, bands and the lines around a place can be read."""
    told = Evidence("s", location=Location("a.py", 3, "f", "x = 1"), curves=(Curve("loss", (1.0,), (2.0,)),))
    document = json.loads(grade_to_json(grade(check(evidence=told))))
    kept = document["exercises"][0]["checks"][0]["evidence"]
    for name in ("figures", "matrices", "predictions"):
        del kept[name]
    for name in ("context", "first_line"):
        del kept["location"][name]
    for name in ("low", "high", "band"):
        del kept["curves"][0][name]
    assert grade_from_json(json.dumps(document)).checks[0].evidence == told


def test_rows_of_numbers_are_a_line_each() -> None:
    """A matrix takes a line of grade.json for each of its rows, not one for each number."""
    matrix = Matrix("W", (2, 2), (1, 1), ((1.0, math.nan), (-0.5, 2.0)), (), (), ("x.", ".."), "Here.", ())
    text = grade_to_json(grade(check(evidence=Evidence(matrices=(matrix,)))))
    assert '"1 nan",' in text
    assert '"-0.5 2"' in text


def test_keys_of_a_check_in_json() -> None:
    """The keys of a grade and of a check are those that readers of grade.json rely on, in this order."""
    document = json.loads(grade_to_json(grade(check())))
    assert list(document) == [
        *("schema_version", "assignment", "assignment_version", "title", "student", "submission_sha256", "status"),
        *("score", "points", "earned", "lateness", "attempts", "exercises", "flags", "environment", "duration_seconds"),
    ]
    assert list(document["exercises"][0]["checks"][0]) == [
        *("name", "title", "visibility", "outcome", "score", "points", "hint", "further_hints", "mistake"),
        *("mistake_line", "evidence", "duration_seconds"),
    ]


def test_grades_of_before_there_were_further_hints_are_read() -> None:
    """A grade.json without the lines of mistakes and further hints is read: grades are kept for years."""
    document = json.loads(grade_to_json(grade(check())))
    for entry in document["exercises"][0]["checks"]:
        del entry["further_hints"], entry["mistake_line"]
    (read,) = grade_from_json(json.dumps(document)).checks
    assert (read.further_hints, read.mistake_line) == ((), None)


def test_other_schema_version_is_refused() -> None:
    """A grade.json of another version is refused with both numbers."""
    text = grade_to_json(grade()).replace(f'"schema_version": {SCHEMA_VERSION}', '"schema_version": 99')
    with pytest.raises(ValueError, match=rf"schema_version 99, expected {SCHEMA_VERSION}"):
        grade_from_json(text)


def test_sums_are_exact() -> None:
    """Three checks of 0.1 points are 0.3, ten are 1, in the sums and in JSON."""
    three = grade(*[check(worth="0.1")] * 3)
    assert (three.score, three.points) == (Decimal("0.3"), Decimal("0.3"))
    assert json.loads(grade_to_json(three))["score"] == 0.3
    assert '"score": 1,' in grade_to_json(grade(*[check(worth="0.1")] * 10))


@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(Outcome)), max_size=8))
def test_score_is_the_sum_of_what_passed(entries: list[tuple[int, Outcome]]) -> None:
    """The score counts the hundredths of passed checks, the points those of all checks."""
    whole = grade(*[check(outcome, f"{hundredths / 100:.2f}") for hundredths, outcome in entries])
    earned = sum(hundredths for hundredths, outcome in entries if outcome is Outcome.PASSED)
    assert whole.score * 100 == earned
    assert whole.points * 100 == sum(hundredths for hundredths, _ in entries)


@pytest.mark.parametrize("outcome", Outcome)
def test_only_passed_earns(outcome: Outcome) -> None:
    """Of all outcomes only `passed` earns points, and then all of them."""
    expected = Decimal("2.5") if outcome.value == "passed" else Decimal(0)
    assert check(outcome, "2.5").score == expected


def test_every_end_of_a_check_has_an_outcome_of_its_own() -> None:
    """No two exceptions that end a check share an outcome, and none of them is `passed`."""
    outcomes = [end.outcome for end in errors.CheckEnd.__subclasses__()]
    assert len(outcomes) == len(set(outcomes)) == 6
    assert Outcome.PASSED not in outcomes


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((), Outcome.SKIPPED),
        ((Outcome.SKIPPED, Outcome.SKIPPED), Outcome.SKIPPED),
        ((Outcome.PASSED, Outcome.SKIPPED), Outcome.PASSED),
        ((Outcome.PASSED, Outcome.BLOCKED, Outcome.FAILED), Outcome.BLOCKED),
        ((Outcome.SKIPPED, Outcome.RAISED), Outcome.RAISED),
        ((Outcome.GRADER_ERROR, Outcome.PASSED), Outcome.GRADER_ERROR),
    ],
)
def test_outcome_of_an_exercise(outcomes: tuple[Outcome, ...], expected: Outcome) -> None:
    """An exercise has the outcome of its first check that did not pass; skipped checks don't count."""
    assert ExerciseResult("x", "X", tuple(check(outcome) for outcome in outcomes)).outcome is expected


@pytest.mark.parametrize(("value", "shown"), [("2", "2"), ("2.0", "2"), ("0.10", "0.1"), ("1E+2", "100"), ("0", "0")])
def test_shortest_number(value: str, shown: str) -> None:
    """Points in JSON are the shortest number: no trailing zero, no exponent."""
    assert json.dumps(number(Decimal(value))) == shown


def test_location_in_words() -> None:
    """A location reads as a place in a file, with the function if it is known."""
    assert str(Location("a.py", 3)) == "a.py, line 3"
    assert str(Location("a.py", 3, "f")) == "a.py, line 3, in f"


def test_checks_of_a_grade_keep_the_order_of_the_rubric() -> None:
    """`checks` lists the checks of all exercises, one exercise after the other."""
    groups = [ExerciseResult(name, name, tuple(check(hint=f"{name}{i}") for i in range(2))) for name in "ba"]
    whole = Grade("a", "v", "s", "d", Status.GRADED, tuple(groups))
    assert [entry.hint for entry in whole.checks] == ["b0", "b1", "a0", "a1"]


# -- what a student may see --------------------------------------------------------------------------------------------


@given(grades)
def test_student_sees_every_outcome_and_point(grade: Grade) -> None:
    """Names, titles and evidence may go; statuses, outcomes, points, scores and what is public stay."""
    seen = for_student(grade)
    assert [(check.outcome, check.points, check.visibility) for check in seen.checks] == [
        (check.outcome, check.points, check.visibility) for check in grade.checks
    ]
    assert (seen.status, seen.score, seen.points, seen.student) == (
        grade.status,
        grade.score,
        grade.points,
        grade.student,
    )
    assert [check for check in seen.checks if check.visibility == "public"] == [
        check for check in grade.checks if check.visibility == "public"
    ]
    assert for_student(seen) == seen


def test_student_sees_no_more_of_a_hidden_check() -> None:
    """Of a hidden check title, hints and mistake are seen; it has a number in place of its name, and nothing that it saw."""

    def hidden(name: str) -> CheckResult:
        matrix = Matrix("secret", (1, 2), (1, 1), ((1.0, 2.0),), (), (), ("x.",), "secret")
        place = Location("secret", 7, context=("secret",))
        told = Evidence(
            *("secret", "secret", "secret", "secret", place, ("secret",), "secret"),
            matrices=(matrix,),
            predictions=(Predictions("secret", ("secret",), ((1,),)),),
        )
        return CheckResult(
            name, "Title.", Outcome.FAILED, Decimal(2), "hidden", "Hint?", "an-id", "a line", ("Idea.",), told, 1.5
        )

    def seen_as(name: str) -> CheckResult:
        return CheckResult(name, "Title.", Outcome.FAILED, Decimal(2), "hidden", "Hint?", "an-id", "a line", ("Idea.",))

    public = CheckResult("open", "Open.", Outcome.PASSED, Decimal(1))
    exercises = (
        ExerciseResult("linear", "Linear", (public, hidden("secret_1"))),
        ExerciseResult("relu", "ReLU", (hidden("secret_2"),)),
    )
    seen = for_student(Grade("digits", "v1", "ada", "a" * 64, Status.GRADED, exercises))
    assert seen.checks == (
        public,
        seen_as("hidden_1"),
        seen_as("hidden_2"),
    )
    assert "secret" not in grade_to_json(seen)


def test_student_sees_of_our_faults_that_there_was_one() -> None:
    """Tracebacks of rubrics are for the instructor; what helps the student stays."""
    helpful = Flag("module_error", "linear.py, line 3", "NameError")
    faults = (Flag("grader_error", "grader", "rubric traceback"), Flag("grader_error", "grader", "another"))
    note = Flag("regrade_failed", "assignment version v2", "the grader failed")
    failed = Grade("digits", "v1", "ada", "a" * 64, Status.GRADER_ERROR, (), (*faults, helpful))
    told = Flag("grader_error", "grader", "the grader failed; your instructor was told")
    assert for_student(failed).flags == (helpful, told)
    counting = Grade("digits", "v1", "ada", "a" * 64, Status.GRADED, (), (note, *faults, helpful))
    assert for_student(counting).flags == (helpful,)
