"""Where a submission names what its assignment forbids, such as `torch.nn`: found in the syntax tree, never judged here.

Every expression that can be told to stand for a dotted name - through imports, aliases, `getattr` and their like - is
followed, whatever file the name comes from. Someone determined can hide a name from any reading of the text.

Nothing here recurses, and nothing takes longer than in proportion to the text: it is a student's.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.course.assignments import Assignment, Exercise
from grader.results import Flag
from grader.submissions.source import NOTEBOOK, Source
from grader.submissions.submission import Submission
from grader.submissions.syntax import Definition

Path = tuple[str, ...]  # ("torch", "nn") is torch.nn
Value = tuple[Path | str, ...]  # all that an expression may stand for: dotted names, and constant strings
Place = tuple[str, str]  # a file, and a name at its top level

_MAX_VALUES = 16
_MAX_STRINGS = 4
_MAX_STRING = 1_000  # of strings that are put together
_PASSES = 3  # the first two only bind names: a function may use an alias that is bound further down
_MEMBER = "torch.Tensor."
_TYPE_CHECKING = "TYPE_CHECKING"
_SETTER = "set_grad_enabled"
_BUILTINS = frozenset(dir(builtins))
_NAMESPACES = frozenset({("builtins",), ("__builtins__",)})
_RUNS_TEXT = frozenset({("eval",), ("exec",), ("compile",)})
_IMPORTS = frozenset({("__import__",), ("importlib", "__import__"), ("importlib", "import_module")})
_GETS_ATTRIBUTE = frozenset({("getattr",), ("setattr",), ("delattr",)})
_GETTER = ("operator", "attrgetter")
_CALLER = ("operator", "methodcaller")
_KNOWN = frozenset(
    {*_RUNS_TEXT, *_IMPORTS, *_GETS_ATTRIBUTE, _GETTER, _CALLER, ("sys", "modules"), ("vars",), *_NAMESPACES}
)
_ITEM_METHODS = frozenset({"get", "__getitem__"})
_ATTRIBUTE_METHODS = frozenset({"__getattribute__", "__getattr__", "__setattr__", "__delattr__"})
_COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_BLOCK = ast.stmt | ast.ExceptHandler | ast.match_case
_IMPORT = ast.Import | ast.ImportFrom  # made once: isinstance is asked of every node
_ASSIGNMENT = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Delete
_NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar
_LEAF = ast.Name | ast.Constant
_SAYS_NOTHING = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
_STANDS_FOR_NOTHING = frozenset(
    {ast.Expr, ast.Return, ast.keyword, ast.Tuple, ast.List, ast.Compare, ast.UnaryOp, ast.If, ast.For, ast.Slice}
)
_BINDS_NOTHING = frozenset(
    {ast.Constant, ast.Expr, ast.Return, ast.Assign, ast.BinOp, ast.keyword, ast.Subscript, ast.Tuple}
)


@dataclass(frozen=True)
class Finding:
    """A forbidden name at a line, and the exercises, in the course's order, whose code that line is part of."""

    file: str
    line: int
    name: str
    is_use: bool
    """False: imported and, as far as can be seen, not used."""
    exercises: tuple[str, ...]


