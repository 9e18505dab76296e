"""Where checks are run: the submission in hand, its session with a worker, and the results so far.

The pytest plugin (`rubric`) drives a bench; batch grading puts one submission after the other on it.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from torch import Tensor

from grader import compare
from grader.checks.check import Check
from grader.checks.mistakes import Recording, load_recording
from grader.checks.policy import Use, judge
from grader.checks.session import Exchange, Session
from grader.checks.traces import Trace, trace_of
from grader.course.assignments import Assignment, Exercise
from grader.course.calibration import Measured
from grader.course.catalogue import submission_at
from grader.errors import Blocked, CheckEnd, CheckFailed, IsolationError, StudentCodeRaised
from grader.isolation.devices import Placement
from grader.isolation.launchers import Launcher
from grader.relations import Call, Compared, Relation, relation_to_approved, relation_to_calls
from grader.results import CheckResult, Curve, Evidence, ExerciseResult, Figure, Flag, Outcome, Predictions
from grader.showing import shown_value
from grader.submissions.lookup import parameter_names
from grader.submissions.submission import Submission
from grader.submissions.syntax import is_stub
from grader.text import clean

_T = TypeVar("_T")
_HOPELESS = frozenset({Outcome.TIMED_OUT, Outcome.CRASHED})
_TRACED = frozenset({Outcome.FAILED, Outcome.RAISED, *_HOPELESS})


@dataclass(frozen=True)
class Noticed:
    """What was noticed of a submission beside its results. `uses` are those of autograd at run time."""

    flags: tuple[Flag, ...] = ()
    uses: tuple[Use, ...] = ()


class Bench:
    """Runs one check at a time against one submission at a time."""

    def __init__(
        self, *, device: str, launcher: Launcher | None, dataset_root: Path | None = None, folder: Path | None = None
    ) -> None:
        """`folder` is graded instead of an assignment's own; without `launcher`, code is loaded into this process."""
        self.placement = Placement(device)
        self.launcher = launcher
        self.dataset_root = dataset_root
        self.folder = folder
        self.salt: str | None = None  # of the random inputs; None is the assignment's own, with which grades are made
        self.own_draw = 0  # added to the seed of the student code's own random numbers
        self.traces_all = False  # or only what did not pass
        self.measured: dict[str, Measured] | None = None  # what calibration is told, instead of asking for thresholds
        self.results: dict[tuple[str, str, str], CheckResult] = {}
        self.faults: list[str] = []  # tracebacks of checks that broke by themselves
        self.lost_worker = False  # whether a check broke because its worker was lost: the submission is to be run again
        self.curves: list[Curve] = []
        self.figures: list[Figure] = []
        self.predictions: list[Predictions] = []
        self.flags: list[Flag] = []  # what checks show to the instructor
        self.submission: Submission | None = None
        self.traces: dict[tuple[str, str, str], Trace] = {}  # of the checks that did not pass
        self.last_trace: Trace | None = None  # of the check that ended last, if it did not pass
        self._approved: list[
            Exchange
        ] = []  # calls whose results were right, the last ones from `_first_approved` on of
        self._first_approved = 0  # this check
        self._recordings: dict[str, Recording | None] = {}
        self._session: Session | None = None
        self._ended: dict[str, tuple[Submission, list[Use]]] = {}  # submission and uses, by assignment
        self._started = 0.0
        self._hopeless: dict[str, list[CheckEnd]] = {}  # a function that hangs is waited for twice, not in every check

    @property
    def device(self) -> str:
        """Where the present submission's code runs now."""
        return self.placement.device

    def leaves_device(self, error: BaseException | None) -> bool:
        """Whether a check that ended like this is to be run again on the CPU; the session is moved there."""
        leaves = self.placement.leave_after(error)
        if leaves:
            self._move()
        return leaves

    def _move(self) -> None:
        """Go on where the placement says."""
        compare.use_device(self.device)
        self.session.move_to(self.device)

    # -- submissions ---------------------------------------------------------------------------------------------------

    def lay(self, submission: Submission) -> None:
        """Put a submission on the bench; what was known of the last one is forgotten."""
        self.clear()
        self.placement.next_submission()
        compare.use_device(self.device)
        self.submission = submission

    def clear(self) -> Noticed:
        """Take the submission off; returns what its session noticed."""
        noticed = Noticed()
        compare.listen(None)
        if self._session is not None:
            self._session.close()
            noticed = Noticed(
                (*self._session.pool.flags, *dict.fromkeys(self.flags)), tuple(sorted(self._session.pool.uses))
            )
        self._session = None
        self._ended = {}
        self.submission = None
        self.results = {}
        self.faults = []
        self.flags = []
        self.traces = {}
        self._approved = []
        self.lost_worker = False
        self._hopeless = {}
        return noticed

    def as_graded(self, assignment: Assignment, results: tuple[ExerciseResult, ...]) -> tuple[ExerciseResult, ...]:
        """The results as a grade would have them: mistakes named, and after what the course does about forbidden names."""
        self._end_session()
        if assignment.name not in self._ended:
            return results
        submission, uses = self._ended[assignment.name]
        return judge(assignment, submission, self.diagnosed(assignment, results), uses).exercises

    def _end_session(self) -> None:
        """Close the session; what it used of autograd is remembered, by its assignment."""
        if self._session is not None:
            self._session.close()
            self._ended[self._session.assignment.name] = self._session.submission, sorted(self._session.pool.uses)

    @property
    def session(self) -> Session:
        """The session of the check that runs now."""
        if self._session is None:
            raise RuntimeError("the submission was asked for outside a check")
        return self._session

    def _session_for(self, assignment: Assignment) -> Session:
        if self._session is None or self._session.assignment is not assignment:
            self._end_session()
            self._approved, self._hopeless = [], {}  # functions of another assignment may have the same names
            if self.submission is None or self._session is not None:
                self.submission = submission_at(assignment, self.folder or assignment.folder)
            self._session = Session(self.submission, assignment, self.launcher, self.device)
        return self._session

    # -- checks --------------------------------------------------------------------------------------------------------

    def begin(self, check: Check, *, with_stand_ins: bool) -> None:
        """A check begins. Raises `Blocked` if what it needs is missing."""
        self._started = time.perf_counter()
        self.curves, self.figures, self.predictions = [], [], []
        session = self._session_for(check.assignment)
        if self.placement.enter(check.exercise.name):
            self._move()
        if check.visibility == "hidden":
            session.pool.take_last_notes()
        stand_ins = check.exercise.stand_ins if with_stand_ins else ()
        # What the course provided for other checks could be found by student code, and used to answer these.
        apart = f"{check.visibility} {check.exercise.name if check.exercise.needs else ''}"
        session.begin(
            self.seed_of(check) + self.own_draw,
            check.timeout_seconds,
            stand_ins,
            apart=apart,
            forbids_autograd=check.exercise.forbids_autograd,
        )
        self._first_approved = len(self._approved)
        compare.listen(self._approve)
        session.hopeless = {function: ends[-1] for function, ends in self._hopeless.items() if len(ends) > 1}
        for needed in check.exercise.needs:
            self._require(check.assignment, check.assignment.exercise(needed))

    def seed_of(self, check: Check) -> int:
        """The seed of the check's random inputs."""
        return check.seed(check.assignment.salt if self.salt is None else self.salt)

    def needs_stand_ins(self, check: Check) -> bool:
        """Whether the check can't be run with the student's own parts: one of them hangs or crashes its worker."""
        makers = [
            exercise.name
            for exercise in check.assignment.exercises
            if set(exercise.defines) & set(check.exercise.stand_ins)
        ]
        return any(
            result.outcome in _HOPELESS for (_, exercise, _), result in self.results.items() if exercise in makers
        )

    def result(self, check: Check, error: BaseException | None, skipped: str | None = None) -> CheckResult:
        """What the check's end means; `error` is what it raised, `skipped` the reason why it did not run."""
        hint, evidence = None, None
        where = f"{check.exercise.name}.{check.name}"
        further_hints: tuple[str, ...] = ()
        if skipped is not None:
            outcome, evidence = Outcome.SKIPPED, Evidence(summary=skipped)
        elif error is None:
            outcome = Outcome.PASSED
            shown = Evidence(
                curves=tuple(self.curves), figures=tuple(self.figures), predictions=tuple(self.predictions)
            )
            evidence = shown if shown != Evidence() else None
        elif isinstance(error, CheckEnd):
            outcome, hint, question = error.outcome, error.hint, self._unless_it_breaks(where, self._relate, error)
            evidence = self._full_evidence(error)
            if outcome in (Outcome.FAILED, Outcome.RAISED):
                hints = [text for text in (hint or question, check.hint) if text]
                if check.exercise.needs:  # what went wrong in other exercises shows here in odd ways
                    hints.reverse()
                hint, further_hints = (hints[0] if hints else None), tuple(hints[1:])
        elif isinstance(error, AssertionError):
            outcome, hint = Outcome.FAILED, check.hint
            evidence = self.session.evidence(str(error).split("\n")[0] or "The check's condition does not hold.")
        else:
            outcome = Outcome.GRADER_ERROR
            self.lost_worker = self.lost_worker or isinstance(error, IsolationError)
            evidence = Evidence(summary=f"The check itself broke ({type(error).__name__}); this costs you no points.")
        if outcome is Outcome.NOT_ATTEMPTED:
            hint = None
        if isinstance(error, CheckEnd) and self.session.died_in:
            self._hopeless.setdefault(self.session.died_in, []).append(error)
        if check.visibility == "hidden" and outcome is not Outcome.GRADER_ERROR:
            hint, further_hints = check.hint if outcome in _TRACED else None, ()
            evidence = None  # a hidden check's inputs and values stay hidden
        is_traced = outcome in _TRACED or (self.traces_all and outcome is Outcome.PASSED)
        self.last_trace = self._unless_it_breaks(where, trace_of, self.session.answers, error) if is_traced else None
        return CheckResult(
            name=check.name,
            title=check.title,
            outcome=outcome,
            points=check.points,
            visibility=check.visibility,
            hint=hint,
            further_hints=further_hints,
            evidence=evidence,
            duration_seconds=time.perf_counter() - self._started,
        )

    def blame_for_answer(self, check: Check, error: Exception) -> CheckFailed | None:
        """What the check says where it broke on an answer of a part of the course's, and None if that was not the last call.

        Such a part runs beside student code, which can have it answer anything. The instructor is told: the rubric may be
        wrong after all.
        """
        answered = self.session.answered_by_the_course()
        if answered is None:
            return None
        told = f"the check broke on what {answered.text} gave: {type(error).__name__}: {clean(str(error), 200)}"
        flag = Flag("odd_answer", f"{check.exercise.name}.{check.name}", told)
        if flag not in self.flags:
            self.flags.append(flag)
        return CheckFailed(
            f"{answered.text} gave {shown_value(answered.answer)}, which this check can't use.",
            hint="That part is the course's and ran beside your code. Does your code change it, or what it is made with?",
        )

    def keep(self, check: Check, result: CheckResult, trace: Trace | None) -> None:
        """This is how the check ended, after all tries."""
        self.results[check.key] = result
        self.traces.pop(check.key, None)
        if trace is not None:
            self.traces[check.key] = trace

    # -- what is said of a failure -------------------------------------------------------------------------------------

    def _unless_it_breaks(self, where: str, function: Callable[..., _T], *arguments: Any) -> _T | None:
        """What the function returns; None, and a flag for the instructor, if it fails: the verdict does not hang on it."""
        try:
            return function(*arguments)
        except Exception as error:
            self.flags.append(Flag("diagnosis_failed", where, f"{type(error).__name__}: {clean(str(error), 200)}"))
            return None

    def _approve(self, compared: Compared) -> None:
        call = self._last_call()
        if call is not None and not (self._approved and self._approved[-1] is call):
            self._approved.append(call)

    def _last_call(self) -> Exchange | None:
        """The last call of the submission in this check."""
        trace = self.session.trace
        return next((entry for entry in reversed(trace) if _is_students(entry)), None)

    def _relate(self, end: CheckEnd) -> str | None:
        """Complete the evidence of `end` with what the calls say of the values; returns the question that it asks."""
        if not isinstance(end, CheckFailed):
            return None
        if end.evidence.relation is not None or end.compared is None:
            return end.question
        relation = self._relation_to_calls(end.compared)
        if relation is None:
            return None
        end.evidence = dataclasses.replace(end.evidence, relation=relation.sentence)
        return relation.question

    def _relation_to_calls(self, compared: Compared) -> Relation | None:
        exchanges = [entry for entry in self.session.trace if _is_students(entry)]
        if not exchanges:
            return None
        found = relation_to_calls(compared, [self._call(entry) for entry in exchanges[-8:]])
        if found is not None:
            return found
        last = exchanges[-1]
        approved = [entry for entry in self._approved if entry is not last]
        largest = max((self._call(entry).largest for entry in approved if entry.function == last.function), default=0.0)
        here = [entry for entry in self._approved[self._first_approved :] if entry is not last]
        return relation_to_approved(self._call(last), [self._call(entry) for entry in here], largest)

    def _call(self, exchange: Exchange) -> Call:
        place = self.session.definition(exchange.function)
        names = parameter_names(self.session.submission, exchange.function, place)
        inputs = {
            names[place] if place < len(names) else f"argument {place + 1}": argument
            for place, argument in enumerate(exchange.arguments)
            if isinstance(argument, Tensor)
        }
        return Call(exchange.function, exchange.target, inputs, exchange.answer)

    def diagnosed(self, assignment: Assignment, exercises: tuple[ExerciseResult, ...]) -> tuple[ExerciseResult, ...]:
        """The results with the known mistake that each failed check shows, if it is certain which."""
        if not self.traces:
            return exercises
        if assignment.name not in self._recordings:
            self._recordings[assignment.name] = load_recording(assignment)
        recording = self._recordings[assignment.name]
        if recording is None:
            return exercises
        traces = {key[1:]: trace for key, trace in self.traces.items() if key[0] == assignment.name}
        return tuple(
            self._unless_it_breaks(exercise.name, recording.diagnosed, exercise, traces) or exercise
            for exercise in exercises
        )

    def _full_evidence(self, end: CheckEnd) -> Evidence:
        """The evidence of `end` with the place, the calls and the print-outs that only the session knows."""
        evidence, session = end.evidence, self.session
        location = evidence.location
        if location is None and not isinstance(end, Blocked | StudentCodeRaised):
            location = session.last_location()
        return dataclasses.replace(
            evidence,
            summary=evidence.summary or end.summary,
            location=location,
            calls=evidence.calls or session.calls(),
            printed=evidence.printed or session.printed(),
            curves=evidence.curves or tuple(self.curves),
            figures=evidence.figures or tuple(self.figures),
            predictions=evidence.predictions or tuple(self.predictions),
        )

    def _work_on(self, needed: Exercise) -> str:
        """What to do about an exercise that others wait for."""
        return f"Work on {needed.file if needed.file in self.session.submission.files else needed.title} first."

    def _require(self, assignment: Assignment, needed: Exercise) -> None:
        """Raise `Blocked` unless `needed` was attempted, and does not hang."""
        submission = self.session.submission
        for name in needed.defines:
            source = submission.source_of(name, needed.file)
            if source is None and not any(name in names for names in submission.bound_names.values()):
                raise Blocked(f"This waits for {name}, which is not defined yet.", hint=self._work_on(needed))
            for qualified, node in source.definitions.items() if source is not None else ():
                if name in (qualified, qualified.rpartition(".")[0]) and is_stub(node):
                    raise Blocked(f"This waits for {qualified}, which is not written yet.", hint=self._work_on(needed))
        for (assignment_name, exercise, _), result in self.results.items():
            if (assignment_name, exercise) == (assignment.name, needed.name) and result.outcome in _HOPELESS:
                raise Blocked(
                    f"This waits for {needed.title}, whose check {result.outcome.words}.",
                    hint=self._work_on(needed),
                )


def _is_students(exchange: Exchange) -> bool:
    return exchange.target >= 0 and not exchange.function.startswith("provided ")
