"""The same score in every system: what each one works out of our file, by its own arithmetic, is the score that counts."""

from __future__ import annotations

import base64
import csv
import io
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import format_grades as shared
import pytest
from hypothesis import given

from grader.grade_json import grade_from_json, grade_to_line
from grader.reports.classroom50 import classroom50_result
from grader.reports.entries import NotExpressible, listing
from grader.reports.github_classroom import github_classroom_output
from grader.reports.gradebook import grades_csv
from grader.reports.gradescope import gradescope_results
from grader.reports.junit import junit_xml
from grader.reports.prairielearn import prairielearn_results
from grader.results import CheckResult, ExerciseResult, Grade, Outcome, Override


def dollars(value: float) -> Decimal:
    """A number as systems show it, with two digits behind the point."""
    return Decimal(f"{value:.2f}")


@given(shared.grades())
def test_entries_add_up(grade: Grade) -> None:
    """What formats list adds up to the score and to the points."""
    entries = listing(grade).entries
    assert sum(entry.score for entry in entries) == grade.score
    assert sum(entry.points for entry in entries) == grade.points


@given(shared.grades())
def test_gradescope_has_the_score(grade: Grade) -> None:
    """Its top-level score counts; the points of the tests add up to the assignment's, and no score is negative."""
    document = json.loads(gradescope_results(grade))
    assert dollars(document["score"]) == grade.score
    assert dollars(sum(test.get("max_score", 0) for test in document["tests"])) == grade.points
    assert all(test.get("score", 0) >= 0 for test in document["tests"])


def checked_by_classroom50(text: str) -> dict[str, Any]:
    """The document, if it passes what Classroom 50's collector asks of every result."""
    document: dict[str, Any] = json.loads(text)
    assert document["schema"] == "classroom50/result/v1"
    for scored in (document, *document["tests"]):
        for key in ("score", "max-score"):
            assert type(scored[key]) is int
            assert scored[key] >= 0
        assert scored["score"] <= scored["max-score"]
    for test in document["tests"]:
        assert type(test["passed"]) is bool
        assert test["test-name"]
    return document


@given(shared.grades())
def test_classroom50_has_the_score(grade: Grade) -> None:
    """Whole numbers there are the very same share of the points, and what no scale makes whole is not said."""
    document = checked_by_classroom50(classroom50_result(grade))
    assert Fraction(document["score"], document["max-score"]) == Fraction(grade.score) / Fraction(grade.points)
    scale = max((test.get("scale", 1) for test in document["tests"]), default=1)
    assert (Decimal(document["score"]) / scale, Decimal(document["max-score"]) / scale) == (grade.score, grade.points)
    earned = sum((check.score for check in grade.checks), Decimal(0))
    assert sum(test["score"] for test in document["tests"]) == earned * scale


@given(shared.grades())
def test_prairielearn_has_the_score(grade: Grade) -> None:
    """The share times the points is the score, rounded as PrairieLearn rounds; so is the sum of its tests."""
    document = json.loads(prairielearn_results(grade))
    assert 0 <= document["score"] <= 1
    assert dollars(document["score"] * float(grade.points)) == grade.score
    assert dollars(sum(test["points"] for test in document["tests"])) == grade.score
    assert dollars(sum(test["max_points"] for test in document["tests"])) == grade.points


def results_of(text: str) -> list[dict[str, Any]]:
    """The results in lines for $GITHUB_OUTPUT."""
    outputs = dict(line.split("=", 1) for line in text.splitlines())
    return [json.loads(base64.b64decode(outputs[name], validate=True)) for name in ("result", "result2")]


def notice_of(text: str) -> dict[str, float] | None:
    """What GitHub Classroom reads: the notice that its reporter makes, where there are points at all."""
    lines = [line for line in text.splitlines() if line.startswith("report=")]
    if not lines:
        return None
    [line] = lines
    report: dict[str, float] = json.loads(line.removeprefix("report=::notice title=Autograding report::"))
    return report


@given(shared.grades())
def test_github_classroom_has_the_score_twice(grade: Grade) -> None:
    """The total of the log's table, tests passed as a share of max_score, and the grade, the sum of the tests' scores."""
    text = github_classroom_output(grade)
    results = results_of(text)
    table = sum(
        sum(test["status"] == "pass" for test in result["tests"]) / len(result["tests"]) * result["max_score"]
        for result in results
    )
    reported = sum(test["score"] for result in results if result["max_score"] for test in result["tests"])
    assert (dollars(table), dollars(reported)) == (grade.score, grade.score)
    assert dollars(sum(result["max_score"] for result in results)) == grade.points
    assert notice_of(text) == {"totalPoints": float(grade.score), "maxPoints": float(grade.points)}
    assert all(len(line) < 128 * 1024 for line in text.splitlines())


@given(shared.grades())
def test_junit_has_the_score(grade: Grade) -> None:
    """The property `score` of the suite, with hidden checks or without."""
    for hidden in (False, True):
        root = ElementTree.fromstring(junit_xml(grade, hidden=hidden))
        properties = {entry.get("name"): entry.get("value") for entry in root.iter("property")}
        assert Decimal(properties["score"]) == grade.score
        assert Decimal(properties["points"]) == grade.points


