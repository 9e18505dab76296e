"""What changes a score beside the checks: being late, and an instructor's decisions. Pure functions on grades."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from grader.results import Attempt, ExerciseResult, Flag, Grade, Lateness, Outcome, Override, Status
from grader.submissions.arrivals import Arrival

_DAY_SECONDS = 86_400


class LateRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[late]` of an assignment.toml. The text below a key is what the reference page says of it."""

    percent_per_day: float
    """How much of its score every day begun since the deadline takes off a submission, 0 to 100."""
    grace_minutes: float = 0.0
    """A submission that is no later than this is on time, 0 or more."""
    max_days: int | None = None
    """One that is more days late than this scores nothing, 0 or more; without it there is no such limit."""

    def __post_init__(self) -> None:
        """Raises `ValueError` for numbers that no rule can have."""
        if not 0 <= self.percent_per_day <= 100:
            raise ValueError(f"`percent_per_day` is {self.percent_per_day:g}; expected 0 to 100")
        if not 0 <= self.grace_minutes < math.inf:
            raise ValueError(f"`grace_minutes` is {self.grace_minutes:g}; expected 0 or more")
        if self.max_days is not None and self.max_days < 0:
            raise ValueError(f"`max_days` is {self.max_days}; expected 0 or more")


class LatePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What applies to a class: its deadline (ISO 8601, UTC; empty without one), and the assignment's rule."""

    deadline: str = ""
    rule: LateRule | None = None


def lateness(policy: LatePolicy, arrival: Arrival) -> Lateness | None:
    """How late the submission is and what it costs; None if it is on time, or if it isn't known when it came."""
    deadline = arrival.deadline or policy.deadline
    if not deadline or not arrival.submitted_at:
        return None
    seconds = (_utc(arrival.submitted_at) - _utc(deadline)).total_seconds()
    if seconds <= 0:
        return None
    rule = policy.rule or LateRule(percent_per_day=0)
    days = 0 if seconds <= 60 * rule.grace_minutes else math.ceil(seconds / _DAY_SECONDS)
    if rule.max_days is not None and days > rule.max_days:
        percent = Decimal(100)
    else:
        percent = min(Decimal(100), days * Decimal(str(rule.percent_per_day)))
    return Lateness(_iso(arrival.submitted_at), _iso(deadline), days, percent)


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


def _iso(moment: str) -> str:
    return _utc(moment).isoformat(timespec="seconds")


def adjusted(
    grade: Grade,
    arrival: Arrival | None,
    policy: LatePolicy,
    overrides: Mapping[str, tuple[str, Override]],
    attempts: Sequence[Attempt] = (),
) -> Grade:
    """The grade that counts: with the decisions on its exercises, lateness, and the attempts before it.

    `overrides` are by exercise, each with the digest of the submission that it was made for; one made for another
    submission does not count, and a flag says so.
    """
    flags = list(grade.flags)
    exercises: list[ExerciseResult] = []
    for exercise in grade.exercises:
        sha256, override = overrides.get(exercise.name, ("", None))
        if override is not None and sha256 != grade.submission_sha256:
            detail = (
                f"was set to {override.score} for another submission ({sha256[:12]}); it does not count for this one"
            )
            flags.append(Flag("override_outdated", exercise.name, detail))
            override = None
        exercises.append(replace(exercise, override=override))
    late = lateness(policy, arrival) if arrival is not None else None
    if late is not None and policy.rule is None:
        flags.append(
            Flag("late", late.submitted_at, f"is after the deadline, {late.deadline}; there is no rule for it")
        )
    if late is None and arrival is not None and arrival.is_late and not arrival.submitted_at:
        flags.append(Flag("late", arrival.system, "says that it is late, not by how much; nothing was taken off"))
    return replace(
        grade,
        status=_status(grade, exercises),
        exercises=tuple(exercises),
        flags=tuple(flags),
        lateness=late,
        attempts=tuple(attempts),
    )


def _status(grade: Grade, exercises: Sequence[ExerciseResult]) -> Status:
    """A fault of the grader's needs nobody any more once the instructor has decided every exercise that it is in."""
    if grade.status is not Status.GRADER_ERROR:
        return grade.status
    broken = [
        exercise for exercise in exercises if any(check.outcome is Outcome.GRADER_ERROR for check in exercise.checks)
    ]
    is_decided = broken and all(exercise.override is not None for exercise in broken)
    return Status.GRADED if is_decided else Status.GRADER_ERROR


def as_attempt(grade: Grade, graded_at: str) -> Attempt:
    """What later grades tell of this one."""
    passed = tuple(
        f"{exercise.name}/{check.name}"
        for exercise in grade.exercises
        for check in exercise.checks
        if check.outcome is Outcome.PASSED
    )
    return Attempt(grade.submission_sha256, graded_at, grade.earned, grade.points, passed)
