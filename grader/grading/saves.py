"""The files of a submission while a student works on them: which were saved, and which exercises are to be checked again.

What was saved is found by looking at the files, many times a second: a folder holds few, so that costs next to nothing, and it
is the same for every way to save and every file system.
"""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.course.assignments import Assignment
from grader.course.catalogue import submission_at
from grader.course.provided import Parts
from grader.results import Flag
from grader.submissions.loading import MAX_ZIP_MEMBERS
from grader.submissions.source import NOTEBOOK
from grader.submissions.submission import Submission

LOOK_SECONDS = 0.03  # between two looks at the files
_CALM_SECONDS = 0.01  # files that stay as they are for so long have been saved
_GONE_SECONDS = 0.2  # an editor that takes a file away, or empties it, to write it anew does so within this time
_NEVER_CALM_SECONDS = 2.0
_ENDINGS = (".py", NOTEBOOK)
_NO_SOURCE = ("__pycache__", "node_modules", "venv", "__MACOSX")
Stamps = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class News:
    """What a look at the files has brought: those saved, those gone, and what of them can't be read."""

    saved: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()


class Saves:
    """The files of a submission, and which of them were saved since they were last taken."""

    def __init__(self, assignment: Assignment, place: Path) -> None:
        self._assignment = assignment
        self._place = place
        self._taken: Stamps = {}
        self._looked = 0.0
        self._has_changed = True
        self.submission = Submission("", {}, "")

    def has_changed(self) -> bool:
        """Whether files are not as they were when they were taken; looks no more often than makes sense."""
        now = time.monotonic()
        if not self._has_changed and now - self._looked > LOOK_SECONDS:
            self._looked = now
            self._has_changed = _stamps(self._place) != self._taken
        return self._has_changed

    def take(self) -> News:
        """Read the files, when nobody writes them any more; returns what is new since the last time."""
        before, before_stamps = self.submission, self._taken
        self._taken = self._calm_stamps()
        self._has_changed = False
        self.submission = now = submission_at(self._assignment, self._place)
        written = {path for path, stamp in self._taken.items() if before_stamps.get(path) != stamp}
        saved = [
            file
            for file, text in now.files.items()
            if text != before.files.get(file) or (not file.endswith(NOTEBOOK) and _is_among(file, written))
        ]
        flags = [flag for flag in now.flags if _is_among(flag.where, written) or flag not in before.flags]
        unread = [flag.where for flag in flags]  # there, and no text: what is wrong with it is said instead
        gone = [file for file in before.files if file not in now.files and file not in unread]
        return News(tuple(saved), tuple(gone), tuple(flags))

    def _calm_stamps(self) -> Stamps:
        """The stamps of the files once they stay the same. One that is gone or empty is given a little longer."""
        started = time.monotonic()
        stamps = _stamps(self._place)
        while True:
            time.sleep(_CALM_SECONDS)
            before, stamps = stamps, _stamps(self._place)
            waited = time.monotonic() - started
            is_whole = all(path in stamps and stamps[path][1] for path, stamp in self._taken.items() if stamp[1])
            if (stamps == before and (is_whole or waited > _GONE_SECONDS)) or waited > _NEVER_CALM_SECONDS:
                return stamps


def _stamps(place: Path) -> Stamps:
    """What tells each file that may be of the submission from itself before it was written: time, size, inode."""
    found: Stamps = {}
    waiting = [place]
    while waiting and len(found) < MAX_ZIP_MEMBERS:
        path = waiting.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name in _NO_SOURCE:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry))
                    elif entry.name.lower().endswith(_ENDINGS):
                        found[entry.path] = _stamp(entry.stat(follow_symlinks=False))
        except NotADirectoryError:  # the submission is one file
            found[str(path)] = _stamp(path.lstat())
        except OSError:  # it went away while it was looked at
            continue
    return found


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_size, status.st_ino


def stamps_of_course(assignment: Assignment) -> Stamps:
    """The same of the files that a verdict rests on beside the student's."""
    own = (assignment.manifest_path, assignment.parts_path, assignment.public_recording, assignment.calibration_path)
    return {str(path): _stamp(path.stat()) for path in (*own, *assignment.public_rubric) if path.exists()}


def _is_among(file: str, paths: Iterable[str]) -> bool:
    """Whether a file of the submission is one of these; its path begins at the folder that holds all of them."""
    return any(path == file or path.endswith(f"/{file}") for path in paths)


def exercises_in(assignment: Assignment, news: News, before: Submission, now: Submission) -> set[str]:
    """The exercises to check again after files were saved or went away: those that are in one, or use one that holds none.

    Of a file that is no exercise's own, such as a notebook, those are chosen whose code has changed; all in it if none has.
    """
    changed = {*news.saved, *news.gone, *(flag.where for flag in news.flags)}
    changed |= importers_of(changed - _homes(assignment, before) - _homes(assignment, now), now)
    found: set[str] = set()
    unchanged: set[str] = set()
    for exercise in assignment.exercises:
        homes = {
            name: (before.home_of(name, exercise.file), now.home_of(name, exercise.file)) for name in exercise.defines
        }
        if exercise.file in changed or any(old != new for old, new in homes.values()):
            found.add(exercise.name)
        for name, (_, file) in homes.items():
            if file in changed:
                is_same = _essence(before, file, name) == _essence(now, file, name)
                (unchanged if is_same else found).add(exercise.name)
    return found or unchanged


def _essence(submission: Submission, file: str, name: str) -> list[str] | None:
    """The lines that the definition rests on, an import once; None if the file can't be read as Python."""
    try:
        lines = Parts(submission.files.get(file, ""), file).essence_of([name]).split("\n")
    except (SyntaxError, ValueError, RecursionError):
        return None
    imports = dict.fromkeys(line for line in lines if line.startswith(("import ", "from ")))
    return [*imports, *(line for line in lines if line not in imports)]


def _homes(assignment: Assignment, submission: Submission) -> set[str]:
    """The files that hold exercises, or are to hold them and can't be read."""
    names = [(name, exercise.file) for exercise in assignment.exercises for name in exercise.defines]
    found = {home for name, file in names if (home := submission.home_of(name, file)) is not None}
    return found | {exercise.file for exercise in assignment.exercises}


def importers_of(files: set[str], submission: Submission) -> set[str]:
    """All other files that import one of these, directly or not."""
    imported = {file: _imports(source.tree) for file, source in submission.sources.items()}
    found = set(files)
    while True:
        modules = {file.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in found}
        more = {file for file, names in imported.items() if names & modules} - found
        if not more:
            return found - files
        found |= more


def _imports(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names |= {module, *(f"{module}.{alias.name}".lstrip(".") for alias in node.names)}
    return names
