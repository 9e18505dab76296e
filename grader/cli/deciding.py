"""What the instructor decides after grading: `regrade` when a rubric was mended, `override` when a score is to be another."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.cli.options import Commands, add_common, add_isolation, student_of
from grader.cli.saying import Answer, columns_here, progress_bar, say_answer, say_isolation, say_problem, table
from grader.cli.stopping import stoppable
from grader.course.assignments import find_assignment, find_course
from grader.course.recording import why_no_mistakes
from grader.errors import UsageError
from grader.grading.settings import Settings
from grader.isolation.devices import require_device
from grader.isolation.levels import Level
from grader.results import CheckResult, Grade, Outcome, Status, number

if TYPE_CHECKING:
    from grader.grades.store import Store

_ROWS_SHOWN = 60
_NAMES_SHOWN = 3


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    regrade = commands.add_parser("regrade", help="run mended checks on every submission of a graded class again")
    regrade.add_argument("out", type=Path, metavar="OUT", help="where the class's grades are")
    regrade.add_argument(
        "--check",
        action="append",
        default=[],
        metavar="NAME",
        help="only this check, as check or exercise/check; may be repeated",
    )
    regrade.add_argument("--dry-run", action="store_true", help="show what would change; keep nothing")
    add_common(regrade)
    add_isolation(regrade)
    regrade.set_defaults(run=_regrade, least_isolation=Level.KERNEL)

    override = commands.add_parser(
        "override", help="decide the score of an exercise; without options, list what was decided"
    )
    override.add_argument("out", type=Path, metavar="OUT", help="where the class's grades are")
    override.add_argument("--student", type=student_of, metavar="NAME", help="whose score")
    override.add_argument("--exercise", metavar="NAME", help="of which exercise")
    override.add_argument("--score", metavar="N", help="what the exercise is worth")
    override.add_argument("--undo", action="store_true", help="take the decision back: the checks count again")
    override.add_argument("--why", metavar="TEXT", help="the reason; the student reads it")
    override.set_defaults(run=_override)


def _regrade(options: argparse.Namespace) -> int:
    from grader.grades.publishing import graded
    from grader.grading.regrading import TABLE, regrade

    require_device(options.device)
    settings = Settings(options.device, options.dataset_root, options.least_isolation)
    course = find_course(options.course or Path.cwd())
    with stoppable(), graded(options.out) as (folder, store):
        assignment = find_assignment(course, store.assignments()[0])
        problem = why_no_mistakes(assignment)
        if problem:
            say_problem(f"grader: {problem}")
        with progress_bar(len(store.students())) as moved_on:
            ended = regrade(
                assignment, folder, store, options.check, options.jobs, settings,
                dry_run=options.dry_run, moved_on=moved_on, began=say_isolation,
            )  # fmt: skip
    changed = [
        Changed(
            student=change.student,
            before=_score(change.before),
            after=_score(change.after),
            points=number(change.after.points),
            checks=[ChangedCheck(name, _ended(before), _ended(after)) for name, before, after in change.checks],
        )
        for change in ended.changed
    ]
    answer = ClassRegraded(
        kept=not options.dry_run,
        graded=len(ended.changes),
        changed=changed,
        left=[NotGraded(student, why) for student, why in ended.left],
        failed=[change.student for change in ended.changes if change.failed],
        seconds=ended.seconds,
        table=options.out / TABLE,
    )
    say_answer(answer)
    return 3 if answer.left or answer.failed else 0


class Ended(msgspec.Struct, frozen=True):
    """How a check ended, and what it is worth."""

    outcome: Outcome
    score: int | float
    points: int | float

    def __str__(self) -> str:
        return f"{self.outcome.words} ({self.score} of {self.points})"


class ChangedCheck(msgspec.Struct, frozen=True):
    """A check, as `exercise/check`, that ends otherwise now. None where it was not there."""

    name: str
    before: Ended | None
    after: Ended | None

    def words(self) -> str:
        """What became what."""
        before, after = ("not there" if ended is None else str(ended) for ended in (self.before, self.after))
        return f"{self.name}: {before} -> {after}"


class Changed(msgspec.Struct, frozen=True):
    """A student for whom something is another thing now. There is no score where the grader failed."""

    student: str
    before: int | float | None
    after: int | float | None
    points: int | float
    checks: list[ChangedCheck]


class NotGraded(msgspec.Struct, frozen=True):
    """A student who could not be graded again, and why."""

    student: str
    why: str


class ClassRegraded(Answer, frozen=True):
    """What grading a class again changed. For those who `failed` the grade of before counts, or none does."""

    kept: bool
    graded: int
    changed: list[Changed]
    left: list[NotGraded]
    failed: list[str]
    seconds: float
    table: Path

    def lines(self) -> Iterator[str]:
        """Whose score is another one, which checks end otherwise how often, and who needs the instructor."""
        rows = []
        for change in self.changed[:_ROWS_SHOWN]:
            names = [check.name for check in change.checks]
            told = ", ".join(names[:_NAMES_SHOWN]) + (
                f" and {more} more" if (more := len(names) - _NAMES_SHOWN) > 0 else ""
            )
            score = f"{_score_words(change.before):>6} -> {_score_words(change.after)} of {change.points}  {told}"
            rows.append((f"  {change.student}", score))
        yield from table(rows, columns_here())
        if len(self.changed) > _ROWS_SHOWN:
            where = f"; all are in {self.table}" if self.kept else ""
            yield f"  ... and {len(self.changed) - _ROWS_SHOWN} more{where}"
        turns = Counter(check.words() for change in self.changed for check in change.checks)
        yield from (f"  {words}: {times}" for words, times in sorted(turns.items()))
        yield from self._left()
        kept = f"Every change: {self.table}" if self.kept else "Nothing was kept (--dry-run)."
        yield ""
        yield f"{len(self.changed)} of {self.graded} changed, in {self.seconds:.1f} s. {kept}"
        yield from self._failed()

    def problems(self) -> Iterator[str]:
        """Who needs the instructor."""
        yield from self._left()
        yield from self._failed()

    def _left(self) -> Iterator[str]:
        yield from (f"  {entry.student}: not graded again: {entry.why}" for entry in self.left)

    def _failed(self) -> Iterator[str]:
        if self.failed:
            yield (
                f"{len(self.failed)} need you: the grader failed there, so the grade before still counts, or none does."
            )


def _ended(check: CheckResult | None) -> Ended | None:
    return None if check is None else Ended(check.outcome, number(check.score), number(check.points))


def _score(grade: Grade) -> int | float | None:
    return None if grade.status is Status.GRADER_ERROR else number(grade.score)


def _score_words(score: float | None) -> str:
    return "error" if score is None else str(score)


class Decided(msgspec.Struct, frozen=True):
    """A decision: the exercise earned so much by its checks, and is worth `score`. The time is ISO 8601, UTC."""

    student: str
    exercise: str
    earned: int | float
    score: int | float
    points: int | float
    made_at: str
    why: str


class Decisions(Answer, frozen=True):
    """All that was decided about a class."""

    decisions: list[Decided]

    def lines(self) -> Iterator[str]:
        """A line each, and how many."""
        for made in self.decisions:
            yield (
                f"  {made.student}, {made.exercise}: {made.earned} -> {made.score} of "
                f"{made.points}, {made.made_at[:10]}: {made.why}"
            )
        yield (
            f"{len(self.decisions)} decided"
            if self.decisions
            else "nothing was decided; the score of every exercise is that of its checks"
        )


class Decision(Answer, frozen=True):
    """What a decision made of a student's score. There is none where the grader failed."""

    student: str
    exercise: str
    before: int | float | None
    after: int | float | None
    points: int | float

    def lines(self) -> Iterator[str]:
        """The score before and after."""
        yield f"{self.student}: {_score_words(self.before)} -> {_score_words(self.after)} of {self.points}"


