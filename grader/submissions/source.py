"""Read Python source as text: what it defines, which function a line is in, whether it is still the skeleton's.

Nothing here executes, and nothing trusts the text: it is a student's, capped in size before it comes here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator, Mapping
from functools import cached_property

from grader.results import Location
from grader.submissions.cells import CellMap
from grader.submissions.syntax import Definition, first_line, is_text, tree_of
from grader.text import clean, nearest

NOTEBOOK = ".ipynb"
_TOLD = ast.Name | ast.Constant | ast.Tuple | ast.List | ast.expr_context
_LINES_AROUND = 4  # before and after a line that is shown
_SHORT = 24  # lines: a class or function as short as that is shown whole
_LONGEST_LINE = 200
_HOLDS_STATEMENTS = ast.stmt | ast.ExceptHandler | ast.match_case


class Source:
    """One file of Python source, or the code of a notebook. Its `error` says why it can't be parsed, None if it can."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Line `number`, counted from 1, to be shown: at most 200 characters, without white space at its ends or harm."""
        shown = self.lines[number - 1] if 1 <= number <= len(self.lines) else ""
        return clean((shown if self._cells is None else self._cells.as_written(shown)).strip()[:200])

    @cached_property
    def _cells(self) -> CellMap | None:
        return CellMap(self.lines) if self.file.lower().endswith(NOTEBOOK) else None

    def location(self, line: int, function: str = "") -> Location:
        """The line, counted from 1, as the place of something, with the lines around it."""
        first, context = self._context(line)
        if self._cells is None:
            return Location(self.file, line, function, self.line(line), None, context, first)
        cell, in_cell = self._cells.place(line)
        return Location(self.file, in_cell, function, self.line(line), cell, context, in_cell - (line - first))

    def _context(self, line: int) -> tuple[int, tuple[str, ...]]:
        """The lines to show around a line, and the number of the first: the largest class or function around it that is
        short, else some before and after.
        """
        if not 1 <= line <= len(self.lines):
            return line, ()
        first, last = max(1, line - _LINES_AROUND), min(len(self.lines), line + _LINES_AROUND)
        around = [
            (first_line(node), node.end_lineno or node.lineno)
            for node in self.definitions.values()
            if first_line(node) <= line <= (node.end_lineno or node.lineno)
        ]
        short = [(start, end) for start, end in around if end - start < _SHORT]
        if short:
            first, last = max(short, key=lambda span: span[1] - span[0])
        if self._cells is not None:  # no further than the cell, which begins below the line that names it
            borders = self._cells.first_lines().values()
            first = max([first, *(border + 1 for border in borders if border < line)])
            last = min([last, *(border - 1 for border in borders if border > line)])
        while first < line and not self.lines[first - 1].strip():
            first += 1
        while last > line and not self.lines[last - 1].strip():
            last -= 1
        shown = self.lines[first - 1 : last]
        if self._cells is not None:
            shown = [self._cells.as_written(entry) for entry in shown]
        return first, tuple(clean(entry.rstrip()[:_LONGEST_LINE]) for entry in shown)

    def unreadable(self, name: str) -> tuple[int, str] | None:
        """Where the source is no Python, and why: the line and the words. Of a notebook's cells, one that has `name` in it."""
        if self._cells is None:
            return None if self.error is None else (self.error.lineno or 1, self.error.msg)
        broken = self._cells.unreadable()
        broken.sort(key=lambda cell: re.search(rf"\b{re.escape(name)}\b", cell.text) is None)
        return (broken[0].line, broken[0].why) if broken else None

    def made_by_code_left_out(self, name: str) -> int | None:
        """The cell of a notebook that binds the name in code that is not run here, such as a training run."""
        return self._cells.left_out(name) if self._cells is not None else None

    @cached_property
    def _parsed(self) -> tuple[ast.Module, SyntaxError | None]:
        tree = tree_of(self.text)
        return (ast.Module([], []), tree) if isinstance(tree, SyntaxError) else (tree, None)

    @property
    def tree(self) -> ast.Module:
        """The syntax tree, an empty one if the text can't be parsed."""
        return self._parsed[0]

    @property
    def error(self) -> SyntaxError | None:
        """The syntax error of the text, or None."""
        return self._parsed[1]

    @cached_property
    def definitions(self) -> Mapping[str, Definition]:
        """Every class and function by its qualified name (`Linear`, `Linear.backward`); the last of a name counts."""
        return dict(_walk(self._parsed[0]))

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
        return mine is not None and theirs is not None and _is_equal(mine, theirs)

    def bound_names(self) -> set[str]:
        """The names that top-level statements bind: definitions, assignments, imports."""
        bound: set[str] = set()
        for node in self._binding_nodes():
            if isinstance(node, Definition):
                bound.add(node.name)
            elif isinstance(node, ast.Name):
                bound.add(node.id)
            else:
                bound.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        return bound

    def defined_names(self) -> dict[str, int]:
        """The names that top-level statements define or assign, each with its first line."""
        places = {name: node.lineno for name, node in self.definitions.items() if "." not in name}
        for node in self._binding_nodes():
            if isinstance(node, ast.Name):
                places[node.id] = min(node.lineno, places.get(node.id, node.lineno))
        return places

    def names_imported_from(self, module: str) -> set[str]:
        """The names that top-level statements import from a module, as they are called there."""
        nodes = (node for node in self._binding_nodes() if isinstance(node, ast.ImportFrom) and node.module == module)
        return {alias.name for node in nodes for alias in node.names}

    def _binding_nodes(self) -> Iterator[Definition | ast.Import | ast.ImportFrom | ast.Name]:
        """Whatever binds a name at the top level, the last first."""
        waiting: list[ast.AST] = [*self._parsed[0].body]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Definition | ast.Import | ast.ImportFrom):
                yield node  # what is inside has a scope of its own
            elif isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Store):
                    yield node
            else:
                waiting += ast.iter_child_nodes(node)


