"""Where checks are run: the submission in hand, its session with a worker, and the results so far.

The pytest plugin (`rubric`) drives a bench; batch grading puts one submission after the other on it.
"""

from __future__ import annotations

import dataclasses
import time
import zlib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from grader.course import Assignment, Exercise
from grader.errors import Blocked, CheckEnd, IsolationError, StudentCodeRaised
from grader.launchers import Launcher
from grader.policy import judge
from grader.proxy import Session
from grader.results import CheckResult, Curve, Evidence, ExerciseResult, Flag, Outcome
from grader.source import is_stub
from grader.submission import Submission, load_submission

_HOPELESS = frozenset({Outcome.TIMED_OUT, Outcome.CRASHED})


@dataclass(frozen=True)
class Check:
    """One check of a rubric. Its `title` is the line students see; its `seed` makes its random numbers the same everywhere."""

    assignment: Assignment = field(repr=False)
    exercise: Exercise
    name: str
    title: str
    points: Decimal
    timeout_seconds: float
    visibility: str
    hint: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells this check from all others."""
        return self.assignment.name, self.exercise.name, self.name

    @property
    def seed(self) -> int:
        """A number that depends on the check's name, and on what of the assignment students do not have."""
        return zlib.crc32("/".join((self.assignment.salt, *self.key) if self.assignment.salt else self.key).encode())


@dataclass(frozen=True)
class Noticed:
    """What was noticed of a submission beside its results. `uses` of autograd at run time are (file, line, what)."""

    flags: tuple[Flag, ...] = ()
    uses: tuple[tuple[str, int, str], ...] = ()


