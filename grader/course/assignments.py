"""Find a course and read its assignments. A course is a folder with `assignments/`, instructors' with `reference/`."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from grader.course.adjustments import LateRule
from grader.errors import CourseError, UsageError
from grader.files import course_text, reason_of
from grader.text import did_you_mean

_POLICIES = ("flag", "zero_exercise")


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[exercise]]` table of an assignment.toml. The text below a key is what the reference page says of it."""

    name: str
    """What rubrics, options and results call it; no two exercises have the same."""
    title: str
    """What people read."""
    file: str
    """Its skeleton, a .py file beside the assignment.toml; where its names are looked for first."""
    defines: tuple[str, ...] = ()
    """The public names that a submission must define; none where students only put together what they have."""
    forbids: tuple[str, ...] = ()
    """Dotted names that may not be used in this exercise, beside those that no exercise may use. With `torch.autograd` among
    them, its checks run without it, and note every use."""
    needs: tuple[str, ...] = ()
    """Exercises that must have been attempted; else the checks of this one are blocked."""
    stand_ins: tuple[str, ...] = ()
    """Names of other exercises that are replaced by the course's own, of `parts.py`, when a check fails with the student's: so
    a mistake costs points only where it is."""
    lesson: str = ""
    """The heading in README.md that teaches it. Notebooks and the pages of students need it."""

    @property
    def forbids_autograd(self) -> bool:
        """Whether its checks run student code without torch's autograd, and note every use of it."""
        return "torch.autograd" in self.forbids


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of an assignment.toml. The text below a key is what the reference page says of it."""

    title: str
    """What people read."""
    exercise: tuple[Exercise, ...]
    """The exercises, at least one, in the order in which students meet them."""
    dataset: str = "mnist"
    """The pictures that checks get as `dataset`: `mnist` or `fashion_mnist`."""
    forbids: tuple[str, ...] = ()
    """Dotted names that no exercise may use, such as `torch.nn`: the name itself, and everything below it."""
    allows: tuple[str, ...] = ()
    """Exceptions within what is forbidden, such as `torch.nn.Parameter`."""
    on_forbidden: str = "flag"
    """What a use of a forbidden name does: `flag` shows it to the instructor, `zero_exercise` costs the exercise that it is in
    its points, too."""
    timeout_seconds: float = 10.0
    """How many seconds a check may take, above 0; `@pytest.mark.timeout` says it for one check."""
    memory_limit_mib: int = 2048
    """How much memory a student's code may use, in MiB, above 0."""
    preload: tuple[str, ...] = ()
    """Modules that submissions import and that take long: imported once, before any worker starts, and there even where a
    worker can open no file."""
    late: LateRule | None = None
    """What being late costs; without the table nothing, and the instructor is told."""


