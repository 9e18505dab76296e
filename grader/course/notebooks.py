"""Notebooks both ways: a student's out of the lesson and the skeletons, and feedback into the one that came back.

The lesson's sections become Markdown cells. After the section that teaches an exercise comes a cell with its skeleton,
tagged `exercise:<name>`, and one that checks it, tagged `check:<name>`. What the lesson says of files only stands between
`<!-- files -->` and `<!-- /files -->`; what it says of the notebook only, in a comment that begins with `<!-- notebook`.
A command that checks becomes a word about the cell that does, and examples import nothing of the files.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import v4

from grader.course.assignments import Assignment, Exercise
from grader.errors import CourseError, UsageError
from grader.files import course_text
from grader.reports.markdown import exercise_markdown, standing_markdown
from grader.results import Grade, Status, number
from grader.submissions.cells import Cell, code_of
from grader.submissions.source import Source
from grader.submissions.syntax import Definition, first_line, is_text

EXERCISE_TAG, CHECK_TAG, FEEDBACK_TAG = "exercise:", "check:", "feedback"
_FILES_ONLY = re.compile(r"^<!-- files -->\n.*?^<!-- /files -->\n", re.MULTILINE | re.DOTALL)
_NOTEBOOK_ONLY = re.compile(r"^<!-- notebook\n(.*?)^-->\n", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"`pytest assignments/[^`]*`")
_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_HOW_IT_WORKS = """\
**How this notebook works.** Run the next cell first. Then go from top to bottom: read, write your answer in place of each
`raise NotImplementedError`, run the cell, and run the one below it, which checks your answer. You may add cells, and functions
of your own. When you hand the notebook in, its imports, definitions and plain values count, wherever they stand. What else you
run in it - training, plots, trials - is yours alone, and is not run again."""
_PROGRESS = """\
## How far you are

The next cell checks everything. When you are done, save the notebook and hand it in as it is."""
_SET_UP = """\
# Run this cell first.
import importlib.util

if importlib.util.find_spec("grader") is None:  # there is only this notebook here, as in Colab: fetch its course
    import pathlib
    import subprocess
    import sys
{fetch}
    wheels = [str(path) for path in pathlib.Path("course").rglob("*.whl")]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", *wheels], check=True)

from grader.notebook import check, start

start("{name}")
"""
_UNPACK = """\
    import zipfile

    zipfile.ZipFile("bundle.zip").extractall("course")  # upload the bundle.zip of your course beside this notebook"""
_CLONE = """\

    if not pathlib.Path("course").is_dir():
        subprocess.run(["git", "clone", "-q", "--depth", "1", "{url}", "course"], check=True)"""


def student_notebook(assignment: Assignment, url: str = "") -> str:
    """The notebook of an assignment, as the text of its file. With `url`, it fetches the course from that Git repository.

    Raises `CourseError` if the lesson or a skeleton lacks what an exercise is made of.
    """
    skeletons = _Skeletons(assignment)
    cells = [*_lesson_cells(assignment, skeletons, url), v4.new_markdown_cell(_PROGRESS, id="progress")]
    cells.append(_code_cell("check-all", "check()", "check"))
    return _text_of(v4.new_notebook(cells=cells, metadata=_METADATA))


def _lesson_cells(assignment: Assignment, skeletons: _Skeletons, url: str) -> Iterator[Any]:
    introduction, sections = _sections(assignment)
    yield v4.new_markdown_cell(f"{introduction}\n\n{_HOW_IT_WORKS}", id="introduction")
    yield _code_cell("set-up", _set_up(assignment, skeletons, url), "set-up")
    missing = [exercise.name for exercise in assignment.exercises if exercise.lesson not in sections]
    if missing:
        raise CourseError(
            f"{assignment.folder / 'README.md'}: no section is the lesson of {', '.join(missing)}. Add one, and name its "
            "heading in assignment.toml, as lesson."
        )
    for place, (heading, text) in enumerate(sections.items(), 1):
        yield v4.new_markdown_cell(text, id=f"lesson-{place}")
        for exercise in assignment.exercises:
            if exercise.lesson == heading:
                yield from _exercise_cells(exercise, skeletons)


def _exercise_cells(exercise: Exercise, skeletons: _Skeletons) -> Iterator[Any]:
    code = skeletons.cut_out(exercise)
    if code:
        yield _code_cell(exercise.name, code, EXERCISE_TAG + exercise.name)
    what = ", ".join(exercise.defines) or f'"{exercise.name}"'
    yield _code_cell(f"check-{exercise.name}", f"check({what})", CHECK_TAG + exercise.name)


def _code_cell(identity: str, code: str, tag: str) -> Any:
    return v4.new_code_cell(code, id=identity.replace("_", "-"), metadata={"tags": [tag]})


def _text_of(notebook: Any) -> str:
    text: str = nbformat.writes(notebook, indent=1, ensure_ascii=False)
    return text + "\n"


def _sections(assignment: Assignment) -> tuple[str, dict[str, str]]:
    """What stands before the first heading of the lesson, and its sections by their heading."""
    path = assignment.folder / "README.md"
    text = course_text(path)
    text = _NOTEBOOK_ONLY.sub(r"\1", _FILES_ONLY.sub("", text))
    text = _COMMAND.sub("run the check below", text)
    own = "|".join(re.escape(Path(exercise.file).stem) for exercise in assignment.exercises)
    text = re.sub(rf"^from ({own}) import .*\n", "", text, flags=re.MULTILINE)  # in examples: here it is defined above
    introduction, *rest = _HEADING.split(re.sub(r"\n{3,}", "\n\n", text))
    sections = {heading: f"## {heading}\n\n{body.strip()}" for heading, body in zip(rest[::2], rest[1::2], strict=True)}
    return introduction.strip(), sections


