"""What changes a score beside the checks: lateness to the second, decisions for one submission only, and exact sums."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.adjustments import LatePolicy, LateRule, adjusted, as_attempt, lateness
from grader.errors import UsageError
from grader.results import Attempt, CheckResult, ExerciseResult, Grade, Lateness, Outcome, Override, Status, for_student
from grader.submissions.arrivals import Arrival, moment

DEADLINE = "2026-03-01T12:00:00+00:00"
RULE = LateRule(percent_per_day=10, grace_minutes=15, max_days=3)


def check(name: str, points: str, outcome: Outcome = Outcome.PASSED, visibility: str = "public") -> CheckResult:
    return CheckResult(name, f"{name}.", outcome, Decimal(points), visibility)


def make_grade(*checks: CheckResult, status: Status = Status.GRADED) -> Grade:
    exercise = ExerciseResult("linear", "Linear", checks or (check("one", "7.5"),))
    return Grade("digits", "v1", "ada", "a" * 64, status, (exercise,))


def came(**later: float) -> Arrival:
    """A submission that came that much after the deadline."""
    return Arrival(submitted_at=(datetime.fromisoformat(DEADLINE) + timedelta(**later)).isoformat())


@pytest.mark.parametrize(
    ("later", "days", "percent"),
    [
        ({"seconds": 1}, 0, 0),
        ({"minutes": 15}, 0, 0),
        ({"minutes": 15, "seconds": 1}, 1, 10),
        ({"days": 1}, 1, 10),
        ({"days": 1, "seconds": 1}, 2, 20),
        ({"days": 3}, 3, 30),
        ({"days": 3, "seconds": 1}, 4, 100),
    ],
)
def test_days_begun_count_after_the_grace(later: dict[str, float], days: int, percent: int) -> None:
    """Up to the grace costs nothing; then every day begun since the deadline counts; beyond the last day all is lost."""
    late = lateness(LatePolicy(DEADLINE, RULE), came(**later))
    assert late == Lateness(late.submitted_at if late else "", DEADLINE, days, Decimal(percent))


@pytest.mark.parametrize("arrival", [came(), came(seconds=-1), Arrival(), Arrival(is_late=True)])
def test_on_time_or_unknown_costs_nothing(arrival: Arrival) -> None:
    """Whoever came in time, or nobody knows when, has no lateness."""
    assert lateness(LatePolicy(DEADLINE, RULE), arrival) is None


def test_own_deadline_counts() -> None:
    """A student's own deadline takes the place of the class's."""
    arrival = Arrival(submitted_at="2026-03-02T12:00:00+00:00", deadline="2026-03-03T00:00:00+00:00")
    assert lateness(LatePolicy(DEADLINE, RULE), arrival) is None


def test_zones_are_compared_as_moments() -> None:
    """A time in another zone is the same moment."""
    arrival = Arrival(submitted_at="2026-03-01T13:00:00+01:00")
    assert lateness(LatePolicy(DEADLINE, RULE), arrival) is None


def test_without_a_rule_it_is_only_said() -> None:
    """Where the assignment has no rule, a late submission keeps its score and has a flag."""
    grade = adjusted(make_grade(), came(days=2), LatePolicy(DEADLINE), {})
    assert (grade.score, [flag.kind for flag in grade.flags]) == (Decimal("7.5"), ["late"])


def test_late_by_who_knows_how_much_is_only_said() -> None:
    """A system that says late and not when: nothing is taken off, and the instructor is told."""
    grade = adjusted(make_grade(), Arrival("canvas", is_late=True), LatePolicy(DEADLINE, RULE), {})
    assert (grade.score, [(flag.kind, flag.where) for flag in grade.flags]) == (Decimal("7.5"), [("late", "canvas")])


def test_deduction_is_in_hundredths_for_the_student() -> None:
    """A third of a hundredth is never taken: 10 % of 7.77 is 0.77."""
    grade = adjusted(make_grade(check("one", "7.77")), came(hours=2), LatePolicy(DEADLINE, RULE), {})
    assert (grade.earned, grade.deduction, grade.score) == (Decimal("7.77"), Decimal("0.77"), Decimal("7.00"))


@given(
    points=st.lists(st.integers(0, 1000), max_size=6),
    percent=st.integers(0, 1000).map(lambda tenths: Decimal(tenths) / 10),
)
def test_score_is_whole_hundredths_within_the_points(points: list[int], percent: Decimal) -> None:
    """Whatever is taken off, the score is in hundredths, at least 0 and at most what was earned."""
    checks = tuple(check(f"c{place}", str(Decimal(value) / 100)) for place, value in enumerate(points))
    exercise = ExerciseResult("e", "E", checks)
    grade = Grade("a", "v", "s", "0", Status.GRADED, (exercise,), lateness=Lateness(DEADLINE, DEADLINE, 1, percent))
    assert grade.score == round(grade.score, 2)
    assert 0 <= grade.score <= grade.earned == grade.points
    assert grade.earned - grade.score <= grade.earned * percent / 100


def test_decision_takes_the_place_of_the_checks() -> None:
    """An override is the exercise's score; what the checks gave is still there."""
    override = Override(Decimal("3.25"), "seen in person", DEADLINE)
    grade = adjusted(make_grade(), None, LatePolicy(), {"linear": ("a" * 64, override)})
    assert (grade.score, grade.earned, grade.exercises[0].override) == (Decimal("3.25"), Decimal("7.5"), override)