class Bench:
    """Runs one check at a time against one submission at a time."""

    def __init__(
        self, *, device: str, launcher: Launcher | None, dataset_root: Path | None = None, folder: Path | None = None
    ) -> None:
        """`folder` is graded instead of an assignment's own; without `launcher`, code is loaded into this process."""
        self.device = device
        self.launcher = launcher
        self.dataset_root = dataset_root
        self.folder = folder
        self.results: dict[tuple[str, str, str], CheckResult] = {}
        self.faults: list[str] = []  # tracebacks of checks that broke by themselves
        self.lost_worker = False  # whether a check broke because its worker was lost: the submission is to be run again
        self.curves: list[Curve] = []
        self.flags: list[Flag] = []  # what checks show to the instructor
        self.submission: Submission | None = None
        self._session: Session | None = None
        self._started = 0.0
        self._hopeless: dict[str, list[CheckEnd]] = {}  # a function that hangs is waited for twice, not in every check

    # -- submissions ---------------------------------------------------------------------------------------------------

    def lay(self, submission: Submission) -> None:
        """Put a submission on the bench; what was known of the last one is forgotten."""
        self.clear()
        self.submission = submission

    def clear(self) -> Noticed:
        """Take the submission off; returns what its session noticed."""
        noticed = Noticed()
        if self._session is not None:
            self._session.close()
            noticed = Noticed((*self._session.flags, *dict.fromkeys(self.flags)), tuple(sorted(self._session.uses)))
        self._session = None
        self.submission = None
        self.results = {}
        self.faults = []
        self.flags = []
        self.lost_worker = False
        self._hopeless = {}
        return noticed

    def after_policy(self, assignment: Assignment, results: tuple[ExerciseResult, ...]) -> tuple[ExerciseResult, ...]:
        """The results as a grade would have them, after what the course does about forbidden names."""
        if self._session is None or self._session.assignment is not assignment:
            return results
        self._session.close()
        return judge(assignment, self._session.submission, results, sorted(self._session.uses)).exercises

    @property
    def session(self) -> Session:
        """The session of the check that runs now."""
        if self._session is None:
            raise RuntimeError("the submission was asked for outside a check")
        return self._session

    def _session_for(self, assignment: Assignment) -> Session:
        if self._session is None or self._session.assignment is not assignment:
            if self._session is not None:
                self._session.close()
            if self.submission is None or self._session is not None:
                folder = self.folder or assignment.folder
                self.submission = load_submission(folder, course_files=assignment.course_files)
            self._session = Session(self.submission, assignment, self.launcher, self.device)
        return self._session

    # -- checks --------------------------------------------------------------------------------------------------------

    def begin(self, check: Check, *, with_stand_ins: bool) -> None:
        """A check begins. Raises `Blocked` if what it needs is missing."""
        self._started = time.perf_counter()
        self.curves = []
        session = self._session_for(check.assignment)
        if check.visibility == "hidden":
            session.begin_hidden()
        stand_ins = check.exercise.stand_ins if with_stand_ins else ()
        # What the course provided for other checks could be found by student code, and used to answer these.
        apart = f"{check.visibility} {check.exercise.name if check.exercise.needs else ''}"
        session.begin(check.seed, check.timeout_seconds, stand_ins, apart=apart)
        session.hopeless = {function: ends[-1] for function, ends in self._hopeless.items() if len(ends) > 1}
        for needed in check.exercise.needs:
            self._require(check.assignment, check.assignment.exercise(needed))

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
        if skipped is not None:
            outcome, evidence = Outcome.SKIPPED, Evidence(summary=skipped)
        elif error is None:
            outcome = Outcome.PASSED
            evidence = Evidence(curves=tuple(self.curves)) if self.curves else None
        elif isinstance(error, CheckEnd):
            outcome, hint, evidence = error.outcome, error.hint, self._full_evidence(error)
            if hint is None and outcome in (Outcome.FAILED, Outcome.RAISED):
                hint = check.hint
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
            evidence = None  # a hidden check's inputs and values stay hidden
        return CheckResult(
            name=check.name,
            title=check.title,
            outcome=outcome,
            points=check.points,
            visibility=check.visibility,
            hint=hint,
            evidence=evidence,
            duration_seconds=time.perf_counter() - self._started,
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
        )

    def _require(self, assignment: Assignment, needed: Exercise) -> None:
        """Raise `Blocked` unless `needed` was attempted, and does not hang."""
        submission = self.session.submission
        for name in needed.defines:
            source = submission.source_of(name, needed.file)
            if source is None and not any(name in names for names in submission.bound_names.values()):
                raise Blocked(f"This waits for {name}, which is not defined yet.", hint=f"Work on {needed.file} first.")
            for qualified, node in source.definitions.items() if source is not None else ():
                if name in (qualified, qualified.rpartition(".")[0]) and is_stub(node):
                    raise Blocked(
                        f"This waits for {qualified}, which is not written yet.", hint=f"Work on {needed.file} first."
                    )
        for (assignment_name, exercise, _), result in self.results.items():
            if (assignment_name, exercise) == (assignment.name, needed.name) and result.outcome in _HOPELESS:
                raise Blocked(
                    f"This waits for {needed.title}, whose check {result.outcome.words}.",
                    hint=f"Work on {needed.file} first.",
                )


def exercise_results(
    checks: list[Check], results: dict[tuple[str, str, str], CheckResult]
) -> tuple[ExerciseResult, ...]:
    """The results by exercise, in the assignment's order. A check without a result did not run: a fault of the grader."""
    order = checks[0].assignment.exercises if checks else ()
    grouped: dict[str, tuple[Exercise, list[CheckResult]]] = {}
    for check in checks:
        _, entries = grouped.setdefault(check.exercise.name, (check.exercise, []))
        missing = CheckResult(check.name, check.title, Outcome.GRADER_ERROR, check.points, check.visibility)
        entries.append(results.get(check.key, missing))
    return tuple(
        ExerciseResult(exercise.name, exercise.title, tuple(entries), exercise.file)
        for exercise, entries in sorted(grouped.values(), key=lambda group: order.index(group[0]))
    )