def lines_of_code(text: str, *, whole: bool = False, shortest: int = 12) -> Iterator[str]:
    """What every statement of a source computes, without white space; what is shorter than that says nothing.

    With `whole` the assignments and returns themselves. Raises `SyntaxError`.
    """
    kinds = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, kinds) or (isinstance(node, ast.Expr) and not whole and not is_text(node)):
            value = node.value
            if value is None or not (isinstance(node, ast.AugAssign) or _computes(value)):
                continue
            code = squeezed(ast.unparse(node if whole else value))
            if len(code) >= shortest:
                yield code


def _computes(value: ast.expr) -> bool:
    """Whether a value is more than names and constants: `return total_loss, num_correct` is said in docstrings too."""
    return not all(isinstance(part, _TOLD) for part in ast.walk(value))


def squeezed(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s+", "", text)


def nearest_name(name: str, sources: Mapping[str, Source], meant: Container[str] = ()) -> tuple[str, str, int] | None:
    """The definition most like `name`, as (name, file, line); None if nothing is near. Case alone is nearest.

    Those `meant` as they are, the names of other exercises for instance, are near nothing else.
    """
    candidates = {
        defined: (defined, source.file, line)
        for source in sources.values()
        for defined, line in source.defined_names().items()
        if defined != name and defined not in meant
    }
    close = nearest(name, candidates, cutoff=0.7)
    return candidates[close] if close is not None else None


def _walk(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Every definition with its qualified name, in the order of the lines; also those inside `if` and the like."""
    waiting: list[tuple[str, ast.AST]] = [("", tree)]
    while waiting:
        prefix, node = waiting.pop()
        if isinstance(node, Definition):
            yield prefix + node.name, node
            prefix += node.name + "."
        children = [child for child in ast.iter_child_nodes(node) if isinstance(child, _HOLDS_STATEMENTS)]
        waiting += [(prefix, child) for child in reversed(children)]


def _is_equal(mine: object, theirs: object) -> bool:
    """Whether two syntax trees are the same but for docstrings. Without recursion: an expression may be nested deep."""
    waiting = [(mine, theirs)]
    while waiting:
        left, right = waiting.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, ast.AST):
            waiting += zip(_parts(left), _parts(right), strict=True)
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            waiting += zip(left, right, strict=True)
        elif left != right:
            return False
    return True


def _parts(node: object) -> list[object]:
    """What a node of a syntax tree is made of, without the docstring of a definition."""
    assert isinstance(node, ast.AST)
    parts = [getattr(node, name, None) for name in node._fields]
    if isinstance(node, Definition) and ast.get_docstring(node, clean=False) is not None:
        parts[node._fields.index("body")] = node.body[1:]
    return parts
