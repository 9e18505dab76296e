"""The page of all keys of an assignment.toml, made of the classes that it is read into."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator

import msgspec

from grader.course.adjustments import LateRule
from grader.course.assignments import Exercise, Manifest
from making.markdown import code, page, prose, table, texts_of_fields

_INTRODUCTION = """\
An assignment is what lies in `assignments/NAME/`, and its `assignment.toml` says what it asks for. What the keys are good
for is told in [for authors](../authors.md#the-manifest); `grader validate NAME` says what is wrong. A key that is not here is
refused, with the nearest that is."""

_WORDS = {str: "text", int: "whole number", float: "number"}


def manifest_page() -> str:
    """The page."""
    return page(
        "assignment.toml",
        _INTRODUCTION,
        "## At the top",
        _table(Manifest),
        "## Each exercise: `[[exercise]]`",
        _table(Exercise),
        "## Being late: `[late]`",
        _table(LateRule),
    )


def _table(kind: type[msgspec.Struct]) -> str:
    return table(("key", "value", "without it", "what it says"), _rows(kind))


def _rows(kind: type[msgspec.Struct]) -> Iterator[tuple[str, str, str, str]]:
    texts = texts_of_fields(kind)
    for field in msgspec.structs.fields(kind):
        yield code(field.name), _value(field.type), _default(field), prose(texts[field.name])


def _value(kind: typing.Any) -> str:
    """What may be written behind a key, in words."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        [kind] = [one for one in arguments if one is not types.NoneType]
        return _value(kind)
    if typing.get_origin(kind) is tuple:
        return "tables, `[[exercise]]`" if arguments[0] is Exercise else f"list of {_value(arguments[0])}s"
    return "table, `[late]`" if kind is LateRule else _WORDS[kind]


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    if field.default in ((), None, ""):
        return ""
    return code(f'"{field.default}"' if isinstance(field.default, str) else f"{field.default:g}")