def test_decision_on_another_submission_does_not_count() -> None:
    """What was decided for an earlier submission does not count for this one, and the instructor is told."""
    grade = adjusted(make_grade(), None, LatePolicy(), {"linear": ("b" * 64, Override(Decimal(1), "w", DEADLINE))})
    assert (grade.score, [flag.kind for flag in grade.flags]) == (Decimal("7.5"), ["override_outdated"])
    assert for_student(grade).flags == ()


@pytest.mark.parametrize(("decided", "status"), [(True, Status.GRADED), (False, Status.GRADER_ERROR)])
def test_decision_settles_a_fault_of_the_grader(decided: bool, status: Status) -> None:
    """A grader error needs nobody any more once the exercise that it is in has been decided."""
    broken = make_grade(check("one", "2", Outcome.GRADER_ERROR), status=Status.GRADER_ERROR)
    overrides = {"linear": ("a" * 64, Override(Decimal(2), "by hand", DEADLINE))} if decided else {}
    assert adjusted(broken, None, LatePolicy(), overrides).status is status


def test_fault_without_a_check_is_not_settled() -> None:
    """A grade that failed as a whole stays so: there is no exercise that the fault is in."""
    broken = make_grade(status=Status.GRADER_ERROR)
    overrides = {"linear": ("a" * 64, Override(Decimal(2), "by hand", DEADLINE))}
    assert adjusted(broken, None, LatePolicy(), overrides).status is Status.GRADER_ERROR


def test_attempts_show_hidden_checks_by_number_only() -> None:
    """What a student reads of an earlier attempt has no names of hidden checks; a check of before is left out."""
    first = make_grade(check("one", "1"), check("secret", "2", visibility="hidden"), check("gone", "1"))
    now = make_grade(check("one", "1"), check("secret", "2", visibility="hidden"))
    grade = adjusted(now, None, LatePolicy(), {}, [as_attempt(first, DEADLINE)])
    assert grade.attempts == (
        Attempt("a" * 64, DEADLINE, Decimal(4), Decimal(4), ("linear/one", "linear/secret", "linear/gone")),
    )
    assert for_student(grade).attempts[0].passed == ("linear/one", "linear/hidden_1")


def test_moments_are_read() -> None:
    """A date is the end of its day; a zone is honoured; anything else is refused with what was expected."""
    assert moment("2026-03-01T12:00:00+02:00", "x") == "2026-03-01T10:00:00+00:00"
    assert moment("2026-03-01", "x") == moment("2026-03-01 23:59:59", "x")
    with pytest.raises(UsageError, match=r"the deadline is 'tomorrow'; expected a date or a date and a time"):
        moment("tomorrow", "the deadline")


@pytest.mark.parametrize(
    "wrong", [{"percent_per_day": 101}, {"percent_per_day": -1}, {"grace_minutes": -1}, {"max_days": -1}]
)
def test_rules_that_can_not_be_are_refused(wrong: dict[str, int]) -> None:
    """A rule with an impossible number is refused with its name."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LateRule(**{"percent_per_day": 10} | wrong)  # type: ignore[arg-type]
