"""Grade what a pull request holds: exercise files from its tree, everything else from a checkout that can be trusted.

Of the tree only the folders `assignments/<name>/` are read, as text, like any other submission. The rubric, parts and
recordings are the trusted course's. Which files of the course differ in the tree is found out, to be said.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath

from grader.course.assignments import Assignment
from grader.errors import UsageError
from grader.grading.settings import Settings
from grader.grading.single import grade_submission
from grader.isolation.levels import Isolation
from grader.release.bundle import MARKER, digest, released_files
from grader.reports.annotations import Annotation, Level, problems
from grader.reports.job_summary import Difference, JobResult, ProtectedFile, Verdict
from grader.results import Flag, Grade, Outcome, Status, for_student
from grader.submissions.loading import MAX_DEPTH, MAX_NAME, load_submission
from grader.submissions.submission import Submission, make_submission
from grader.text import clean_name

_MAX_ENTRIES = 20_000  # files and folders of the tree that are looked at, by their names
_MAX_BYTES = 50_000_000  # of a file that is compared
_MAX_NAMED = 2_000  # the same, in the folder of one assignment
_ATTEMPTED = frozenset(Outcome) - {Outcome.NOT_ATTEMPTED, Outcome.BLOCKED, Outcome.SKIPPED}
# What pytest, Python or a CI service would obey if it lay in a tree. None of it is in effect here; it is listed.
_OBEYED = frozenset({"conftest.py", "pytest.ini", "sitecustomize.py", "usercustomize.py", ".gitlab-ci.yml"})


# -- the minimum -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Minimum:
    """The score that a check asks for, in points or in percent of the points; `text` is as it was written."""

    text: str
    value: Decimal
    is_percent: bool

    def is_met(self, score: Decimal, points: Decimal) -> bool:
        """Whether a score is enough. Exact: 59.99 of 100 points are not 60 %."""
        return score * 100 >= self.value * points if self.is_percent else score >= self.value


def minimum(text: str) -> Minimum:
    """The minimum that is meant by `40`, `12.5` or `60%`. Raises `ValueError`."""
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)\s*(%?)", text.strip(), re.ASCII)
    if found is None or (found[2] and Decimal(found[1]) > 100):
        raise ValueError(f"{text!r} is no score; give points such as 40, or percent such as 60%")
    return Minimum(text.strip(), Decimal(found[1]), bool(found[2]))


def verdict(grades: Sequence[Grade], least: Minimum | None, *, is_asked: bool) -> Verdict:
    """What the check says. `is_asked` says whether there was anything to be graded: without it nothing can be too little."""
    if any(grade.status is Status.GRADER_ERROR for grade in grades):
        return Verdict.GRADER_ERROR
    if least is None or not is_asked:
        return Verdict.PASSED
    score = sum((grade.score for grade in grades), Decimal(0))
    points = sum((grade.points for grade in grades), Decimal(0))
    if not grades and least.value > 0:
        return Verdict.BELOW
    return Verdict.PASSED if least.is_met(score, points) else Verdict.BELOW


# -- what has changed ------------------------------------------------------------------------------------------------------


def changed_paths(tree: Path, base: str) -> frozenset[str]:
    """The paths that commits changed since the branch left `base`. Raises `UsageError` if Git can't tell.

    Git obeys the settings in the tree's own `.git`. Those known to run a program when commits are compared are out of effect
    here; all the same, ask it only about a repository that was cloned here, not about one that came with its `.git`.
    """
    if base.startswith("-"):
        raise UsageError(f"--base {base!r} is no commit; give a branch, a tag or a digest.")
    fork = _git(tree, "merge-base", "--end-of-options", base, "HEAD").strip()
    listed = _git(tree, "diff-tree", "-r", "--no-renames", "--no-ext-diff", "--name-only", "-z", fork, "HEAD")
    return frozenset(filter(None, listed.split("\0")))


def _git(tree: Path, *words: str) -> str:
    safe = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.quotePath=false")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # A missing object would be fetched, by whatever program the settings name.
    environment |= {
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    try:
        ended = subprocess.run(  # noqa: S603 - words of our own, and a name of a commit after --end-of-options
            ["git", "-C", str(tree), *(word for entry in safe for word in ("-c", entry)), *words],  # noqa: S607
            env=environment,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError(
            "--base needs the program git, which is not installed here. Install it, or leave --base out."
        ) from None
    if ended.returncode:
        why = os.fsdecode(ended.stderr).strip().removeprefix("fatal: ") or "they have no commit in common"
        raise UsageError(
            f"git can't tell what was changed since --base: {clean_name(why, 300)}. Does the checkout hold the whole "
            "history? Set fetch-depth: 0 of actions/checkout, or GitLab's GIT_DEPTH: 0."
        )
    return os.fsdecode(ended.stdout)


def is_touched(assignment: Assignment, changed: frozenset[str]) -> bool:
    """Whether one of these paths is in the assignment's folder, or is a link or a file in the place of that folder."""
    folder = assignment.folder.relative_to(assignment.course_root)
    places = {folder.as_posix(), *(path.as_posix() for path in folder.parents)}
    return any(path in places or path.startswith(f"{folder.as_posix()}/") for path in changed)


