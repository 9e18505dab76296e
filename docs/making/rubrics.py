"""The page of what a rubric has: markers, fixtures, options of pytest, and what it imports."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from types import FunctionType, SimpleNamespace
from typing import Any

from grader import compare, data, errors, numbers, results, showing, text
from grader.checks.fixtures import submission
from grader.checks.proxy import Answers
from grader.checks.rubric import pytest_addoption, pytest_configure
from grader.checks.session import Session
from grader.course.calibration import Thresholds
from making.markdown import (
    code,
    documentation,
    flowed,
    functions_of,
    page,
    prose,
    summary,
    table,
    text_of_constant,
    texts_of_fields,
)

_INTRODUCTION = """\
A rubric is ordinary pytest: a check is a test function marked with the exercise that it belongs to, and its docstring's first
line is what students see. [For authors](../authors.md#a-new-check) says how to write one; what there is to write it with
stands here."""

_MARKERS = """They stand above a check, or as `pytestmark` at the top of a file for all of its checks. `timeout` is
[pytest-timeout](https://pypi.org/project/pytest-timeout/)'s: `@pytest.mark.timeout(20)` gives a check other seconds than the
assignment's `timeout_seconds`; they count what the check asks of student code. With pytest's own `parametrize`, each case is a
check that is worth the points."""

_OPTIONS = "For whoever runs the checks, students above all; pytest's own stand beside them."

_ASSERTIONS = """From `grader.compare`. What is not as it should be is raised as `CheckFailed`, with evidence that students can
act on. Type, shape and dtype are looked at first, then whether all is finite, then every element; nothing is broadcast. `name`
is what the report calls the value. What is found right is given back."""

_ENGINES = {"use_device", "listen"}  # called by the grader, not by rubrics
_KINDS = {
    "worker": Session,
    "answers": Answers,
    "dataset": data.Dataset,
    "numbers": numbers.Numbers,
    "calibrated": Thresholds,
}
_FOR_RUBRICS: dict[type, tuple[str, ...]] = {Session: ("put", "fetch")}  # of what has much more that is for the grader
_MORE: tuple[tuple[Any, str], ...] = (
    (errors, "CheckFailed"),
    (errors, "StudentCodeRaised"),
    (results, "Evidence"),
    (numbers, "Numbers"),
    (data, "load_dataset"),
    (data, "CLASSES"),
    (data, "STATISTICS"),
    (showing, "shown_value"),
    (text, "short_number"),
)


def rubrics_page() -> str:
    """The page."""
    return page(
        "Fixtures and markers",
        _INTRODUCTION,
        "## Markers",
        _MARKERS,
        table(("marker", "what it says"), _markers()),
        "## Fixtures",
        "A check asks for one by naming it among its arguments.",
        table(
            ("fixture", "what it is"),
            (
                (f"[`{node.name}`](#{node.name})", prose(flowed(ast.get_docstring(node) or "").split("\n\n")[0]))
                for node in _fixtures()
            ),
        ),
        *(part for node in _fixtures() for part in _fixture(node)),
        "## Assertions",
        _ASSERTIONS,
        *(part for name, function in _assertions() for part in _function(name, function)),
        "## What else a rubric imports",
        table(("name", "from", "what it is"), _more()),
        "## Options of pytest",
        _OPTIONS,
        table(("option", "what it does", "without it"), _options()),
    )


def _markers() -> list[tuple[str, str]]:
    lines: list[str] = []
    asked: Any = SimpleNamespace(addinivalue_line=lambda _, line: lines.append(line), stash={})
    pytest_configure(asked)
    shown = (line.partition(": ") for line in lines)
    return [(code(f"@pytest.mark.{marker}"), prose(what)) for marker, _, what in shown]


def _options() -> list[tuple[str, str, str]]:
    options: list[tuple[str, str, str]] = []

    def addoption(*names: str, help: str, metavar: str = "", default: object = None, **_: object) -> None:  # noqa: A002
        shown = " ".join([*names, metavar or ("DEVICE" if names == ("--device",) else "")]).strip()
        options.append((code(shown), prose(help), code(default) if default is not None else ""))

    group: Any = SimpleNamespace(getgroup=lambda *_: SimpleNamespace(addoption=addoption))
    pytest_addoption(group)
    return options


def _fixtures() -> Iterator[ast.FunctionDef]:
    for node in functions_of(sys.modules[submission.__module__]):
        if any(ast.unparse(mark).startswith("pytest.fixture") for mark in node.decorator_list):
            yield node


def _fixture(node: ast.FunctionDef) -> Iterator[str]:
    yield f"### `{node.name}`"
    yield prose(flowed(ast.get_docstring(node) or ""))
    kind = _KINDS.get(node.name)
    if kind is None:
        return
    members = [f"- {name}: {what}" for name, what in (*_fields(kind), *_methods(kind))]
    yield "\n".join(["It has", "", *members]) if members else prose(documentation(kind))


def _fields(kind: type) -> Iterator[tuple[str, str]]:
    names = getattr(kind, "__dataclass_fields__", {})
    texts = texts_of_fields(kind) if names else {}
    return ((code(name), prose(texts[name])) for name in names)


def _methods(kind: type) -> Iterator[tuple[str, str]]:
    for name, method in vars(kind).items():
        is_meant = name in _FOR_RUBRICS.get(kind, (name,)) and not name.startswith("_")
        if is_meant and isinstance(method, FunctionType):
            yield code(f"{name}{_signature(method)}"), prose(summary(method))


def _assertions() -> Iterator[tuple[str, FunctionType]]:
    for name, function in vars(compare).items():
        is_own = isinstance(function, FunctionType) and function.__module__ == compare.__name__
        if is_own and not name.startswith("_") and name not in _ENGINES:
            yield name, function


def _function(name: str, function: FunctionType) -> Iterator[str]:
    yield f"### `{name}`"
    yield code(f"{name}{_signature(function)}")
    yield prose(documentation(function))


def _signature(function: FunctionType) -> str:
    """The arguments with their types as the source has them, without `self`."""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    arguments = ast.unparse(node.args).removeprefix("self").removeprefix(", ").replace("''", '""')
    return f"({re.sub(r'=(?! )', ' = ', arguments)}) -> {ast.unparse(node.returns) if node.returns else 'None'}"


def _more() -> Iterator[tuple[str, str, str]]:
    for module, name in _MORE:
        value = getattr(module, name)
        what = summary(value) if callable(value) else text_of_constant(module, name)
        yield code(name), code(module.__name__), prose(what)
