"""Where things are in the source of a submission: names, definitions, the line an exception came from. Text only."""

from __future__ import annotations

import ast
import re
from collections.abc import Container

from grader.errors import Blocked, CheckEnd, NotAttempted, StudentCodeRaised
from grader.results import Evidence, Location
from grader.submissions.source import NOTEBOOK, Source, nearest_name
from grader.submissions.submission import LiveSubmission, Submission
from grader.submissions.syntax import is_stub
from grader.text import clean


def file_defining(submission: Submission, name: str, declared: str, asked: Container[str] = ()) -> str:
    """The file to look for `name` in, `declared` if it has it. Raises `Blocked`, in the student's words, if none does.

    `asked` are all names that the assignment asks for: one of them is no other one misspelt.
    """
    file = submission.home_of(name, declared)
    if file is None:
        raise _missing_name(name, declared, submission, asked)
    return file


def _missing_name(name: str, declared: str, submission: Submission, asked: Container[str]) -> Blocked:
    """Why `name` can't be found, and what is near."""
    for source in sorted(submission.sources.values(), key=lambda source: source.file != declared):
        broken = source.unreadable(name)
        if broken is not None:
            location = source.location(broken[0])
            what, where = (
                ("a file", source.file)
                if location.cell is None
                else ("a cell", f"{source.file}, cell {location.cell},")
            )
            return Blocked(
                f"{where} can't be read as Python, so {name} was not found: {clean(broken[1], 200)}.",
                evidence=Evidence(location=location),
                hint=f"Python stops reading {what} at a syntax error: nothing in it can be used until it is mended.",
            )
    for flag in submission.flags:
        if flag.where == declared or not submission.sources:  # one that says why there is nothing
            return Blocked(f"{name} was not found: {flag.where} {flag.detail}.")
    near = nearest_name(name, submission.sources, asked)
    if near is not None:
        found, file, line = near
        location = submission.sources[file].location(line, found)
        return Blocked(
            f"{name} is not defined; {location.place}, defines {found}.",
            evidence=Evidence(location=location),
            hint=f"Did you mean {name}? Capital and small letters count.",
        )
    if isinstance(submission, LiveSubmission):
        return Blocked(
            f"{name} is not defined in this session.", hint="Run the cell that defines it, then check again."
        )
    notebooks = [file for file in submission.sources if file.lower().endswith(NOTEBOOK)]
    if declared not in submission.sources and notebooks:
        return Blocked(
            f"{name} is not defined in {' or '.join(notebooks)}.",
            hint=f"Write {name} at the top level of a cell: as a class, a function or an import.",
        )
    if declared and declared not in submission.sources:
        return Blocked(
            f"{name} is not defined: {declared} is not among the files, and no other file defines it.",
            hint=f"Define {name} in {declared}, or in any file beside it.",
        )
    return Blocked(
        f"{name} is not defined in {declared or 'any file'}.", hint=f"Define {name} at the top level of the file."
    )


def definition(submission: Submission, function: str, declared: str = "") -> Location | None:
    """The line where a function, method or class is defined; calling an object may stand for its `forward`.

    It is looked for where it counts: `declared` is the exercise's file, and a skeleton may lie beside it in a notebook.
    """
    top = function.partition(".")[0]
    sources = list(submission.sources.values())
    home = submission.sources.get(submission.home_of(top, declared) or "")
    if home is not None and top in home.defined_names():
        sources = [home]
    for name in (function, function.replace(".__call__", ".forward"), function.removesuffix(".__call__")):
        for source in sources:
            node = source.definitions.get(name)
            if node is not None:
                return source.location(node.lineno, name)
    method = function.removesuffix(".__call__")
    if "." in method:  # it may have been set from outside: `Linear.backward = backward`
        is_set = re.compile(rf"{re.escape(method)}\s*=(?!=)")
        for source in sources:
            lines = [number for number, line in enumerate(source.lines, 1) if is_set.match(line)]
            if lines:
                return source.location(lines[-1])
    return None


def parameter_names(submission: Submission, function: str, place: Location | None) -> list[str]:
    """The names of the parameters of the function defined at `place`, without self; empty if its source does not tell."""
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
    return source.location(number)


def student_error(submission: Submission, type_name: str, text: str, place: tuple[str, int] | None) -> CheckEnd:
    """The end of a check in which student code raised an exception at `place`, a file and a line of the submission.

    `NotImplementedError` out of a function that is still the skeleton's means that it was not attempted.
    """
    type_name, text = clean(type_name, 100), clean(text, 600)
    source = submission.sources.get(place[0]) if place is not None else None
    if source is None or place is None:
        return StudentCodeRaised(type_name, text)
    function = source.function_at(place[1])
    location = source.location(place[1], function)
    if type_name == "NameError":
        return _name_error(text, location, source)
    if type_name != "NotImplementedError":
        return StudentCodeRaised(type_name, text, location)
    node = source.definitions.get(function)
    if node is not None and is_stub(node):
        return NotAttempted(f"{function} is still to be written.", evidence=Evidence(location=location))
    error = StudentCodeRaised(type_name, "", location)
    error.hint = (
        f"{location.line_in_file.capitalize()} still raises NotImplementedError. Take that line out when your answer is "
        "complete."
    )
    return error


def _name_error(text: str, location: Location, source: Source) -> CheckEnd:
    """In a notebook, a name that is missing may be one of a cell's that only runs in the student's own kernel."""
    name = re.search(r"'(\w+)'", text)
    cell = source.made_by_code_left_out(name[1]) if name else None
    if cell is not None:
        text += (
            f". It is made in cell {cell}, by code outside functions. Only imports, definitions and plain values of a notebook "
            "are used here: hand it over as an argument, or make it inside the function"
        )
    return StudentCodeRaised("NameError", text, location)