class Assignment:
    """An assignment of a course: its settings, where its files are, and a version that changes with any of them."""

    def __init__(self, course_root: Path, name: str) -> None:
        self.course_root = course_root
        self.name = name
        self.folder = course_root / "assignments" / name
        self.manifest_path = self.folder / "assignment.toml"
        manifest = _read_manifest(self.manifest_path)
        self.title = manifest.title
        self.dataset = manifest.dataset
        self.timeout_seconds = manifest.timeout_seconds
        self.memory_limit_mib = manifest.memory_limit_mib
        self.preload = manifest.preload
        self.allows = manifest.allows
        self.on_forbidden = manifest.on_forbidden
        self.late_rule = manifest.late
        self.exercises = tuple(
            msgspec.structs.replace(exercise, forbids=(*manifest.forbids, *exercise.forbids))
            for exercise in manifest.exercise
        )

    def __repr__(self) -> str:
        return f"Assignment({str(self.course_root)!r}, {self.name!r})"

    @property
    def reference_folder(self) -> Path:
        """What only the instructor has: the model answer, hidden checks, known mistakes."""
        return self.course_root / "reference" / self.name

    @property
    def notebook_path(self) -> Path:
        """Where its notebook lies."""
        return self.folder / f"{self.name}.ipynb"

    @property
    def mistake_files(self) -> list[Path]:
        """The catalogue of known mistakes, a file an exercise; none in a student's copy of the course."""
        return sorted((self.reference_folder / "mistakes").glob("*.py"))

    @property
    def own_recording(self) -> Path:
        """The recorded mistakes for the instructor: all checks, with the inputs that count."""
        return self.reference_folder / "mistakes.jsonl"

    @property
    def public_recording(self) -> Path:
        """The recorded mistakes for students: public checks, with the inputs of their own runs."""
        return self.folder / "mistakes.jsonl"

    @property
    def calibration_path(self) -> Path:
        """The measured thresholds of checks of training runs."""
        return self.folder / "calibration.json"

    @property
    def public_rubric(self) -> list[Path]:
        """The rubric files that students have too."""
        return sorted(self.folder.glob("test_*.py"))

    @property
    def hidden_rubric(self) -> list[Path]:
        """The rubric files that only the instructor has; none in a student's copy of the course."""
        return sorted(self.reference_folder.glob("test_hidden_*.py"))

    @cached_property
    def salt(self) -> str:
        """Changes the random inputs of every check where there is a hidden rubric: a table of the answers that students'
        own runs have shown is then worth nothing. Empty without one.
        """
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in self.hidden_rubric))
        return digest.hexdigest() if self.hidden_rubric else ""

    @property
    def parts_path(self) -> Path:
        """The provided parts: code of the course that runs beside the student's in the worker."""
        return self.folder / "parts.py"

    @cached_property
    def parts_source(self) -> str:
        """The text of `parts.py`, empty without one."""
        return course_text(self.parts_path) if self.parts_path.is_file() else ""

    @cached_property
    def course_files(self) -> frozenset[str]:
        """Names of files in the assignment's folder that belong to the course, never to a submission."""
        rubric = {path.name for path in self.public_rubric}
        return frozenset(rubric | {"parts.py", "conftest.py"})

    def exercise(self, name: str) -> Exercise:
        """The exercise of that name. Raises `CourseError` with the nearest name."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        known = [exercise.name for exercise in self.exercises]
        raise CourseError(f'{self.manifest_path}: there is no exercise "{name}". {did_you_mean(name, known)}')

    @cached_property
    def asking(self) -> bytes:
        """What assignment.toml says that decides how a check ends, in one form: all but what being late costs."""
        document = tomllib.loads(self.manifest_path.read_text(encoding="utf-8-sig"))
        document.pop("late", None)
        return json.dumps(document, sort_keys=True, default=str).encode()

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits over everything of the assignment that the outcome of a check depends on.

        What being late costs is not among it: it is taken off when a grade is read.
        """
        digest = hashlib.sha256(self.asking)
        skeletons = {self.folder / exercise.file for exercise in self.exercises}
        paths = {self.parts_path, *self.public_rubric, *self.hidden_rubric, *skeletons}
        paths |= {
            self.calibration_path,
            self.public_recording,
            self.own_recording,
        }  # thresholds, and what hints rest on
        for path in sorted(paths):
            if path.is_file():
                digest.update(f"{path.relative_to(self.course_root).as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:12]


def find_course(start: Path) -> Path:
    """The nearest folder at or above `start` that holds `assignments/`. Raises `UsageError` without one."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "assignments").is_dir():
            return folder
    raise UsageError(
        f"{start} lies in no course: neither it nor a folder above it holds assignments/. Go to the course's folder, "
        "or name it with --course."
    )


def find_assignment(course_root: Path, name: str) -> Assignment:
    """The assignment `name` of the course. Raises `UsageError` with the nearest name, `CourseError` if it is broken."""
    known = assignment_names(course_root)
    if name not in known:
        raise UsageError(f"{course_root / 'assignments'} has no assignment {name!r}. {did_you_mean(name, known)}")
    return Assignment(course_root, name)


def assignment_names(course_root: Path) -> list[str]:
    """The names of all assignments of the course, sorted."""
    return sorted(path.parent.name for path in (course_root / "assignments").glob("*/assignment.toml"))


def _read_manifest(path: Path) -> Manifest:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CourseError(f"{path}: can't be read: {reason_of(error)}") from None
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: is not UTF-8 ({error.reason}). Save it with the encoding UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path}: can't be read as TOML: {error}. Mend that line.") from None
    _refuse_unknown_keys(path, "", document, Manifest)
    if isinstance(document.get("late"), Mapping):
        _refuse_unknown_keys(path, "[late]: ", document["late"], LateRule)
    tables = document.get("exercise")
    for index, table in enumerate(tables if isinstance(tables, list) else []):
        if isinstance(table, Mapping):
            _refuse_unknown_keys(path, f"[[exercise]] number {index + 1}: ", table, Exercise)
    try:
        manifest = msgspec.convert(document, Manifest)
    except msgspec.ValidationError as error:
        raise CourseError(f"{path}: {_where(error)}.") from None
    _refuse_contradictions(path, manifest)
    return manifest


def _refuse_unknown_keys(path: Path, place: str, table: Mapping[str, Any], kind: type[msgspec.Struct]) -> None:
    known = kind.__struct_fields__
    for key in table:
        if key not in known:
            raise CourseError(f'{path}: {place}unknown key "{key}". {did_you_mean(key, known)}')


def _refuse_contradictions(path: Path, manifest: Manifest) -> None:
    names = [exercise.name for exercise in manifest.exercise]
    if not names:
        raise CourseError(f"{path}: no exercise. Add an [[exercise]] table with name, title and file.")
    if manifest.on_forbidden not in _POLICIES:
        raise CourseError(f'{path}: on_forbidden is "{manifest.on_forbidden}"; expected {" or ".join(_POLICIES)}.')
    if not (0 < manifest.timeout_seconds < math.inf and manifest.memory_limit_mib > 0):
        raise CourseError(
            f"{path}: timeout_seconds is {manifest.timeout_seconds:g} and memory_limit_mib {manifest.memory_limit_mib}; "
            "expected finite numbers above 0."
        )
    for exercise in manifest.exercise:
        if names.count(exercise.name) > 1:
            raise CourseError(f'{path}: two exercises are named "{exercise.name}". Rename one of them.')
        for needed in exercise.needs:
            if needed not in names:
                raise CourseError(
                    f'{path}: exercise "{exercise.name}" needs "{needed}", which is none. {did_you_mean(needed, names)}'
                )
        if Path(exercise.file).name != exercise.file or not exercise.file.endswith(".py"):
            raise CourseError(
                f'{path}: exercise "{exercise.name}": file is "{exercise.file}", expected the name of a .py file '
                "beside the assignment.toml."
            )


def _where(error: msgspec.ValidationError) -> str:
    """What was expected and got, and the key, as TOML has it: ``Expected `str`, got `int`, at `title` ``."""
    return str(error).replace(" - at `$.", ", at `")
