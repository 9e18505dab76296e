"""Read Python source as text: what it defines, which function a line is in, whether it is still the skeleton's.

Nothing here executes, and nothing trusts the text: it is a student's, capped in size before it comes here.
"""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Iterator, Mapping
from functools import cached_property

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Source:
    """One file of Python source. Its `error` says why it can't be parsed, None if it can."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Line `number`, counted from 1, without white space at its ends and at most 200 characters; empty outside."""
        return self.lines[number - 1].strip()[:200] if 1 <= number <= len(self.lines) else ""

    @cached_property
    def _parsed(self) -> tuple[ast.Module, SyntaxError | None]:
        empty = ast.Module([], [])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an invalid escape in a student's string is not ours to report
                return ast.parse(self.text), None
        except SyntaxError as error:
            return empty, error
        except (ValueError, RecursionError, MemoryError) as error:  # nesting too deep for the parser, or a NUL
            return empty, SyntaxError(f"the source can't be parsed ({type(error).__name__})")

    @property
    def error(self) -> SyntaxError | None:
        """The syntax error of the text, or None."""
        return self._parsed[1]

    @cached_property
    def definitions(self) -> Mapping[str, Definition]:
        """Every class and function by its qualified name (`Linear`, `Linear.backward`); the last one of a name counts."""
        return dict(_walk(self._parsed[0], ""))

    def function_at(self, line: int) -> str:
        """The qualified name of the innermost class or function around `line`, empty at the top level."""
        found = ""
        for name, node in self.definitions.items():
            if node.lineno <= line <= (node.end_lineno or node.lineno):
                found = name
        return found

    def is_same(self, name: str, other: Source) -> bool:
        """Whether both define `name` with the same statements; comments, docstrings and layout don't count."""
        mine, theirs = self.definitions.get(name), other.definitions.get(name)
        return mine is not None and theirs is not None and _statements(mine) == _statements(theirs)

    def bound_names(self) -> set[str]:
        """The names that top-level statements bind: definitions, assignments, imports."""
        bound: set[str] = set()
        for node in self._parsed[0].body:
            if isinstance(node, Definition):
                bound.add(node.name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                bound.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
            else:
                bound.update(
                    sub.id for sub in ast.walk(node) if isinstance(sub, ast.Name) and isinstance(sub.ctx, ast.Store)
                )
        return bound


def nearest_name(name: str, sources: Mapping[str, Source]) -> tuple[str, str, int] | None:
    """The definition most like `name`, as (name, file, line); None if nothing is near. Case alone is nearest."""
    candidates = {
        defined: (defined, source.file, node.lineno)
        for source in sources.values()
        for defined, node in source.definitions.items()
        if "." not in defined and defined != name
    }
    for defined, place in candidates.items():
        if defined.replace("_", "").lower() == name.replace("_", "").lower():
            return place
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.7)
    return candidates[close[0]] if close else None


def _walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, Definition]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            name = prefix + child.name
            yield name, child
            yield from _walk(child, name + ".")
        elif isinstance(child, ast.If | ast.Try | ast.With):
            yield from _walk(child, prefix)


def _statements(node: Definition) -> str:
    """The body of a definition and its arguments as text, without docstrings, annotations' positions or comments."""
    clean = _Undocumented().visit(ast.parse(ast.unparse(node)))
    return ast.dump(clean)


class _Undocumented(ast.NodeTransformer):
    """Drops the docstrings of a tree."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, Definition) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
        return node
