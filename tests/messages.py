"""Every text of the engine that a person can come to read, taken from its source: `python tests/messages.py` lists them anew.

A text is found by what it is handed to: an exception of the engine's, a flag, a line that is printed, an option's help. Texts
that are put together from parts, and sentences that are handed on by name, are parts. f-strings become templates: `{path}` is
filled in, `[a|b]` is one of the two. What is left out is named below: texts for databases, other programs and Python itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import grader
import grader.errors

PACKAGE = Path(grader.__file__).parent
LIST = Path(__file__).parent / "messages.txt"
COMMAND = "python tests/messages.py"

STUDENT, INSTRUCTOR, AUTHOR, ENGINE = (
    "students",
    "instructors and operators",
    "authors of courses",
    "nobody as they are: the engine catches them, or puts them into a sentence",
)

# Who reads what is handed to a class or a function of that name. `CheckEnd`s and what follows from them are the student's.
READERS: Mapping[str, str] = {
    "Blocked": STUDENT,
    "CheckFailed": STUDENT,
    "Evidence": STUDENT,
    "NotAttempted": STUDENT,
    "NotebookError": STUDENT,
    "Relation": STUDENT,
    "StudentCodeRaised": STUDENT,
    "WorkerCrashed": STUDENT,
    "WorkerTimedOut": STUDENT,
    "_Refused": STUDENT,
    "_say": STUDENT,
    "refuse": STUDENT,
    "skip": STUDENT,
    "ArgumentTypeError": INSTRUCTOR,
    "ClusterError": INSTRUCTOR,
    "DeviceError": INSTRUCTOR,
    "Flag": INSTRUCTOR,
    "IsolationError": INSTRUCTOR,
    "NotExpressible": INSTRUCTOR,
    "StorageError": INSTRUCTOR,
    "Unavailable": INSTRUCTOR,
    "UsageError": INSTRUCTOR,
    "WallBroken": INSTRUCTOR,
    "WorkflowCommand": INSTRUCTOR,
    "help": INSTRUCTOR,
    "description": INSTRUCTOR,
    "refused": INSTRUCTOR,
    "say_progress": INSTRUCTOR,
    "say_screen": INSTRUCTOR,
    "say_problem": INSTRUCTOR,
    "CourseError": AUTHOR,
    "find": AUTHOR,
    "error": INSTRUCTOR,
    "ArgumentError": INSTRUCTOR,
    "AttributeError": ENGINE,
    "KeyError": ENGINE,
    "NameError": ENGINE,
    "OSError": ENGINE,
    "RuntimeError": ENGINE,
    "SyntaxError": ENGINE,
    "TimeoutError": ENGINE,
    "TypeError": ENGINE,
    "ValueError": ENGINE,
    "WireError": ENGINE,
}

# Exceptions that are always read, whatever they are given; and what takes its text at another place than the first.
ERRORS = frozenset(
    {"Blocked", "CheckFailed", "ClusterError", "CourseError", "DeviceError", "IsolationError", "NotAttempted"}
    | {"NotebookError", "NotExpressible", "StorageError", "UsageError", "WallBroken", "WorkerCrashed", "WorkerTimedOut"}
)
_PLACES: Mapping[str, int] = {"Flag": 2, "find": 2, "refuse": 1, "ArgumentError": 1}

# What ends a message with a next step of its own.
ENDINGS: Mapping[str, str] = {
    "did_you_mean": "the nearest one, or all",
    "reason_of": "what the system says, and a next step",
}

# Whose the parts are in a module: by the last word of its path, or by the folder it lies in. All others are the operator's.
PARTS_FOR_STUDENTS = {
    *(
        "bench",
        "claims",
        "collecting",
        "cells",
        "compare",
        "devices",
        "loading",
        "lookup",
        "matrices",
        "mistakes",
        "notebook",
        "notebooks",
        "pool",
        "proxy",
        "relations",
        "session",
    ),
    *("rubric", "showing", "submission", "summary", "watching", "workers", "wording"),
    *("reports", "untrusted"),
}
PARTS_FOR_AUTHORS = {"authoring", "course"}

# What takes text that is not for people: SQL, patterns, code, names of operators, the texts of other systems.
NOT_FOR_PEOPLE = {"compile", "define", "execute", "endswith", "filterwarnings", "SubElement", "set"}
CONSTANTS_NOT_FOR_PEOPLE = {
    *(
        "_BOOTSTRAP",
        "_CAN_BE_CHANGED",
        "_CLONE",
        "_COMMENTS",
        "_ID_COLUMNS",
        "_LAYOUT",
        "_LEFT_ALONE",
        "_LOOK",
        "_SET_UP",
    ),
    "_UNPACK",
}
_FEWEST_WORDS = 3  # of a text that is not handed to one of the above
_MOST_FORMS = 8  # of a text with alternatives; with more of them it is listed as it stands


@dataclass(frozen=True, order=True)
class Message:
    """A template, who reads it, and what it is handed to: `CheckFailed`, or `CheckFailed.hint`; or `part`."""

    reader: str
    module: str
    line: int
    kind: str
    text: str


def _constants() -> dict[str, str]:
    """The texts of the engine that have a name in capitals; what has a name of several modules is left out."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and target.id.isupper() and isinstance(node.value.value, str):
                    found.setdefault(target.id, set()).add(node.value.value)
    return {name: min(texts) for name, texts in found.items() if len(texts) == 1 and "\n" not in min(texts)}


