"""Grades out of a folder of results, in the formats of other systems. Nothing else is needed: no course, no inbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from grader.errors import UsageError
from grader.files import make_folder, reason_of, remove_file, write_file
from grader.grade_json import grade_to_line
from grader.grades.publishing import graded
from grader.grades.store import Store
from grader.lms import canvas, moodle
from grader.lms.handed import Handed
from grader.reports.classroom50 import classroom50_result
from grader.reports.entries import NotExpressible
from grader.reports.github_classroom import github_classroom_output
from grader.reports.gradebook import grades_csv
from grader.reports.gradescope import gradescope_results
from grader.reports.html import feedback_html
from grader.reports.junit import junit_xml
from grader.reports.prairielearn import prairielearn_results
from grader.reports.text import feedback_text
from grader.results import Grade, Status, for_student
from grader.text import did_you_mean

_FOLDER = "export"  # in the folder of results, where nobody said another place

# One file a student: how its name ends, and what makes it.
STUDENT_FORMATS: Mapping[str, tuple[str, Callable[[Grade], str]]] = MappingProxyType(
    {
        "junit": (".xml", junit_xml),
        "gradescope": (".json", gradescope_results),
        "classroom50": (".json", classroom50_result),
        "github-classroom": (".txt", github_classroom_output),
        "prairielearn": (".json", prairielearn_results),
    }
)
# One file for all: its name where nobody said another.
CLASS_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "csv": "grades.csv",
        "jsonl": "grades.jsonl",
        "canvas-gradebook": "canvas-gradebook.csv",
        "canvas-feedback": "canvas-feedback.zip",
        "moodle-worksheet": "moodle-worksheet.csv",
        "moodle-feedback": "moodle-feedback.zip",
    }
)
FORMATS = (*CLASS_FORMATS, *STUDENT_FORMATS)
FILLED_IN = ("canvas-gradebook", "moodle-worksheet")  # these need the instructor's own file


@dataclass(frozen=True)
class Wanted:
    """What is to be exported. Without `to` it goes into `OUT/export/`, without `students` it is all of them.

    `gradebook` is the instructor's own file that scores are filled into, `column` the one of its columns, with `scale`
    they are brought to its number of points. With `comments`, Moodle's worksheet gets each student's feedback in words too.
    With `hidden`, JUnit shows hidden checks too: such a file is for nobody else.
    """

    format: str
    to: Path | None = None
    students: tuple[str, ...] = ()
    gradebook: Path | None = None
    column: str = ""
    scale: bool = False
    hidden: bool = False
    comments: bool = False


@dataclass(frozen=True)
class Exported:
    """What was exported, and where to. `missing` are students who should have a score there and have none."""

    path: Path
    count: int
    notes: tuple[str, ...] = ()
    missing: int = 0


def export(out: Path, wanted: Wanted) -> Exported:
    """Write the grades of `out` in the format. Whatever is there already, but an export in its usual place, is left alone.

    Raises `UsageError` if there are no grades, or if it can't be done as asked; `StorageError` if it can't be written.
    """
    _refuse_what_does_not_fit(wanted)
    with graded(out) as (_, store):
        known = set(store.students())
        strangers = [student for student in wanted.students if student not in known]
        if strangers:
            raise UsageError(
                f"{out} holds no grade of {', '.join(strangers)}. {did_you_mean(strangers[0], sorted(known))}"
            )
        if wanted.format in STUDENT_FORMATS:
            return _export_students(store, out, wanted)
        return _export_class(store, out, wanted)


def _refuse_what_does_not_fit(wanted: Wanted) -> None:
    if wanted.format in FILLED_IN and wanted.gradebook is None:
        raise UsageError(
            f"--format {wanted.format} fills in a file that you have downloaded. Name it with --gradebook FILE."
        )
    for option, is_given, formats in (
        ("--gradebook", wanted.gradebook is not None, FILLED_IN),
        ("--column", bool(wanted.column), FILLED_IN),
        ("--scale", wanted.scale, FILLED_IN),
        ("--comments", wanted.comments, ("moodle-worksheet",)),
        ("--hidden", wanted.hidden, ("junit",)),
    ):
        if is_given and wanted.format not in formats:
            raise UsageError(
                f"{option} does not go with --format {wanted.format}, only with {' and '.join(formats)}. Leave it out."
            )


def _chosen(store: Store, wanted: Wanted) -> Iterator[Grade]:
    """The grades that count, of those students that are wanted."""
    for grade in store.newest():
        if not wanted.students or grade.student in wanted.students:
            yield grade


def _about(grade: Grade) -> list[str]:
    """What the instructor should know of a grade that goes out, or does not."""
    if grade.status is Status.GRADER_ERROR:
        return [f"{grade.student}: no score, since the grader failed. Look at it first, then export again"]
    if any(flag.kind == "regrade_failed" for flag in grade.flags):
        return [f"{grade.student}: the grader failed when it graded again; the earlier score was exported"]
    return []


# -- one file a student ----------------------------------------------------------------------------------------------------


def _export_students(store: Store, out: Path, wanted: Wanted) -> Exported:
    suffix, make = STUDENT_FORMATS[wanted.format]
    if wanted.hidden:
        make = partial(junit_xml, hidden=True)
    folder = wanted.to or out / _FOLDER / wanted.format
    if wanted.to is not None and (folder.is_symlink() or (folder.exists() and not _is_empty_folder(folder))):
        raise UsageError(f"{folder} is there, and no empty folder. Take it away, or name another one.")
    count, missing, notes = 0, 0, list[str]()
    for grade in _chosen(store, wanted):
        path = folder / f"{grade.student}{suffix}"
        notes += _about(grade)
        missing += grade.status is Status.GRADER_ERROR
        try:
            text = make(grade)
        except NotExpressible as why:
            remove_file(path)  # of an earlier export
            if grade.status is not Status.GRADER_ERROR:
                missing += 1
                notes.append(f"{grade.student}: {why}; left out")
            continue
        write_file(path, [text.encode()])
        count += grade.status is not Status.GRADER_ERROR
    return Exported(folder, count, tuple(notes), missing)


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and next(path.iterdir(), None) is None


# -- one file for all ------------------------------------------------------------------------------------------------------


def _export_class(store: Store, out: Path, wanted: Wanted) -> Exported:
    path = wanted.to or out / _FOLDER / CLASS_FORMATS[wanted.format]
    if wanted.gradebook is not None and _is_same(path, wanted.gradebook):
        raise UsageError(f"{path} is the file to be filled in. Name another one for the result: yours stays as it is.")
    if wanted.to is not None and os.path.lexists(path):
        raise UsageError(f"{path} is there already. Take it away, or name another file.")
    if wanted.format not in ("csv", "jsonl"):
        return _export_to_lms(store, wanted, path)
    notes: list[str] = []
    scored = missing = 0

    def noted() -> Iterator[Grade]:
        nonlocal scored, missing
        for grade in _chosen(store, wanted):
            notes.extend(_about(grade))
            missing += grade.status is Status.GRADER_ERROR
            scored += grade.status is not Status.GRADER_ERROR
            yield grade

    if wanted.format == "csv":
        write_file(path, [grades_csv(noted()).encode()])
    else:
        write_file(path, (f"{grade_to_line(grade)}\n".encode() for grade in noted()))
    return Exported(path, scored, tuple(notes), missing)


def _export_to_lms(store: Store, wanted: Wanted, path: Path) -> Exported:
    grades = list(_chosen(store, wanted))
    handed = [Handed(grade, store.arrival(grade.student, grade.submission_sha256)) for grade in grades]
    notes = [note for grade in grades if grade.status is not Status.GRADER_ERROR for note in _about(grade)]
    if wanted.gradebook is not None:
        theirs = _read(wanted.gradebook)
        comment = _in_words if wanted.comments else None
        try:
            if wanted.format == "canvas-gradebook":
                filled = canvas.gradebook(handed, theirs, wanted.column, scale=wanted.scale)
            else:
                filled = moodle.gradebook(handed, theirs, wanted.column, scale=wanted.scale, comment=comment)
        except UsageError as error:
            raise UsageError(f"{wanted.gradebook}: {error}") from None
        write_file(path, [filled.content])
        return Exported(path, filled.filled, (*notes, *filled.notes), len(handed) - filled.filled)

    def page(student: str) -> bytes:
        return feedback_html(for_student(store.counting(student))).encode()

    feedback_zip = canvas.feedback_zip if wanted.format == "canvas-feedback" else moodle.feedback_zip
    make_folder(path.parent)
    zipped = feedback_zip(handed, page, path)  # a page is no score: who has none in it is in the notes
    return Exported(path, zipped.count, (*notes, *zipped.notes))


def _in_words(grade: Grade) -> str:
    return feedback_text(for_student(grade))


# -- files -----------------------------------------------------------------------------------------------------------------


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:  # one of them is not there
        return path.resolve() == other.resolve()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {reason_of(error)}") from None
