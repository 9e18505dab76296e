"""Make and prove a course: `init`, `new`, `validate`, `record`, `calibrate`, `skeleton`, `notebook`, `release`, `exercises`."""

from __future__ import annotations

import argparse
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.cli.options import Commands, add_course, chosen_assignments, count_of
from grader.cli.saying import Answer, columns_here, say_answer, say_each, say_progress
from grader.course.assignments import Assignment, assignment_names, find_assignment, find_course
from grader.errors import StorageError, UsageError
from grader.files import reason_of
from grader.grading.settings import default_jobs

if TYPE_CHECKING:
    from grader.reports.kill_matrix import Finding, Table


def add_commands(commands: Commands) -> None:
    """Declare the commands of this module."""
    init = commands.add_parser("init", help="begin a course of your own, with assignments of the one that comes along")
    init.add_argument("folder", type=Path, metavar="FOLDER", help="a new one, or an empty one")
    init.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="those to begin with; none without any")
    init.set_defaults(run=_init)

    new = commands.add_parser("new", help="begin an assignment: an exercise with checks and mistakes, to be changed")
    new.add_argument("name", metavar="NAME", help="of the assignment: small letters, digits and hyphens")
    new.add_argument("--jobs", type=count_of, default=default_jobs(), metavar="N", help="processes side by side")
    add_course(new)
    new.set_defaults(run=_new)

    for name, run, help_text in (
        ("validate", _validate, "prove an assignment: what its rubric catches, and which mistakes it names"),
        ("record", _record, "record what the known mistakes answer, so that checks can name them"),
        ("calibrate", _calibrate, "measure training runs, and set the thresholds of the checks that ask for them"),
    ):
        author = commands.add_parser(name, help=help_text)
        author.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="all of the course without it")
        add_course(author)
        author.add_argument("--jobs", type=count_of, default=default_jobs(), metavar="N", help="processes side by side")
        author.set_defaults(run=run)
        if name == "validate":
            author.add_argument("-o", "--out", type=Path, metavar="DIR", help="where pages go; .grader in the course")
        if name == "calibrate":
            author.add_argument("--seeds", type=count_of, default=200, metavar="N", help="runs of each; 200 at least")

    skeleton = commands.add_parser("skeleton", help="make each assignment's skeletons, of its model answer")
    skeleton.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="all of the course without it")
    add_course(skeleton)
    skeleton.set_defaults(run=_skeleton)

    notebook = commands.add_parser("notebook", help="make each assignment's notebook, of its lesson and skeletons")
    notebook.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="all of the course without it")
    notebook.add_argument("--course", type=Path, metavar="DIR", help="the course's folder; found from here without it")
    notebook.add_argument("--url", default="", help="the course's Git repository, for who opens the notebook alone")
    notebook.set_defaults(run=_notebook)

    release = commands.add_parser(
        "release", help="cut what students get: lessons, skeletons, public checks, the grader"
    )
    release.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all of the course without any")
    release.add_argument(
        "-o", "--out", type=Path, required=True, metavar="DIR", help="a folder, new or released before"
    )
    release.add_argument(
        "--url", default="", help="the Git repository that it goes to, for notebooks and CI to fetch it"
    )
    release.add_argument("--zip", action="store_true", help="write DIR.zip beside it as well")
    release.add_argument("--git", action="store_true", help="commit it in a Git repository in DIR, to be pushed")
    release.add_argument(
        "--ci",
        choices=("github", "gitlab", "none"),
        default="github",
        dest="service",
        help="the service that is to grade pull requests; github without it",
    )
    add_course(release)
    release.set_defaults(run=_release)

    exercises = commands.add_parser("exercises", help="write the table of all exercises: where each of their parts is")
    exercises.add_argument(
        "-o", "--out", type=Path, metavar="FILE", help="a Markdown page; docs/exercises.md without it"
    )
    exercises.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 if the page is out of date"
    )
    add_course(exercises)
    exercises.set_defaults(run=_exercises)


class CourseBegun(Answer, frozen=True):
    """A new course: what it begins with, and what there would be."""

    folder: Path
    assignments: list[str]
    shipped: list[str]

    def lines(self) -> Iterator[str]:
        """What is there, and what comes next."""
        yield f"{self.folder}: a course with {', '.join(self.assignments) or 'no assignment yet'}"
        if not self.assignments:
            yield f"These come along, to be named behind the folder: {', '.join(self.shipped)}"
        yield f"Go on in it: cd {shlex.quote(str(self.folder))}"
        yield "  grader new my-exercise      an assignment of your own"
        for name in self.assignments[:1]:
            yield f"  grader validate {name:<12}prove an assignment after a change"
            yield "  grader release -o bundle    what students get"


