"""Gradescope's `submission_metadata.json`: who handed in what is graded, when, when it was due, and what came before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import UsageError
from grader.files import reason_of
from grader.results import Attempt
from grader.submissions.arrivals import Arrival, moment
from grader.text import clean_name

SYSTEM = "gradescope"
MAX_BYTES = 20_000_000  # it holds the whole results of the submission before
MAX_ATTEMPTS = 100


@dataclass(frozen=True)
class Metadata:
    """What Gradescope tells an autograder. `student` are the names of all who share the submission."""

    student: str
    arrival: Arrival
    attempts: tuple[Attempt, ...] = ()


class _Dates(msgspec.Struct):
    due_date: str | None = None
    total_points: str | float | None = None


class _User(msgspec.Struct):
    name: str = ""
    email: str = ""
    id: int | str = ""
    assignment: _Dates | None = None  # the student's own dates, where there is an extension


class _Before(msgspec.Struct):
    submission_time: str = ""
    score: str | float | None = None
    results: Any = None


class _Document(msgspec.Struct):
    created_at: str = ""
    assignment: _Dates = msgspec.field(default_factory=_Dates)
    users: list[_User] = msgspec.field(default_factory=list)
    previous_submissions: list[_Before] = msgspec.field(default_factory=list)
    id: int | str = ""


def read_metadata(path: Path) -> Metadata:
    """What the file tells. Raises `UsageError` if it can't be read: a submission must not be on time by accident."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise UsageError(
                f"{path}: is larger than {MAX_BYTES:,} bytes. Name the submission_metadata.json of Gradescope."
            )
        document = msgspec.json.decode(content, type=_Document)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {reason_of(error)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: is no submission_metadata.json of Gradescope: {error}. Name another one, or leave it out."
        ) from None
    deadline = _latest([user.assignment.due_date for user in document.users if user.assignment], path)
    deadline = deadline or _latest([document.assignment.due_date], path)
    if deadline and not document.created_at:
        raise UsageError(
            f"{path}: tells when the submission was due ({deadline}), and not when it was handed in. Expected created_at."
        )
    names = [clean_name(user.name or user.email) for user in document.users]
    arrival = Arrival(
        SYSTEM,
        ", ".join(names),
        _ids(document),
        submitted_at=moment(document.created_at, f"{path}: created_at") if document.created_at else "",
        deadline=deadline,
    )
    attempts = [_attempt(before, document) for before in document.previous_submissions[-MAX_ATTEMPTS:]]
    return Metadata(", ".join(names), arrival, tuple(attempt for attempt in attempts if attempt is not None))


def _latest(dates: Sequence[str | None], path: Path) -> str:
    """The latest of the dates, in UTC: of a group's members the one with the longest extension counts for all."""
    moments = [moment(date, f"{path}: due_date") for date in dates if date]
    return max(moments, key=datetime.fromisoformat, default="")


def _ids(document: _Document) -> dict[str, str]:
    ids = {"gradescope_submission": str(document.id)}
    if len(document.users) == 1:
        ids |= {"email": clean_name(document.users[0].email), "gradescope_user": str(document.users[0].id)}
    return {kind: value for kind, value in ids.items() if value}


def _attempt(before: _Before, document: _Document) -> Attempt | None:
    """An earlier submission; None for one that has no score, as when the autograder failed."""
    score, points = _decimal(before.score), _decimal(document.assignment.total_points)
    if score is None:
        return None
    told = before.results.get("extra_data") if isinstance(before.results, dict) else None
    digest = told.get("submission_sha256") if isinstance(told, dict) else None
    return Attempt(str(digest or ""), clean_name(before.submission_time), score, points or Decimal(0))


def _decimal(value: str | float | None) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
