"""Gradescope's `results.json`: what its autograder writes for one submission."""

from __future__ import annotations

import json
from typing import Any

from grader.reports.entries import Entry, listing, signed
from grader.results import Grade, Outcome, Status, number


def gradescope_results(grade: Grade) -> str:
    """The grade as `results.json`. `score` counts there, whatever the tests add up to; their points are the grade's.

    Every test is visible: one hidden test would hide the whole score from students, so a hidden check is a test with its
    title and outcome. Without a usable grade there are neither score nor tests: Gradescope then has none, and not 0.
    """
    listed = listing(grade)
    if grade.status is Status.GRADER_ERROR:
        return no_results(listed.notices)
    document = _common(listed.output) | {
        "score": number(grade.score),
        "execution_time": round(grade.duration_seconds, 2),
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "tests": [_test(entry) for entry in listed.entries],
        "extra_data": {
            "assignment": grade.assignment,
            "assignment_version": grade.assignment_version,
            "submission_sha256": grade.submission_sha256,
            "status": grade.status.value,
            "earned": number(grade.earned),
            "points": number(grade.points),
            "isolation": grade.environment.get("isolation", ""),
        },
    }
    return _json(document)


def no_results(output: str) -> str:
    """A `results.json` that tells the student `output` and has no score."""
    return _json(_common(output))


def _common(output: str) -> dict[str, Any]:
    return {"output": output, "output_format": "text", "stdout_visibility": "hidden"}


def _test(entry: Entry) -> dict[str, Any]:
    test: dict[str, Any] = {"number": entry.number, "name": entry.name, "output": entry.text, "visibility": "visible"}
    if entry.outcome is None:  # it has no points of its own, and a negative score is nowhere said to be taken
        test["name"] = f"{entry.name} ({signed(entry.score)})"
        test["status"] = "passed" if entry.score >= 0 else "failed"
        return test
    test |= {"score": number(entry.score), "max_score": number(entry.points)}
    if entry.outcome is not Outcome.SKIPPED:
        test["status"] = "passed" if entry.outcome is Outcome.PASSED else "failed"
    return test


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
