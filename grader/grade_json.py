"""The JSON form of a grade, `grade.json`: written with every number finite and keys in a fixed order, read back exactly."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

import msgspec

from grader.results import (
    Attempt,
    CheckResult,
    Curve,
    Evidence,
    ExerciseResult,
    Figure,
    Flag,
    Grade,
    Lateness,
    Location,
    Matrix,
    Misclassified,
    Outcome,
    Override,
    Predictions,
    Status,
    WrongEntry,
    number,
)

SCHEMA_VERSION = 1

_SURROGATE = re.compile("[\ud800-\udfff]")


def grade_to_json(grade: Grade) -> str:
    """`grade` as the JSON text of `grade.json`: every number finite, keys in a fixed order, writable as UTF-8."""
    document = _document(grade)
    text = _compact(document)
    if _SURROGATE.search(text):  # which msgspec can't read; json alone takes several times as long
        return _writable(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    return msgspec.json.format(text, indent=1)


def grade_to_line(grade: Grade) -> str:
    """`grade` as `grade_to_json` has it, in one line; where the grader failed, every score is null.

    `grade_from_json` reads it back: scores are worked out from the checks.
    """
    document = _document(grade)
    if grade.status is Status.GRADER_ERROR:
        for part in (document, *document["exercises"], *(c for e in document["exercises"] for c in e["checks"])):
            part |= {name: None for name in ("score", "earned") if name in part}
    return _writable(_compact(document))


def _compact(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _writable(text: str) -> str:
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _document(grade: Grade) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "assignment": grade.assignment,
        "assignment_version": grade.assignment_version,
        "title": grade.title,
        "student": grade.student,
        "submission_sha256": grade.submission_sha256,
        "status": grade.status.value,
        "score": number(grade.score),
        "points": number(grade.points),
        "earned": number(grade.earned),
        "lateness": None if grade.lateness is None else _with_numbers(asdict(grade.lateness)),
        "attempts": [_with_numbers(asdict(attempt)) for attempt in grade.attempts],
        "exercises": [
            {
                "name": exercise.name,
                "title": exercise.title,
                "file": exercise.file,
                "score": number(exercise.score),
                "points": number(exercise.points),
                "earned": number(exercise.earned),
                "override": None if exercise.override is None else _with_numbers(asdict(exercise.override)),
                "checks": [_check_to_dict(check) for check in exercise.checks],
            }
            for exercise in grade.exercises
        ],
        "flags": [asdict(flag) for flag in grade.flags],
        "environment": dict(grade.environment),
        "duration_seconds": round(grade.duration_seconds, 4),
    }


def _with_numbers(document: dict[str, Any]) -> dict[str, Any]:
    return {key: number(value) if isinstance(value, Decimal) else value for key, value in document.items()}


def _check_to_dict(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        "title": check.title,
        "visibility": check.visibility,
        "outcome": check.outcome.value,
        "score": number(check.score),
        "points": number(check.points),
        "hint": check.hint,
        "further_hints": list(check.further_hints),
        "mistake": check.mistake,
        "mistake_line": check.mistake_line,
        "evidence": None if check.evidence is None else _evidence_to_dict(check.evidence),
        "duration_seconds": round(check.duration_seconds, 4),
    }


def _evidence_to_dict(evidence: Evidence) -> dict[str, Any]:
    document = asdict(evidence)
    for matrix in document["matrices"]:
        for key in ("got", "expected", "difference"):
            matrix[key] = [_row_to_text(row) for row in matrix[key]]
    for predictions in document["predictions"]:
        predictions["counts"] = [_row_to_text(row) for row in predictions["counts"]]
    finite: dict[str, Any] = _finite(document)
    return finite


def _row_to_text(row: tuple[float, ...]) -> str:
    """A row of numbers as one text: a line of the file, not one for each number."""
    return " ".join(f"{value:g}" for value in row)


def _row_from_text(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split()))


def _finite(value: Any) -> Any:
    """`value` with NaN and infinities, which JSON lacks, as the words `nan`, `inf` and `-inf`."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value


