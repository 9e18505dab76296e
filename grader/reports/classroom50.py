"""Classroom 50's `result.json`: what an autograder writes beside the student's checkout."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from grader.reports.entries import Entry, NotExpressible, listing, signed
from grader.results import Grade, Outcome, Status, number

# What the document carries on from the environment that the autograder runs in: its key, and the variable.
CARRIED = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}


def classroom50_result(grade: Grade, carried: Mapping[str, str] = {}) -> str:
    """The grade as `result.json`. `carried` are the variables of `CARRIED` as they are set; those missing are left out.

    Scores must be whole numbers there. Where they have fractions, everything is in tenths or in hundredths of a point, and
    the first test says so. A change of the score beside the checks is a test without points, since no score may be
    negative: the tests then add up to what was earned, and `score` counts. Raises `NotExpressible` for a score below 0 or
    above all points, and for a grade that can't be used: a document without a score does not exist there.
    """
    if grade.status is Status.GRADER_ERROR:
        raise NotExpressible("has no score: the grader failed, and Classroom 50 has no way to say so but a failing job")
    if not 0 <= grade.score <= grade.points:
        raise NotExpressible(f"has {number(grade.score)} of {number(grade.points)} points; expected 0 to all of them")
    entries = listing(grade).entries
    checks = [entry for entry in entries if entry.outcome is not None]
    scale = _scale([grade.score, *(value for entry in checks for value in (entry.score, entry.points))])
    tests = [_test(entry, scale) for entry in entries]
    if scale > 1:
        tests.insert(0, _note(f"All scores are in {_FRACTIONS[scale]} of a point", scale=scale))
    document: dict[str, Any] = {"schema": "classroom50/result/v1"}
    document |= {key: carried[name] for key, name in CARRIED.items() if carried.get(name)}
    if "commit" in document:
        document.setdefault("review", document["commit"])
    document |= {"score": int(grade.score * scale), "max-score": int(grade.points * scale), "tests": tests}
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


_FRACTIONS = {10: "tenths", 100: "hundredths"}


def _scale(values: Sequence[Decimal]) -> int:
    """By what all of these become whole numbers. Raises `NotExpressible` for a finer one than a hundredth."""
    for scale in (1, *_FRACTIONS):
        if all(value * scale == (value * scale).to_integral_value() for value in values):
            return scale
    raise NotExpressible("has a score that is no whole number of hundredths of a point")


def _test(entry: Entry, scale: int) -> dict[str, Any]:
    if entry.outcome is None:
        return _note(f"{entry.name} ({signed(entry.score)})", passed=entry.score >= 0, message=entry.text)
    test: dict[str, Any] = {
        "test-name": entry.name,
        "passed": entry.outcome in (Outcome.PASSED, Outcome.SKIPPED),
        "score": int(entry.score * scale),
        "max-score": int(entry.points * scale),
    }
    return test if entry.outcome is Outcome.PASSED else test | {"message": entry.text}


def _note(name: str, *, passed: bool = True, **more: object) -> dict[str, Any]:
    return {"test-name": name, "passed": passed, "score": 0, "max-score": 0, **more}
