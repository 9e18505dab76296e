"""Cut from a course what students get: lessons, skeletons, the public rubric, and the grader itself to run it with.

What is secret never gets in: only files that students are meant to have are copied, from `assignments/` alone, and what is
copied is searched for lines of the model answers, of the hidden checks and of the known mistakes. A release is refused, and
nothing is written, if one is found, if a skeleton earns something, or if what was recorded or measured is stale.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import grader
from grader.authoring.record import known_mistake
from grader.authoring.trials import Trials, trial_of
from grader.checks.check import Check
from grader.checks.mistakes import Known, Recording
from grader.course.assignments import Assignment, Exercise
from grader.course.calibration import why_not_calibrated
from grader.course.catalogue import Catalogue
from grader.course.notebooks import student_notebook
from grader.course.recording import why_unusable
from grader.errors import CourseError
from grader.files import course_text
from grader.grading.grade import collected_checks
from grader.release.bundle import MARKER, digest
from grader.release.packing import is_of_python, least_python, pinned, wheel
from grader.results import Outcome, number
from grader.submissions.loading import load_submission
from grader.submissions.source import Source, lines_of_code, squeezed
from grader.text import anchor, cell

_HANDOUT = Path(__file__).parent / "handout"
_SHORTEST_SECRET = 20  # characters of a line of code: shorter ones are anybody's
_NOT_SAID = ("__pycache__", ".ipynb_checkpoints")


@dataclass(frozen=True)
class Release:
    """What students get: path -> content. `left_out` are files of the assignments' folders that are none of it."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...]


# -- what is in it ---------------------------------------------------------------------------------------------------------


def cut_release(assignments: Sequence[Assignment], url: str = "", service: str = "github") -> Release:
    """What students get of these assignments, which are of one course.

    `url` is the Git repository that it goes to: notebooks fetch it from there, and pull requests are graded with what is
    there. `service` is where that is done: `github`, `gitlab` or `none`.

    Raises `CourseError` if it would hold something secret or stale, `UsageError` if the grader can't be packed.
    """
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    modules: set[str] = set()
    for assignment in assignments:
        _refuse_stale(assignment)
        names = _student_files(assignment)
        left_out += _others(assignment.folder, names)
        _refuse_leftovers(assignment)
        _refuse_secrets(assignment, names)
        _refuse_solved(assignment)
        modules |= {*imported_modules([assignment.folder / name for name in names]), *assignment.preload}
        for name in names:
            path = assignment.folder / name
            files[path.relative_to(assignment.course_root).as_posix()] = path.read_bytes()
        notebook = assignment.notebook_path
        if notebook.name in names:
            files[notebook.relative_to(assignment.course_root).as_posix()] = student_notebook(assignment, url).encode()
    wheel_name, wheel_content = wheel()
    files[f"wheels/{wheel_name}"] = wheel_content
    files["requirements.txt"] = _requirements(wheel_name, modules).encode()
    files["README.md"] = _page(assignments, service).encode()
    files["pytest.ini"] = (_HANDOUT / "pytest.ini").read_bytes()
    files[".gitignore"] = (_HANDOUT / "gitignore").read_bytes()
    files |= {name: text.encode() for name, text in _workflows(service, url).items()}
    licence = assignments[0].course_root / "LICENSE"
    if licence.is_file():
        files["LICENSE"] = licence.read_bytes()
    files[MARKER] = _marker(assignments, files)
    return Release({name: files[name] for name in sorted(files)}, tuple(left_out))


def _student_files(assignment: Assignment) -> list[str]:
    """The names of the files in an assignment's folder that students get. Raises `CourseError` if a skeleton is missing."""
    skeletons = dict.fromkeys(exercise.file for exercise in assignment.exercises)
    for name in skeletons:
        if not (assignment.folder / name).is_file():
            raise CourseError(
                f"{assignment.folder / name} is missing: students have nothing to begin with. "
                f"Make it: `grader skeleton {assignment.name}`."
            )
    rubric = [path.name for path in assignment.public_rubric]
    more = [
        assignment.manifest_path.name,
        "README.md",
        assignment.notebook_path.name,
        assignment.parts_path.name,
        assignment.public_recording.name,
        assignment.calibration_path.name,
    ]
    return sorted({*skeletons, *rubric, *(name for name in more if (assignment.folder / name).is_file())})


def _others(folder: Path, names: Iterable[str]) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.name not in names and path.name not in _NOT_SAID:
            yield path.relative_to(folder.parent.parent).as_posix() + ("/" if path.is_dir() else "")


def imported_modules(paths: Sequence[Path]) -> set[str]:
    """The modules that these files import, but those of Python, of the grader and the files themselves."""
    own = {path.stem for path in paths}
    found: set[str] = set()
    for path in paths:
        if path.suffix == ".py":
            for node in ast.walk(Source(path.name, course_text(path)).tree):
                if isinstance(node, ast.Import):
                    found.update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module)
    return {name for name in found if name.split(".")[0] not in own and not is_of_python(name)}


