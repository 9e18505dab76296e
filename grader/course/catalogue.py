"""The catalogue of known mistakes of an assignment, read as text: `reference/<name>/mistakes/<exercise>.py`.

    @mistake(
        "linear-bwd-dw-mean",
        "dW is averaged over the batch, although the gradient of the loss already is",
        ask="How large should dW be for a batch of two equal images, compared with one of them?",
        idea="The mean over the batch is taken once in a net. Look for every place where yours divides by N.",
        lesson="2. Linear: Backwards",
        named_by="weight_gradient",
    )
    class Linear(reference.Linear):
        def backward(self, dz):
            return dz @ self.W, dz.T @ self.x / len(dz), dz.sum(0)

Each class or function takes the place of the model answer's; `reference` holds what it replaces. So does an assignment,
`slope = "2 * x"`, in the line after a `mistake(...)` without the at sign. The same id again, alone,
is another way to make the same mistake; `values` makes a mistake once for each of several values of its constants.
Nothing here is executed: a mistake is run like any submission, in a worker.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeGuard

from grader.course.assignments import Assignment, Exercise
from grader.errors import CourseError
from grader.files import course_text
from grader.submissions.loading import load_submission
from grader.submissions.submission import Submission, make_submission
from grader.text import did_you_mean

_TEXTS = ("ask", "idea", "lesson", "named_by")


@dataclass(frozen=True)
class Mistake:
    """A mistake that students are known to make. `line` says it as a teacher would; no hint gives the answer.

    `ask` is a question, `idea` the thought behind it, `lesson` where the lesson speaks of it ("2. Linear: Backwards").
    `named_by` is the check that must recognise it.
    """

    id: str
    exercise: str
    line: str
    ask: str
    idea: str
    lesson: str
    named_by: str


@dataclass(frozen=True)
class Form:
    """One way to make a mistake: the source that takes the place of a definition of the model answer."""

    mistake: Mistake
    number: int  # from 1, among the forms of its mistake
    defines: str
    source: str
    place: str

    @property
    def name(self) -> str:
        """The mistake's id, and which form it is where there are several."""
        return self.mistake.id if self.number == 1 else f"{self.mistake.id}~{self.number}"


class Catalogue:
    """The known mistakes of an assignment, and how each is made."""

    def __init__(self, assignment: Assignment) -> None:
        """Read it. Raises `CourseError` with file and line for what has not the right form."""
        self.assignment = assignment
        self.forms: list[Form] = []
        for path in assignment.mistake_files:
            self.forms += _read(assignment, path, {form.mistake.id: form.mistake for form in self.forms})

    @property
    def mistakes(self) -> dict[str, Mistake]:
        """The mistakes by id, in the order of the files."""
        return {form.mistake.id: form.mistake for form in self.forms}

    @cached_property
    def reference_files(self) -> dict[str, str]:
        """The model answer."""
        return reference_files(self.assignment)

    def submission(self, form: Form) -> Submission:
        """The model answer with this mistake in it."""
        files = dict(self.reference_files)
        file = self.assignment.exercise(form.mistake.exercise).file
        holder = f"class reference:\n    {form.defines} = {form.defines}\n"
        files[file] = f"{files[file]}\n\n{holder}\n\n{form.source}\n"
        return make_submission(form.name, files)


def submission_at(assignment: Assignment, path: Path) -> Submission:
    """What lies at `path` as a submission for the assignment; its own folder, or that of the model answer, among others."""
    if path.resolve() == assignment.reference_folder.resolve():  # known mistakes lie there too
        return make_submission(path.name, reference_files(assignment))
    return load_submission(path, course_files=assignment.course_files)


def reference_files(assignment: Assignment) -> dict[str, str]:
    """The model answer: file name -> source."""
    folder = assignment.reference_folder
    names = dict.fromkeys(exercise.file for exercise in assignment.exercises)
    return {name: course_text(folder / name) for name in names if (folder / name).is_file()}


