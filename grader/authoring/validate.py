"""Prove an assignment: that its rubric knows right from wrong, and names what is wrong.

The model answer earns everything, the skeleton nothing; every known mistake fails, and the check meant for it names it; no
check is passed by every mistake; no two mistakes look alike; the hints are there and give nothing away; a worker and this
process come to the same verdicts; what was recorded and calibrated belongs to the assignment as it is now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from grader.authoring.record import recordings, reference_submission
from grader.authoring.skeletons import skeletons
from grader.authoring.trials import CheckEnded, Trials, Tried, trial_of
from grader.checks.mistakes import Recording
from grader.checks.traces import Trace, differing
from grader.course.assignments import Assignment
from grader.course.calibration import why_not_calibrated
from grader.course.catalogue import Catalogue, Form, Mistake
from grader.course.notebooks import student_notebook
from grader.errors import CourseError
from grader.files import course_text
from grader.reports.kill_matrix import Cell, Finding, Row, Table
from grader.results import Outcome
from grader.submissions.loading import load_submission
from grader.submissions.source import lines_of_code, squeezed
from grader.text import clean

_MORE_DRAWS = 6  # of the random inputs, with which the model answer must be right too
_OTHER_OWN_DRAW = 7  # of a mistake's own random numbers: none that was recorded
_UNTOUCHED = (Outcome.NOT_ATTEMPTED, Outcome.BLOCKED, Outcome.SKIPPED)
_GOOD = (Outcome.PASSED, Outcome.SKIPPED)
_JOINT_RUNS = 4  # mistakes of each exercise that exercises which need it are run with
_STAND_IN_RUNS = 20  # and those which use it, but have stand-ins for it


@dataclass
class Proof:
    """All that a validation found. `matrix` is (exercise, check) -> mistake form -> cell; it holds what did not pass."""

    assignment: Assignment
    catalogue: Catalogue
    checks: list[tuple[str, str]] = field(default_factory=list)
    matrix: dict[tuple[str, str], dict[str, Cell]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    ran: int = 0

    def tables(self) -> list[Table]:
        """The kill matrix, a table an exercise."""
        exercises = dict.fromkeys(exercise for exercise, _ in self.checks)
        return [self._table(exercise) for exercise in exercises]

    def _table(self, exercise: str) -> Table:
        keys = [key for key in self.checks if key[0] == exercise]
        rows = []
        for form in self.catalogue.forms:
            cells = tuple(self.matrix.get(key, {}).get(form.name) for key in keys)
            if any(cell is not None for cell in cells):
                rows.append(Row(form.name, form.mistake.line, cells))
        return Table(exercise, tuple(check for _, check in keys), tuple(rows))

    def standing(self) -> list[str]:
        """What was proved, in a few lines."""
        forms, mistakes = self.catalogue.forms, self.catalogue.mistakes
        named = {
            identity
            for form in forms
            for cells in self.matrix.values()
            if (identity := form.mistake.id) and form.name in cells and cells[form.name].named == identity
        }
        caught = {name for cells in self.matrix.values() for name in cells}
        lines = [
            f"{len(self.checks)} checks, {len(mistakes)} known mistakes in {len(forms)} forms: {len(caught)} forms caught, "
            f"{len(named)} mistakes named.",
        ]
        found = f"{len(self.findings)} to be mended." if self.findings else "Nothing to be mended."
        return [*lines, found]


def validate(assignment: Assignment, trials: Trials) -> Proof:
    """Prove an assignment. Raises `CourseError` if there is nothing to prove it with, or its rubric can't be run."""
    proof = Proof(assignment, Catalogue(assignment))
    if not proof.catalogue.reference_files:
        raise CourseError(
            f"{assignment.reference_folder}: there is no model answer to validate with. Add a file an exercise."
        )
    _Prover(proof, trials).prove()
    return proof


