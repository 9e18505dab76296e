"""Which statements at the top level of a notebook define something and do nothing else: those that a grade rests on.

Imports, classes and functions do, and assignments of values that are made without calling anything of the notebook's own,
without opening a file and without taking time. Text only; nothing is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from grader.submissions.syntax import Definition

_OURS = "grader"

# What an assignment at the top level may call: it makes a value, and has no other effect.
_CALM_MODULES = (
    *(
        "collections",
        "dataclasses",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "itertools",
        "math",
        "operator",
        "string",
    ),
    *("typing", "sympy", "numpy", "torch", "torchvision.transforms"),
    *("copy", "logging.getLogger", "os.path.join", "pathlib", "random.Random", "re.compile"),
)
_NOT_CALM = (
    *(
        "torch.hub",
        "torch.load",
        "torch.save",
        "torch.utils",
        "torch.jit",
        "torch.distributed",
        "torch.multiprocessing",
    ),
    *("torch.optim", "torch.compile", "torch.onnx", "numpy.load", "numpy.save", "numpy.genfromtxt", "numpy.fromfile"),
    *("numpy.memmap", "numpy.savez", "numpy.loadtxt"),
)
_CALM_BUILTINS = frozenset(
    {
        *("all", "any", "bytes", "chr", "isinstance", "object", "ord", "repr"),
        *(
            "abs",
            "bool",
            "complex",
            "dict",
            "divmod",
            "enumerate",
            "float",
            "frozenset",
            "int",
            "len",
            "list",
            "max",
            "min",
        ),
        *(
            "pow",
            "property",
            "range",
            "reversed",
            "round",
            "set",
            "slice",
            "sorted",
            "staticmethod",
            "classmethod",
            "str",
        ),
        *("sum", "super", "tuple", "type", "zip"),
    }
)
_EXPRESSIONS = (
    *(
        ast.Constant,
        ast.Name,
        ast.Attribute,
        ast.Tuple,
        ast.List,
        ast.Dict,
        ast.Set,
        ast.BinOp,
        ast.UnaryOp,
        ast.BoolOp,
    ),
    *(ast.Compare, ast.IfExp, ast.Subscript, ast.Slice, ast.Starred, ast.JoinedStr, ast.FormattedValue, ast.Call),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.keyword),
    *(ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)


class Names:
    """What names stand for, as far as it matters: modules that were imported, results that are not there."""

    def __init__(self) -> None:
        self.modules: dict[str, str] = {}
        self.missing: set[str] = set()
        self.own: set[str] = set()  # defined in the notebook
        self.values: set[str] = set()  # assigned there, and kept
        self.records: set[str] = set()  # classes of it that only hold values

    def keep(self, statement: ast.stmt) -> bool:
        """Whether the statement, the next one, defines something and does nothing else; what it binds is remembered."""
        bound = _bound(statement)
        if not _is_kept_at_all(statement, self):
            self.missing |= bound
            return False
        _note_imports(statement, self)
        self.missing -= bound
        self.own |= bound if isinstance(statement, Definition) else set()
        self.records = self.records - bound | (bound if _is_record(statement) else set())
        self.values |= bound if isinstance(statement, ast.Assign | ast.AnnAssign) else set()
        return True


def defined_by(statement: ast.stmt) -> set[str]:
    """What a statement defines: a class, a function, or a name that it assigns."""
    if isinstance(statement, Definition):
        return {statement.name}
    return _bound(statement) if isinstance(statement, ast.Assign | ast.AnnAssign) else set()


def _is_kept_at_all(statement: ast.stmt, names: Names) -> bool:
    try:
        return _is_kept(statement, names)
    except RecursionError:  # nested deeper than anybody writes
        return False


def _is_kept(statement: ast.stmt, names: Names) -> bool:
    """Whether a statement at the top level defines something, and does nothing else."""
    match statement:
        case ast.Import():
            return all(alias.name.split(".")[0] != _OURS for alias in statement.names)
        case ast.ImportFrom():
            return (statement.module or "").split(".")[0] != _OURS
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(targets=targets, value=value):
            return all(_is_target(target, names) for target in targets) and _is_calm(value, names)
        case ast.AnnAssign(target=target, value=value):
            return _is_target(target, names) and (value is None or _is_calm(value, names))
        case ast.AugAssign(target=ast.Name() as target, value=value):
            return target.id not in names.missing and _is_calm(value, names)
        case ast.If(test=test, body=body, orelse=orelse):
            is_main = isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"
            return not is_main and _is_calm(test, names) and _all_kept([*body, *orelse], names)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            within = [inner for handler in handlers for inner in handler.body]
            return _all_kept([*body, *within, *orelse, *final], names)
        case ast.With(items=items, body=body):  # `with torch.no_grad():` around definitions
            return all(_is_calm(item.context_expr, names) for item in items) and _all_kept(body, names)
    return type(statement).__name__ == "TypeAlias"  # `type Batch = ...`, of Python 3.12


def _all_kept(statements: Iterable[ast.stmt], names: Names) -> bool:
    return all(isinstance(statement, ast.Pass | ast.Raise) or _is_kept(statement, names) for statement in statements)


def _is_target(target: ast.expr, names: Names) -> bool:
    """A name, several, an attribute of a class of the notebook's own, as in `Linear.backward = backward`, or an item of a
    value that it keeps, as in `SIZES["fc1"] = 120`.
    """
    if isinstance(target, ast.Tuple | ast.List):
        return all(_is_target(entry, names) for entry in target.elts)
    if isinstance(target, ast.Starred):
        return _is_target(target.value, names)
    if isinstance(target, ast.Subscript):
        is_kept = isinstance(target.value, ast.Name) and target.value.id in names.values - names.missing
        return is_kept and _is_calm(target.slice, names)
    if isinstance(target, ast.Attribute):
        return isinstance(target.value, ast.Name) and target.value.id in names.own
    return isinstance(target, ast.Name)


def _is_calm(expression: ast.expr, names: Names) -> bool:
    """Whether making this value has no effect and takes no time: no function of the notebook is called, no file opened."""
    waiting: list[ast.AST] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Lambda):
            continue  # a definition
        if not isinstance(node, _EXPRESSIONS):
            return False
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names.missing:
            return False
        if isinstance(node, ast.Call) and not _is_calm_call(node.func, names):
            return False
        waiting += ast.iter_child_nodes(node)
    return True


def _is_calm_call(function: ast.expr, names: Names) -> bool:
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if isinstance(
        function, ast.Constant | ast.Call
    ):  # "a b".split(), torch.ones(3).double(): what is called is looked at
        return True
    if not isinstance(function, ast.Name):
        return False
    if function.id in names.records and not parts:
        return True
    if function.id in names.modules:
        dotted = ".".join([names.modules[function.id], *reversed(parts)])
        return _is_within(dotted, _CALM_MODULES) and not _is_within(dotted, _NOT_CALM)
    return function.id in _CALM_BUILTINS and not parts and function.id not in names.own


def _is_record(statement: ast.stmt) -> bool:
    """Whether it is a dataclass or a named tuple that does nothing of its own when one is made."""
    if not isinstance(statement, ast.ClassDef):
        return False
    marks = [*statement.decorator_list, *statement.bases]
    named = {
        node.id if isinstance(node, ast.Name) else node.attr
        for mark in marks
        for node in [mark.func if isinstance(mark, ast.Call) else mark]
        if isinstance(node, ast.Name | ast.Attribute)
    }
    made = {"__init__", "__new__", "__post_init__"}
    is_plain = all(not isinstance(part, Definition) or part.name not in made for part in statement.body)
    return len(marks) == len(named) == 1 and is_plain and named <= {"dataclass", "NamedTuple"}


def _is_within(dotted: str, modules: Iterable[str]) -> bool:
    return any(dotted == module or dotted.startswith(f"{module}.") for module in modules)


def _note_imports(statement: ast.stmt, names: Names) -> None:
    for node in ast.walk(statement) if not isinstance(statement, Definition) else ():
        if isinstance(node, ast.Import):
            for alias in node.names:
                names.modules[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names.modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement binds at the top level."""
    bound: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Definition):
            bound.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name):
            bound.update({node.id} if isinstance(node.ctx, ast.Store) else ())
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return bound
