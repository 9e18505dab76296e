"""Grade a class again after its rubric was mended: from the submissions that the store keeps, and only what it is about."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.assignments import Assignment
from grader.errors import UsageError
from grader.grades.publishing import write_class, write_student
from grader.grades.results_folder import ResultsFolder
from grader.grades.store import Store
from grader.grading.jobs import Jobs
from grader.grading.settings import Settings
from grader.isolation.levels import Isolation
from grader.reports.gradebook import csv_text
from grader.results import CheckResult, ExerciseResult, Flag, Grade, Outcome, Status, number
from grader.submissions.submission import Submission
from grader.text import did_you_mean

TABLE = "regraded.csv"
_OF_THE_RUN = ("grader_error", "graded_on_cpu")  # kinds of flags that are about how it was graded, not about what


@dataclass(frozen=True)
class Change:
    """What grading again changed for a student. If the grader `failed`, `after` is what still counts."""

    student: str
    before: Grade
    after: Grade
    failed: bool = False

    @property
    def checks(self) -> list[tuple[str, CheckResult | None, CheckResult | None]]:
        """Each check that ends otherwise now or is worth another score: `exercise/check`, before and after.

        None where it was not there.
        """
        before, after = _by_name(self.before), _by_name(self.after)
        return [
            (name, before.get(name), after.get(name))
            for name in {**before, **after}
            if _verdict(before.get(name)) != _verdict(after.get(name))
        ]

    @property
    def is_one(self) -> bool:
        """Whether anything that counts is another thing now."""
        return bool(self.checks) or (self.before.score, self.before.status) != (self.after.score, self.after.status)


@dataclass
class Regraded:
    """How it ended: what changed for each student, nothing perhaps, and who could not be graded again, with the reason."""

    changes: list[Change] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def changed(self) -> list[Change]:
        """Those for whom something is another thing now, by name."""
        return sorted((change for change in self.changes if change.is_one), key=lambda change: change.student)


def regrade(
    assignment: Assignment,
    folder: ResultsFolder,
    store: Store,
    checks: Sequence[str],
    jobs: int,
    settings: Settings,
    *,
    dry_run: bool = False,
    moved_on: Callable[[Grade], None] = lambda grade: None,
    began: Callable[[Isolation], None] = lambda isolation: None,
) -> Regraded:
    """Run the named checks (all without any) on every submission that counts, and put what they say into the grades.

    Every other check stays as it was. With `dry_run` nothing is kept. Raises `UsageError` for a check that the rubric lacks.
    """
    from grader.grading.grade import collected_checks

    known = [(check.exercise.name, check.name) for check, _ in collected_checks(assignment)]
    named = _named(checks, known) if checks else set(known)
    started = time.monotonic()
    ended = Regraded()
    before: dict[str, tuple[Grade, Grade]] = {}  # as it was added last, and as it counts
    partly: list[Submission] = []
    wholly: list[Submission] = []
    for student in store.students():
        last = store.last_added(student)
        assert last is not None
        submission = store.submission(student, last.submission_sha256)
        if submission is None:
            ended.left.append((student, "was graded before submissions were kept; grade the inbox again"))
            continue
        before[student] = (last, store.counting(student))
        (partly if checks and _is_whole(last, named) else wholly).append(submission)

    def keep(new: Grade) -> None:
        last, counting = before.pop(new.student)
        merged = merge(last, new, named) if checks and _is_whole(last, named) else new
        after = store.counted(merged) if dry_run else _kept(merged)
        ended.changes.append(Change(new.student, counting, after, merged.status is Status.GRADER_ERROR))
        moved_on(after)

    def _kept(merged: Grade) -> Grade:
        store.add(merged)
        counting = store.counting(merged.student)
        write_student(folder, counting)
        return counting

    for submissions in (partly, wholly):  # one that takes long is not to come last, when all others are done
        submissions.sort(key=lambda submission: -before[submission.student][0].duration_seconds)
    groups = ((partly, _with_needed(assignment, {exercise for exercise, _ in named})), (wholly, None))
    for submissions, exercises in groups:
        if submissions:
            _grade_all(
                assignment, submissions, exercises, min(jobs, len(submissions)), settings, folder.path, keep, began
            )
    ended.seconds = time.monotonic() - started
    if not dry_run:
        about = {"Regraded": ", ".join(sorted("/".join(name) for name in named)) if checks else "the whole rubric"}
        store.note_run(store.last_run() | {"Assignment version": assignment.version} | about)
        write_class(folder, store)
        folder.write(TABLE, changes_csv(ended.changed))
    return ended


def _grade_all(
    assignment: Assignment,
    submissions: list[Submission],
    exercises: Collection[str] | None,
    jobs: int,
    settings: Settings,
    out: Path,
    keep: Callable[[Grade], None],
    began: Callable[[Isolation], None],
) -> None:
    with closing(Jobs(assignment, jobs, settings, [out], exercises)) as workers:
        began(workers.isolation())
        workers.grade_all(submissions, keep)


def _is_whole(grade: Grade, named: Collection[tuple[str, str]]) -> bool:
    """Whether everything but the named checks has a verdict in `grade`, so that these are all that is to be run."""
    return bool(grade.exercises) and all(
        check.outcome is not Outcome.GRADER_ERROR or (exercise.name, check.name) in named
        for exercise in grade.exercises
        for check in exercise.checks
    )


def _named(wanted: Sequence[str], known: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """The checks that are meant: `linear/bias_gradient`, or the check's name alone. Raises `UsageError`."""
    found: set[tuple[str, str]] = set()
    for name in wanted:
        meant = {key for key in known if name in (key[1], "/".join(key))}
        if not meant:
            names = ["/".join(key) if "/" in name else key[1] for key in known]
            raise UsageError(f'the rubric has no check "{name}". {did_you_mean(name, names)}')
        found |= meant
    return found


