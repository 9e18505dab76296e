"""Grade a pull request where a CI service runs: `ci`."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import msgspec

from grader.cli.options import Commands, add_course, add_isolation
from grader.cli.saying import Answer, say_answer, say_command, say_isolation, say_problem
from grader.cli.stopping import stoppable
from grader.course.assignments import assignment_names, find_assignment, find_course
from grader.errors import GraderError, StorageError, UsageError
from grader.files import reason_of, write_file
from grader.grade_json import grade_to_json
from grader.grading.settings import Settings
from grader.isolation.levels import Level
from grader.release.pull_request import (
    Minimum,
    changed_paths,
    grade_tree,
    is_attempted,
    is_there,
    is_touched,
    minimum,
    problems_in,
    protected_files,
    verdict,
)
from grader.reports.annotations import Annotation, WorkflowCommand, code_quality_json, workflow_commands
from grader.reports.job_junit import job_junit
from grader.reports.job_summary import (
    COMMENT_BYTES,
    OUR_FAULT,
    SUMMARY_BYTES,
    JobResult,
    Verdict,
    headline,
    job_summary,
    standing,
)
from grader.reports.text import feedback_text
from grader.results import for_student, number
from grader.text import clean_name

_STATUS = {Verdict.PASSED: 0, Verdict.BELOW: 1, Verdict.GRADER_ERROR: 3}


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    ci = commands.add_parser("ci", help="grade a pull request: summary, annotations, reports, and whether it passes")
    add_course(ci)
    ci.add_argument(
        "--submission", type=Path, metavar="DIR", help="the tree that is graded; the course's own folder without it"
    )
    ci.add_argument(
        "-a", "--assignment", action="append", default=[], metavar="NAME", help="grade this one; may be repeated"
    )
    ci.add_argument("--base", metavar="REF", help="grade only what commits have changed since the branch left REF")
    ci.add_argument(
        "--student", default="", metavar="NAME", help="whose it is; the submission folder's name without it"
    )
    ci.add_argument(
        "--min-score", type=_minimum, metavar="SCORE", help="the check passes from here: points (40) or percent (60%%)"
    )
    ci.add_argument("--summary", type=Path, metavar="FILE", help="write the summary here too, as Markdown")
    ci.add_argument("--comment", type=Path, metavar="FILE", help="write it here too, short enough for a comment")
    ci.add_argument("--junit", type=Path, metavar="FILE", help="write a test report, as JUnit XML")
    ci.add_argument("--code-quality", type=Path, metavar="FILE", help="write GitLab's report of code quality")
    ci.add_argument(
        "--output", type=Path, metavar="FILE", help="append score, points and verdict; $GITHUB_OUTPUT without it"
    )
    ci.add_argument(
        "--classroom", action="store_true", help="print the notices that GitHub Classroom takes its points from"
    )
    add_isolation(ci)
    ci.set_defaults(run=_ci, least_isolation=Level.KERNEL)


def _minimum(text: str) -> Minimum:
    try:
        return minimum(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _ci(options: argparse.Namespace) -> int:
    """Grade, say and write it. Whatever breaks on our side ends in status 3, which is nobody's score."""
    is_github = bool(os.environ.get("GITHUB_ACTIONS"))
    result, annotations = JobResult(Verdict.GRADER_ERROR), list[Annotation]()
    with stoppable(), _no_commands() if is_github else nullcontext():
        try:
            result, annotations = _graded(options)
        except UsageError:
            raise
        except Exception as error:
            _say_failure(error, options)
            result = JobResult(Verdict.GRADER_ERROR)
        for file in result.protected:
            say_problem(f"{clean_name(file.path, 200)}: a file of the course, {file.difference} here")
        say_answer(_checked(result))
        if result.verdict is Verdict.GRADER_ERROR:
            say_problem(OUR_FAULT)
    if is_github:
        for command in (*workflow_commands(annotations), *(_classroom(result) if options.classroom else ())):
            say_command(command)
        if result.verdict is Verdict.GRADER_ERROR:
            say_command(WorkflowCommand("error", OUR_FAULT, (("title", "The grader failed"),)))
    _write_all(options, os.environ, result, annotations)
    return _STATUS[result.verdict]


class Protected(msgspec.Struct, frozen=True):
    """A file of the course that is another one in the pull request, and how."""

    path: str
    difference: str


class Checked(Answer, frozen=True):
    """A pull request: whether it passes, what it scores (nothing where the grader failed), each grade as in grade.json."""

    verdict: Verdict
    score: int | float | None
    points: int | float | None
    minimum: str
    grades: list[dict[str, Any]]
    not_attempted: list[str]
    protected: list[Protected]
    feedback: list[str]
    headline: str
    standing: str

    def lines(self) -> Iterator[str]:
        """The feedback on each assignment, and whether it passes."""
        yield from self.feedback
        yield from (f"{title}: not attempted yet" for title in self.not_attempted)
        yield " ".join(entry for entry in (f"{self.headline}.", self.standing) if entry)