class Made(Answer, frozen=True):
    """The files of an assignment that a command has written; `missing` is why there are none."""

    name: str
    written: list[Path]
    recorded: list[Path] = msgspec.field(default_factory=list)
    missing: str = ""

    def lines(self) -> Iterator[str]:
        """A line each."""
        yield from self.problems()
        yield from (f"{path}: written" for path in self.written)
        yield from (f"{path}: recorded" for path in self.recorded)

    def problems(self) -> Iterator[str]:
        """Why there is none."""
        if self.missing:
            yield self.missing


class AssignmentBegun(Made, frozen=True):
    """The files of a new assignment."""

    def lines(self) -> Iterator[str]:
        """A line each, and what comes next."""
        yield from super().lines()
        yield f"Change what is there, then prove it: grader validate {self.name}"


class Proved(Answer, frozen=True):
    """What a validation found: of each exercise the checks against the mistakes, and what is to be mended."""

    name: str
    title: str
    exercises: list[Table]
    standing: list[str]
    findings: list[Finding]
    trials_run: int
    seconds: float
    page: Path

    def lines(self) -> Iterator[str]:
        """How many mistakes fail each check, and what is to be mended."""
        from grader.reports.kill_matrix import matrix_text

        yield f"{self.title} ({self.name})"
        yield matrix_text(self.exercises, self.findings, self.standing, columns_here())
        yield f"{self.trials_run} trials run in {self.seconds:.1f} s. The matrix: {self.page}"

    def problems(self) -> Iterator[str]:
        """What is to be mended."""
        from grader.reports.kill_matrix import finding_lines

        yield from finding_lines(self.findings)


class Threshold(msgspec.Struct, frozen=True):
    """What a check of a training run asks for, and what the model answer reached with the worst and the best seed."""

    name: str
    threshold: float
    larger_is_better: bool
    least: float
    most: float


class Calibrated(Answer, frozen=True):
    """The thresholds of an assignment, and the file that they are in."""

    name: str
    thresholds: list[Threshold]
    written: list[Path]

    def lines(self) -> Iterator[str]:
        """A line each."""
        for entry in self.thresholds:
            limit = f"{'at least' if entry.larger_is_better else 'at most'} {entry.threshold:g}"
            yield f"{entry.name}: {limit}; the model answer reached {entry.least:g} to {entry.most:g}"
        yield from (f"{path}: written" for path in self.written)


class Released(Answer, frozen=True):
    """What students get, and what of the folder as it was is lost. `commit` is empty where nothing has changed."""

    folder: Path
    files: int
    assignments: list[str]
    left_out: list[str]
    replaced: list[str]
    removed: list[str]
    zip: Path | None
    git: bool
    commit: str

    def lines(self) -> Iterator[str]:
        """What is not as it was, and what was written."""
        yield from self.problems()
        yield f"{self.folder}: {self.files} files for {', '.join(self.assignments)}"
        if self.zip is not None:
            yield f"{self.zip}: written"
        if self.git:
            made = f"committed as {self.commit}" if self.commit else "nothing has changed since the last commit"
            yield f"{self.folder}: {made}"

    def problems(self) -> Iterator[str]:
        """What is not as it was."""
        yield from (f"left out: {name} is no file that students get" for name in self.left_out)
        yield from (f"replaced: {name} had been changed by hand" for name in self.replaced)
        yield from (f"removed: {name} is not part of it any more" for name in self.removed)


class ExercisesPage(Answer, frozen=True):
    """The table of all exercises: whether it is as it must be, and whether it was written."""

    path: Path
    is_current: bool
    written: bool

    def lines(self) -> Iterator[str]:
        """What is with it."""
        if self.written or self.is_current:
            yield f"{self.path}: {'written' if self.written else 'is current'}"
        yield from self.problems()

    def problems(self) -> Iterator[str]:
        """That it is not as it must be."""
        if not self.is_current:
            yield f"{self.path}: is out of date. Make it anew: grader exercises"


def _init(options: argparse.Namespace) -> int:
    """Begin a course, and say what comes next."""
    from grader.authoring.scaffold import new_course

    names = list(dict.fromkeys(options.assignments))
    say_answer(CourseBegun(options.folder, names, [*new_course(options.folder, names)]))
    return 0


def _new(options: argparse.Namespace) -> int:
    """Begin an assignment, and make what is made of its files: `validate` then has nothing to say."""
    from grader.authoring.record import record
    from grader.authoring.scaffold import new_assignment
    from grader.authoring.skeletons import skeletons
    from grader.authoring.trials import Trials
    from grader.course.notebooks import student_notebook

    course = find_course(options.course or Path.cwd())
    written = [*new_assignment(course, options.name)]
    assignment = find_assignment(course, options.name)
    written += _write(skeletons(assignment))
    written += _write({assignment.notebook_path: student_notebook(assignment, "")})
    with closing(Trials(assignment, options.jobs)) as trials:
        recorded = [*record(assignment, trials)]
        trials.keep()
    say_answer(AssignmentBegun(options.name, written, recorded))
    return 0