@given(shared.grades())
def test_tables_have_the_score(grade: Grade) -> None:
    """A row of grades.csv and a line of grades.jsonl; the line is read back as the grade it was."""
    [row] = csv.DictReader(io.StringIO(grades_csv([grade])))
    assert Decimal(row["score"]) == grade.score
    assert Decimal(row["earned"]) - Decimal(row["deduction"]) == grade.earned - grade.deduction
    line = grade_to_line(grade)
    assert (grade_from_json(line), Decimal(str(json.loads(line)["score"]))) == (grade, grade.score)


def test_grader_error_has_no_score_anywhere() -> None:
    """Where the grader failed, no format has a number that could be taken for a score, nor a success."""
    for grade in (shared.OUR_FAULT, shared.LOST):
        assert set(json.loads(gradescope_results(grade))) == {"output", "output_format", "stdout_visibility"}
        assert json.loads(prairielearn_results(grade))["gradable"] is False
        with pytest.raises(NotExpressible, match="has no score: the grader failed"):
            classroom50_result(grade)
        text = github_classroom_output(grade)
        assert [result["max_score"] for result in results_of(text)] == [0, 0]
        assert [result["status"] for result in results_of(text)] == ["error", "pass"]
        assert notice_of(text) is None
        for hidden in (False, True):
            root = ElementTree.fromstring(junit_xml(grade, hidden=hidden))
            names = {str(entry.get("name")) for entry in root.iter("property")}
            assert {name for name in names if name.endswith(("score", "earned", "deduction"))} == set()
            assert int(root.get("errors", "0")) > 0
        [row] = csv.DictReader(io.StringIO(grades_csv([grade])))
        assert (row["score"], row["earned"], row["deduction"]) == ("", "", "")
        line = grade_to_line(grade)
        assert '"score":null' in line
        assert '"score":0' not in line
        assert grade_from_json(line) == grade


def test_what_is_not_gradable_scores_nothing() -> None:
    """Nothing to grade is a 0 where there are zeros, and an attempt given back at PrairieLearn."""
    grade = shared.NOT_GRADABLE
    assert json.loads(gradescope_results(grade))["score"] == 0
    assert checked_by_classroom50(classroom50_result(grade))["score"] == 0
    assert notice_of(github_classroom_output(grade)) == {"totalPoints": 0, "maxPoints": 6}
    document = json.loads(prairielearn_results(grade))
    assert (document["gradable"], "score" in document) == (False, False)
    assert "ada-brennan holds no Python file: essay.docx is not a .py file" in document["format_errors"]


def test_decision_on_what_is_not_gradable_counts() -> None:
    """An instructor who has read it has given it a score."""
    exercise = shared.NOT_GRADABLE.exercises[0]
    decided = ExerciseResult(exercise.name, exercise.title, exercise.checks, "", Override(Decimal(3), "read", "2026"))
    grade = shared.made(decided, status=shared.NOT_GRADABLE.status, flags=shared.NOT_GRADABLE.flags)
    document = json.loads(prairielearn_results(grade))
    assert (document["gradable"], document["score"]) == (True, 0.5)


@pytest.mark.parametrize("score", ["-1", "7"])
@pytest.mark.parametrize("write", [classroom50_result, prairielearn_results, github_classroom_output])
def test_what_a_system_can_not_say_is_refused(write: Any, score: str) -> None:
    """A score below 0 or above all points is left to the instructor, not cut to what fits."""
    decided = ExerciseResult("linear", "Linear", shared.LINEAR.checks, "", Override(Decimal(score), "why", "2026"))
    with pytest.raises(NotExpressible, match=f"has {score} of 6 points; expected 0 to all of them"):
        write(shared.made(decided))


@pytest.mark.parametrize("write", [prairielearn_results, github_classroom_output])
def test_no_points_are_no_share(write: Any) -> None:
    """Where nothing can be earned, there is no share to tell."""
    exercise = ExerciseResult("e", "E", (CheckResult("c", "C.", Outcome.PASSED, Decimal(0)),))
    with pytest.raises(NotExpressible, match="has no points to earn"):
        write(shared.made(exercise))


@pytest.mark.parametrize("write", [classroom50_result, github_classroom_output])
def test_finer_than_hundredths_is_refused(write: Any) -> None:
    """A third of a point is in no whole number of hundredths."""
    third = Decimal("0.333")
    exercise = ExerciseResult("e", "E", (CheckResult("c", "C.", Outcome.PASSED, third), *shared.LINEAR.checks))
    with pytest.raises(NotExpressible, match="no whole number of hundredths"):
        write(shared.made(exercise))


def test_fine_points_are_no_thousands_of_tests() -> None:
    """Checks whose points have only hundredths in common: two results of few tests, that are the score all the same."""
    points = [Decimal("8.37"), Decimal("8.36")] * 3
    checks = tuple(CheckResult("c", "C.", outcome, each) for outcome, each in zip(Outcome, points, strict=False))
    grade = shared.made(ExerciseResult("e", "E", checks))
    results = results_of(github_classroom_output(grade))
    assert [len(result["tests"]) for result in results] == [49, 119]
    assert (
        dollars(sum(test["score"] for result in results for test in result["tests"])) == grade.score == Decimal("8.37")
    )


def test_more_points_than_fit_are_refused() -> None:
    """A result of GitHub Classroom's travels in a variable of the environment, which has an end."""
    exercise = ExerciseResult("e", "E", (CheckResult("c", "C.", Outcome.PASSED, Decimal(5000)), *shared.LINEAR.checks))
    with pytest.raises(NotExpressible, match="more points than a result"):
        github_classroom_output(shared.made(exercise))
