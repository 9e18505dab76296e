"""Make and prove a course: `init`, `new`, `validate`, `record`, `calibrate`, `skeleton`, `notebook`, `release`, `exercises`."""

from __future__ import annotations

import argparse
import shlex
import time
from contextlib import closing
from pathlib import Path

from grader.cli.options import Commands, add_course, chosen_assignments, count_of
from grader.cli.saying import say
from grader.course.assignments import assignment_names, find_assignment, find_course
from grader.errors import StorageError, UsageError
from grader.files import reason_of
from grader.grading.settings import default_jobs


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


def _init(options: argparse.Namespace) -> int:
    """Begin a course, and say what comes next."""
    from grader.authoring.scaffold import new_course

    names = list(dict.fromkeys(options.assignments))
    known = new_course(options.folder, names)
    say(f"{options.folder}: a course with {', '.join(names) if names else 'no assignment yet'}")
    if not names:
        say(f"These come along, to be named behind the folder: {', '.join(known)}")
    say(f"Go on in it: cd {shlex.quote(str(options.folder))}")
    say("  grader new my-exercise      an assignment of your own")
    for name in names[:1]:
        say(f"  grader validate {name:<12}prove an assignment after a change")
        say("  grader release -o bundle    what students get")
    return 0


def _new(options: argparse.Namespace) -> int:
    """Begin an assignment, and make what is made of its files: `validate` then has nothing to say."""
    from grader.authoring.scaffold import new_assignment

    course = find_course(options.course or Path.cwd())
    for path in new_assignment(course, options.name):
        say(f"{path}: written")
    options.assignment, options.course, options.url = options.name, course, ""
    for make in (_skeleton, _notebook, _record):
        make(options)
    say(f"Change what is there, then prove it: grader validate {options.name}")
    return 0


def _validate(options: argparse.Namespace) -> int:
    """Prove assignments; the exit status is 1 if any has a fault."""
    from grader.authoring.trials import Trials
    from grader.authoring.validate import validate
    from grader.reports.kill_matrix import matrix_html, matrix_text

    has_faults = False
    for assignment in chosen_assignments(options):
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
        say(f"{assignment.title} ({assignment.name})")
        say(matrix_text(tables, proof.findings, standing))
        say(f"{proof.ran} trials run in {time.monotonic() - started:.1f} s. The matrix: {path}")
        has_faults = has_faults or bool(proof.findings)
    return 1 if has_faults else 0


def _record(options: argparse.Namespace) -> int:
    from grader.authoring.record import record
    from grader.authoring.trials import Trials

    for assignment in chosen_assignments(options):
        with closing(Trials(assignment, options.jobs)) as trials:
            for path in record(assignment, trials):
                say(f"{path}: recorded")
            trials.keep()
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from grader.authoring.calibrate import calibrate
    from grader.authoring.trials import Trials

    for assignment in chosen_assignments(options):
        with closing(Trials(assignment, options.jobs)) as trials:
            calibration = calibrate(assignment, trials, options.seeds, moved_on=say)
        for name, quantity in calibration.quantities.items():
            limit = f"{'at least' if quantity.larger_is_better else 'at most'} {quantity.threshold:g}"
            reached = f"the model answer reached {min(quantity.values):g} to {max(quantity.values):g}"
            say(f"{name}: {limit}; {reached}")
        say(f"{assignment.calibration_path}: written")
    return 0


def _skeleton(options: argparse.Namespace) -> int:
    from grader.authoring.skeletons import skeletons

    for assignment in chosen_assignments(options):
        made = skeletons(assignment)
        if not made:
            where = assignment.reference_folder
            say(f"{where}: no file has the lines BEGIN SOLUTION and END SOLUTION; see docs/authors.md.")
        for path, text in made.items():
            _write(path, text)
    return 0


def _notebook(options: argparse.Namespace) -> int:
    from grader.course.notebooks import student_notebook

    for assignment in chosen_assignments(options):
        _write(assignment.notebook_path, student_notebook(assignment, options.url))
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {reason_of(error)}") from None
    say(f"{path}: written")


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
    for name in release.left_out:
        say(f"left out: {name} is no file that students get")
    for name in written.replaced:
        say(f"replaced: {name} had been changed by hand")
    for name in written.removed:
        say(f"removed: {name} is not part of it any more")
    say(f"{options.out}: {len(release.files)} files for {', '.join(names)}")
    if options.zip:
        say(f"{bundle.write_zip(release.files, options.out)}: written")
    if options.git:
        made = bundle.commit(release.files, options.out, f"Release of {', '.join(names)}")
        say(f"{options.out}: {f'committed as {made}' if made else 'nothing has changed since the last commit'}")
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
        say(f"{path}: {'is current' if is_current else 'is out of date. Make it anew: grader exercises'}")
        return 0 if is_current else 1
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {reason_of(error)}") from None
    say(f"{path}: written")
    return 0
