"""Record what every known mistake answers, so that it is recognised when a submission answers the same.

Two recordings are made: one for the instructor, of all checks with the inputs that count, and one for students, of the
public checks with the inputs of their own runs. Neither holds a line of a solution.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path

from grader.authoring.trials import Trial, Trials, Tried, trial_of
from grader.checks.mistakes import Known, RecordedForm, Recording, Reference
from grader.checks.traces import Difference, Trace, Value, merged, rounded
from grader.course.assignments import Assignment
from grader.course.catalogue import Catalogue, Form, Mistake, reference_files
from grader.course.recording import rubric_digest
from grader.errors import CourseError
from grader.results import Outcome
from grader.submissions.submission import Submission, make_submission

_OWN_DRAWS = (0, 1)
_SHOWN = (Outcome.FAILED, Outcome.RAISED, Outcome.TIMED_OUT, Outcome.CRASHED)


def record(assignment: Assignment, trials: Trials) -> list[Path]:
    """Make both recordings and write them where the rubric looks for them; returns where.

    Raises `CourseError` without a catalogue.
    """
    made = recordings(assignment, Catalogue(assignment), trials)
    for path, recording in made.items():
        recording.write(path)
    return list(made)


def recordings(assignment: Assignment, catalogue: Catalogue, trials: Trials) -> dict[Path, Recording]:
    """The recordings as they are to be, by the path of their file."""
    if not catalogue.forms:
        raise CourseError(
            f"{assignment.reference_folder}: there are no known mistakes to record, expected mistakes/*.py."
        )
    salts = ("", assignment.salt)
    trials.run([trial for salt in salts for trial in _reference_trials(catalogue, salt)])
    own = _Maker(catalogue, trials, assignment.salt)
    public = _Maker(catalogue, trials, "", own.drawing_forms())
    return {assignment.public_recording: public.recording(), assignment.own_recording: own.recording()}


def reference_submission(assignment: Assignment) -> Submission:
    """The model answer as a submission."""
    return make_submission("reference", reference_files(assignment))


def known_mistake(mistake: Mistake) -> Known:
    """What is recorded of a mistake's texts."""
    return Known(mistake.id, mistake.exercise, mistake.line, mistake.ask, mistake.idea, mistake.lesson)


def _reference_trials(catalogue: Catalogue, salt: str) -> list[Trial]:
    reference = reference_submission(catalogue.assignment)
    names = dict.fromkeys(form.mistake.exercise for form in catalogue.forms)
    return [_trial(reference, salt, name, draw) for name in names for draw in _OWN_DRAWS]


def _trial(submission: Submission, salt: str, exercise: str, own_draw: int) -> Trial:
    """In this process: it is the course's own code, and quicker. Validation sees that a worker comes to the same."""
    return trial_of(submission, salt, exercise, own_draw=own_draw, in_process=True)


class _Maker:
    """Makes the recording with one salt: first of the model answer, then what each mistake does differently."""

    def __init__(self, catalogue: Catalogue, trials: Trials, salt: str, drawing: Container[Form] | None = None) -> None:
        """`drawing` are the forms whose own random numbers matter, if that is known: only they are run twice."""
        self.catalogue = catalogue
        self.salt = salt
        self._all_trials = trials
        assignment = catalogue.assignment
        public_only = not salt and bool(assignment.salt)
        self.references: dict[tuple[str, str], tuple[Value, ...]] = {}
        random: set[str] = set()  # exercises in which the model answer draws random numbers of its own
        first, second = (trials.run(_reference_trials(catalogue, salt)[draw::2]) for draw in _OWN_DRAWS)
        for one, other in zip(first, second, strict=True):
            for left, right in zip(one.checks, other.checks, strict=True):
                if left.trace is None or right.trace is None or (public_only and left.visibility != "public"):
                    continue
                answers = _common(left.trace, right.trace).answers
                self.references[left.exercise, left.check] = answers
                if any(map(_is_random, answers)):
                    random.add(left.exercise)
        self._trials_of = {
            form: [
                _trial(catalogue.submission(form), salt, form.mistake.exercise, draw)
                for draw in (
                    _OWN_DRAWS
                    if form.mistake.exercise in random and (drawing is None or form in drawing)
                    else _OWN_DRAWS[:1]
                )
            ]
            for form in catalogue.forms
        }

    def _tried(self) -> dict[Trial, Tried]:
        """What came of the trials of all mistakes."""
        wanted = [trial for chosen in self._trials_of.values() for trial in chosen]
        return dict(zip(wanted, self._all_trials.run(wanted), strict=True))

    def drawing_forms(self) -> set[Form]:
        """The forms that answer differently with other random numbers of their own, where the model answer does not."""
        tried = self._tried()
        return {
            form
            for form, chosen in self._trials_of.items()
            if len(chosen) > 1 and self._draws(form.mistake.exercise, *(tried[trial] for trial in chosen))
        }

    def _draws(self, exercise: str, one: Tried, other: Tried) -> bool:
        for left, right in zip(one.of(exercise), other.of(exercise), strict=True):
            if left.trace is None or right.trace is None:  # skipped on this machine
                continue
            if len(left.trace.answers) != len(right.trace.answers):
                return True
            reference = self.references.get((exercise, left.check), ())
            for place, answer in enumerate(_common(left.trace, right.trace).answers):
                if _is_random(answer) and not (place < len(reference) and _is_random(reference[place])):
                    return True
        return False

    def recording(self) -> Recording:
        """The recording."""
        tried = self._tried()
        forms = [
            RecordedForm(
                form.mistake.id,
                _differences(form.mistake.exercise, [tried[trial] for trial in chosen], self.references),
            )
            for form, chosen in self._trials_of.items()
        ]
        return Recording(
            rubric_digest(self.catalogue.assignment, salt=self.salt),
            [known_mistake(mistake) for mistake in self.catalogue.mistakes.values()],
            [Reference(*key, answers) for key, answers in self.references.items()],
            forms,
        )


def _differences(
    exercise: str, draws: Sequence[Tried], references: dict[tuple[str, str], tuple[Value, ...]]
) -> dict[str, Difference]:
    """How the failed checks of a mistake differ from the model answer's, in what all draws have in common."""
    differences = {}
    for ended in zip(*(tried.of(exercise) for tried in draws), strict=True):
        traces = [entry.trace for entry in ended if entry.outcome in _SHOWN and entry.trace is not None]
        key = (exercise, ended[0].check)
        if key in references and len(traces) == len(ended) and len({len(trace.answers) for trace in traces}) == 1:
            trace = traces[0] if len(traces) == 1 else _common(traces[0], traces[1])
            differences[ended[0].check] = Difference.between(_rounded(trace), references[key])
    return differences


def _common(one: Trace, other: Trace) -> Trace:
    pairs = zip(one.answers, other.answers, strict=False)
    return _rounded(Trace(tuple(merged(*pair) for pair in pairs), one.end))


def _rounded(trace: Trace) -> Trace:
    return Trace(tuple(map(rounded, trace.answers)), trace.end)


def _is_random(value: Value) -> bool:
    return value.numbers is None or any(map(_is_random, value.entries))
