"""Where things are in the source of a submission: names, definitions, the line an exception came from. Text only."""

from __future__ import annotations

import ast
import re

from grader.errors import Blocked, CheckEnd, NotAttempted, StudentCodeRaised
from grader.results import Evidence, Location
from grader.source import is_stub, nearest_name
from grader.submission import Submission
from grader.text import clean


def file_defining(submission: Submission, name: str, declared: str) -> str:
    """The file to look for `name` in, `declared` if it has it. Raises `Blocked`, in the student's words, if none does."""
    binding = [file for file, names in submission.bound_names.items() if name in names]
    if declared in binding:
        return declared
    if binding:
        return binding[0]
    raise missing_name(name, declared, submission)


def missing_name(name: str, declared: str, submission: Submission) -> Blocked:
    """Why `name` can't be found, and what is near."""
    broken = [source for source in submission.sources.values() if source.error is not None]
    broken.sort(key=lambda source: source.file != declared)
    if broken:
        source = broken[0]
        assert source.error is not None
        line = source.error.lineno or 1
        return Blocked(
            f"{source.file} can't be read as Python, so {name} was not found: {clean(source.error.msg, 200)}.",
            evidence=Evidence(location=Location(source.file, line, "", source.line(line))),
            hint="Python stops reading a file at a syntax error: nothing in it can be used until it is mended.",
        )
    for flag in submission.flags:
        if flag.where == declared:
            return Blocked(f"{name} was not found: {flag.where} {flag.detail}.")
    near = nearest_name(name, submission.sources)
    if near is not None:
        found, file, line = near
        return Blocked(
            f"{name} is not defined; {file}, line {line}, defines {found}.",
            evidence=Evidence(location=Location(file, line, found, submission.sources[file].line(line))),
            hint=f"Did you mean {name}? Capital and small letters count.",
        )
    if declared and declared not in submission.sources:
        return Blocked(f"{name} is not defined: {declared} is not among the files, and no other file defines it.")
    return Blocked(
        f"{name} is not defined in {declared or 'any file'}.", hint=f"Define {name} at the top level of the file."
    )


def definition(submission: Submission, function: str) -> Location | None:
    """The line where a function, method or class is defined; calling an object may stand for its `forward`."""
    for name in (function, function.replace(".__call__", ".forward"), function.removesuffix(".__call__")):
        for source in submission.sources.values():
            node = source.definitions.get(name)
            if node is not None:
                return Location(source.file, node.lineno, name, source.line(node.lineno))
    return None


def parameter_names(submission: Submission, function: str) -> list[str]:
    """The names of a function's parameters, without self; empty if its source does not tell."""
    place = definition(submission, function)
    node = submission.sources[place.file].definitions.get(place.function) if place is not None else None
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    names = [clean(argument.arg, 40) for argument in (*node.args.posonlyargs, *node.args.args)]
    return names[1:] if "." in function else names


def binding(submission: Submission, file: str, name: str) -> Location | None:
    """The last line at the top level of `file` that begins with `name`, such as `Linear = 5`."""
    source = submission.sources.get(file)
    if source is None:
        return None
    lines = [number for number, line in enumerate(source.lines, 1) if re.match(rf"{re.escape(name)}\b", line)]
    number = lines[-1] if lines else 1
    return Location(file, number, "", source.line(number))


def student_error(submission: Submission, type_name: str, text: str, place: tuple[str, int] | None) -> CheckEnd:
    """The end of a check in which student code raised an exception at `place`, a file and a line of the submission.

    `NotImplementedError` out of a function that is still the skeleton's means that it was not attempted.
    """
    type_name, text = clean(type_name, 100), clean(text, 600)
    source = submission.sources.get(place[0]) if place is not None else None
    if source is None or place is None:
        return StudentCodeRaised(type_name, text)
    function = source.function_at(place[1])
    location = Location(source.file, place[1], function, source.line(place[1]))
    if type_name != "NotImplementedError":
        return StudentCodeRaised(type_name, text, location)
    node = source.definitions.get(function)
    if node is not None and is_stub(node):
        return NotAttempted(f"{function} is still to be written.", evidence=Evidence(location=location))
    error = StudentCodeRaised(type_name, "", location)
    error.hint = (
        f"Line {location.line} still raises NotImplementedError. Take that line out when your answer is complete."
    )
    return error