def grade_from_json(text: str) -> Grade:
    """The grade that `grade_to_json` wrote. Raises `ValueError` for another `schema_version`."""
    document = json.loads(text)
    if document.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"grade.json has schema_version {document.get('schema_version')!r}, expected {SCHEMA_VERSION}")
    return Grade(
        assignment=document["assignment"],
        assignment_version=document["assignment_version"],
        title=document["title"],
        student=document["student"],
        submission_sha256=document["submission_sha256"],
        status=Status(document["status"]),
        exercises=tuple(
            ExerciseResult(
                exercise["name"],
                exercise["title"],
                tuple(_check_from_dict(check) for check in exercise["checks"]),
                exercise["file"],
                _override_from_dict(exercise.get("override")),
            )
            for exercise in document["exercises"]
        ),
        flags=tuple(Flag(**flag) for flag in document["flags"]),
        environment=document["environment"],
        duration_seconds=document["duration_seconds"],
        lateness=_lateness_from_dict(document.get("lateness")),
        attempts=tuple(_attempt_from_dict(attempt) for attempt in document.get("attempts", ())),
    )


# What a grade of an earlier grader has not is read with `get`: such grades stay readable.


def _override_from_dict(document: dict[str, Any] | None) -> Override | None:
    if document is None:
        return None
    return Override(_decimal(document["score"]), document["why"], document["made_at"])


def _lateness_from_dict(document: dict[str, Any] | None) -> Lateness | None:
    if document is None:
        return None
    return Lateness(document["submitted_at"], document["deadline"], document["days"], _decimal(document["percent"]))


def _attempt_from_dict(document: dict[str, Any]) -> Attempt:
    return Attempt(
        document["submission_sha256"],
        document["graded_at"],
        _decimal(document["score"]),
        _decimal(document["points"]),
        tuple(document["passed"]),
    )


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))


def _check_from_dict(document: dict[str, Any]) -> CheckResult:
    kept = {key: document[key] for key in ("name", "title", "visibility", "hint", "mistake", "duration_seconds")}
    return CheckResult(
        outcome=Outcome(document["outcome"]),
        points=_decimal(document["points"]),
        evidence=None if document["evidence"] is None else _evidence_from_dict(document["evidence"]),
        mistake_line=document.get("mistake_line"),
        further_hints=tuple(document.get("further_hints", ())),
        **kept,
    )


_ADDED_LATER = ("figures", "matrices", "predictions")


def _evidence_from_dict(document: dict[str, Any]) -> Evidence:
    plain = {entry.name: document[entry.name] for entry in fields(Evidence) if entry.name not in _ADDED_LATER}
    plain["location"] = None if plain["location"] is None else _location_from_dict(plain["location"])
    plain["calls"] = tuple(plain["calls"])
    plain["curves"] = tuple(map(_curve_from_dict, plain["curves"]))
    plain["figures"] = tuple(
        Figure(
            figure["title"],
            tuple(tuple(map(float, row)) for row in figure["image"]),
            tuple((label, float(length)) for label, length in figure["bars"]),
        )
        for figure in document.get("figures", ())
    )
    plain["matrices"] = tuple(map(_matrix_from_dict, document.get("matrices", ())))
    plain["predictions"] = tuple(map(_predictions_from_dict, document.get("predictions", ())))
    return Evidence(**plain)


def _location_from_dict(document: dict[str, Any]) -> Location:
    return Location(**{**document, "context": tuple(document.get("context", ()))})


def _curve_from_dict(document: dict[str, Any]) -> Curve:
    got, expected, low, high = (tuple(map(float, document.get(key, ()))) for key in ("got", "expected", "low", "high"))
    return Curve(document["title"], got, expected, document["unit"], low, high, document.get("band", ""))


def _matrix_from_dict(document: dict[str, Any]) -> Matrix:
    got, expected, difference = (tuple(map(_row_from_text, document[key])) for key in ("got", "expected", "difference"))
    rows, columns = document["block"]
    return Matrix(
        document["name"],
        tuple(document["shape"]),
        (rows, columns),
        got,
        expected,
        difference,
        tuple(document["wrong"]),
        document["where"],
        tuple(WrongEntry(**entry) for entry in document["entries"]),
    )


def _predictions_from_dict(document: dict[str, Any]) -> Predictions:
    return Predictions(
        document["title"],
        tuple(document["classes"]),
        tuple(tuple(map(int, row.split())) for row in document["counts"]),
        tuple(
            Misclassified(tuple(entry["image"]), entry["label"], entry["prediction"])
            for entry in document["misclassified"]
        ),
    )
