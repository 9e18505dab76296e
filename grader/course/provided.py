"""The course's provided parts, a piece at a time: a worker is given only what the check at hand needs.

Student code shares its process with what is provided there, and could look for a working layer to answer with. So the text
of `parts.py` is cut: the definition asked for, what it refers to, and the imports.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache, cached_property

from grader.submissions.syntax import first_line, is_text


@cache
def parts_of(text: str, file: str) -> Parts:
    """The parts, read once for all submissions."""
    return Parts(text, file)


class Parts:
    """The text of a `parts.py`."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self._needed: dict[str, frozenset[str]] = {}

    @cached_property
    def _statements(self) -> list[ast.stmt]:
        return ast.parse(self.text, self.file).body

    @cached_property
    def _definitions(self) -> dict[str, ast.stmt]:
        return {name: statement for statement in self._statements for name in _names_bound_by(statement)}

    @cached_property
    def _scopes(self) -> dict[tuple[str, int], symtable.SymbolTable]:
        children = symtable.symtable(self.text, self.file, "exec").get_children()
        return {(table.get_name(), table.get_lineno()): table for table in children}

    def has_class(self, name: str) -> bool:
        """Whether it defines a class of that name, whose call makes an object of it."""
        return isinstance(self._definitions.get(name), ast.ClassDef)

    def has_function(self, name: str) -> bool:
        """Whether it defines a function of that name."""
        return isinstance(self._definitions.get(name), ast.FunctionDef)

    def has_method(self, class_name: str, method: str) -> bool:
        """Whether it defines a class of that name with that method, written as a plain function."""
        owner = self._definitions.get(class_name)
        return isinstance(owner, ast.ClassDef) and any(
            isinstance(node, ast.FunctionDef) and node.name == method and not node.decorator_list for node in owner.body
        )

    def needed_for(self, names: Iterable[str]) -> set[str]:
        """The definitions that these names need, their own included."""
        needed: set[str] = set()
        for name in names:
            if name not in self._needed:
                self._needed[name] = frozenset(self._reached_from(name))
            needed |= self._needed[name]
        return needed

    def _reached_from(self, name: str) -> set[str]:
        needed: set[str] = set()
        waiting = [name] if name in self._definitions else []
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += (other for other in self._referred(self._definitions[name]) if other in self._definitions)
        return needed

    def only(self, names: AbstractSet[str]) -> str:
        """The text with these definitions alone, each on its own lines, and with everything that is no definition."""
        lines = self.text.splitlines(keepends=True)
        for statement in self._statements:
            bound = _names_bound_by(statement)
            if bound and not bound & names:
                for number in range(first_line(statement) - 1, statement.end_lineno or 0):
                    lines[number] = "\n"
        return "".join(lines)

    def essence_of(self, names: Iterable[str]) -> str:
        """What these names rest on, whatever else is there: the definitions they need, the imports of those, and statements
        that only do something; without comments and empty lines between them.
        """
        needed = self.needed_for(names)
        referred = {name for kept in needed for name in self._referred(self._definitions[kept])}
        lines = self.text.splitlines()
        essence: list[str] = []
        for statement in self._statements:
            bound = _names_bound_by(statement)
            if isinstance(statement, ast.Import | ast.ImportFrom):
                is_kept = any((alias.asname or alias.name.split(".")[0]) in referred for alias in statement.names)
            else:
                is_kept = not (bound or is_text(statement)) or bool(bound & needed)
            if is_kept:
                essence += lines[first_line(statement) - 1 : statement.end_lineno]
        return "\n".join(essence)

    def _referred(self, statement: ast.stmt) -> Iterator[str]:
        """Names of the module that a definition refers to, in its body or where it is defined."""
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield from _names_in(statement)
            return
        for part in _evaluated_outside(statement):
            yield from _names_in(part)
        scope = self._scopes.get((statement.name, statement.lineno)) or self._scopes.get(
            (statement.name, first_line(statement))
        )
        yield from _globals_of(scope) if scope is not None else _names_in(statement)


def _names_bound_by(statement: ast.stmt) -> set[str]:
    """The names that a definition binds; none for imports and for what only does something."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return set()


def _evaluated_outside(statement: ast.FunctionDef | ast.ClassDef) -> Iterator[ast.AST]:
    yield from statement.decorator_list
    if isinstance(statement, ast.ClassDef):
        yield from (*statement.bases, *(keyword.value for keyword in statement.keywords))
        functions = [node for node in statement.body if isinstance(node, ast.FunctionDef)]
    else:
        functions = [statement]
    for function in functions:
        yield function.args
        if function.returns is not None:
            yield function.returns


def _names_in(node: ast.AST) -> Iterator[str]:
    return (entry.id for entry in ast.walk(node) if isinstance(entry, ast.Name))


def _globals_of(scope: symtable.SymbolTable) -> Iterator[str]:
    yield from (symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global())
    for child in scope.get_children():
        yield from _globals_of(child)