class Reading:
    """A submission, read once for what its assignment forbids."""

    def __init__(self, assignment: Assignment, submission: Submission) -> None:
        self.assignment = assignment
        self._code = _Code(assignment, submission)
        self._owners = self._code.owners()
        self._forbidden_to_all = frozenset.intersection(
            *(frozenset(exercise.forbids) for exercise in assignment.exercises)
        )

    def findings(self) -> list[Finding]:
        """Every forbidden name in it, sorted by file, line and name; at most one of a name in a line."""
        code = self._code
        found: dict[tuple[str, int, str], Finding] = {}
        for module in code.modules.values():
            at_home = code.defined_in(module)
            for unit in module.units:
                for hit in unit.hits:
                    is_use = hit.is_star or (unit in code.defining if unit.is_alias else not hit.is_import)
                    if not is_use and hit.name in code.used[module.file]:
                        continue
                    concerned = self._owners.get(unit, []) + (at_home if hit.is_star else [])
                    exercises = [exercise.name for exercise in concerned if hit.name in exercise.forbids]
                    if not exercises and (concerned or hit.name not in self._forbidden_to_all):
                        continue  # another exercise's code, or nobody's, which may use what only some must not
                    key = (module.file, hit.line, hit.name)
                    earlier = found.get(key, Finding(*key, False, ()))
                    names = {*exercises, *earlier.exercises}
                    found[key] = Finding(*key, is_use or earlier.is_use, code.in_order(names))
        return [found[key] for key in sorted(found)]

    def exercises_at(self, file: str, line: int) -> tuple[str, ...]:
        """The names of the exercises, in the course's order, whose code the line is part of."""
        units = [unit for module in self._code.modules.values() if module.file == file for unit in module.units]
        at_line = (unit for unit in units if line in unit.lines)
        return self._code.in_order({owner.name for unit in at_line for owner in self._owners.get(unit, ())})


def forbidden_flags(submission: Submission, findings: Iterable[Finding]) -> list[Flag]:
    """A flag for each forbidden name in each file, used or only imported, at the first line that has it."""
    flags: dict[tuple[str, str, bool], Flag] = {}
    for found in findings:
        if found.is_use:
            detail = f"uses {found.name}, which this assignment forbids"
        else:
            detail = f"imports {found.name}, which this assignment forbids, and does not use it"
        flag = Flag("forbidden_name", submission.place(found.file, found.line), detail)
        flags.setdefault((found.file, found.name, found.is_use), flag)
    return list(flags.values())


@dataclass(frozen=True)
class _Hit:
    line: int
    name: str
    is_import: bool = False
    is_star: bool = False


class _Scope:
    """The names that a module, class, function or comprehension binds, and what each may stand for."""

    def __init__(self, parent: _Scope | None = None, *, is_class: bool = False, is_comprehension: bool = False) -> None:
        self.parent = parent
        self.module: _Scope = parent.module if parent else self
        self.is_class = is_class
        self.is_comprehension = is_comprehension
        self.values: dict[str, Value] = {}
        self.outside: dict[str, _Scope] = {}  # where the names of `global` and `nonlocal` are looked up
        self.owners: dict[tuple[_Scope, str], _Scope | None] = {}  # of a module's scope: found before

    def bind(self, name: str, value: Value = ()) -> _Scope:
        """Bind the name, in addition to what it stands for already; returns the scope in which it is bound."""
        scope = self
        if name in self.outside:
            scope = self.outside[name]
            if scope is not self.module and value:
                scope = scope.owner(name) or scope
            elif scope is not self.module:
                return scope
        if value or name not in scope.values:
            scope.values[name] = _merged(scope.values.get(name, ()), value)
        return scope

    def owner(self, name: str) -> _Scope | None:
        """The scope that the name is looked up in, None if none binds it."""
        found = self.module.owners
        if (self, name) not in found:
            scope: _Scope | None = self
            while scope is not None and (name not in scope.values or (scope.is_class and scope is not self)):
                scope = scope.outside.get(name, scope.parent)
            found[self, name] = scope
        return found[self, name]


@dataclass(eq=False)
class _Unit:
    """A statement at the top level of a file, or the head of one that holds others."""

    lines: range
    is_alias: bool = False  # nothing but another name for something
    binds: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    patches: set[Place] = field(default_factory=set)
    refers: set[Place] = field(default_factory=set)
    hits: list[_Hit] = field(default_factory=list)


Step = tuple[ast.AST, _Scope, _Unit]