def _read(assignment: Assignment, path: Path, known: Mapping[str, Mistake]) -> Iterator[Form]:
    text = course_text(path)
    body = ast.parse(text, str(path)).body
    exercises = {exercise.name: exercise for exercise in assignment.exercises}
    if path.stem not in exercises:
        raise CourseError(f"{path} belongs to no exercise, by its name. {did_you_mean(path.stem, exercises)}")
    mistakes = dict(known)
    counts: dict[str, int] = {}
    for name, call, node in _marked(body, path):
        place = f"{path}, line {node.lineno}"
        arguments, values = _arguments_of(call, name, place)
        mistake = _mistake_of(exercises[path.stem], arguments, mistakes, place)
        mistakes[mistake.id] = mistake
        if name not in exercises[path.stem].defines:
            raise CourseError(
                f"{place}: {name} is not defined by the exercise {path.stem}. "
                f"{did_you_mean(name, exercises[path.stem].defines)}"
            )
        source = "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])
        for constants in _combinations(values):
            counts[mistake.id] = counts.get(mistake.id, 0) + 1
            lines = [f"{name} = {value!r}" for name, value in constants.items()]
            yield Form(mistake, counts[mistake.id], name, "\n".join([*lines, source]), place)


def _marked(body: list[ast.stmt], path: Path) -> Iterator[tuple[str, ast.expr, ast.stmt]]:
    """What is defined or assigned under a mark: its name, the mark, the statement."""
    for node, after in itertools.zip_longest(body, body[1:]):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.decorator_list:
            yield node.name, node.decorator_list[0], node
        elif isinstance(node, ast.Expr) and _is_mark(node.value):
            match after:
                case ast.Assign(targets=[ast.Name(id=name)]):
                    yield name, node.value, after
                case _:
                    raise CourseError(f"{path}, line {node.lineno}: expected an assignment in the line after it.")


def _is_mark(call: ast.expr) -> TypeGuard[ast.Call]:
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "mistake"


def _arguments_of(call: ast.expr, name: str, place: str) -> tuple[dict[str, str], dict[str, tuple[Any, ...]]]:
    """What the mark says: texts, and the values of constants."""
    if not _is_mark(call):
        raise CourseError(f"{place}: expected @mistake(...) above {name}.")
    try:
        given = [ast.literal_eval(argument) for argument in call.args]
        named = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (ValueError, TypeError):
        raise CourseError(f"{place}: an argument of @mistake is no plain text. Write each as a string.") from None
    values = named.pop("values", {})
    if not _are_values(values):
        raise CourseError(f'{place}: expected tuples by the name of a constant, such as values={{"FACTOR": (2, 3)}}.')
    texts = dict(zip(("id", "line"), given, strict=False)) | named
    unknown = set(texts) - {"id", "line", *_TEXTS}
    if unknown or len(given) > 2 or not all(isinstance(text, str) for text in texts.values()):
        raise CourseError(
            f"{place}: @mistake expected an id, a line, and the texts {', '.join(_TEXTS)}, and got something else."
        )
    return texts, values


def _are_values(values: object) -> bool:
    return isinstance(values, dict) and all(
        isinstance(name, str) and name.isidentifier() and isinstance(chosen, tuple | list) and bool(chosen)
        for name, chosen in values.items()
    )


def _mistake_of(exercise: Exercise, texts: dict[str, str], known: Mapping[str, Mistake], place: str) -> Mistake:
    identity = texts.get("id", "")
    if identity in known:
        if len(texts) > 1 or known[identity].exercise != exercise.name:
            raise CourseError(f"{place}: {identity} is said twice. Give another form of it the id alone.")
        return known[identity]
    missing = [name for name in ("id", "line", *_TEXTS) if not texts.get(name, "").strip()]
    if missing:
        raise CourseError(f"{place}: {identity or 'the mistake'} lacks {', '.join(missing)}. Add it to @mistake(...).")
    return Mistake(exercise=exercise.name, **texts)


def _combinations(values: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for chosen in itertools.product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def source_digest(*texts: str) -> str:
    """Twelve hexadecimal digits over these texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
