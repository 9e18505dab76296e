"""PrairieLearn's `results.json`: what an external grader writes for one submission."""

from __future__ import annotations

import json
from typing import Any

from grader.reports.entries import listing, require_share
from grader.results import Grade, Outcome, Status, number


def prairielearn_results(grade: Grade) -> str:
    """The grade as `results.json`, below 1 MB. `score` is the share of the points that counts.

    What can't be graded is not gradable there: the attempt is given back, and no score is kept. So is what the grader
    failed with. Raises `NotExpressible` for a score that is no share of the points.
    """
    listed = listing(grade)
    is_decided = any(exercise.override is not None for exercise in grade.exercises)
    if grade.status is Status.GRADER_ERROR or (grade.status is Status.NOT_GRADABLE and not is_decided):
        return not_gradable(listed.notices)
    require_share(grade)
    document = {
        "gradable": True,
        "score": float(grade.score / grade.points),
        "message": listed.output,
        "tests": [
            {
                "name": entry.name,
                "points": number(entry.score),
                "max_points": number(entry.points),
                "message": "" if entry.outcome is Outcome.PASSED else entry.text,
            }
            for entry in listed.entries
        ],
    }
    return _json(document)


def not_gradable(output: str) -> str:
    """A `results.json` that gives the attempt back and tells the student why."""
    return _json({"gradable": False, "format_errors": output.splitlines(), "message": output})


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