def _with_needed(assignment: Assignment, exercises: set[str]) -> set[str]:
    """The exercises, and those that they wait for: how these end may block them."""
    found, more = set(exercises), list(exercises)
    while more:
        needed = set(assignment.exercise(more.pop()).needs) - found
        found |= needed
        more += needed
    return found


def merge(before: Grade, after: Grade, named: Collection[tuple[str, str]]) -> Grade:
    """`before` with the results of the named checks (exercise, check) taken from `after`, in the order of the rubric."""
    results = {exercise.name: exercise for exercise in after.exercises}
    exercises = tuple(
        _merged(exercise, results.pop(exercise.name, None), named) for exercise in before.exercises
    ) + tuple(_merged(None, results[name], named) for name in results if any(name == exercise for exercise, _ in named))
    checks = [check for exercise in exercises for check in exercise.checks]
    is_broken = any(check.outcome is Outcome.GRADER_ERROR for check in checks)
    judged = Status.GRADER_ERROR if is_broken else Status.GRADED
    told = [
        flag for flag in before.flags if flag.kind not in _OF_THE_RUN or (is_broken and flag.kind == "grader_error")
    ]
    return dataclasses.replace(
        before,
        assignment_version=after.assignment_version,
        title=after.title,
        status=before.status if before.status is Status.NOT_GRADABLE else judged,
        exercises=exercises,
        flags=tuple(dict.fromkeys((*told, *_faults(after.flags)))),
        environment=after.environment,
    )


def _faults(flags: Sequence[Flag]) -> Iterator[Flag]:
    return (flag for flag in flags if flag.kind in _OF_THE_RUN)


def _merged(
    before: ExerciseResult | None, after: ExerciseResult | None, named: Collection[tuple[str, str]]
) -> ExerciseResult:
    """The checks of the rubric as it is now, where the exercise was run; those that were not asked for as they were."""
    if after is None:
        assert before is not None
        return before
    old = {check.name: check for check in before.checks} if before is not None else {}
    checks = [
        check if (after.name, check.name) in named else old.pop(check.name)
        for check in after.checks
        if (after.name, check.name) in named or check.name in old
    ]
    return dataclasses.replace(after, checks=tuple(checks))


def changes_csv(changes: Sequence[Change]) -> str:
    """A row for each check that changed, for telling students: names, outcomes and scores before and after."""
    rows: list[tuple[str, ...]] = [
        ("student", "check", "outcome before", "outcome after", "score before", "score after")
    ]
    for change in changes:
        scores = (_score(change.before), _score(change.after))
        for name, before, after in change.checks or [("", None, None)]:
            outcomes = (check.outcome.value if check is not None else "" for check in (before, after))
            rows.append((change.student, name, *outcomes, *scores))
    return csv_text(rows)


def _score(grade: Grade) -> str:
    return "" if grade.status is Status.GRADER_ERROR else str(number(grade.score))


def _by_name(grade: Grade) -> dict[str, CheckResult]:
    return {f"{exercise.name}/{check.name}": check for exercise in grade.exercises for check in exercise.checks}


def _verdict(check: CheckResult | None) -> object:
    return None if check is None else (check.outcome, check.score, check.points)
