"""What an author begins with: a course with assignments of the one that comes with the grader, and new assignments.

A new assignment is small, whole, and right, so that an author changes what works instead of guessing the form. It has one
exercise - an activation, forwards and backwards - with its lesson, its model answer, two checks and three known mistakes. What
is made of these, the skeleton, the notebook and the recordings, is made by the commands that make it later.
"""

from __future__ import annotations

import keyword
import re
import shutil
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.course.assignments import assignment_names, find_assignment
from grader.course.shipped import shipped_course
from grader.errors import StorageError, UsageError
from grader.files import reason_of

_TEMPLATES = Path(__file__).parent / "scaffolds"
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_LONGEST_NAME = 40
_NOT_COPIED = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")


def new_course(folder: Path, names: Sequence[str]) -> list[str]:
    """Make a course in a new or empty folder, with these assignments of the one that comes with the grader.

    Returns the names of those that there are to choose from. Raises `UsageError` before anything is written.
    """
    source = shipped_course()
    known = assignment_names(source)
    for name in names:
        find_assignment(source, name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is there already and not empty. A course begins in a folder of its own: name a new one."
        )
    title = folder.resolve().name
    texts = {
        name: _templates().get_template(f"{template}.j2").render(title=title, names=names, known=known)
        for name, template in (("README.md", "course.md"), (".gitignore", "gitignore"), ("pytest.ini", "pytest.ini"))
    }
    try:
        for part in ("assignments", "reference"):
            (folder / part).mkdir(parents=True)
            for name in names:
                shutil.copytree(source / part / name, folder / part / name, ignore=_NOT_COPIED)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{folder}: can't be written: {reason_of(error)}") from None
    return known


def new_assignment(course_root: Path, name: str) -> list[Path]:
    """Write the files of an assignment of that name; returns them. Raises `UsageError` before anything is written."""
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} can't be the name of an assignment: it becomes a folder, a Python file and part of commands. Expected "
            f"small letters, digits and single hyphens, at most {_LONGEST_NAME}, such as batch-norm."
        )
    module = name.replace("-", "_")
    if keyword.iskeyword(module) or module in sys.stdlib_module_names:
        raise UsageError(
            f"{name!r} can't be the name of an assignment: Python itself has a module or a word {module}. "
            f"Choose another, such as my-{name}."
        )
    public, own = course_root / "assignments" / name, course_root / "reference" / name
    for folder in (public, own):
        if folder.exists():
            raise UsageError(f"{folder} is there already. Choose another name, or take the folder away.")
    written = {
        public / "assignment.toml": "assignment.toml",
        public / "README.md": "README.md",
        public / f"test_{module}.py": "checks.py",
        own / f"{module}.py": "model_answer.py",
        own / "mistakes" / f"{module}.py": "mistakes.py",
    }
    title = name.replace("-", " ").replace("_", " ").capitalize()
    for path, template in written.items():
        text = _templates().get_template(f"{template}.j2").render(name=name, module=module, title=title)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StorageError(f"{path}: can't be written: {reason_of(error)}") from None
    return list(written)


@cache
def _templates() -> Environment:
    return Environment(  # noqa: S701 - what is made is Markdown, TOML and Python, of a name that is a plain word
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
