"""What the instructor decides after grading: `regrade` when a rubric was mended, `override` when a score is to be another."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from grader.cli.options import Commands, add_common, add_isolation
from grader.cli.saying import progress_bar, say, say_isolation
from grader.cli.stopping import stoppable
from grader.course.assignments import find_assignment, find_course
from grader.course.recording import why_no_mistakes
from grader.errors import UsageError
from grader.grading.settings import Settings
from grader.isolation.devices import require_device
from grader.isolation.levels import Level
from grader.results import CheckResult, Grade, Status, number

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
    override.add_argument("--student", metavar="NAME", help="whose score")
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
            say(f"grader: {problem}", sys.stderr)
        with progress_bar(len(store.students())) as moved_on:
            ended = regrade(
                assignment, folder, store, options.check, options.jobs, settings,
                dry_run=options.dry_run, moved_on=moved_on, began=say_isolation,
            )  # fmt: skip
    width = max((len(change.student) for change in ended.changed), default=0)
    for change in ended.changed[:_ROWS_SHOWN]:
        points = number(change.after.points)
        names = [name for name, *_ in change.checks]
        told = ", ".join(names[:_NAMES_SHOWN]) + (
            f" and {more} more" if (more := len(names) - _NAMES_SHOWN) > 0 else ""
        )
        say(f"  {change.student:<{width}}  {_score(change.before):>6} -> {_score(change.after)} of {points}  {told}")
    if len(ended.changed) > _ROWS_SHOWN:
        where = "" if options.dry_run else f"; all are in {options.out / TABLE}"
        say(f"  ... and {len(ended.changed) - _ROWS_SHOWN} more{where}")
    turns = Counter(
        (name, *map(_ended, (before, after))) for change in ended.changed for name, before, after in change.checks
    )
    for (name, before, after), times in sorted(turns.items()):
        say(f"  {name}: {before} -> {after}: {times}")
    for student, why in ended.left:
        say(f"  {student}: not graded again: {why}")
    kept = "Nothing was kept (--dry-run)." if options.dry_run else f"Every change: {options.out / TABLE}"
    say(f"\n{len(ended.changed)} of {len(ended.changes)} changed, in {ended.seconds:.1f} s. {kept}")
    broken = sum(change.failed for change in ended.changes)
    if broken:
        say(f"{broken} need you: the grader failed there, so the grade before still counts, or none does.")
    return 3 if ended.left or broken else 0


def _ended(check: CheckResult | None) -> str:
    """How a check ended, and what it is worth."""
    return "not there" if check is None else f"{check.outcome.words} ({number(check.score)} of {number(check.points)})"


def _score(grade: Grade) -> str:
    return "error" if grade.status is Status.GRADER_ERROR else str(number(grade.score))


def _override(options: argparse.Namespace) -> int:
    from grader.grades.deciding import decisions, override, score_of
    from grader.grades.publishing import graded

    given = {name: getattr(options, name) for name in ("student", "exercise", "score", "why")}
    with graded(options.out) as (folder, store):
        if not options.undo and not any(value is not None for value in given.values()):
            listed = list(decisions(store))
            for student, exercise in listed:
                assert exercise.override is not None
                decided = exercise.override
                say(
                    f"  {student}, {exercise.name}: {number(exercise.earned)} -> {number(decided.score)} of "
                    f"{number(exercise.points)}, {decided.made_at[:10]}: {decided.why}"
                )
            say(
                f"{len(listed)} decided"
                if listed
                else "nothing was decided; the score of every exercise is that of its checks"
            )
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
    say(f"{options.student}: {_score(before)} -> {_score(after)} of {number(after.points)}")
    return 0
