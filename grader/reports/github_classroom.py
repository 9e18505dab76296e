"""The result of an autograding step of GitHub Classroom, as lines for `$GITHUB_OUTPUT`.

Its reporter works out two totals: the table in the log counts tests that passed, as a share of `max_score`; the grade adds
the tests' scores. The two agree only where every test of a result is worth the same, and passes or earns nothing. So a
check of three points is three tests of one.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from grader.reports.entries import Entry, NotExpressible, listing, require_share
from grader.results import Grade, Outcome, Status, number

_MOST_TESTS = 400  # of a result: it travels in a variable of the environment, which holds 128 KiB
_MOST_MESSAGES = 40_000  # characters of a result's
_NAME_LIMIT = 80
_LONGEST = 128 * 1024 - 100  # bytes of such a variable
_NOTHING = {
    "version": 3,
    "status": "pass",
    "max_score": 0,
    "tests": [{"name": "Nothing more", "status": "pass", "score": 0}],
}

Test = dict[str, Any]


def github_classroom_output(grade: Grade) -> str:
    """Lines `name=value` for `$GITHUB_OUTPUT`: `result`, `result2`, `report` and `complete`.

    `result` and `result2` are for the reporter, as base64: two, since hundredths of points are other tests than points.
    One without points counts for nothing there. `report` and `complete` are the two notices that the reporter makes of
    them. Without a usable grade there are no such notices, and `result` is an error without points: the job fails, and no
    score is reported. Raises `NotExpressible` for a score that is no share of the points, or not in hundredths.
    """
    if grade.status is Status.GRADER_ERROR:
        return _line("result", _error(listing(grade).notices)) + _line("result2", _NOTHING)
    require_share(grade)
    results = [*_results(grade), _NOTHING]
    total, most = number(grade.score), number(grade.points)
    lines = [_line(name, result) for name, result in zip(("result", "result2"), results, strict=False)]
    if any(len(each) > _LONGEST for each in lines):
        raise NotExpressible("has more points than a result of GitHub Classroom can be made of")
    report = json.dumps({"totalPoints": total, "maxPoints": most}, separators=(",", ":"))
    lines.append(f"report=::notice title=Autograding report::{report}\n")
    lines.append(f"complete=::notice title=Autograding complete::Points {total}/{most}\n")
    return "".join(lines)


def _results(grade: Grade) -> Iterator[dict[str, Any]]:
    entries = listing(grade).entries
    unit = _common_unit([entry.points for entry in entries])
    if unit is not None and all(entry.outcome for entry in entries) and grade.points / unit <= _MOST_TESTS:
        tests = [test for entry in entries for test in _tests(entry, unit)]
        yield _result(tests, grade.points)
        return
    if any(100 * value != int(100 * value) for value in (grade.score, grade.points)):
        raise NotExpressible("has a score that is no whole number of hundredths of a point")
    whole = max(int(grade.points) - 1, 0)  # the points that are whole tests; the rest, below 2, are hundredths
    earned = min(int(grade.score), whole)
    if grade.score == int(grade.score) and grade.points == int(grade.points):
        whole, earned = int(grade.points), int(grade.score)
    if whole:
        yield _result(list(_counted("Point", earned, whole, Decimal(1))), Decimal(whole))
    rest = grade.points - whole
    if rest:
        cents = Decimal("0.01")
        tests = list(_counted("Hundredth", int((grade.score - earned) / cents), int(rest / cents), cents))
        yield _result(tests, rest)


def _common_unit(points: list[Decimal]) -> Decimal | None:
    """The largest number of which all are multiples; None if that is not in whole hundredths."""
    hundredths = [value * 100 for value in points]
    if any(value != int(value) for value in hundredths):
        return None
    return Decimal(math.gcd(*map(int, hundredths))) / 100


def _tests(entry: Entry, unit: Decimal) -> Iterator[Test]:
    count = int(entry.points / unit)
    for place in range(1, count + 1):
        of = f" ({place} of {count})" if count > 1 else ""
        is_passed = entry.outcome is Outcome.PASSED
        test: Test = {"name": entry.name[:_NAME_LIMIT] + of, "status": "pass" if is_passed else "fail"}
        test["score"] = number(unit if is_passed else Decimal(0))
        if not is_passed and place == 1:
            test["message"] = entry.text
        yield test


def _counted(word: str, earned: int, count: int, unit: Decimal) -> Iterator[Test]:
    for place in range(1, count + 1):
        is_earned = place <= earned
        score = number(unit if is_earned else Decimal(0))
        yield {"name": f"{word} {place} of {count}", "status": "pass" if is_earned else "fail", "score": score}


def _result(tests: list[Test], points: Decimal) -> dict[str, Any]:
    left = _MOST_MESSAGES
    for test in tests:
        left -= len(test.get("message", "").encode())
        if left < 0:
            test.pop("message", None)
    status = "pass" if all(test["status"] == "pass" for test in tests) else "fail"
    return {"version": 3, "status": status, "max_score": number(points), "tests": tests}


def _error(output: str) -> dict[str, Any]:
    tests = [{"name": "Grading", "status": "error", "score": 0, "message": output}]
    return {"version": 3, "status": "error", "max_score": 0, "tests": tests}


def _line(name: str, result: dict[str, Any]) -> str:
    text = json.dumps(result, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"{name}={base64.b64encode(text.encode()).decode()}\n"
