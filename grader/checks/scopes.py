"""The scopes of one file: which names are bound where, and the nodes of its syntax tree in an order in which they can be read.

Nothing here recurses, and nothing takes longer than in proportion to the text: it is a student's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.submissions.source import NOTEBOOK, Source
from grader.submissions.syntax import Definition

Path = tuple[str, ...]  # ("torch", "nn") is torch.nn
Value = tuple[Path | str, ...]  # all that an expression may stand for: dotted names, and constant strings
Place = tuple[str, str]  # a file, and a name at its top level

MAX_VALUES = 16
_MAX_STRINGS = 4
_TYPE_CHECKING = "TYPE_CHECKING"
_COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_BLOCK = ast.stmt | ast.ExceptHandler | ast.match_case
IMPORT = ast.Import | ast.ImportFrom  # made once: isinstance is asked of every node
_NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar
_LEAF = ast.Name | ast.Constant
_SAYS_NOTHING = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
_BINDS_NOTHING = frozenset(
    {ast.Constant, ast.Expr, ast.Return, ast.Assign, ast.BinOp, ast.keyword, ast.Subscript, ast.Tuple}
)


@dataclass(frozen=True)
class Hit:
    """A forbidden name in a line: an import of it, or of all that a forbidden module holds, or a use."""

    line: int
    name: str
    is_import: bool = False
    is_star: bool = False


class Scope:
    """The names that a module, class, function or comprehension binds, and what each may stand for."""

    def __init__(self, parent: Scope | None = None, *, is_class: bool = False, is_comprehension: bool = False) -> None:
        self.parent = parent
        self.module: Scope = parent.module if parent else self
        self.is_class = is_class
        self.is_comprehension = is_comprehension
        self.values: dict[str, Value] = {}
        self.outside: dict[str, Scope] = {}  # where the names of `global` and `nonlocal` are looked up
        self.owners: dict[tuple[Scope, str], Scope | None] = {}  # of a module's scope: found before

    def bind(self, name: str, value: Value = ()) -> Scope:
        """Bind the name, in addition to what it stands for already; returns the scope in which it is bound."""
        scope = self
        if name in self.outside:
            scope = self.outside[name]
            if scope is not self.module and value:
                scope = scope.owner(name) or scope
            elif scope is not self.module:
                return scope
        if value or name not in scope.values:
            scope.values[name] = merged(scope.values.get(name, ()), value)
        return scope

    def owner(self, name: str) -> Scope | None:
        """The scope that the name is looked up in, None if none binds it."""
        found = self.module.owners
        if (self, name) not in found:
            scope: Scope | None = self
            while scope is not None and (name not in scope.values or (scope.is_class and scope is not self)):
                scope = scope.outside.get(name, scope.parent)
            found[self, name] = scope
        return found[self, name]


@dataclass(eq=False)
class Unit:
    """A statement at the top level of a file, or the head of one that holds others."""

    lines: range
    is_alias: bool = False  # nothing but another name for something
    binds: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    patches: set[Place] = field(default_factory=set)
    refers: set[Place] = field(default_factory=set)
    hits: list[Hit] = field(default_factory=list)


Step = tuple[ast.AST, Scope, Unit]


class Module:
    """One file: its scopes, and its nodes in such an order that the parts of an expression come before it."""

    def __init__(self, source: Source) -> None:
        self.file = source.file
        path = PurePosixPath(source.file)
        path = path if path.suffix.lower() == NOTEBOOK else path.with_suffix("")  # nobody imports a notebook
        self.folder: Path = path.parent.parts
        self.path: Path = self.folder if path.name == "__init__" else path.parts
        self.scope = Scope()
        self.units: list[Unit] = []
        self.stars: list[Path] = []
        self.imported: set[str] = set()  # files
        self.excused: set[str] = set()  # forbidden names used in a way that is allowed
        self.to_execute = 4 * len(source.text)  # characters; what one name stands for may be executed often
        self.executed: set[tuple[Unit, str]] = set()
        self._false = _type_checking_names(source.tree, source.text)
        self.switches_off: set[ast.AST] = set()
        self.looked_into: set[ast.AST] = set()  # what an attribute is taken of
        self.steps = list(self.steps_of(source.tree.body, self.scope, None))

    def steps_of(self, body: list[ast.stmt], scope: Scope, unit: Unit | None) -> Iterator[Step]:
        """The nodes of the statements, in the order of the text but parts first. Without a unit, each makes its own."""
        waiting: list[tuple[ast.AST, Scope, Unit | None, bool]] = [(node, scope, unit, False) for node in body[::-1]]
        while waiting:
            node, scope, unit, is_done = waiting.pop()
            if is_done:
                assert unit is not None
                yield node, scope, unit
                continue
            is_block = unit is None and isinstance(node, _BLOCK) and _holds_statements(node)
            own = unit or self._new_unit(node, is_block)
            self._bind(node, scope, own)
            waiting.append((node, scope, own, True))
            parts = [
                (part, inner, None if is_block and isinstance(part, _BLOCK) else own, False)
                for part, inner in self._parts(node, scope)
            ]
            waiting += reversed(parts)

    def _new_unit(self, node: ast.AST, is_head: bool) -> Unit:
        if is_head or not isinstance(node, ast.stmt):
            unit = Unit(range(0))
        else:
            decorators = node.decorator_list if isinstance(node, Definition) else []
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            unit = Unit(range(first, (node.end_lineno or node.lineno) + 1))
            unit.is_alias = isinstance(node, IMPORT)
        self.units.append(unit)
        return unit

    def _bind(self, node: ast.AST, scope: Scope, unit: Unit) -> None:
        if type(node) in _BINDS_NOTHING:
            return
        names: list[str | None] = []
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names = [node.id]
        elif isinstance(node, _NAMED):
            names = [node.name]
        elif isinstance(node, ast.MatchMapping):
            names = [node.rest]
        elif isinstance(node, ast.Global):
            scope.outside.update(dict.fromkeys(node.names, scope.module))
        elif isinstance(node, ast.Nonlocal):
            scope.outside.update(dict.fromkeys(node.names, scope.parent or scope))
        elif isinstance(node, ast.NamedExpr):
            while scope.is_comprehension and scope.parent is not None:
                scope = scope.parent
            names = [node.target.id]
        elif isinstance(node, IMPORT):
            for alias in node.names:
                name = (alias.asname or alias.name).split(".")[0]
                if name != "*" and scope.bind(name) is self.scope:
                    unit.imports.add(name)
        elif isinstance(node, ast.Call) and _is_false_alone(node):
            self.switches_off.add(node.func)
        elif isinstance(node, ast.Attribute):
            self.looked_into.add(node.value)
        unit.binds.update(name for name in names if name is not None and scope.bind(name) is self.scope)

    def _parts(self, node: ast.AST, scope: Scope) -> list[tuple[ast.AST, Scope]]:
        """The parts of a node that are executed, type hints are not, each with its scope."""
        if isinstance(node, _LEAF):
            return []
        outer: list[ast.AST | None] = []
        inner: list[ast.AST] = []
        inside = scope
        if isinstance(node, _FUNCTION):
            inside = Scope(scope)
            arguments = node.args
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                inside.bind(argument.arg)
            for rest in (arguments.vararg, arguments.kwarg):
                if rest is not None:
                    inside.bind(rest.arg)
            outer = [*arguments.defaults, *arguments.kw_defaults]
            if isinstance(node, ast.Lambda):
                inner = [node.body]
            else:
                outer, inner = [*node.decorator_list, *outer], [*node.body]
        elif isinstance(node, ast.ClassDef):
            inside = Scope(scope, is_class=True)
            outer, inner = [*node.decorator_list, *node.bases, *node.keywords], [*node.body]
        elif isinstance(node, _COMPREHENSION):
            inside = Scope(scope, is_comprehension=True)
            outer = [node.generators[0].iter]
            inner = [part for part in ast.iter_child_nodes(node) if part is not node.generators[0]]
            inner = [node.generators[0].target, *node.generators[0].ifs, *inner]
        elif isinstance(node, ast.AnnAssign):
            outer = [node.target, node.value]
        elif isinstance(node, ast.NamedExpr):
            outer = [node.value]
        elif isinstance(node, ast.If) and _dotted(node.test) in self._false:
            outer = [*node.orelse]
        elif type(node).__name__ != "TypeAlias":
            outer = [part for part in ast.iter_child_nodes(node) if not isinstance(part, _SAYS_NOTHING)]
        return [(part, scope) for part in outer if part is not None] + [(part, inside) for part in inner]


def merged(some: Value, more: Value) -> Value:
    """All that both may stand for, so much of it as is followed."""
    if not some or not more:
        return some or more
    strings = sum(isinstance(item, str) for item in some)
    new = [item for item in more if item not in some and (strings < _MAX_STRINGS or not isinstance(item, str))]
    return (*some, *new)[:MAX_VALUES]


def _holds_statements(node: ast.AST) -> bool:
    return not isinstance(node, Definition) and any(name in node._fields for name in ("body", "cases"))


def is_false(node: ast.expr) -> bool:
    """Whether it is `False`, as written."""
    return isinstance(node, ast.Constant) and node.value is False


def _is_false_alone(node: ast.Call) -> bool:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return len(given) == 1 and is_false(given[0])


def _dotted(node: ast.expr) -> str:
    """`a` or `a.b`, empty for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _type_checking_names(tree: ast.Module, text: str) -> set[str]:
    """The names of `typing.TYPE_CHECKING` in a file, none that the file binds to anything else as well."""
    names: set[str] = set()
    others: set[str | None] = set()
    if _TYPE_CHECKING not in text:
        return names
    for node in ast.walk(tree):
        if isinstance(node, IMPORT):
            for alias in node.names:
                bound = alias.asname or alias.name
                if isinstance(node, ast.Import) and alias.name == "typing":
                    names.add(bound + "." + _TYPE_CHECKING)
                elif isinstance(node, ast.ImportFrom) and (node.module, alias.name) == ("typing", _TYPE_CHECKING):
                    names.add(bound)
                else:
                    others |= {bound, _TYPE_CHECKING} if bound == "*" else {bound}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            others.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            others.add(node.attr)
        elif isinstance(node, _NAMED):
            others.add(node.name)
        elif isinstance(node, ast.arg):
            others.add(node.arg)
    return {name for name in names if others.isdisjoint(name.split("."))}