def is_there(assignment: Assignment, tree: Path) -> bool:
    """Whether the tree has anything in the place of the assignment's folder."""
    return os.path.lexists(tree / assignment.folder.relative_to(assignment.course_root))


def protected_files(
    assignments: Sequence[Assignment], tree: Path, changed: frozenset[str] | None = None
) -> tuple[ProtectedFile, ...]:
    """The files of the course that differ in `tree`, but those that students write in. `changed` are known from Git.

    A file is outdated, not changed, if no commit of the branch touched it; without Git, if it is as the tree's own release
    has it. Where the course is the tree itself, only its `release.json` can tell.
    """
    course = assignments[0].course_root
    is_one_tree = course.resolve() == tree.resolve()
    theirs = released_files(_read(tree, MARKER) or b"")
    ours = theirs if is_one_tree else released_files(_trusted(course / MARKER) or b"")
    if is_one_tree and not ours:
        return ()
    names = set(ours) if is_one_tree else _protected(assignments, ours)
    obeyed = {name for name in (*_names(tree, _MAX_ENTRIES), *(changed or ())) if _is_obeyed(name)}
    found: list[ProtectedFile] = []
    for name in sorted(names - _written(assignments) | obeyed):
        if _is_harmless(name):
            continue
        known = {ours.get(name, "")} - {""} if is_one_tree else _digests(_trusted(course / name))
        there = _digests(_read(tree, name))
        if known & there or (not known and not there):
            continue
        if changed is not None and not known and name not in changed:  # whoever keeps the branch has put it there
            continue
        if changed is not None:
            is_outdated = name not in changed
        else:  # as their release had it, or did not have it
            is_outdated = (
                not is_one_tree and bool(theirs) and (theirs.get(name) in there or not (there or name in theirs))
            )
        how = Difference.CHANGED if known and there else Difference.ADDED if there else Difference.MISSING
        found.append(ProtectedFile(name, Difference.OUTDATED if is_outdated else how))
    return tuple(found)


def _protected(assignments: Sequence[Assignment], released: Iterable[str]) -> set[str]:
    """The files of the course that a release has; without one, those of its assignments."""
    names = {MARKER, *released} if released else set()
    for assignment in assignments:
        known = (
            assignment.manifest_path,
            assignment.parts_path,
            assignment.public_recording,
            assignment.calibration_path,
            *assignment.public_rubric,
        )
        names |= {path.relative_to(assignment.course_root).as_posix() for path in known if path.is_file()}
    return names


def _written(assignments: Sequence[Assignment]) -> set[str]:
    """The files that students write in."""
    paths = [assignment.folder / exercise.file for assignment in assignments for exercise in assignment.exercises]
    paths += [assignment.notebook_path for assignment in assignments]
    return {path.relative_to(assignments[0].course_root).as_posix() for path in paths}


def _is_harmless(name: str) -> bool:
    """Whether nothing reads the file but people and Git."""
    return name.endswith(".md") or PurePosixPath(name).name in ("LICENSE", ".gitignore")


def _is_obeyed(name: str) -> bool:
    """Whether pytest, Python or a CI service would obey a file of that name, wherever the course has none."""
    return PurePosixPath(name).name in _OBEYED or name.startswith(".github/workflows/")


