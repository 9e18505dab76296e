"""A new assignment to begin with: small, whole, and right, so that an author changes what works instead of guessing the form.

It has one exercise - an activation, forwards and backwards - with its lesson, its model answer, two checks and three known
mistakes. What is made of these, the skeleton, the notebook and the recordings, is made by the commands that make it later.
"""

from __future__ import annotations

import keyword
import re
import sys
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.errors import StorageError, UsageError

_TEMPLATES = Path(__file__).parent / "scaffolds"
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_LONGEST_NAME = 40


def new_assignment(course_root: Path, name: str) -> list[Path]:
    """Write the files of an assignment of that name; returns them. Raises `UsageError` before anything is written."""
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} can't be the name of an assignment: it becomes a folder, a Python file and part of commands. Expected "
            f"small letters, digits and single hyphens, at most {_LONGEST_NAME}, such as batch-norm."
        )
    module = name.replace("-", "_")
    if keyword.iskeyword(module) or module in sys.stdlib_module_names:
        raise UsageError(f"{name!r} can't be the name of an assignment: Python itself has a module or a word {module}.")
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
            raise StorageError(f"{path} can't be written: {error.strerror}") from None
    return list(written)


@cache
def _templates() -> Environment:
    return Environment(  # noqa: S701 - what is made is Markdown, TOML and Python, of a name that is a plain word
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