def _checked(result: JobResult) -> Checked:
    has_failed = result.verdict is Verdict.GRADER_ERROR
    return Checked(
        verdict=result.verdict,
        score=None if has_failed else number(result.score),
        points=None if has_failed else number(result.points),
        minimum=result.minimum,
        grades=[json.loads(grade_to_json(for_student(grade))) for grade in result.grades],
        not_attempted=[*result.not_attempted],
        protected=[Protected(clean_name(file.path, 200), file.difference) for file in result.protected],
        feedback=[feedback_text(grade) for grade in result.grades],
        headline=headline(result),
        standing=standing(result),
    )


def _graded(options: argparse.Namespace) -> tuple[JobResult, list[Annotation]]:
    course = find_course(options.course or options.submission or Path.cwd())
    tree = options.submission.resolve() if options.submission else course
    if not tree.is_dir():
        raise UsageError(f"{options.submission}: no such folder. Name the tree of the pull request.")
    names = list(dict.fromkeys(options.assignment)) or assignment_names(course)
    assignments = [find_assignment(course, name) for name in names]
    if not assignments:
        raise UsageError(
            f"{course / 'assignments'} has no assignment to grade. Is that the course's folder? Name it with --course."
        )
    changed = changed_paths(tree, options.base) if options.base else None
    asked = [a for a in assignments if options.assignment or changed is None or is_touched(a, changed)]
    there = [a for a in asked if options.assignment or changed is not None or is_there(a, tree)]
    protected = protected_files(assignments, tree, changed)
    settings = Settings(least_isolation=options.least_isolation)
    graded = grade_tree(there, tree, options.student or tree.name, settings, say_isolation)
    grades = tuple(grade for grade in graded if options.assignment or is_attempted(grade))
    named = {grade.assignment for grade in grades}
    result = JobResult(
        verdict(grades, options.min_score, is_asked=bool(asked)),
        grades,
        tuple(assignment.title for assignment in asked if assignment.name not in named),
        protected,
        minimum=options.min_score.text if options.min_score else "",
        is_independent=course.resolve() != tree,
        is_asked=bool(asked),
    )
    return result, problems_in(result, assignments, tree)


def _say_failure(error: Exception, options: argparse.Namespace) -> None:
    """What broke, for the instructor - who is not alone in reading the log: of a course with secrets there is only its kind."""
    where = options.course or options.submission or Path.cwd()
    if any((folder / "reference").is_dir() for folder in (where.resolve(), *where.resolve().parents)):
        say_problem(
            f"grader: {type(error).__name__}; what it says is not shown, since the course holds hidden checks. "
            "`grader grade` shows it."
        )
    elif isinstance(error, GraderError):
        say_problem(f"grader: {error}")
    else:
        say_problem("".join(traceback.format_exception(error)))


@contextmanager
def _no_commands() -> Iterator[None]:
    """While this lasts GitHub's runner obeys no command, wherever in the log one may stand; what ends it can't be guessed."""
    token = secrets.token_hex(20)
    say_command(WorkflowCommand("stop-commands", token))
    try:
        yield
    finally:
        say_command(WorkflowCommand(token))


def _write_all(
    options: argparse.Namespace, environment: Mapping[str, str], result: JobResult, annotations: list[Annotation]
) -> None:
    """Every file that was asked for, by an option or by GitHub."""
    _write(options.summary, job_summary(result))
    _write(options.comment, job_summary(result, COMMENT_BYTES))
    _write(options.junit, job_junit(result))
    _write(options.code_quality, code_quality_json(annotations))
    page = environment.get("GITHUB_STEP_SUMMARY")
    if page:
        path = Path(page)
        there = path.stat().st_size if path.exists() else 0
        _append(path, job_summary(result, SUMMARY_BYTES - there))
    output = options.output or environment.get("GITHUB_OUTPUT")
    if output:
        _append(Path(output), _outputs(result))


def _classroom(result: JobResult) -> list[WorkflowCommand]:
    """As GitHub Classroom's own reporter says it; nothing where there is no score."""
    if result.verdict is Verdict.GRADER_ERROR:
        return []
    score, points = number(result.score), number(result.points)
    report = json.dumps({"totalPoints": score, "maxPoints": points}, separators=(",", ":"))
    return [
        WorkflowCommand("notice", f"Points {score}/{points}", (("title", "Autograding complete"),)),
        WorkflowCommand("notice", report, (("title", "Autograding report"),)),
    ]


def _outputs(result: JobResult) -> str:
    """Lines as GitHub reads them. There is no score where the grader failed."""
    values = {"verdict": result.verdict.value}
    if result.verdict is not Verdict.GRADER_ERROR:
        values |= {"score": str(number(result.score)), "points": str(number(result.points))}
    end = f"end-{secrets.token_hex(20)}"
    return "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, value in values.items())


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    write_file(path, [text.encode(errors="backslashreplace")])  # follows no link that the student's tree has laid there


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {reason_of(error)}") from None