def _requirements(wheel_name: str, modules: Iterable[str]) -> str:
    lines = [
        "# pip install -r requirements.txt, in this folder: the grader, and the versions that it was tried with",
        f"./wheels/{wheel_name}",
        *pinned(modules),
    ]
    return "".join(f"{line}\n" for line in lines)


def _workflows(service: str, url: str) -> dict[str, str]:
    """What a CI service runs, by its path. `url` is where it gets the course from, if that is a place that it can name."""
    if service == "github":
        hosted = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?", url, re.ASCII)
        repository = hosted[1] if hosted else ""
        return {
            ".github/workflows/grade.yml": _with_value("grade.yml", "COURSE_REPOSITORY", repository),
            ".github/workflows/comment.yml": (_HANDOUT / "comment.yml").read_text(encoding="utf-8"),
        }
    if service == "gitlab":
        return {".gitlab-ci.yml": _with_value("gitlab-ci.yml", "COURSE_URL", url if url.startswith("https://") else "")}
    return {}


def _with_value(name: str, key: str, value: str) -> str:
    """A file of the handout whose empty value of `key` is this one; JSON's strings are YAML's too."""
    text = (_HANDOUT / name).read_text(encoding="utf-8")
    empty = f'{key}: ""\n'
    assert text.count(empty) == 1, name
    return text.replace(empty, f"{key}: {json.dumps(value)}\n")


def _marker(assignments: Sequence[Assignment], files: Mapping[str, bytes]) -> bytes:
    """The file that makes a folder known as a release, and says what of it is ours."""
    document = {
        "made_by": f"grader release {grader.__version__}",
        "assignments": {assignment.name: assignment.version for assignment in assignments},
        "files": {name: digest(files[name]) for name in sorted(files)},
    }
    return (json.dumps(document, indent=1) + "\n").encode()


# -- the page for students -------------------------------------------------------------------------------------------------


def _page(assignments: Sequence[Assignment], service: str) -> str:
    title = assignments[0].title if len(assignments) == 1 else "Exercises"
    described = [_described(assignment) for assignment in assignments]
    template = _templates().get_template("README.md.j2")
    page = template.render(title=cell(title), assignments=described, python=least_python(), service=service)
    return re.sub(r"\n{3,}", "\n\n", page).rstrip() + "\n"