def _override(options: argparse.Namespace) -> int:
    from grader.grades.deciding import override, score_of
    from grader.grades.publishing import graded

    given = {name: getattr(options, name) for name in ("student", "exercise", "score", "why")}
    with graded(options.out) as (folder, store):
        if not options.undo and not any(value is not None for value in given.values()):
            say_answer(Decisions([*_decided(store)]))
            return 0
        missing = [f"--{name}" for name in ("student", "exercise") if given[name] is None]
        missing += ["--score or --undo"] if (given["score"] is None) != options.undo else []
        missing += ["--why"] if given["why"] is None else []
        if missing:
            raise UsageError(
                f"a decision needs {', '.join(missing)} too. Give all: "
                "--student NAME --exercise NAME --why TEXT, and --score 6.5 or --undo."
            )
        score = None if options.undo else score_of(options.score)
        before, after = override(folder, store, options.student, options.exercise, score, options.why)
    say_answer(
        Decision(options.student, options.exercise, _score(before), _score(after), number(after.points)),
    )
    return 0


def _decided(store: Store) -> Iterator[Decided]:
    from grader.grades.deciding import decisions

    for student, exercise in decisions(store):
        made = exercise.override
        assert made is not None
        yield Decided(
            student,
            exercise.name,
            number(exercise.earned),
            number(made.score),
            number(exercise.points),
            made.made_at,
            made.why,
        )
