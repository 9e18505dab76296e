"""Pieces of a page in Markdown, and what the source says of fields and constants."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from types import ModuleType

_MADE = "<!-- Made by python docs/make.py; not to be changed by hand. -->"
# What would be more than a character; an underscore within a word is none of it.
_SPECIAL = re.compile(r"[\\*<>\[\]#&|~]|(?<![^\W_])_+|_+(?![^\W_])")


def page(title: str, *parts: str) -> str:
    """A page with its heading, and for whoever edits it how it came about; an empty line stands between any two parts."""
    return "\n\n".join([_MADE, f"# {title}", *(part for part in parts if part)]) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; columns that have nothing in any row are left out."""
    lines = [header, *rows]
    kept = [place for place in range(len(header)) if any(line[place] for line in lines[1:])]
    shown = [[_cell(line[place]) for place in kept] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in [shown[0], ["---"] * len(kept), *shown[1:]])


def _cell(text: str) -> str:
    """The text in one line, with no bar that would end the cell."""
    return re.sub(r"(?<!\\)\|", r"\|", " ".join(text.split()))


def code(text: object) -> str:
    """The text as code within a line. It holds no backtick."""
    assert "`" not in str(text), text
    return f"`{text}`"


def prose(text: str) -> str:
    """A text of the source, in which backquotes mark code, with everything else of Markdown's inert."""
    pieces = text.split("`")
    assert len(pieces) % 2, text
    pieces[::2] = [
        _SPECIAL.sub(lambda found: "".join(f"\\{sign}" for sign in found[0]), piece) for piece in pieces[::2]
    ]
    return "`".join(pieces)


def flowed(text: str) -> str:
    """The paragraphs of a docstring, each in one line."""
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))


def documentation(documented: object) -> str:
    """The docstring, each paragraph in one line. Raises `ValueError` without one: then a page would have a gap."""
    text = inspect.getdoc(documented)
    if not text:
        raise ValueError(f"{documented} has no docstring")
    return flowed(text)


def summary(documented: object) -> str:
    """The first paragraph of the docstring."""
    return documentation(documented).split("\n\n")[0]


def texts_of_fields(owner: type) -> dict[str, str]:
    """What stands below each field of a class, in one line. Raises `ValueError` if there is nothing."""
    name = owner.__name__
    [tree] = [node for node in _source(inspect.getmodule(owner)).body if getattr(node, "name", "") == name]
    assert isinstance(tree, ast.ClassDef)
    texts = dict(_texts_below(tree.body))
    missing = [node.target.id for node in tree.body if _is_field(node) and node.target.id not in texts]  # type: ignore[attr-defined]
    if missing:
        raise ValueError(f"{owner.__module__}: {name} says nothing of {', '.join(missing)}; write a text below it")
    return texts


def text_of_constant(module: ModuleType, name: str) -> str:
    """What stands below a constant of a module, in one line."""
    return dict(_texts_below(_source(module).body))[name]


def functions_of(module: ModuleType) -> Iterator[ast.FunctionDef]:
    """The functions of a module as they stand in its source."""
    return (node for node in _source(module).body if isinstance(node, ast.FunctionDef))


def _source(module: ModuleType | None) -> ast.Module:
    assert module is not None
    return ast.parse(inspect.getsource(module))


def _is_field(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)


def _texts_below(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    for node, below in pairwise(body):
        match node, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, flowed(text)
