"""The known mistakes of an assignment as they were recorded, and which of them a submission made.

What is recorded is no solution: for each known mistake, how its answers in each failed check differ from the model answer's,
as fingerprints. Students' copies of a course hold a recording of the public checks, so they get the same hints.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from grader.checks.traces import Difference, Trace, Value, are_equal, differing
from grader.course.assignments import Assignment
from grader.course.recording import FORMAT, Header, find_recording
from grader.errors import CourseError
from grader.results import CheckResult, ExerciseResult, Outcome


class Known(msgspec.Struct, frozen=True, tag="mistake"):
    """A mistake that students are known to make. `line` says it as a teacher would; no hint gives the answer.

    `ask` is a question, `idea` the thought behind it, `lesson` where the lesson speaks of it.
    """

    id: str
    exercise: str
    line: str
    ask: str
    idea: str
    lesson: str


class Reference(msgspec.Struct, frozen=True, tag="reference"):
    """The model answer's answers in a check, as fingerprints."""

    exercise: str
    check: str
    answers: tuple[Value, ...]


class RecordedForm(msgspec.Struct, frozen=True, tag="form"):
    """One way to make a mistake: what it fails, and how."""

    mistake: str
    checks: Mapping[str, Difference]


_Line = Header | Known | Reference | RecordedForm


class Recording:
    """The recorded mistakes of an assignment."""

    def __init__(
        self,
        rubric: str,
        known: list[Known],
        references: list[Reference],
        forms: list[RecordedForm],
    ) -> None:
        self.rubric = rubric
        self.known = {mistake.id: mistake for mistake in known}
        self.references = {(entry.exercise, entry.check): entry.answers for entry in references}
        self.forms = forms

    @cached_property
    def _forms_of(self) -> Mapping[str, list[RecordedForm]]:
        grouped: dict[str, list[RecordedForm]] = {}
        for form in self.forms:
            grouped.setdefault(self.known[form.mistake].exercise, []).append(form)
        return grouped

    def is_same(self, other: Recording) -> bool:
        """Whether the two would name the same mistakes: the same texts, forms and checks, the same answers but for rounding."""
        return (
            self.rubric == other.rubric
            and self.known == other.known
            and self.references.keys() == other.references.keys()
            and all(are_equal(answers, other.references[key]) for key, answers in self.references.items())
            and len(self.forms) == len(other.forms)
            and all(map(_is_same_form, self.forms, other.forms))
        )

    def write(self, path: Path) -> None:
        """Write the recording as text, a line a mistake, a check or a form, so that a change of one is a change of a line."""
        lines: list[_Line] = [Header(FORMAT, self.rubric), *self.known.values()]
        lines += [Reference(*key, answers) for key, answers in self.references.items()]
        path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in [*lines, *self.forms]))

    @classmethod
    def read(cls, path: Path) -> Recording:
        """The recording in a file. Raises `CourseError` for what is none."""
        decoder = msgspec.json.Decoder(_Line)
        try:
            header, *lines = (decoder.decode(line) for line in path.read_bytes().splitlines())
        except (OSError, ValueError) as error:
            raise CourseError(f"{path} is no recording of mistakes: {error}. Make it anew: `grader record`.") from None
        if not isinstance(header, Header) or header.format != FORMAT:
            raise CourseError(f"{path} is a recording of another kind. Make it anew: `grader record`.")
        return cls(
            header.rubric,
            [line for line in lines if isinstance(line, Known)],
            [line for line in lines if isinstance(line, Reference)],
            [line for line in lines if isinstance(line, RecordedForm)],
        )

    def diagnosed(self, exercise: ExerciseResult, traces: Mapping[tuple[str, str], Trace]) -> ExerciseResult:
        """The result of an exercise with the mistake that each failed check shows. `traces` are by exercise and check."""
        found = {check.name: traces.get((exercise.name, check.name)) for check in exercise.checks}
        failed = {name: trace for name, trace in found.items() if trace is not None}
        passed = {check.name for check in exercise.checks if check.outcome is Outcome.PASSED}
        named = self.name_mistakes(exercise.name, passed, failed) if failed else {}
        checks = [_with_mistake(check, named.get(check.name)) for check in exercise.checks]
        return dataclasses.replace(exercise, checks=tuple(checks))

    def name_mistakes(self, exercise: str, passed: set[str], failed: Mapping[str, Trace]) -> dict[str, Known]:
        """The mistake that each failed check of an exercise shows: check -> mistake. Only what is certain is named.

        A mistake shows in a check whose answers differ from the model answer's just as the mistake's do. One that fails a
        check which this submission passes was not made. Of several, the one that leaves the least unexplained is named,
        and none if two leave the same.
        """
        differences = {
            check: differing(trace, self.references.get((exercise, check), ())) for check, trace in failed.items()
        }
        possible = [form for form in self._forms_of.get(exercise, ()) if not passed & form.checks.keys()]
        failing = {check: [form for form in possible if check in form.checks] for check in failed}
        explained = {
            check: [form for form in failing[check] if form.checks[check].explains(trace, differences[check])]
            for check, trace in failed.items()
        }

        def standing(form: RecordedForm) -> tuple[int, int]:
            """How many failed checks speak against the form - it passes them, or fails them in another way - and how many
            say nothing of it.
            """
            vague = sum(form in forms and form.checks[check].is_vague for check, forms in failing.items())
            return len(failed) - vague - sum(form in forms for forms in explained.values()), vague

        named = {}
        for check, trace in failed.items():
            ranked: dict[tuple[int, ...], set[str]] = {}
            for form in explained[check]:
                rank = (
                    len(set(differences[check]) - form.checks[check].answers.keys()),
                    *standing(form),
                    form.checks[check].other_texts(trace),
                )
                ranked.setdefault(rank, set()).add(form.mistake)
            if ranked and len(best := ranked[min(ranked)]) == 1:
                named[check] = self.known[best.pop()]
        return named


def _with_mistake(check: CheckResult, known: Known | None) -> CheckResult:
    """The result with the mistake that it shows and that mistake's hints, from a question to the place in the lesson."""
    if known is None:
        return check
    hints = (known.idea, f"In the lesson: {known.lesson}.")
    return dataclasses.replace(check, mistake=known.id, mistake_line=known.line, hint=known.ask, further_hints=hints)


def _is_same_form(one: RecordedForm, other: RecordedForm) -> bool:
    return (
        one.mistake == other.mistake
        and one.checks.keys() == other.checks.keys()
        and all(difference.is_same(other.checks[check]) for check, difference in one.checks.items())
    )


def load_recording(assignment: Assignment) -> Recording | None:
    """The recording for this assignment as it is now; None if there is none that can be used. Grading goes on without."""
    path, _ = find_recording(assignment)
    if path is None:
        return None
    try:
        return Recording.read(path)
    except CourseError:
        return None
