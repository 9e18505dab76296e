"""The zip that Gradescope makes an autograder of: two scripts, the grader, and what of the course grading needs."""

from __future__ import annotations

import shlex
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.course.assignments import Assignment
from grader.errors import UsageError
from grader.isolation.levels import Level
from grader.release.bundle import replace_zip
from grader.release.cut import imported_modules
from grader.release.packing import least_python, pinned, wheel, zipped
from grader.reports import wording
from grader.reports.gradescope import no_results

PROGRAMS = ("setup.sh", "run_autograder")
_HANDOUT = Path(__file__).parent / "handout"
_NEWER_PYTHON = "3.12"  # what is installed where the image has none that is new enough
_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
_SPARE_SECONDS = 20  # before Gradescope's own limit, in which the file of results is written


@dataclass(frozen=True)
class Choices:
    """What an instructor decides about an autograder.

    `minutes` is the time limit that is set on Gradescope. Without `hidden`, hidden checks and what is recorded with them
    stay at home.
    """

    least_isolation: Level = Level.KERNEL
    minutes: int = 10
    hidden: bool = True


def autograder_files(assignment: Assignment, choices: Choices = Choices()) -> dict[str, bytes]:
    """The files of the zip, by their path in it. Raises `UsageError` if the grader can't be packed.

    Of the course it has what the assignment's version covers, and no model answer and no catalogue of mistakes: grading
    needs neither.
    """
    course = _course_files(assignment, hidden=choices.hidden)
    modules = {*imported_modules(course), *assignment.preload}
    wheel_name, wheel_content = wheel()
    files = {f"course/{path.relative_to(assignment.course_root).as_posix()}": path.read_bytes() for path in course}
    files[f"wheels/{wheel_name}"] = wheel_content
    files["requirements.txt"] = _lines([f"--extra-index-url {_CPU_INDEX}", f"./wheels/{wheel_name}", *pinned(modules)])
    files["setup.sh"] = _rendered("autograder_setup.sh.j2", python=least_python(), newer=_NEWER_PYTHON)
    files["run_autograder"] = _rendered(
        "run_autograder.j2",
        assignment=shlex.quote(assignment.name),
        isolation=f"--require-isolation {choices.least_isolation}",
        seconds=60 * choices.minutes - _SPARE_SECONDS,
        no_score=no_results("\n".join(wording.GRADER_ERROR)),
    )
    return files


def write_autograder(files: Mapping[str, bytes], path: Path) -> None:
    """Write the zip. Raises `UsageError` if something else than an earlier one is there, or if it can't be written."""
    if path.exists() and not _is_autograder(path):
        raise UsageError(f"{path} is there, and it is no earlier autograder. Take it away, or name another file.")
    replace_zip(path, zipped(files, PROGRAMS))


def _course_files(assignment: Assignment, *, hidden: bool) -> list[Path]:
    skeletons = [assignment.folder / exercise.file for exercise in assignment.exercises]
    files = [
        assignment.manifest_path,
        assignment.parts_path,
        assignment.calibration_path,
        assignment.public_recording,
        *assignment.public_rubric,
        *skeletons,
    ]
    if hidden:
        files += [*assignment.hidden_rubric, assignment.own_recording]
    return sorted({path for path in files if path.is_file()})


def _is_autograder(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return set(PROGRAMS) < set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _rendered(name: str, **values: object) -> bytes:
    return _templates().get_template(name).render(**values).encode()


@cache
def _templates() -> Environment:
    return Environment(  # noqa: S701 - what is made are scripts, of quoted words
        loader=FileSystemLoader(_HANDOUT), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