class _Module:
    """One file: its scopes, and its nodes in such an order that the parts of an expression come before it."""

    def __init__(self, source: Source) -> None:
        self.file = source.file
        path = PurePosixPath(source.file)
        path = path if path.suffix.lower() == NOTEBOOK else path.with_suffix("")  # nobody imports a notebook
        self.folder: Path = path.parent.parts
        self.path: Path = self.folder if path.name == "__init__" else path.parts
        self.scope = _Scope()
        self.units: list[_Unit] = []
        self.stars: list[Path] = []
        self.imported: set[str] = set()  # files
        self.excused: set[str] = set()  # forbidden names used in a way that is allowed
        self.to_execute = 4 * len(source.text)  # characters; what one name stands for may be executed often
        self.executed: set[tuple[_Unit, str]] = set()
        self._false = _type_checking_names(source.tree, source.text)
        self.switches_off: set[ast.AST] = set()
        self.looked_into: set[ast.AST] = set()  # what an attribute is taken of
        self.steps = list(self.steps_of(source.tree.body, self.scope, None))

    def steps_of(self, body: list[ast.stmt], scope: _Scope, unit: _Unit | None) -> Iterator[Step]:
        """The nodes of the statements, in the order of the text but parts first. Without a unit, each makes its own."""
        waiting: list[tuple[ast.AST, _Scope, _Unit | None, bool]] = [(node, scope, unit, False) for node in body[::-1]]
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

    def _new_unit(self, node: ast.AST, is_head: bool) -> _Unit:
        if is_head or not isinstance(node, ast.stmt):
            unit = _Unit(range(0))
        else:
            decorators = node.decorator_list if isinstance(node, Definition) else []
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            unit = _Unit(range(first, (node.end_lineno or node.lineno) + 1))
            unit.is_alias = isinstance(node, _IMPORT)
        self.units.append(unit)
        return unit

    def _bind(self, node: ast.AST, scope: _Scope, unit: _Unit) -> None:
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
        elif isinstance(node, _IMPORT):
            for alias in node.names:
                name = (alias.asname or alias.name).split(".")[0]
                if name != "*" and scope.bind(name) is self.scope:
                    unit.imports.add(name)
        elif isinstance(node, ast.Call) and _is_false_alone(node):
            self.switches_off.add(node.func)
        elif isinstance(node, ast.Attribute):
            self.looked_into.add(node.value)
        unit.binds.update(name for name in names if name is not None and scope.bind(name) is self.scope)

    def _parts(self, node: ast.AST, scope: _Scope) -> list[tuple[ast.AST, _Scope]]:
        """The parts of a node that are executed, type hints are not, each with its scope."""
        if isinstance(node, _LEAF):
            return []
        outer: list[ast.AST | None] = []
        inner: list[ast.AST] = []
        inside = scope
        if isinstance(node, _FUNCTION):
            inside = _Scope(scope)
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
            inside = _Scope(scope, is_class=True)
            outer, inner = [*node.decorator_list, *node.bases, *node.keywords], [*node.body]
        elif isinstance(node, _COMPREHENSION):
            inside = _Scope(scope, is_comprehension=True)
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