@cache
def _templates() -> Environment:
    return Environment(  # noqa: S701 - what is made is Markdown, of the course's own titles
        loader=FileSystemLoader(_HANDOUT),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _described(assignment: Assignment) -> dict[str, object]:
    checks = [check for check, _ in collected_checks(assignment)]
    notebook = assignment.notebook_path.name
    written = dict.fromkeys(exercise.file for exercise in assignment.exercises if exercise.defines)
    return {
        "name": assignment.name,
        "title": cell(assignment.title),
        "notebook": notebook if (assignment.folder / notebook).is_file() else "",
        "files": ", ".join(f"`{name}`" for name in written),
        "has_hidden": any(check.visibility == "hidden" for check in checks),
        "points": _points(checks),
        "own_points": _points(checks, own=True),
        "exercises": [_exercise(assignment, exercise, checks) for exercise in assignment.exercises],
    }


def _exercise(assignment: Assignment, exercise: Exercise, checks: list[Check]) -> dict[str, object]:
    mine = [check for check in checks if check.exercise.name == exercise.name]
    place = f"assignments/{assignment.name}/README.md#{anchor(exercise.lesson)}"
    return {
        "name": exercise.name,
        "link": f"[{cell(exercise.title)}]({place})" if exercise.lesson else cell(exercise.title),
        "file": f"`{exercise.file}`" if exercise.defines else "",
        "points": _points(mine),
        "own_points": _points(mine, own=True),
    }


def _points(checks: Iterable[Check], *, own: bool = False) -> int | float:
    counted = (check.points for check in checks if check.visibility == "public" or not own)
    return number(sum(counted, Decimal(0)))


# -- what is refused -------------------------------------------------------------------------------------------------------


def _refuse_stale(assignment: Assignment) -> None:
    """Raise `CourseError` if students would get other thresholds or hints than the course as it is now would give."""
    problem = why_not_calibrated(assignment)
    if problem:
        raise CourseError(f"{assignment.calibration_path}: {problem} {assignment.name}.")
    catalogue = Catalogue(assignment)
    if not catalogue.forms and not assignment.public_recording.is_file():
        return
    recordings = {assignment.public_recording: "", assignment.own_recording: assignment.salt}
    for path, salt in recordings.items():
        problem = why_unusable(assignment, path, salt=salt)
        if not problem and not _is_of(Recording.read(path), catalogue):
            problem = f"{path} is not of the mistakes as the catalogue has them now"
        if problem:
            raise CourseError(f"{problem}. Make it anew: `grader record {assignment.name}`.")


def _is_of(recording: Recording, catalogue: Catalogue) -> bool:
    """Whether the recording has the mistakes of the catalogue, with the same words and as many forms of each."""
    known: dict[str, Known] = {name: known_mistake(mistake) for name, mistake in catalogue.mistakes.items()}
    forms = [form.mistake for form in recording.forms]
    return recording.known == known and forms == [form.mistake.id for form in catalogue.forms]


def _refuse_solved(assignment: Assignment) -> None:
    """Raise `CourseError` if the skeletons pass a check."""
    skeleton = load_submission(assignment.folder, course_files=assignment.course_files)
    with closing(Trials(assignment, jobs=1)) as trials:
        (tried,) = trials.run([trial_of(skeleton, assignment.salt)])
        trials.keep()
    for entry in tried.checks:
        if entry.outcome == Outcome.PASSED:
            raise CourseError(
                f"{assignment.folder / assignment.exercise(entry.exercise).file} is no skeleton: {entry.exercise} passes "
                f"the check {entry.check}. Take the answer out."
            )


def _refuse_leftovers(assignment: Assignment) -> None:
    """Raise `CourseError` if lines of a function of the model answer were left in a skeleton's that is not written yet."""
    answers = Catalogue(assignment).reference_files
    for name, answer in answers.items():
        path = assignment.folder / name
        skeleton, solved = Source(name, _text(path)), Source(name, answer)
        for function, node in skeleton.definitions.items():
            other = solved.definitions.get(function)
            if isinstance(node, ast.ClassDef) or other is None or skeleton.is_same(function, solved):
                continue
            left = _lines(ast.unparse(node)) & _lines(ast.unparse(other))
            if left:
                raise CourseError(
                    f"{path}, line {node.lineno}: {function} is no skeleton: it holds a line of the model answer, "
                    f"{min(left)}. Take it out."
                )


def _refuse_secrets(assignment: Assignment, names: Iterable[str]) -> None:
    """Raise `CourseError` if a text among these files holds a line of code that is secret: in a comment, in the lesson.

    What the rubric, the parts and the skeletons do themselves is no secret.
    """
    texts = {name: _text(assignment.folder / name) for name in names}
    known = {line for name, text in texts.items() if name.endswith(".py") for line in _lines(text)}
    secrets = {line: what for what, text in _secret_sources(assignment) for line in _lines(text) if line not in known}
    secrets |= {f"def{name}(": "a hidden check" for name in _hidden_functions(assignment)}
    for name, text in texts.items():
        written = _comparable("\n".join(_strings(json.loads(text))) if name.endswith(".ipynb") else text)
        for line, what in secrets.items():
            if line in written and re.search(rf"(?<![\w.]){re.escape(line)}(?![.(\[])", written):
                raise CourseError(f"{assignment.folder / name} holds a line of {what}: {line}. Take it out.")


def _secret_sources(assignment: Assignment) -> Iterator[tuple[str, str]]:
    """All code that students must not see, with what it is."""
    catalogue = Catalogue(assignment)
    yield from (("a known mistake", form.source) for form in catalogue.forms)
    yield from (("the hidden rubric", course_text(path)) for path in assignment.hidden_rubric)
    yield from (("the model answer", text) for text in catalogue.reference_files.values())


def _hidden_functions(assignment: Assignment) -> set[str]:
    public, hidden = (
        {
            name
            for path in paths
            for name in Source(path.name, course_text(path)).definitions
            if name.startswith("test_")
        }
        for paths in (assignment.public_rubric, assignment.hidden_rubric)
    )
    return hidden - public


def _text(path: Path) -> str:
    """The text of a file that students get. Raises `CourseError` if it is none, or is Python or JSON that can't be read."""
    text = course_text(path)
    try:
        if path.suffix == ".ipynb":
            json.loads(text)
    except ValueError as error:
        raise CourseError(f"{path}: can't be read as a notebook: {error}. Make it anew: `grader notebook`.") from None
    return text


def _lines(text: str) -> set[str]:
    return {_comparable(line) for line in lines_of_code(text, whole=True, shortest=_SHORTEST_SECRET)}


def _comparable(text: str) -> str:
    return squeezed(text).replace('"', "'")


def _strings(value: object) -> Iterator[str]:
    """Every text in a JSON document; lines of a list belong together."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield "".join(entry for entry in value if isinstance(entry, str))
        for entry in value:
            yield from _strings(entry) if not isinstance(entry, str) else ()
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _strings(entry)
