"""What a course does about findings: names its assignment forbids, and uses of autograd seen at run time.

Every finding is a flag. With `on_forbidden = "zero_exercise"` an exercise with a use in its code earns nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import NamedTuple

from grader.checks.forbidden import Finding, Reading, forbidden_flags
from grader.course.assignments import Assignment
from grader.results import CheckResult, Evidence, ExerciseResult, Flag, Outcome
from grader.submissions.submission import Submission

AUTOGRAD = "torch.autograd"


class Use(NamedTuple):
    """A use of autograd that was seen when code ran: the line, and what it does there.

    With a `near_file`, the line is that of a function which got there through code of that file, at `near_line`.
    """

    file: str
    line: int
    what: str
    near_file: str = ""
    near_line: int = 0


class Judged(NamedTuple):
    """Results after the course's policy, and the flags of what was found: in the text, and when the code ran."""

    exercises: tuple[ExerciseResult, ...]
    in_text: list[Flag]
    at_run_time: list[Flag]


def judge(
    assignment: Assignment,
    submission: Submission,
    exercises: tuple[ExerciseResult, ...],
    uses: Iterable[Use] = (),
) -> Judged:
    """Look for what the assignment forbids and do what the course does about it. `uses` are of autograd, at run time."""
    reading = Reading(assignment, submission)
    findings = reading.findings()
    seen, flags = run_time_findings(submission, reading, uses)
    after = apply_policy(assignment, submission, exercises, [*findings, *seen])
    return Judged(after, forbidden_flags(submission, findings), flags)


def run_time_findings(
    submission: Submission, reading: Reading, uses: Iterable[Use]
) -> tuple[list[Finding], list[Flag]]:
    """The uses of autograd that were seen while the code ran, as findings and as flags."""
    findings, flags = [], []
    forbidding = {exercise.name for exercise in reading.assignment.exercises if exercise.forbids_autograd}
    for file, line, what, near_file, near_line in uses:
        owners = reading.exercises_at(file, line)
        concerned = tuple(name for name in owners if name in forbidding)
        if owners and not concerned:  # its exercise may use autograd; another's checks only loaded it
            continue
        if near_file and set(reading.exercises_at(near_file, near_line)) & forbidding:  # the blame is that code's alone
            continue
        findings.append(Finding(file, line, AUTOGRAD, True, concerned))
        flags.append(Flag("autograd_used", submission.place(file, line), f"{what}; this assignment forbids {AUTOGRAD}"))
    return findings, flags


def apply_policy(
    assignment: Assignment,
    submission: Submission,
    exercises: tuple[ExerciseResult, ...],
    findings: Iterable[Finding],
) -> tuple[ExerciseResult, ...]:
    """The results after what the course does about findings: unchanged, or without the points of the exercises concerned.

    An exercise of no code of its own, such as a joint run, loses its points with any exercise that it needs.
    """
    if assignment.on_forbidden == "flag":
        return exercises
    reasons: dict[str, Finding] = {}
    for finding in findings:
        for name in finding.exercises if finding.is_use else ():
            reasons.setdefault(name, finding)
    for exercise in assignment.exercises:
        needed = [name for name in exercise.needs if name in reasons]
        if not exercise.defines and needed:
            reasons.setdefault(exercise.name, reasons[needed[0]])
    return tuple(
        _zeroed(result, submission, reasons[result.name]) if result.name in reasons else result for result in exercises
    )


def _zeroed(exercise: ExerciseResult, submission: Submission, finding: Finding) -> ExerciseResult:
    source = submission.sources[finding.file]
    place = source.location(finding.line, source.function_at(finding.line))
    evidence = Evidence(
        summary=f"{place.place} uses {finding.name}; this exercise is to be written without it.",
        location=place,
    )
    hint = "What this check saw is right. Write it yourself, with operations on tensors, to earn the points."

    def without_points(check: CheckResult) -> CheckResult:
        if check.outcome is not Outcome.PASSED:
            return check
        hidden = check.visibility == "hidden"
        return dataclasses.replace(
            check, outcome=Outcome.FAILED, evidence=None if hidden else evidence, hint=None if hidden else hint
        )

    return dataclasses.replace(exercise, checks=tuple(map(without_points, exercise.checks)))
