"""Measure the training runs of an assignment: the model answer and the mistakes that can be trained, over many seeds."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from grader.authoring.record import reference_submission
from grader.authoring.trials import Trial, Trials, Tried, trial_of
from grader.course.assignments import Assignment
from grader.course.calibration import (
    LEAST_SEEDS,
    MODEL,
    Calibration,
    CurveRange,
    Measured,
    MistakeRuns,
    Quantity,
    calibration_digest,
    fitted,
    measuring_exercises,
)
from grader.course.catalogue import Catalogue, Form, source_digest
from grader.errors import CourseError
from grader.submissions.submission import Submission

_REFERENCE_TIMES = 5  # the model answer's tail decides, so it is run more often
_SAMPLE = 20  # runs of the model answer: enough to see that nothing has changed, and what its curves look like


def calibrate(
    assignment: Assignment, trials: Trials, seeds: int, moved_on: Callable[[str], None] = lambda what: None
) -> Calibration:
    """Measure the thresholds of an assignment and the distributions behind them, and write its calibration.json.

    It is written after every step, so a run that was stopped goes on where it was, and what has not changed is not measured
    again: neither where some runs of the model answer reach the very values of before, digit by digit, though its rubric reads
    another way. Raises `CourseError` if no check asks for a threshold, or the model answer can't be modelled.
    """
    exercises = measuring_exercises(assignment)
    if not exercises:
        raise CourseError(
            f"{assignment.folder}: no check asks for a calibrated threshold; there is nothing to measure. "
            "docs/authors.md says how a check asks for one."
        )
    seeds = max(seeds, LEAST_SEEDS)
    digest = calibration_digest(assignment)
    before = Calibration.read(assignment)
    sample = trials.run([_trial(reference_submission(assignment), exercises, seed) for seed in range(_SAMPLE)])
    if before is None or before.seeds != seeds or (before.digest != digest and not _still_holds(before, sample)):
        before = Calibration(digest, seeds, MODEL, _quantities(assignment, exercises, trials, seeds), {})
    before = replace(before, digest=digest, curves=_curves(sample))
    before.write(assignment.calibration_path)
    moved_on("the model answer")
    calibration = replace(before, mistakes={})
    catalogue = Catalogue(assignment)
    for form in _trainable_forms(catalogue, exercises, trials, calibration):
        known = before.mistakes.get(form.name)
        if known is None or known.digest != source_digest(form.source):
            known = _runs_of(form, catalogue.submission(form), exercises, trials, calibration)
            before.mistakes[form.name] = known
            before.write(assignment.calibration_path)
        calibration.mistakes[form.name] = known
        moved_on(form.name)
    calibration.write(assignment.calibration_path)
    return calibration


def _still_holds(before: Calibration, sample: Sequence[Tried]) -> bool:
    """Whether the first runs ask for the same quantities in the same way as before, and reach the same values."""
    return before.model == MODEL and all(
        {
            name: (entry.is_share, entry.larger_is_better, entry.tries, entry.bound, round(entry.value, 4))
            for name, entry in tried.measured.items()
        }
        == {
            name: (entry.is_share, entry.larger_is_better, entry.tries, entry.bound, *entry.values[seed : seed + 1])
            for name, entry in before.quantities.items()
        }
        for seed, tried in enumerate(sample)
    )


def _curves(sample: Sequence[Tried]) -> dict[str, CurveRange]:
    """Between which values each curve of the model answer lay."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for tried in sample:
        for name, values in tried.curves.items():
            found.setdefault(name, []).append(values)
    return {
        name: CurveRange(
            len(runs), *(tuple(float(f"{pick(at):.5g}") for at in zip(*runs, strict=True)) for pick in (min, max))
        )
        for name, runs in found.items()
        if len({len(values) for values in runs}) == 1
    }


def _quantities(assignment: Assignment, exercises: Sequence[str], trials: Trials, seeds: int) -> dict[str, Quantity]:
    """The thresholds, from runs of the model answer."""
    samples = _measure(reference_submission(assignment), exercises, trials, range(_REFERENCE_TIMES * seeds))
    if not samples or any(len(sample) < _REFERENCE_TIMES * seeds for sample in samples.values()):
        raise CourseError(
            f"{assignment.reference_folder}: the model answer did not come to an end in every run. "
            f"Look at it first: `grader validate {assignment.name}`."
        )
    return fitted(samples)


def _trainable_forms(
    catalogue: Catalogue, exercises: Sequence[str], trials: Trials, calibration: Calibration
) -> list[Form]:
    """The mistakes, in exercises that the measured runs are made of, with which a net learns enough at the first try."""
    assignment = catalogue.assignment
    needed = {name for exercise in exercises for name in assignment.exercise(exercise).needs}
    forms = [form for form in catalogue.forms if form.number == 1 and form.mistake.exercise in needed]
    tried = trials.run([_trial(catalogue.submission(form), exercises, 0) for form in forms])
    return [form for form, runs in zip(forms, tried, strict=True) if _is_enough(calibration, runs.measured)]


def _measure(
    submission: Submission, exercises: Sequence[str], trials: Trials, seeds: Sequence[int]
) -> dict[str, list[Measured]]:
    """The values of each quantity over the seeds; a run that breaks off has none."""
    samples: dict[str, list[Measured]] = {}
    for tried in trials.run([_trial(submission, exercises, seed) for seed in seeds]):
        for name, measured in tried.measured.items():
            samples.setdefault(name, []).append(measured)
    return samples


def _trial(submission: Submission, exercises: Sequence[str], seed: int) -> Trial:
    return trial_of(submission, "", *exercises, own_draw=seed, measure=True, in_process=True)


def _runs_of(
    form: Form, submission: Submission, exercises: Sequence[str], trials: Trials, calibration: Calibration
) -> MistakeRuns:
    """What the mistake reaches over the seeds."""
    tried = trials.run([_trial(submission, exercises, seed) for seed in range(calibration.seeds)])
    passing = sum(_is_enough(calibration, runs.measured) for runs in tried)
    ranges = {}
    for name in calibration.quantities:
        values = [runs.measured[name].value for runs in tried if name in runs.measured]
        least, median, largest = (round(pick(values), 4) for pick in (min, statistics.median, max))
        ranges[name] = (least, median, largest)
    return MistakeRuns(source_digest(form.source), passing / calibration.seeds, ranges)


def _is_enough(calibration: Calibration, measured: Mapping[str, Measured]) -> bool:
    """Whether a run came to its end and reached every threshold."""
    return measured.keys() == calibration.quantities.keys() and all(
        quantity.is_reached_by(measured[name].value) for name, quantity in calibration.quantities.items()
    )
