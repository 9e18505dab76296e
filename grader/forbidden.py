"""Where a submission names what its assignment forbids, such as `torch.nn`: found in the text, reported, never judged here.

The plain forms are found - imports, aliases, attributes. Someone determined can hide a name from any reading of the text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.course import Assignment
from grader.results import Flag
from grader.source import Source
from grader.submission import Submission


def forbidden_flags(assignment: Assignment, submission: Submission) -> list[Flag]:
    """A flag for each forbidden name in each file, at the first line that has it."""
    forbids: dict[str, set[str]] = {}
    for exercise in assignment.exercises:
        for name in exercise.defines:
            source = submission.source_of(name, exercise.file)
            if source is not None:
                forbids.setdefault(source.file, set()).update(exercise.forbids)
    flags: dict[tuple[str, str], Flag] = {}
    for file in sorted(forbids):
        for line, name in sorted(forbidden_names(submission.sources[file], tuple(forbids[file]))):
            detail = f"uses {name}, which this assignment forbids"
            flags.setdefault((file, name), Flag("forbidden_name", f"{file}, line {line}", detail))
    return list(flags.values())


def forbidden_names(source: Source, forbids: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """(line, forbidden name) for every use in the file, in no particular order."""
    aliases: dict[str, str] = {}
    attributes: list[ast.Attribute] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            attributes.append(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for imported, bound in _imports(node):
                aliases[bound] = imported
                yield from ((node.lineno, name) for name in forbids if _is_within(imported, name))
    for node in attributes:
        dotted = _dotted(node, aliases)
        yield from ((node.lineno, name) for name in forbids if dotted == name)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """(what is imported, the name it is bound to) of an import statement."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, alias.asname or alias.name.split(".")[0]
            if alias.asname is None:  # `import torch.nn` binds torch
                yield alias.name.split(".")[0], alias.name.split(".")[0]
    elif node.module is not None and node.level == 0:
        for alias in node.names:
            yield f"{node.module}.{alias.name}", alias.asname or alias.name


def _is_within(dotted: str, name: str) -> bool:
    return dotted == name or dotted.startswith(name + ".")


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    """The dotted name that an attribute stands for, with aliases resolved; empty if it is none."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([aliases.get(node.id, node.id), *reversed(parts)])
