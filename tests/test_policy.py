"""What a course does about findings: nothing but flags, or no points for the exercise that a use is in."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from grader.checks.forbidden import Finding, Reading
from grader.checks.policy import Use, apply_policy, run_time_findings
from grader.course.assignments import Assignment
from grader.errors import CourseError
from grader.results import CheckResult, Evidence, ExerciseResult, Outcome
from grader.submissions.submission import make_submission

TOML = """title = "T"
forbids = ["torch.nn", "torch.autograd"]
on_forbidden = "{policy}"
[[exercise]]
name = "one"
title = "One"
file = "one.py"
defines = ["One"]
[[exercise]]
name = "two"
title = "Two"
file = "two.py"
defines = ["Two"]
[[exercise]]
name = "joint"
title = "Joint"
file = "two.py"
needs = ["one", "two"]
"""
FILES = {
    "one.py": "import torch\n\nclass One:\n    def f(self, x):\n        return torch.nn.functional.relu(x)\n",
    "two.py": "import torch.nn as nn\n\nclass Two:\n    pass\n",
}
SUBMISSION = make_submission("s", FILES)


def assignment(folder: Path, policy: str = "zero_exercise") -> Assignment:
    """An assignment of three exercises, the last of which runs the others together."""
    (folder / "assignments/t").mkdir(parents=True)
    (folder / "assignments/t/assignment.toml").write_text(TOML.format(policy=policy), encoding="utf-8")
    return Assignment(folder, "t")


def results(*outcomes: Outcome, visibility: str = "public") -> tuple[ExerciseResult, ...]:
    """All three exercises, each with checks that ended like this."""
    checks = tuple(
        CheckResult(f"c{number}", "t", outcome, Decimal(2), visibility, evidence=Evidence(summary="own"))
        for number, outcome in enumerate(outcomes)
    )
    return tuple(ExerciseResult(name, name, checks, f"{name}.py") for name in ("one", "two", "joint"))


def scores(exercises: tuple[ExerciseResult, ...]) -> dict[str, Decimal]:
    return {exercise.name: exercise.score for exercise in exercises}


def test_flag_changes_nothing(tmp_path: Path) -> None:
    """With the policy `flag` results are as they were."""
    course = assignment(tmp_path, "flag")
    found = Reading(course, SUBMISSION).findings()
    assert [finding.is_use for finding in found] == [True, False]
    before = results(Outcome.PASSED)
    assert apply_policy(course, SUBMISSION, before, found) == before


def test_use_costs_its_exercise_alone(tmp_path: Path) -> None:
    """One loses its points and the joint run with it; Two, with an import that nothing uses, loses none."""
    course = assignment(tmp_path)
    after = apply_policy(
        course, SUBMISSION, results(Outcome.PASSED, Outcome.FAILED), Reading(course, SUBMISSION).findings()
    )
    assert scores(after) == {"one": 0, "two": 2, "joint": 0}
    passed, failed = after[0].checks
    assert (passed.outcome, failed.outcome) == (Outcome.FAILED, Outcome.FAILED)
    assert passed.evidence is not None
    assert passed.evidence.summary == "one.py, line 5 uses torch.nn; this exercise is to be written without it."
    assert str(passed.evidence.location) == "one.py, line 5, in One.f"
    assert passed.evidence.location is not None
    assert passed.evidence.location.source == "return torch.nn.functional.relu(x)"
    assert passed.hint is not None
    assert failed.evidence == Evidence(summary="own")  # what was wrong anyway is told as it was


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.PASSED])
def test_only_points_that_were_earned_are_lost(tmp_path: Path, outcome: Outcome) -> None:
    """Every other outcome stays what it is: a fault of ours is not made the student's."""
    course = assignment(tmp_path)
    before = results(outcome)
    assert apply_policy(course, SUBMISSION, before, Reading(course, SUBMISSION).findings()) == before


def test_hidden_check_stays_silent(tmp_path: Path) -> None:
    """A hidden check loses its points without a word."""
    course = assignment(tmp_path)
    after = apply_policy(
        course, SUBMISSION, results(Outcome.PASSED, visibility="hidden"), Reading(course, SUBMISSION).findings()
    )
    assert (after[0].score, after[0].checks[0].evidence, after[0].checks[0].hint) == (0, None, None)


def test_use_at_run_time_counts_like_one_in_the_text(tmp_path: Path) -> None:
    """What the run showed is a finding of the exercise whose code the line is part of, and a flag."""
    course = assignment(tmp_path)
    findings, flags = run_time_findings(
        SUBMISSION, Reading(course, SUBMISSION), [Use("two.py", 4, "calls torch.autograd.grad when it runs")]
    )
    assert findings == [Finding("two.py", 4, "torch.autograd", True, ("two",))]
    assert (flags[0].kind, flags[0].where) == ("autograd_used", "two.py, line 4")
    assert scores(apply_policy(course, SUBMISSION, results(Outcome.PASSED), findings)) == {
        "one": 2,
        "two": 0,
        "joint": 0,
    }


def test_use_in_nobodys_code_costs_nothing(tmp_path: Path) -> None:
    """A helper that no exercise reaches is a flag, no more."""
    course = assignment(tmp_path)
    findings, flags = run_time_findings(
        SUBMISSION, Reading(course, SUBMISSION), [Use("two.py", 1, "calls torch.autograd.grad when it runs")]
    )
    assert len(flags) == 1
    before = results(Outcome.PASSED)
    assert apply_policy(course, SUBMISSION, before, findings) == before


def test_exercises_that_may_use_autograd(tmp_path: Path) -> None:
    """A use that another exercise's checks saw is nothing in an exercise that may; in nobody's code it is a flag."""
    course = assignment(tmp_path)
    course.manifest_path.write_text(
        course.manifest_path.read_text(encoding="utf-8")
        .replace(', "torch.autograd"]', "]")
        .replace('file = "one.py"\n', 'file = "one.py"\nforbids = ["torch.autograd"]\n'),
        encoding="utf-8",
    )
    course = Assignment(tmp_path, "t")
    assert [exercise.forbids_autograd for exercise in course.exercises] == [True, False, False]
    what = "calls torch.autograd.grad when it runs"
    uses = [Use("one.py", 5, what), Use("two.py", 1, what), Use("two.py", 4, what)]
    findings, flags = run_time_findings(SUBMISSION, Reading(course, SUBMISSION), uses)
    assert [(finding.file, finding.line, finding.exercises) for finding in findings] == [
        ("one.py", 5, ("one",)),
        ("two.py", 1, ()),
    ]
    assert [flag.where for flag in flags] == ["one.py, line 5", "two.py, line 1"]
    through = run_time_findings(SUBMISSION, Reading(course, SUBMISSION), [Use("one.py", 5, what, "two.py", 4)])[0]
    assert [finding.exercises for finding in through] == [("one",)]


def test_who_only_calls_a_forbidden_use_is_not_to_blame(tmp_path: Path) -> None:
    """Where the code that uses autograd is itself of an exercise that must not, its caller did nothing wrong."""
    use = Use("one.py", 5, "calls torch.autograd.grad when it runs", "two.py", 4)
    assert run_time_findings(SUBMISSION, Reading(assignment(tmp_path), SUBMISSION), [use]) == ([], [])


def test_unknown_policy_is_refused(tmp_path: Path) -> None:
    """A word that is no policy is an error of the course, with the words there are."""
    with pytest.raises(CourseError, match='on_forbidden is "punish"; expected flag or zero_exercise'):
        assignment(tmp_path, "punish")
