"""The JSON schema of grade.json and its page, both made of the records that a grade consists of."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from grader.grade_json import SCHEMA_VERSION
from grader.results import CheckResult, Curve, ExerciseResult, Figure, Grade, Matrix, Outcome, Predictions, Status
from grader.text import anchor
from making.markdown import code, documentation, page, prose, summary, table, texts_of_fields

Schema = dict[str, Any]

# What the JSON has beside the fields: behind this one, these numbers that are worked out.
_WORKED_OUT: dict[type, tuple[str, tuple[str, ...]]] = {
    Grade: ("status", ("score", "points", "earned")),
    ExerciseResult: ("title", ("score", "points", "earned")),
    CheckResult: ("outcome", ("score",)),
}
# Rows of numbers that stand there as one text each, and numbers that may be none.
_ROWS_AS_TEXT: set[tuple[type, str]] = {
    (Matrix, "got"),
    (Matrix, "expected"),
    (Matrix, "difference"),
    (Predictions, "counts"),
}
_NOT_ALWAYS_FINITE = (Curve, Figure)
_FEW_VALUES: dict[tuple[type, str], tuple[str, ...]] = {(CheckResult, "visibility"): ("public", "hidden")}
_NUMBER: Schema = {"anyOf": [{"type": "number"}, {"enum": ["nan", "inf", "-inf"]}]}
_ROW: Schema = {"type": "string", "description": "A row of numbers, with a blank between any two."}

_INTRODUCTION = """\
`OUT/students/STUDENT/grade.json` is a student's grade as data: all that the student's page says. `grader export OUT --format
jsonl` has a line of the same form for each student, with hidden checks and all flags, and for the instructor only; where the
grader itself failed, every `score` and `earned` is null there. The pages of a class are made of the same records.

Every field is always there; one that has nothing to say is empty, or null where the table says so. Numbers are finite; in
curves and figures those that are not are the words `nan`, `inf` and `-inf`. `schema_version` changes when a field goes or
gets another meaning; a field may be added without that. [grade.schema.json](grade.schema.json) says the same as a JSON
schema, to the letter: with it a field more or less is refused."""


def grade_schema() -> Schema:
    """The JSON schema of grade.json (draft 2020-12). No field is optional, none is allowed besides."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "grade.json",
        **_record(Grade),
        "$defs": {kind.__name__: _record(kind) for kind, _ in _records(Grade, "") if kind is not Grade},
    }


def grade_schema_text() -> str:
    """The schema as the text of its file."""
    return json.dumps(grade_schema(), indent=1) + "\n"


def grade_page() -> str:
    """The page."""
    sections = [part for kind, place in _records(Grade, "") for part in _section(kind, place)]
    outcomes = [_values("Outcomes", Outcome), _values("Statuses", Status)]
    return page("grade.json", _INTRODUCTION, *sections, *(part for pair in outcomes for part in pair))


def _records(kind: type, place: str) -> Iterator[tuple[type, str]]:
    """A record and all that it is made of, each with its place in a grade."""
    yield kind, place
    for name, hint in _hints(kind).items():
        inner = _inner_record(hint)
        if inner is not None:
            is_list = typing.get_origin(hint) is tuple
            yield from _records(inner, f"{place}.{name}{'[]' if is_list else ''}".lstrip("."))


def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _inner_record(hint: Any) -> type | None:
    inner = [one for one in (hint, *typing.get_args(hint)) if dataclasses.is_dataclass(one)]
    return typing.cast(type, inner[0]) if inner else None


def _record(kind: type) -> Schema:
    properties: Schema = {"schema_version": _version()} if kind is Grade else {}
    texts = texts_of_fields(kind)
    for name, hint in _hints(kind).items():
        properties[name] = {"description": texts[name], **_described(kind, name, hint)}
        properties |= dict(_worked_out(kind, name))
    return {
        "description": documentation(kind),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _version() -> Schema:
    return {"description": "The form of the file, which is told here.", "const": SCHEMA_VERSION}


def _worked_out(kind: type, before: str) -> Iterator[tuple[str, Schema]]:
    place, names = _WORKED_OUT.get(kind, ("", ()))
    for name in names if place == before else ():
        yield name, {"description": summary(getattr(kind, name)), "type": "number"}


def _described(kind: type, name: str, hint: Any) -> Schema:
    if (kind, name) in _FEW_VALUES:
        return {"enum": list(_FEW_VALUES[kind, name])}
    if (kind, name) in _ROWS_AS_TEXT:
        return {"type": "array", "items": _ROW}
    return _of_type(hint, _NUMBER if kind in _NOT_ALWAYS_FINITE else {"type": "number"})


def _of_type(hint: Any, number: Schema) -> Schema:
    """The schema of what a field of that type becomes."""
    arguments = typing.get_args(hint)
    match typing.get_origin(hint):
        case types.UnionType:
            [inner] = [one for one in arguments if one is not types.NoneType]
            return {"anyOf": [_of_type(inner, number), {"type": "null"}]}
        case origin if origin is tuple and arguments[-1] is Ellipsis:
            return {"type": "array", "items": _of_type(arguments[0], number)}
        case origin if origin is tuple:
            entries = [_of_type(one, number) for one in arguments]
            return {"type": "array", "prefixItems": entries, "minItems": len(entries), "maxItems": len(entries)}
        case origin if origin is not None and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": _of_type(arguments[1], number)}
    if dataclasses.is_dataclass(hint):
        return {"$ref": f"#/$defs/{typing.cast(type, hint).__name__}"}
    if issubclass(hint, StrEnum):
        return {"enum": [member.value for member in hint]}
    return {str: {"type": "string"}, int: {"type": "integer"}, float: number, Decimal: {"type": "number"}}[hint]


# -- the page --------------------------------------------------------------------------------------------------------------


def _section(kind: type, place: str) -> Iterator[str]:
    yield f"## `{place}`" if place else "## The grade"
    yield prose(documentation(kind))
    schema = _record(kind)["properties"]
    yield table(
        ("field", "value", "may be null", "what it is"),
        (
            (code(name), _in_words(described, f"{place}.{name}"), _null(described), prose(described["description"]))
            for name, described in schema.items()
        ),
    )


def _null(described: Schema) -> str:
    return "yes" if {"type": "null"} in described.get("anyOf", ()) else ""


def _in_words(described: Schema, place: str) -> str:
    """What a field holds, as a person says it."""
    if "anyOf" in described:  # a number or a word for what is none; a value or null
        return _in_words(described["anyOf"][0], place)
    if "enum" in described:
        return " ".join(map(code, described["enum"])) if len(described["enum"]) < 4 else "[outcome](#outcomes)"
    if "const" in described:
        return code(described["const"])
    if "$ref" in described:
        return f"[object](#{anchor(place)})"
    if "prefixItems" in described:
        return "pair"
    match described["type"]:
        case "array":
            if described["items"] is _ROW:
                return "list of texts, each a row of numbers"
            inner = _in_words(described["items"], place)
            return f"list of {inner.replace('[object]', '[objects]') if '[object]' in inner else _plural(inner)}"
        case "object":
            return "object of texts"
        case kind:
            return {"string": "text", "integer": "whole number", "number": "number"}[kind]


def _plural(words: str) -> str:
    return words.replace("list", "lists", 1) if words.startswith("list") else f"{words}s"


def _values(heading: str, kind: type[StrEnum]) -> tuple[str, str, str]:
    return f"## {heading}", prose(documentation(kind)), " ".join(map(code, kind))
