"""Measure the training runs of an assignment: the model answer and the mistakes that can be trained, over many seeds."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

from grader.calibration import (
    LEAST_SEEDS,
    MODEL,
    Calibration,
    Measured,
    MistakeRuns,
    Quantity,
    calibration_digest,
    fitted,
    measuring_exercises,
)
from grader.catalogue import Catalogue, Form, source_digest
from grader.course import Assignment
from grader.errors import CourseError
from grader.record import reference_submission
from grader.submission import Submission
from grader.trials import Trial, Trials, trial_of

_REFERENCE_TIMES = 5  # the model answer's tail decides, so it is run more often


def calibrate(
    assignment: Assignment, trials: Trials, seeds: int, moved_on: Callable[[str], None] = lambda what: None
) -> Calibration:
    """Measure the thresholds of an assignment and the distributions behind them, and write its calibration.json.

    It is written after every step, so a run that was stopped goes on where it was, and what has not changed is not measured
    again. Raises `CourseError` if no check asks for a threshold, or the model answer can't be modelled.
    """
    exercises = measuring_exercises(assignment)
    if not exercises:
        raise CourseError(f"{assignment.folder}: no check asks for a calibrated threshold; there is nothing to measure")
    seeds = max(seeds, LEAST_SEEDS)
    digest = calibration_digest(assignment)
    before = Calibration.read(assignment)
    if before is None or (before.digest, before.seeds) != (digest, seeds):
        before = Calibration(digest, seeds, MODEL, _quantities(assignment, exercises, trials, seeds), {})
        before.write(assignment.calibration_path)
    moved_on("the model answer")
    calibration = Calibration(digest, seeds, MODEL, before.quantities, {})
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


def _quantities(assignment: Assignment, exercises: Sequence[str], trials: Trials, seeds: int) -> dict[str, Quantity]:
    """The thresholds, from runs of the model answer."""
    samples = _measure(reference_submission(assignment), exercises, trials, range(_REFERENCE_TIMES * seeds))
    if not samples or any(len(sample) < _REFERENCE_TIMES * seeds for sample in samples.values()):
        raise CourseError(f"{assignment.reference_folder}: the model answer did not come to an end in every run")
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