class _Prover:
    """Runs all trials, then looks at what came of them."""

    def __init__(self, proof: Proof, trials: Trials) -> None:
        self.proof = proof
        self.trials = trials
        self.assignment = proof.assignment
        self.catalogue = proof.catalogue
        self.salt = proof.assignment.salt

    def prove(self) -> None:
        """Fill the proof."""
        made = recordings(self.assignment, self.catalogue, self.trials) if self.catalogue.forms else {}
        self._look_at_reference()
        self._look_at_skeleton()
        self._look_at_source_of_skeletons()
        if made:
            self._look_at_mistakes(made[self.assignment.own_recording])
            for path, recording in made.items():
                self._look_at_recording(str(path), path.is_file() and Recording.read(path), recording)
        self._look_at_hints()
        self._look_at_notebook()
        self._look_at_calibration()
        self.proof.ran = self.trials.ran

    def find(self, kind: str, where: str, detail: str) -> None:
        """Something is wrong."""
        self.proof.findings.append(Finding(kind, where, detail))

    # -- the model answer and the skeleton -----------------------------------------------------------------------------

    def _look_at_reference(self) -> None:
        reference = reference_submission(self.assignment)
        own = [exercise.name for exercise in self.assignment.exercises if exercise.defines]
        draws = [trial_of(reference, f"draw {number}", *own, own_draw=number) for number in range(_MORE_DRAWS)]
        here, there, public, *others = self.trials.run(
            [
                trial_of(reference, self.salt),
                trial_of(reference, self.salt, in_process=True),
                trial_of(reference, ""),
                *draws,
            ]
        )
        self.proof.checks = [(entry.exercise, entry.check) for entry in here.checks]
        for tried, which in (
            (here, ""),
            (there, " in process"),
            (public, " with the inputs of students' own runs"),
            *((other, f" with draw {number} of the inputs") for number, other in enumerate(others)),
        ):
            for entry in tried.checks:
                if entry.outcome not in _GOOD:
                    self.find(
                        "reference",
                        _place(entry),
                        f"{Outcome(entry.outcome).words} by the model answer{which}: {entry.summary}",
                    )

    def _look_at_skeleton(self) -> None:
        skeleton = load_submission(self.assignment.folder, course_files=self.assignment.course_files)
        (tried,) = self.trials.run([trial_of(skeleton, self.salt)])
        for entry in tried.checks:
            if entry.outcome not in _UNTOUCHED:
                self.find(
                    "skeleton", _place(entry), f"{Outcome(entry.outcome).words} by the skeleton, expected not attempted"
                )

    def _look_at_source_of_skeletons(self) -> None:
        """Where the model answer has marks, the skeletons are what it makes."""
        try:
            made = skeletons(self.assignment)
        except CourseError as error:
            return self.find("skeleton", str(self.assignment.reference_folder), str(error))
        for path, text in made.items():
            if not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
                what = "differs from what the model answer makes" if path.is_file() else "is missing"
                self.find("skeleton", str(path), f"{what}. Make it: grader skeleton {self.assignment.name}")
        return None

    # -- the mistakes --------------------------------------------------------------------------------------------------

    def _look_at_mistakes(self, recording: Recording) -> None:
        forms = self.catalogue.forms
        first = [form for form in forms if form.number == 1]
        groups = _by_exercise(first).values()
        joint, standing_in = (
            {form for group in groups for form in group[:runs]} for runs in (_JOINT_RUNS, _STAND_IN_RUNS)
        )
        inside, outside, further = (
            {
                form: trial_of(
                    self.catalogue.submission(form), self.salt, *exercises(form), own_draw=draw, in_process=here
                )
                for form in chosen
                if exercises(form)
            }
            for chosen, exercises, draw, here in (
                (forms, _own, 0, True),
                (first, _own, _OTHER_OWN_DRAW, False),
                (first, partial(self._touching, joint, standing_in), 0, False),
            )
        )
        trials = [*inside.values(), *outside.values(), *further.values()]
        tried = dict(zip(trials, self.trials.run(trials), strict=True))
        for form in forms:
            here = tried[inside[form]]
            there = tried[outside[form]] if form in outside else here
            self._compare_verdicts(form, there, here)
            self._look_at_names(form, there, recording)
            self._look_for_faults(form, there)
            if form in further:
                self._look_at_blame(form, tried[further[form]])
                self._look_for_faults(form, tried[further[form]])
        self._look_for_idle_checks(tried.values())

    def _touching(self, joint: set[Form], standing_in: set[Form], form: Form) -> tuple[str, ...]:
        """The other exercises whose checks use what the mistaken one defines. They are dear, so for some forms alone."""
        names = set(self.assignment.exercise(form.mistake.exercise).defines)
        return tuple(
            exercise.name
            for exercise in self.assignment.exercises
            if (form in joint and form.mistake.exercise in exercise.needs)
            or (form in standing_in and names & set(exercise.stand_ins))
        )

    def _compare_verdicts(self, form: Form, here: Tried, there: Tried) -> None:
        for one, other in zip(here.checks, there.checks, strict=True):
            if one.outcome != other.outcome:
                self.find(
                    "verdict",
                    _place(one),
                    f"{form.name} is {Outcome(one.outcome).words} in a worker and {Outcome(other.outcome).words} in process",
                )

    def _look_at_names(self, form: Form, tried: Tried, recording: Recording) -> None:
        mistake = form.mistake
        ended = tried.of(mistake.exercise)
        failed: dict[str, Trace] = {
            entry.check: entry.trace for entry in ended if entry.outcome not in _GOOD and entry.trace is not None
        }
        passed = {entry.check for entry in ended if entry.outcome == Outcome.PASSED}
        named = {check: known.id for check, known in recording.name_mistakes(mistake.exercise, passed, failed).items()}
        for entry in ended:
            if entry.outcome not in _GOOD:
                cell = Cell(Outcome(entry.outcome), named.get(entry.check), entry.relation)
                self.proof.matrix.setdefault((entry.exercise, entry.check), {})[form.name] = cell
        if not failed:
            self.find("not caught", form.name, f"no check of {mistake.exercise} fails; {form.place}")
            return
        if mistake.named_by not in failed:
            where = f"fails {', '.join(failed)}"
            self.find("not named", form.name, f"{where}, not {mistake.named_by}, which is to name it; {form.place}")
        elif named.get(mistake.named_by) != mistake.id:
            twins = self._twins(mistake, failed, recording)
            if named.get(mistake.named_by) is None and twins:
                detail = f"looks like {', '.join(twins)} in every check: tell them apart by a check, or make them one"
                self.find("alike", form.name, f"{detail}; {form.place}")
            else:
                seen = named.get(mistake.named_by, "nothing")
                self.find("not named", form.name, f"{mistake.named_by} names {seen}; {form.place}")
        for check, identity in named.items():
            if identity != mistake.id and check != mistake.named_by:
                self.find("misnamed", form.name, f"{check} names {identity}; {form.place}")

    def _twins(self, mistake: Mistake, failed: Mapping[str, Trace], recording: Recording) -> list[str]:
        """Other mistakes whose recorded answers are these in every check."""
        places = {
            check: differing(trace, recording.references.get((mistake.exercise, check), ()))
            for check, trace in failed.items()
        }
        twins = (
            form.mistake
            for form in recording.forms
            if form.mistake != mistake.id
            and recording.known[form.mistake].exercise == mistake.exercise
            and form.checks.keys() == failed.keys()
            and all(form.checks[check].explains(trace, places[check]) for check, trace in failed.items())
        )
        return sorted(set(twins))

    def _look_at_blame(self, form: Form, tried: Tried) -> None:
        """A mistake costs points in its own exercise, and in those that can't be run without it."""
        affected = {
            exercise.name for exercise in self.assignment.exercises if form.mistake.exercise in exercise.needs
        } | {form.mistake.exercise}
        for entry in tried.checks:
            key = (entry.exercise, entry.check)
            if entry.outcome not in _GOOD and entry.exercise not in affected:
                self.find(
                    "blame",
                    _place(entry),
                    f"{Outcome(entry.outcome).words} with {form.name}, a mistake of another exercise",
                )
            if entry.outcome not in _GOOD and entry.exercise != form.mistake.exercise:
                cell = Cell(Outcome(entry.outcome), None, entry.relation)
                self.proof.matrix.setdefault(key, {})[form.name] = cell

    def _look_for_faults(self, form: Form, tried: Tried) -> None:
        for fault in tried.faults:
            self.find("broken check", form.name, _in_short(fault))

    def _look_for_idle_checks(self, all_tried: Iterable[Tried]) -> None:
        skipped = {
            (entry.exercise, entry.check)
            for tried in all_tried
            for entry in tried.checks
            if entry.outcome == Outcome.SKIPPED
        }
        for key in self.proof.checks:
            if key not in self.proof.matrix and key not in skipped:
                self.find("idle check", ".".join(key), "no known mistake fails it: what is it there for?")

    # -- texts, recordings, calibration --------------------------------------------------------------------------------

    def _look_at_hints(self) -> None:
        path = self.assignment.folder / "README.md"
        lesson = course_text(path) if path.is_file() else ""
        for exercise in self.assignment.exercises:
            if not _is_in_lesson(exercise.lesson, lesson):
                self.find(
                    "lesson",
                    exercise.name,
                    f"the lesson has no heading {exercise.lesson!r}; name one in assignment.toml, as lesson",
                )
        code = {line for text in self.catalogue.reference_files.values() for line in lines_of_code(text)}
        for mistake in self.catalogue.mistakes.values():
            if not mistake.ask.rstrip().endswith("?"):
                self.find("hint", mistake.id, "its first hint is no question")
            if not _is_in_lesson(mistake.lesson, lesson):
                self.find("hint", mistake.id, f"the lesson has no place {mistake.lesson!r}")
            for text in (mistake.line, mistake.ask, mistake.idea):
                given_away = next((line for line in code if line in squeezed(text)), None)
                if given_away is not None:
                    self.find("hint", mistake.id, f"gives away a line of the model answer: {given_away}")

    def _look_at_notebook(self) -> None:
        path = self.assignment.notebook_path
        try:
            made = student_notebook(self.assignment)
            is_same = path.is_file() and path.read_text(encoding="utf-8", errors="replace") == made
        except CourseError as error:
            return self.find("notebook", str(path), str(error))
        if not is_same:
            what = "differs from what the lesson and the skeletons make" if path.is_file() else "is missing"
            self.find("notebook", str(path), f"{what}. Make it: grader notebook {self.assignment.name}")
        return None

    def _look_at_recording(self, path: str, there: Recording | bool, wanted: Recording) -> None:
        if not isinstance(there, Recording):
            self.find("recording", path, "is missing. Make it: grader record")
        elif not there.is_same(wanted):
            self.find("recording", path, "is not what would be recorded now. Make it anew: grader record")

    def _look_at_calibration(self) -> None:
        problem = why_not_calibrated(self.assignment)
        if problem:
            self.find("calibration", str(self.assignment.calibration_path), problem)


def _by_exercise(forms: Iterable[Form]) -> dict[str, list[Form]]:
    grouped: dict[str, list[Form]] = {}
    for form in forms:
        grouped.setdefault(form.mistake.exercise, []).append(form)
    return grouped


def _own(form: Form) -> tuple[str, ...]:
    return (form.mistake.exercise,)


def _in_short(fault: str) -> str:
    """What went wrong, and where: of a traceback as pytest writes it the last line, and the last that it marks as the error."""
    lines = fault.strip().split("\n")
    told = [line[1:].strip() for line in lines if line.startswith("E ")]
    return clean("; ".join([*told[-1:], lines[-1].strip()]), 300)


def _place(entry: CheckEnded) -> str:
    return f"{entry.exercise}.{entry.check}"


def _is_in_lesson(place: str, lesson: str) -> bool:
    """Whether the lesson has that heading, and under it the paragraph that begins so: `1. NLLLoss: Large scores`."""
    heading, _, lead = place.partition(": ")
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", lesson, re.MULTILINE | re.DOTALL)
    return match is not None and (
        not lead or re.search(rf"^\*\*{re.escape(lead)}[.:]?\*\*", match[1], re.MULTILINE) is not None
    )