class _Code:
    """All the files of a submission, read for what the exercises of an assignment forbid."""

    def __init__(self, assignment: Assignment, submission: Submission) -> None:
        self.exercises = assignment.exercises
        self.submission = submission
        forbidden = {name for exercise in self.exercises for name in exercise.forbids}
        self.members = {name.removeprefix(_MEMBER) for name in forbidden if name.startswith(_MEMBER)}
        self.paths = {tuple(name.split(".")): name for name in forbidden if not name.startswith(_MEMBER)}
        self.allowed = {tuple(name.split(".")) for name in assignment.allows}
        self.modules = {module.path: module for module in map(_Module, submission.sources.values())}
        self.own_roots = {path[0] for path in self.modules if path}
        self.prefixes = {
            path[:length] for path in (*self.paths, *self.allowed, *_KNOWN) for length in range(1, len(path) + 1)
        }
        self.depth = max([2, *map(len, self.paths), *map(len, self.allowed), *(len(path) + 1 for path in self.modules)])
        self.values: dict[ast.AST, Value] = {}
        names = "|".join(re.escape(name) for name in sorted(forbidden)) or "(?!)"
        self.in_text = re.compile(rf"(?<![\w.])(?:{names})(?!\w)")
        self.definitions: dict[Place, list[_Unit]] = {}
        self.stars: dict[str, list[_Unit]] = {}  # of each file, those that may bind any forbidden name
        self.defining: dict[_Unit, list[Exercise]] = {}
        self.is_last = False
        self._read()
        self._find_definitions()
        used = {
            module.file: module.excused.union(
                hit.name for unit in module.units if not unit.is_alias for hit in unit.hits if not hit.is_import
            )
            for module in self.modules.values()
        }
        self.used = {
            file: set().union(
                *(used[other.file] for other in self.modules.values() if file in {other.file, *other.imported})
            )
            for file in used
        }

    def _read(self) -> None:
        """Follow all names, find what is forbidden and what each unit refers to."""
        for number in range(_PASSES):
            self.is_last = number == _PASSES - 1
            for module in self.modules.values():
                module.scope.owners.clear()  # what is executed may have bound more
                for node, scope, unit in module.steps:  # grows by what is executed
                    self._visit(module, node, scope, unit)

    def owners(self) -> dict[_Unit, list[Exercise]]:
        """The exercises that each unit belongs to: that define it, or reach it by name from what they define."""
        owners: dict[_Unit, list[Exercise]] = {}
        for exercise in self.exercises:
            waiting = [unit for unit, defining in self.defining.items() if exercise in defining]
            reached = set(waiting)
            followed: set[Place] = set()
            while waiting:
                unit = waiting.pop()
                owners.setdefault(unit, []).append(exercise)
                for place in unit.refers - followed:
                    followed.add(place)
                    for other in self.definitions.get(place, []) or self.stars.get(place[0], []):
                        if other not in reached and other not in self.defining:
                            reached.add(other)
                            waiting.append(other)
        return owners

    def defined_in(self, module: _Module) -> list[Exercise]:
        """The exercises of which a definition is in the file."""
        units = [unit for unit in module.units if not unit.imports]
        return [exercise for unit in units for exercise in self.defining.get(unit, ())]

    def in_order(self, names: set[str]) -> tuple[str, ...]:
        """The names of exercises in the order of the course."""
        return tuple(exercise.name for exercise in self.exercises if exercise.name in names)

    def _find_definitions(self) -> None:
        for module in self.modules.values():
            self.stars[module.file] = [unit for unit in module.units if any(hit.is_star for hit in unit.hits)]
            for unit in module.units:
                for place in unit.patches | {(module.file, name) for name in unit.binds}:
                    self.definitions.setdefault(place, []).append(unit)
        for exercise in self.exercises:
            for name in exercise.defines:
                for unit in self._defining(name, exercise.file):
                    exercises = self.defining.setdefault(unit, [])
                    exercises += [exercise] if exercise not in exercises else []

    def _defining(self, name: str, file: str) -> list[_Unit]:
        """The units that define the name in the file that counts for it, or that this file imports it from."""
        home = self.submission.home_of(name, file)
        for module in sorted(self.modules.values(), key=lambda module: module.file != home):
            if name in module.scope.values:
                places = {(module.file, name)} | self._own(module.scope.values[name])
                imports = [unit for unit in module.units if name in unit.imports]
                return [*imports, *(unit for place in sorted(places) for unit in self.definitions.get(place, ()))]
        return []

    def _visit(self, module: _Module, node: ast.AST, scope: _Scope, unit: _Unit) -> None:
        if type(node) in _STANDS_FOR_NOTHING:
            return
        value: Value = ()
        if isinstance(node, ast.Constant):
            value = (node.value,) if isinstance(node.value, str) else ()
        elif isinstance(node, ast.Name):
            value = self._name(module, node, scope, unit)
        elif isinstance(node, ast.Attribute):
            value = self._attributes(self._value(node.value), node.attr)
            self._note_member(node.attr, node, unit)
        elif isinstance(node, ast.Subscript):
            value = self._items(self._value(node.value), self._strings(node.slice))
        elif isinstance(node, ast.Call):
            value = self._call(module, node, scope, unit)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            value = self._joined("", [node.left, node.right])
        elif isinstance(node, ast.JoinedStr):
            value = self._joined("", node.values)
        elif isinstance(node, ast.FormattedValue):
            value = self._strings(node.value) if node.conversion in (-1, 115) and node.format_spec is None else ()
        elif isinstance(node, ast.IfExp):
            value = _merged(self._value(node.body), self._value(node.orelse))
        elif isinstance(node, ast.BoolOp):
            for operand in node.values:
                value = _merged(value, self._value(operand))
        elif isinstance(node, ast.NamedExpr):
            value = self._value(node.value)
            while scope.is_comprehension and scope.parent is not None:
                scope = scope.parent
            scope.bind(node.target.id, value)
        elif isinstance(node, _ASSIGNMENT):
            self._assign(module, node, scope, unit)
        elif isinstance(node, _IMPORT):
            self._import(module, node, scope, unit)
        if value:
            self.values[node] = value
            if self.is_last and isinstance(node, ast.expr):
                self._note_paths(module, node, value, unit)

    def _value(self, node: ast.AST | None) -> Value:
        return self.values.get(node, ()) if node is not None else ()

    def _strings(self, node: ast.AST) -> tuple[str, ...]:
        return tuple(text for text in self._value(node) if isinstance(text, str))

    def _name(self, module: _Module, node: ast.Name, scope: _Scope, unit: _Unit) -> Value:
        if not isinstance(node.ctx, ast.Load):
            return ()
        owner = scope.owner(node.id)
        if owner is not None:
            if owner is module.scope:
                unit.refers.add((module.file, node.id))
            return owner.values[node.id]
        if node.id not in _BUILTINS:  # then only a star import can have bound it
            unit.refers.add((module.file, node.id))
        value: Value = ((node.id,),) if (node.id,) in self.prefixes else ()
        for star in module.stars:
            value = _merged(value, self._attributes((star,), node.id))
        return value

    def _attributes(self, value: Value, name: str) -> Value:
        """What the attribute of that name may stand for, of all that `value` may stand for."""
        found: Value = ()
        for path in value:
            if isinstance(path, str):
                continue
            longer = (name,) if path in _NAMESPACES else (*path, name)
            if name == "__dict__":  # its items are the attributes
                longer = path
            if longer in self.prefixes or (longer[0] in self.own_roots and len(longer) <= self.depth):
                found = _merged(found, (longer,))
            elif path in self.paths:  # all within it is forbidden with it
                found = _merged(found, (path,))
            if path in self.modules:
                found = _merged(found, self.modules[path].scope.values.get(name, ()))
        return found

    def _items(self, value: Value, names: Iterable[str]) -> Value:
        found: Value = ()
        for name in names:
            if ("sys", "modules") in value:
                found = _merged(found, self._module(_split(name)))
            else:
                found = _merged(found, self._attributes(value, name))
        return found

    def _module(self, parts: Sequence[str]) -> Value:
        """What the module of that path may be, if anything of it is of interest."""
        first = (*parts[:1],)
        value: Value = (first,) if first in self.prefixes or parts[0] in self.own_roots else ()
        for part in parts[1:]:
            value = self._attributes(value, part)
        return value

    def _joined(self, separator: str, parts: list[ast.expr]) -> Value:
        texts: list[str] = []
        length = 0
        for part in parts:
            strings = self._strings(part)
            length += len(strings[0]) if strings else _MAX_STRING
            if length >= _MAX_STRING:
                return ()
            texts.append(strings[0])
        return (separator.join(texts),) if len(separator) * len(texts) < _MAX_STRING else ()

    def _call(self, module: _Module, node: ast.Call, scope: _Scope, unit: _Unit) -> Value:
        for keyword in node.keywords:
            self._note_keyword(keyword, unit)
        function = self._value(node.func)
        first = node.args[0] if node.args else None
        value: Value = ()
        if isinstance(node.func, ast.Attribute):
            value = self._method(node.func, node.args, node, unit)
        for path in function:
            if path in _GETS_ATTRIBUTE and len(node.args) > 1:
                for name in self._strings(node.args[1]):
                    self._note_member(name, node, unit)
                    value = _merged(value, self._attributes(self._value(first), name))
                if path != ("getattr",) and scope is module.scope:
                    unit.patches |= self._places(module, node.args[0])
            elif path == ("vars",) and first is not None:
                value = _merged(value, self._value(first))
            elif path in _IMPORTS and first is not None:
                value = _merged(value, self._imported(node))
            elif path in _RUNS_TEXT and first is not None:
                self._execute(module, first, scope, unit)
            elif path in (_GETTER, _CALLER) and first is not None:
                for text in self._strings(first):
                    parts = _split(text)
                    for part in parts:
                        self._note_member(part, node, unit)
                    value = _merged(value, ((*_GETTER, *parts),) if path == _GETTER else ())
            elif path[:2] == _GETTER and first is not None:
                got = self._value(first)
                for part in path[2:]:
                    got = self._attributes(got, part)
                value = _merged(value, got)
        return value

    def _method(self, function: ast.Attribute, arguments: list[ast.expr], node: ast.Call, unit: _Unit) -> Value:
        """What is returned by `torch.__dict__.get("nn")` and the like, and by `"".join(...)`."""
        value: Value = ()
        on = self._value(function.value)
        if function.attr in _ITEM_METHODS and arguments:
            value = self._items(on, self._strings(arguments[0]))
        elif function.attr in _ATTRIBUTE_METHODS:
            for argument in arguments[:2]:  # of an object, or of the class with the object in front
                for name in self._strings(argument):
                    self._note_member(name, node, unit)
                    value = _merged(value, self._attributes(_merged(on, self._value(arguments[0])), name))
        elif function.attr == "join" and arguments and isinstance(arguments[0], ast.List | ast.Tuple):
            for separator in self._strings(function.value)[:1]:
                value = self._joined(separator, arguments[0].elts)
        return value

    def _imported(self, node: ast.Call) -> Value:
        """The modules that `__import__` and its kin may return; of "torch.nn" the former returns torch."""
        found: Value = ()
        packages = node.args[1:2]
        packages += [keyword.value for keyword in node.keywords if keyword.arg == "package"]
        for name in self._strings(node.args[0]):
            for package in [text for argument in packages for text in self._strings(argument)] or [""]:
                parts = _split(package + name if name.startswith(".") else name)
                found = _merged(found, _merged(self._module(parts), self._module(parts[:1])))
        return found

    def _execute(self, module: _Module, argument: ast.expr, scope: _Scope, unit: _Unit) -> None:
        """Read the strings that are executed as if they stood there."""
        line = argument.lineno
        for text in self._strings(argument):
            if (unit, text) in module.executed or len(text) > module.to_execute:
                continue
            module.executed.add((unit, text))
            module.to_execute -= len(text)
            unit.hits += [_Hit(line, name) for name in dict.fromkeys(self.in_text.findall(text))]
            tree = Source(module.file, text.strip()).tree
            for part in ast.walk(tree):
                if isinstance(part, ast.expr | ast.stmt):
                    part.lineno = line
            module.steps += module.steps_of(tree.body, scope, unit)

    def _assign(
        self,
        module: _Module,
        node: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Delete,
        scope: _Scope,
        unit: _Unit,
    ) -> None:
        targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else [node.target]
        value = None if isinstance(node, ast.Delete | ast.AugAssign) else node.value
        for target in targets:
            pairs: list[tuple[ast.expr, ast.expr | None]] = [(target, value)]
            if isinstance(target, ast.Tuple | ast.List):
                elements = value.elts if isinstance(value, ast.Tuple | ast.List) else []
                is_same = len(elements) == len(target.elts)
                pairs = list(zip(target.elts, elements, strict=True)) if is_same else [(t, None) for t in target.elts]
            for single, given in pairs:
                if isinstance(single, ast.Name):
                    scope.bind(single.id, self._value(given))
                elif scope is module.scope:
                    unit.patches |= self._places(module, single)
        is_followed = any(not isinstance(path, str) for path in self._value(value))
        if scope is module.scope and is_followed and all(isinstance(target, ast.Name) for target in targets):
            unit.is_alias = True

    def _places(self, module: _Module, node: ast.expr) -> set[Place]:
        """What is patched at the top level of a file when something of `node` is set."""
        places = self._own(self._value(node))
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
            places |= self._own(self._value(node))
        return places | {(module.file, node.id)} if isinstance(node, ast.Name) else places

    def _own(self, value: Value) -> set[Place]:
        """The names at the top level of the submission's files that a value leads to."""
        places: set[Place] = set()
        for path in value:
            if not isinstance(path, str) and path[0] in self.own_roots:
                for length in range(1, min(len(path), self.depth + 1)):
                    if path[:length] in self.modules:
                        places.add((self.modules[path[:length]].file, path[length]))
        return places

    def _import(self, module: _Module, node: ast.Import | ast.ImportFrom, scope: _Scope, unit: _Unit) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                path = tuple(alias.name.split("."))
                bound = path if alias.asname else path[:1]
            else:
                up = len(module.folder) - node.level + 1
                base = (*module.folder[: max(up, 0)],) if node.level else ()
                base += tuple(node.module.split(".")) if node.module else ()
                path = bound = base if alias.name == "*" else (*base, alias.name)
            lengths = range(1, min(len(path), self.depth) + 1)
            own = {self.modules[path[:length]].file for length in lengths if path[:length] in self.modules}
            if isinstance(node, ast.ImportFrom) and node.level and not own:
                continue
            module.imported |= own
            names = self._forbidden(path)
            if self.is_last:
                is_star = alias.name == "*"
                unit.hits += [_Hit(node.lineno, name, is_import=not is_star, is_star=is_star) for name in names]
            if alias.name == "*":
                if not names and path not in module.stars and len(module.stars) < _MAX_VALUES:
                    module.stars.append(path)
            elif bound:
                scope.bind((alias.asname or alias.name).split(".")[0], self._module(bound))

    def _is_allowed(self, path: Path) -> bool:
        return any(path[:length] in self.allowed for length in range(1, min(len(path), self.depth) + 1))

    def _forbidden(self, path: Path) -> list[str]:
        return [] if self._is_allowed(path) else self._within(path)

    def _within(self, path: Path) -> list[str]:
        """The forbidden names that a dotted name begins with."""
        prefixes = (path[:length] for length in range(1, min(len(path), self.depth) + 1))
        return [self.paths[prefix] for prefix in prefixes if prefix in self.paths]

    def _note_paths(self, module: _Module, node: ast.expr, value: Value, unit: _Unit) -> None:
        for path in value:
            if isinstance(path, str):
                continue
            if path[0] in self.own_roots:
                unit.refers |= self._own((path,))
            is_allowed = self._is_allowed(path)
            for name in self._within(path):
                if is_allowed or (node in module.switches_off and name.endswith("." + _SETTER)):
                    module.excused.add(name)
                elif node not in module.looked_into:  # else it is the attribute that counts
                    unit.hits.append(_Hit(node.lineno, name))

    def _note_member(self, name: str, node: ast.expr, unit: _Unit) -> None:
        if self.is_last and name in self.members:
            unit.hits.append(_Hit(node.lineno, _MEMBER + name))

    def _note_keyword(self, keyword: ast.keyword, unit: _Unit) -> None:
        """Note `requires_grad=True` and `**{"requires_grad": True}`."""
        given = [(keyword.arg, keyword.value)]
        if keyword.arg is None and isinstance(keyword.value, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in keyword.value.keys]
            given = [(str(key), value) for key, value in zip(keys, keyword.value.values, strict=True)]
        for name, value in given:
            if name is not None and not _is_false(value):
                self._note_member(name, value, unit)


def _merged(some: Value, more: Value) -> Value:
    if not some or not more:
        return some or more
    strings = sum(isinstance(item, str) for item in some)
    new = [item for item in more if item not in some and (strings < _MAX_STRINGS or not isinstance(item, str))]
    return (*some, *new)[:_MAX_VALUES]


def _split(dotted: str) -> list[str]:
    return dotted.split(".") if len(dotted) <= _MAX_STRING else [""]


def _holds_statements(node: ast.AST) -> bool:
    return not isinstance(node, Definition) and any(name in node._fields for name in ("body", "cases"))


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _is_false_alone(node: ast.Call) -> bool:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return len(given) == 1 and _is_false(given[0])


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
        if isinstance(node, _IMPORT):
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