def _names(root: Path, most: int) -> Iterator[str]:
    """The paths of the files below `root`, as far as they are looked at; links are not followed."""
    looked_at = 0
    for folder, folders, files in os.walk(root):
        place = Path(folder).relative_to(root)
        folders[:] = sorted(name for name in folders if name not in (".git", ".venv"))
        looked_at += len(folders) + len(files)
        if looked_at > most:
            return
        if len(place.parts) >= MAX_DEPTH:  # Python's own walk recurses
            folders.clear()
        yield from ((place / name).as_posix() for name in sorted(files))


def _digests(content: bytes | None) -> set[str]:
    """By what a content is known: as it is, and with the line ends of Linux, which Git may have changed."""
    return set() if content is None else {digest(content), digest(content.replace(b"\r\n", b"\n"))}


def _read(root: Path, name: str) -> bytes | None:
    """A regular file below `root`, at most `_MAX_BYTES` of it; None if it is none, or if a link leads there."""
    if _is_linked(root, name):
        return None
    try:
        descriptor = os.open(root / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        return None
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(_MAX_BYTES) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def _trusted(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _is_linked(root: Path, name: str) -> bool:
    """Whether a folder on the way to the file, or the file itself, is a link."""
    path = PurePosixPath(name)
    return any((root / part).is_symlink() for part in (path, *path.parents[:-1]))


# -- grading ---------------------------------------------------------------------------------------------------------------


def grade_tree(
    assignments: Sequence[Assignment],
    tree: Path,
    student: str,
    settings: Settings,
    began: Callable[[Isolation], None] = lambda isolation: None,
) -> list[Grade]:
    """The grades of what `tree` holds of these assignments, as their student may see them, in their order.

    `began` is told, once, how well student code is walled in.
    """
    grades: list[Grade] = []
    for place, assignment in enumerate(assignments):
        submission = submission_of(assignment, tree, student)
        tell = began if not place else lambda isolation: None
        grades.append(for_student(grade_submission(assignment, submission, settings, closed=[tree], began=tell)))
    return grades


def submission_of(assignment: Assignment, tree: Path, student: str) -> Submission:
    """What `tree` holds for the assignment. A link on the way to its folder is not followed: it may lead to the answers."""
    name = assignment.folder.relative_to(assignment.course_root).as_posix()
    if _is_linked(tree, name):
        why = "is a link, or lies in one, so it was not opened; hand in the files themselves"
        return make_submission(clean_name(student), {}, (Flag("not_gradable", name, why),))
    return load_submission(tree / name, clean_name(student), course_files=assignment.course_files)


def is_attempted(grade: Grade) -> bool:
    """Whether there is more in it than skeletons. What can't be graded was meant to be."""
    outcomes = {check.outcome for check in grade.checks}
    return grade.status is not Status.GRADED or bool(outcomes & _ATTEMPTED) or Outcome.NOT_ATTEMPTED not in outcomes


# -- problems, at their lines ----------------------------------------------------------------------------------------------


def problems_in(result: JobResult, assignments: Sequence[Assignment], tree: Path) -> list[Annotation]:
    """What there is to be said at lines of the tree, what costs most first, then files of the course that differ."""
    by_name = {assignment.name: assignment for assignment in assignments}
    found: list[Annotation] = []
    for grade in result.grades:
        assignment = by_name[grade.assignment]
        folder = assignment.folder.relative_to(assignment.course_root).as_posix()
        found += problems(grade, paths_in(tree, folder).get)
    found.sort(key=lambda annotation: -annotation.points)
    changed = [file for file in result.protected if file.difference in (Difference.CHANGED, Difference.ADDED)]
    for file in changed:
        used = "It was graded with the course's own file." if result.is_independent else "Put it back as it was."
        found.append(
            Annotation(
                Level.WARNING,
                f"course/{file.path}",
                "A file of the course",
                f"It is {file.difference} here. {used}",
                file.path,
            )
        )
    return found


def paths_in(tree: Path, folder: str) -> dict[str, str]:
    """Where the files of a submission are: what they are called in a grade -> their path in the tree.

    A submission's names are cleaned, and lack the folder that all its files lie in.
    """
    paths: dict[str, str] = {}
    if _is_linked(tree, folder):
        return paths
    shorter: dict[str, str] = {}
    for name in _names(tree / folder, _MAX_NAMED):
        parts = PurePosixPath(name).parts
        paths[clean_name(name, MAX_NAME)] = f"{folder}/{name}"
        for start in range(1, len(parts)):
            shorter.setdefault(clean_name("/".join(parts[start:]), MAX_NAME), f"{folder}/{name}")
    return shorter | paths