def _validate(options: argparse.Namespace) -> int:
    """Prove assignments; the exit status is 1 if any has a fault."""
    proved = say_each("assignments", (_prove(assignment, options) for assignment in chosen_assignments(options)))
    return 1 if any(entry.findings for entry in proved) else 0


def _prove(assignment: Assignment, options: argparse.Namespace) -> Proved:
    from grader.authoring.trials import Trials
    from grader.authoring.validate import validate
    from grader.reports.kill_matrix import matrix_html

    started = time.monotonic()
    with closing(Trials(assignment, options.jobs)) as trials:
        proof = validate(assignment, trials)
        trials.keep()
    tables, standing = proof.tables(), proof.standing()
    path: Path = (options.out or assignment.course_root / ".grader") / f"{assignment.name}.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(matrix_html(assignment.title, tables, proof.findings, standing), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {reason_of(error)}") from None
    return Proved(
        name=assignment.name,
        title=assignment.title,
        exercises=tables,
        standing=standing,
        findings=proof.findings,
        trials_run=proof.ran,
        seconds=time.monotonic() - started,
        page=path,
    )


def _record(options: argparse.Namespace) -> int:
    from grader.authoring.record import record
    from grader.authoring.trials import Trials

    def recorded(assignment: Assignment) -> Made:
        with closing(Trials(assignment, options.jobs)) as trials:
            made = Made(assignment.name, [], [*record(assignment, trials)])
            trials.keep()
        return made

    say_each("assignments", map(recorded, chosen_assignments(options)))
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from grader.authoring.calibrate import calibrate
    from grader.authoring.trials import Trials

    def calibrated(assignment: Assignment) -> Calibrated:
        with closing(Trials(assignment, options.jobs)) as trials:
            calibration = calibrate(assignment, trials, options.seeds, moved_on=say_progress)
        thresholds = [
            Threshold(name, entry.threshold, entry.larger_is_better, min(entry.values), max(entry.values))
            for name, entry in calibration.quantities.items()
        ]
        return Calibrated(assignment.name, thresholds, [assignment.calibration_path])

    say_each("assignments", map(calibrated, chosen_assignments(options)))
    return 0


def _skeleton(options: argparse.Namespace) -> int:
    from grader.authoring.skeletons import skeletons

    def made(assignment: Assignment) -> Made:
        written = _write(skeletons(assignment))
        where = assignment.reference_folder
        why = f"{where}: no file has the lines BEGIN SOLUTION and END SOLUTION; see docs/authors.md."
        return Made(assignment.name, written, missing="" if written else why)

    say_each("assignments", map(made, chosen_assignments(options)))
    return 0


def _notebook(options: argparse.Namespace) -> int:
    from grader.course.notebooks import student_notebook

    def made(assignment: Assignment) -> Made:
        return Made(assignment.name, _write({assignment.notebook_path: student_notebook(assignment, options.url)}))

    say_each("assignments", map(made, chosen_assignments(options)))
    return 0


def _write(files: Mapping[Path, str]) -> list[Path]:
    for path, text in files.items():
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StorageError(f"{path}: can't be written: {reason_of(error)}") from None
    return [*files]


def _release(options: argparse.Namespace) -> int:
    """Cut a release: everything that can be refused is refused before anything is written."""
    from grader.release import bundle
    from grader.release.cut import cut_release

    course = find_course(options.course or Path.cwd())
    names = list(dict.fromkeys(options.assignments)) or assignment_names(course)
    assignments = [find_assignment(course, name) for name in names]
    if not assignments:
        raise UsageError(f"{course / 'assignments'} has no assignment to release. Begin one: `grader new NAME`.")
    bundle.check_folder(options.out, course)
    if options.zip:
        bundle.zip_path(options.out)
    if options.git:
        bundle.require_git()
    release = cut_release(assignments, options.url, options.service)
    written = bundle.write_folder(release.files, options.out)
    archive = bundle.write_zip(release.files, options.out) if options.zip else None
    made = bundle.commit(release.files, options.out, f"Release of {', '.join(names)}") if options.git else ""
    say_answer(
        Released(
            folder=options.out,
            files=len(release.files),
            assignments=names,
            left_out=[*release.left_out],
            replaced=[*written.replaced],
            removed=[*written.removed],
            zip=archive,
            git=options.git,
            commit=made or "",
        )
    )
    return 0


def _exercises(options: argparse.Namespace) -> int:
    """Write the table of all exercises; with --check only say whether it is current."""
    from grader.authoring.exercises import exercises_page

    course = find_course(options.course or Path.cwd())
    path: Path = options.out or course / "docs" / "exercises.md"
    assignments = [find_assignment(course, name) for name in assignment_names(course)]
    page = exercises_page(assignments, path.resolve().parent)
    if options.check:
        is_current = path.is_file() and path.read_text(encoding="utf-8") == page
        say_answer(ExercisesPage(path, is_current, written=False))
        return 0 if is_current else 1
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {reason_of(error)}") from None
    say_answer(ExercisesPage(path, is_current=True, written=True))
    return 0
