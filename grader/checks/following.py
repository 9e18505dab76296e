"""What every expression of a submission may stand for, followed through imports, aliases, `getattr` and their like.

Nothing here recurses, and nothing takes longer than in proportion to the text: it is a student's.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Sequence

from grader.checks.scopes import IMPORT, MAX_VALUES, Hit, Module, Path, Place, Scope, Unit, Value, is_false, merged
from grader.course.assignments import Assignment, Exercise
from grader.submissions.source import Source
from grader.submissions.submission import Submission

_MAX_STRING = 1_000  # of strings that are put together
_PASSES = 3  # the first two only bind names: a function may use an alias that is bound further down
_MEMBER = "torch.Tensor."
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
_ASSIGNMENT = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Delete
_STANDS_FOR_NOTHING = frozenset(
    {ast.Expr, ast.Return, ast.keyword, ast.Tuple, ast.List, ast.Compare, ast.UnaryOp, ast.If, ast.For, ast.Slice}
)


class Code:
    """All the files of a submission, read for what the exercises of an assignment forbid."""

    def __init__(self, assignment: Assignment, submission: Submission) -> None:
        self.exercises = assignment.exercises
        self.submission = submission
        forbidden = {name for exercise in self.exercises for name in exercise.forbids}
        self.members = {name.removeprefix(_MEMBER) for name in forbidden if name.startswith(_MEMBER)}
        self.paths = {tuple(name.split(".")): name for name in forbidden if not name.startswith(_MEMBER)}
        self.allowed = {tuple(name.split(".")) for name in assignment.allows}
        self.modules = {module.path: module for module in map(Module, submission.sources.values())}
        self.own_roots = {path[0] for path in self.modules if path}
        self.prefixes = {
            path[:length] for path in (*self.paths, *self.allowed, *_KNOWN) for length in range(1, len(path) + 1)
        }
        self.depth = max([2, *map(len, self.paths), *map(len, self.allowed), *(len(path) + 1 for path in self.modules)])
        self.values: dict[ast.AST, Value] = {}
        names = "|".join(re.escape(name) for name in sorted(forbidden)) or "(?!)"
        self.in_text = re.compile(rf"(?<![\w.])(?:{names})(?!\w)")
        self.definitions: dict[Place, list[Unit]] = {}
        self.stars: dict[str, list[Unit]] = {}  # of each file, those that may bind any forbidden name
        self.defining: dict[Unit, list[Exercise]] = {}
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

    def owners(self) -> dict[Unit, list[Exercise]]:
        """The exercises that each unit belongs to: that define it, or reach it by name from what they define."""
        owners: dict[Unit, list[Exercise]] = {}
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

    def defined_in(self, module: Module) -> list[Exercise]:
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

    def _defining(self, name: str, file: str) -> list[Unit]:
        """The units that define the name in the file that counts for it, or that this file imports it from."""
        home = self.submission.home_of(name, file)
        for module in sorted(self.modules.values(), key=lambda module: module.file != home):
            if name in module.scope.values:
                places = {(module.file, name)} | self._own(module.scope.values[name])
                imports = [unit for unit in module.units if name in unit.imports]
                return [*imports, *(unit for place in sorted(places) for unit in self.definitions.get(place, ()))]
        return []

    def _visit(self, module: Module, node: ast.AST, scope: Scope, unit: Unit) -> None:
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
            value = merged(self._value(node.body), self._value(node.orelse))
        elif isinstance(node, ast.BoolOp):
            for operand in node.values:
                value = merged(value, self._value(operand))
        elif isinstance(node, ast.NamedExpr):
            value = self._value(node.value)
            while scope.is_comprehension and scope.parent is not None:
                scope = scope.parent
            scope.bind(node.target.id, value)
        elif isinstance(node, _ASSIGNMENT):
            self._assign(module, node, scope, unit)
        elif isinstance(node, IMPORT):
            self._import(module, node, scope, unit)
        if value:
            self.values[node] = value
            if self.is_last and isinstance(node, ast.expr):
                self._note_paths(module, node, value, unit)

    def _value(self, node: ast.AST | None) -> Value:
        return self.values.get(node, ()) if node is not None else ()

    def _strings(self, node: ast.AST) -> tuple[str, ...]:
        return tuple(text for text in self._value(node) if isinstance(text, str))

    def _name(self, module: Module, node: ast.Name, scope: Scope, unit: Unit) -> Value:
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
            value = merged(value, self._attributes((star,), node.id))
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
                found = merged(found, (longer,))
            elif path in self.paths:  # all within it is forbidden with it
                found = merged(found, (path,))
            if path in self.modules:
                found = merged(found, self.modules[path].scope.values.get(name, ()))
        return found

    def _items(self, value: Value, names: Iterable[str]) -> Value:
        found: Value = ()
        for name in names:
            if ("sys", "modules") in value:
                found = merged(found, self._module(_split(name)))
            else:
                found = merged(found, self._attributes(value, name))
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

    def _call(self, module: Module, node: ast.Call, scope: Scope, unit: Unit) -> Value:
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
                    value = merged(value, self._attributes(self._value(first), name))
                if path != ("getattr",) and scope is module.scope:
                    unit.patches |= self._places(module, node.args[0])
            elif path == ("vars",) and first is not None:
                value = merged(value, self._value(first))
            elif path in _IMPORTS and first is not None:
                value = merged(value, self._imported(node))
            elif path in _RUNS_TEXT and first is not None:
                self._execute(module, first, scope, unit)
            elif path in (_GETTER, _CALLER) and first is not None:
                for text in self._strings(first):
                    parts = _split(text)
                    for part in parts:
                        self._note_member(part, node, unit)
                    value = merged(value, ((*_GETTER, *parts),) if path == _GETTER else ())
            elif path[:2] == _GETTER and first is not None:
                got = self._value(first)
                for part in path[2:]:
                    got = self._attributes(got, part)
                value = merged(value, got)
        return value

    def _method(self, function: ast.Attribute, arguments: list[ast.expr], node: ast.Call, unit: Unit) -> Value:
        """What is returned by `torch.__dict__.get("nn")` and the like, and by `"".join(...)`."""
        value: Value = ()
        on = self._value(function.value)
        if function.attr in _ITEM_METHODS and arguments:
            value = self._items(on, self._strings(arguments[0]))
        elif function.attr in _ATTRIBUTE_METHODS:
            for argument in arguments[:2]:  # of an object, or of the class with the object in front
                for name in self._strings(argument):
                    self._note_member(name, node, unit)
                    value = merged(value, self._attributes(merged(on, self._value(arguments[0])), name))
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
                found = merged(found, merged(self._module(parts), self._module(parts[:1])))
        return found

    def _execute(self, module: Module, argument: ast.expr, scope: Scope, unit: Unit) -> None:
        """Read the strings that are executed as if they stood there."""
        line = argument.lineno
        for text in self._strings(argument):
            if (unit, text) in module.executed or len(text) > module.to_execute:
                continue
            module.executed.add((unit, text))
            module.to_execute -= len(text)
            unit.hits += [Hit(line, name) for name in dict.fromkeys(self.in_text.findall(text))]
            tree = Source(module.file, text.strip()).tree
            for part in ast.walk(tree):
                if isinstance(part, ast.expr | ast.stmt):
                    part.lineno = line
            module.steps += module.steps_of(tree.body, scope, unit)

    def _assign(
        self,
        module: Module,
        node: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Delete,
        scope: Scope,
        unit: Unit,
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

    def _places(self, module: Module, node: ast.expr) -> set[Place]:
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

    def _import(self, module: Module, node: ast.Import | ast.ImportFrom, scope: Scope, unit: Unit) -> None:
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
                unit.hits += [Hit(node.lineno, name, is_import=not is_star, is_star=is_star) for name in names]
            if alias.name == "*":
                if not names and path not in module.stars and len(module.stars) < MAX_VALUES:
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

    def _note_paths(self, module: Module, node: ast.expr, value: Value, unit: Unit) -> None:
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
                    unit.hits.append(Hit(node.lineno, name))

    def _note_member(self, name: str, node: ast.expr, unit: Unit) -> None:
        if self.is_last and name in self.members:
            unit.hits.append(Hit(node.lineno, _MEMBER + name))

    def _note_keyword(self, keyword: ast.keyword, unit: Unit) -> None:
        """Note `requires_grad=True` and `**{"requires_grad": True}`."""
        given = [(keyword.arg, keyword.value)]
        if keyword.arg is None and isinstance(keyword.value, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in keyword.value.keys]
            given = [(str(key), value) for key, value in zip(keys, keyword.value.values, strict=True)]
        for name, value in given:
            if name is not None and not is_false(value):
                self._note_member(name, value, unit)


def _split(dotted: str) -> list[str]:
    return dotted.split(".") if len(dotted) <= _MAX_STRING else [""]