CONSTANTS = _constants()


def messages() -> list[Message]:
    """Every text, by reader, module and line; the same text of a module is there once."""
    found = {
        (message.reader, message.module, message.kind, message.text): message
        for path in sorted(PACKAGE.rglob("*.py"), reverse=True)
        for message in reversed(
            list(messages_of(path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix()))
        )
    }
    order = [STUDENT, INSTRUCTOR, AUTHOR, ENGINE]
    return sorted(
        found.values(), key=lambda message: (order.index(message.reader), message.module, message.line, message.text)
    )


def messages_of(source: str, module: str) -> Iterator[Message]:
    """Every text of a module, in the order of its lines."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        forms = texts(node) if _is_text(node) or _is_given_to_an_error(node, parents) else None
        if forms is None:
            waiting[:0] = [child for child in ast.iter_child_nodes(node) if not _is_docstring(child, node)]
            continue
        kind = _taken_by(node, parents)
        for text in forms:
            if kind not in ("", "part") or (kind == "part" and _is_sentence(text)):
                yield Message(_reader(kind, module), module, getattr(node, "lineno", 0), kind, text)


def error_classes() -> set[str]:
    """The names of all exceptions that the engine defines, but the root and what never leaves a function."""
    bases: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(ast.unparse(base).rpartition(".")[2] for base in node.bases)
    found = {"Exception", "OSError", "ValueError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found - {"Exception", "OSError", "ValueError", "GraderError", "CheckEnd"}


def texts(node: ast.AST) -> list[str]:
    """What an expression of text may say, as templates: a constant, an f-string, one of two, two behind each other."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return _joined([texts(part) for part in node.values])
    if isinstance(node, ast.FormattedValue):
        value = node.value
        if isinstance(value, ast.IfExp) and _is_text(value):
            return [f"[{'|'.join(texts(value))}]"]
        if _name(value) in CONSTANTS and isinstance(value, ast.Name | ast.Attribute):
            return [CONSTANTS[_name(value)]]
        return ["{" + _name(value) + ("!r" if node.conversion == ord("r") else "") + "}"]
    if isinstance(node, ast.BinOp):
        return _joined([texts(node.left), texts(node.right)])
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    return ["{" + _name(node) + "}"]


def listed(found: list[Message]) -> str:
    """The list, as it is checked in: a heading a reader, one a module, a line a text."""
    lines = [f"Every text that a person can come to read. Made by `{COMMAND}`; look at every line that has changed."]
    reader = module = ""
    for message in found:
        if message.reader != reader:
            lines += ["", f"# For {message.reader}"]
            reader, module = message.reader, ""
        if message.module != module:
            lines += ["", f"## {message.module}"]
            module = message.module
        lines.append(
            f"{message.kind}: {message.text.encode('unicode_escape').decode() if chr(10) in message.text else message.text}"
        )
    return "\n".join(lines) + "\n"


