"""Measure the training runs of an assignment: the model answer and the mistakes that can be trained, over many seeds."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from grader.calibration import (
    LEAST_SEEDS,
    MODEL,
    Calibration,
    Measured,
    MistakeRuns,
    calibration_digest,
    fitted,
)
from grader.catalogue import Catalogue, Form, source_digest
from grader.course import Assignment
from grader.errors import CourseError
from grader.record import reference_submission
from grader.submission import Submission
from grader.trials import Trial, Trials, Tried, trial_of

_REFERENCE_TIMES = 5  # the model answer's tail decides, so it is run more often


def calibrate(
    assignment: Assignment, trials: Trials, seeds: int, moved_on: Callable[[str], None] = lambda what: None
) -> Calibration:
    """The thresholds of an assignment, with the distributions behind them.

    A mistake that was measured before and has not changed is taken over. Raises `CourseError` if no check asks for a
    threshold, or the model answer can't be modelled.
    """
    exercises = _measuring(assignment)
    if not exercises:
        raise CourseError(f"{assignment.folder}: no check asks for a calibrated threshold; there is nothing to measure")
    seeds = max(seeds, LEAST_SEEDS)
    of_reference = _REFERENCE_TIMES * seeds
    samples = _measure(reference_submission(assignment), exercises, trials, range(of_reference))
    if not samples or any(len(sample) < of_reference for sample in samples.values()):
        raise CourseError(f"{assignment.reference_folder}: the model answer did not come to an end in every run")
    quantities = fitted(samples)
    digest = calibration_digest(assignment)
    calibration = Calibration(digest, seeds, MODEL, quantities, {})
    before = Calibration.read(assignment)
    kept = before.mistakes if before is not None and (before.digest, before.seeds) == (digest, seeds) else {}
    moved_on("the model answer")
    for form in trainable_forms(Catalogue(assignment), assignment):
        known = kept.get(form.name)
        if known is None or known.digest != source_digest(form.source):
            known = _runs_of(form, Catalogue(assignment).submission(form), exercises, trials, calibration)
        if known is not None:
            calibration.mistakes[form.name] = known
        moved_on(form.name)
    return calibration


def trainable_forms(catalogue: Catalogue, assignment: Assignment) -> list[Form]:
    """The first form of each mistake in an exercise that the measured runs are made of; some can't be trained after all."""
    measuring = _measuring(assignment)
    needed = {name for exercise in assignment.exercises if exercise.name in measuring for name in exercise.needs}
    return [form for form in catalogue.forms if form.number == 1 and form.mistake.exercise in needed]


def _measuring(assignment: Assignment) -> tuple[str, ...]:
    """The exercises whose checks ask for thresholds."""
    asking = [text for path in assignment.public_rubric if "calibrated" in (text := path.read_text(encoding="utf-8"))]
    return tuple(
        entry.name
        for entry in assignment.exercises
        if any(f"exercise({quote}{entry.name}{quote})" in text for text in asking for quote in "'\"")
    )


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
    return trial_of(submission, "", *exercises, own_draw=seed, measure=True)


def _runs_of(
    form: Form, submission: Submission, exercises: Sequence[str], trials: Trials, calibration: Calibration
) -> MistakeRuns | None:
    """What the mistake reaches over the seeds; None if it can't be trained: its run breaks off."""
    first: Tried = trials.run([_trial(submission, exercises, 0)])[0]
    if first.measured.keys() != calibration.quantities.keys():
        return None
    samples = _measure(submission, exercises, trials, range(calibration.seeds))
    count = min(len(sample) for sample in samples.values())
    passing = sum(
        all(_is_good(calibration, name, sample[place]) for name, sample in samples.items()) for place in range(count)
    )
    ranges = {
        name: tuple(round(pick([entry.value for entry in sample]), 4) for pick in (min, statistics.median, max))
        for name, sample in samples.items()
    }
    return MistakeRuns(source_digest(form.source), passing / calibration.seeds, ranges)  # type: ignore[arg-type]


def _is_good(calibration: Calibration, name: str, measured: Measured) -> bool:
    quantity = calibration.quantities[name]
    if quantity.larger_is_better:
        return measured.value >= quantity.threshold
    return measured.value <= quantity.threshold