def _set_up(assignment: Assignment, skeletons: _Skeletons, url: str) -> str:
    fetch = _CLONE.format(url=url) if url else _UNPACK
    return "\n".join([_SET_UP.format(fetch=fetch, name=assignment.name), *skeletons.imports()]).rstrip()


class _Skeletons:
    """The skeleton files of an assignment, to be taken apart."""

    def __init__(self, assignment: Assignment) -> None:
        self._folder = assignment.folder
        names = dict.fromkeys(exercise.file for exercise in assignment.exercises if exercise.defines)
        self._files = {name: Source(name, self._read(name)) for name in names}
        self._defined = {name for exercise in assignment.exercises for name in exercise.defines}
        self._begun: set[str] = set()

    def _read(self, name: str) -> str:
        return course_text(self._folder / name)

    def imports(self) -> list[str]:
        """Every import of the skeletons but those of each other, each once."""
        own = {Path(name).stem for name in self._files}
        lines: dict[str, None] = {}
        for source in self._files.values():
            for node in source.tree.body:
                if isinstance(node, ast.Import) or (
                    isinstance(node, ast.ImportFrom) and node.module not in {*own, "__future__"}
                ):
                    lines[ast.unparse(node)] = None
        return sorted(lines, key=lambda line: (line.startswith("from"), line))

    def cut_out(self, exercise: Exercise) -> str:
        """What the exercise defines, as the skeleton has it; before the first of a file, what else that file holds."""
        if not exercise.defines:
            return ""
        source = self._files[exercise.file]
        nodes = {node.name: node for node in source.tree.body if isinstance(node, Definition)}
        missing = [name for name in exercise.defines if name not in nodes]
        if missing:
            raise CourseError(
                f"{self._folder / exercise.file}: the skeleton does not define {', '.join(missing)}, as "
                "assignment.toml expects. Add it."
            )
        chosen = [] if exercise.file in self._begun else list(self._others(source))
        self._begun.add(exercise.file)
        chosen += [nodes[name] for name in exercise.defines]
        return "\n\n\n".join(_lines_of(source, node) for node in chosen)

    def _others(self, source: Source) -> Iterator[ast.stmt]:
        for node in source.tree.body:
            is_exercise = isinstance(node, Definition) and node.name in self._defined
            if not (is_text(node) or is_exercise or isinstance(node, ast.Import | ast.ImportFrom)):
                yield node


def _lines_of(source: Source, node: ast.stmt) -> str:
    return "\n".join(source.lines[first_line(node) - 1 : node.end_lineno])


# -- feedback --------------------------------------------------------------------------------------------------------------


def feedback_notebook(raw: bytes, grade: Grade, assignment: Assignment) -> str:
    """The student's notebook with the feedback on each exercise below the cell that answers it.

    Feedback of an earlier time is replaced. Raises `UsageError` if the file is no notebook.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without an id, say: what it mends is nobody's business here
            notebook = nbformat.reads(raw.decode("utf-8-sig"), as_version=4)
        cells = [cell for cell in notebook.cells if FEEDBACK_TAG not in cell.get("metadata", {}).get("tags", [])]
    except Exception as error:  # a student's file may break the reader in any way
        raise UsageError(
            f"no notebook that can be read: {type(error).__name__}: {error}. Open it in Jupyter, and save it again."
        ) from None
    after: dict[int, list[str]] = {}
    for result in grade.exercises:
        place = _place_of(assignment.exercise(result.name), cells)
        after.setdefault(place, []).append(exercise_markdown(grade, result.name))
    made = [_feedback_cell("score", _standing(grade))]
    for place, cell in enumerate(cells):
        made.append(cell)
        for count, text in enumerate(after.get(place, ())):
            made.append(_feedback_cell(f"{place}-{count}", text))
    made += [_feedback_cell(f"end-{count}", text) for count, text in enumerate(after.get(-1, ()))]
    notebook.cells = made
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for place, cell in enumerate(made):
        cell.setdefault("id", f"cell-{place}")
    return _text_of(notebook)


def _standing(grade: Grade) -> str:
    if grade.status is not Status.GRADED:
        return "**Feedback:** this notebook could not be graded."
    score = f"{number(grade.score)} of {number(grade.points)} points"
    return f"**Feedback:** {score}. Each exercise has its own below its cell.\n\n{standing_markdown(grade)}"


def _feedback_cell(identity: str, text: str) -> Any:
    return v4.new_markdown_cell(text, id=f"feedback-{identity}", metadata={"tags": [FEEDBACK_TAG]})


def _place_of(exercise: Exercise, cells: Iterable[Any]) -> int:
    """The cell after which the feedback goes: the last that defines what is asked for, else the one tagged; -1 at the end."""
    place = tagged = -1
    for position, cell in enumerate(cells):
        if cell.get("cell_type") != "code":
            continue
        tags = cell.get("metadata", {}).get("tags", [])
        if EXERCISE_TAG + exercise.name in tags or (not exercise.defines and CHECK_TAG + exercise.name in tags):
            tagged = position
        text = code_of([Cell(1, cell.get("source", ""))]).text  # without its magics
        if set(exercise.defines) & Source("", text).bound_names():
            place = position
    return place if place >= 0 else tagged