def _is_text(node: ast.AST) -> bool:
    """Whether the expression is text by its form."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right))
    if isinstance(node, ast.IfExp):
        return _is_text(node.body) or _is_text(node.orelse)
    return isinstance(node, ast.JoinedStr)


def _is_given_to_an_error(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether it is what an error says, made elsewhere: the place is listed all the same."""
    call = parents.get(node)
    if not isinstance(call, ast.Call) or not call.args or node is not call.args[0] or isinstance(node, ast.Constant):
        return False
    return _called(call) in ERRORS


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_docstring(node: ast.AST, parent: ast.AST) -> bool:
    """Whether it stands alone, as docstrings and the texts below attributes do, or names a type."""
    return (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or (
        isinstance(parent, ast.AnnAssign) and node is parent.annotation
    )


def _joined(parts: list[list[str]]) -> list[str]:
    forms = ["".join(form) for form in product(*parts)] if parts else [""]
    return forms if len(forms) <= _MOST_FORMS else ["".join("|".join(part) for part in parts)]


def _name(node: ast.AST) -> str:
    """What is filled in, in a word or two: the name that the expression is about."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr if node.attr != "__name__" else f"name of {_name(node.value)}"
    if isinstance(node, ast.Call):
        if _called(node) in ENDINGS:
            return ENDINGS[_called(node)]
        if isinstance(node.func, ast.Name) and node.func.id == "len":
            return f"number of {_name(node.args[0])}"
        if isinstance(node.func, ast.Name) and node.func.id == "type":
            return f"type of {_name(node.args[0])}"
        named = [argument for argument in node.args if not isinstance(argument, ast.Constant)]
        if named:
            return _name(named[0])
        return _name(node.func.value) if isinstance(node.func, ast.Attribute) else _name(node.func)
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        return _name(node.generators[0].iter)
    if isinstance(node, ast.IfExp):
        return _name(node.body) if not isinstance(node.body, ast.Constant) else _name(node.orelse)
    if isinstance(node, ast.BoolOp):
        return _name(node.values[0])
    if isinstance(node, ast.BinOp):
        return _name(node.right if isinstance(node.left, ast.Constant) else node.left)
    if isinstance(node, ast.Starred | ast.UnaryOp | ast.NamedExpr):
        return _name(node.value if not isinstance(node, ast.UnaryOp) else node.operand)
    return "..."


def _taken_by(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> str:
    """What a text is handed to; `part` if that has no reader of its own, nothing if it is not for people."""
    keyword = ""
    while node in parents:
        parent = parents[node]
        if isinstance(parent, ast.keyword):
            keyword = parent.arg or ""
        elif isinstance(parent, ast.Call) and node is not parent.func:
            name = _called(parent)
            if name in NOT_FOR_PEOPLE or (
                name in _PLACES and not keyword and node not in parent.args[_PLACES[name] : _PLACES[name] + 1]
            ):
                return ""
            if keyword in ("help", "description"):
                return "help"
            if name in READERS:
                return f"{name}.{keyword}" if keyword else name
        elif isinstance(parent, ast.Assign | ast.AnnAssign):
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            if {getattr(target, "id", "") for target in targets} & CONSTANTS_NOT_FOR_PEOPLE:
                return ""
        elif isinstance(parent, ast.Compare | ast.Subscript):
            return ""
        if isinstance(parent, ast.stmt):
            break
        node = parent
    return "part"


def _is_sentence(text: str) -> bool:
    """Whether a text is meant for people: so many words, and none that other programs would read."""
    words = [word for word in text.split() if word.strip(".,;:?!'\"()").isalpha()]
    return len(words) >= _FEWEST_WORDS and not text.lstrip().startswith(("<", "::"))


def _reader(kind: str, module: str) -> str:
    name = kind.partition(".")[0]
    places = set(module.removesuffix(".py").split("/"))
    if name in READERS and name != "help":
        return STUDENT if name in ("say", "UsageError") and places & {"notebook"} else READERS[name]
    if kind == "part" and places & PARTS_FOR_STUDENTS and "cli" not in places:
        return STUDENT
    return AUTHOR if kind == "part" and places & PARTS_FOR_AUTHORS else INSTRUCTOR


if __name__ == "__main__":
    LIST.write_text(listed(messages()), encoding="utf-8")
    print(f"{LIST}: {len(messages())} texts")
