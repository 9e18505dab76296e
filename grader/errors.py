"""Every exception of the project.

    GraderError
    ├── UsageError            the operator asked for something impossible; one line, exit status 2
    ├── CourseError           a course or its assignment.toml is wrong; names the file and what to change
    ├── StorageError          results can't be kept any more: a full disk, a folder that is gone; exit status 3
    ├── ClusterError          the machines of a cluster can't be reached any more; exit status 3
    ├── IsolationError        a worker could not be started or kept; our fault, never the student's
    │   └── WallBroken        a wall that was promised does not hold; nothing may be graded behind it
    ├── DeviceError           a GPU can't be used; our fault: the submission goes on on the CPU
    └── CheckEnd              a check ended without passing; each subclass is one outcome
        ├── CheckFailed       the submission answered, and the answer is wrong (carries the evidence)
        ├── NotAttempted      the code is still the skeleton's
        ├── Blocked           what the check needs is missing
        ├── StudentCodeRaised the submission raised an exception
        ├── WorkerTimedOut    no answer before the deadline
        └── WorkerCrashed     the worker died, or broke a limit or the protocol

The text of a `CheckEnd` is written for students: the fact, the place, what was expected. Operators and authors get the
texts of the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from grader.results import Evidence, Location, Outcome

if TYPE_CHECKING:
    from grader.relations import Compared, Relation


class GraderError(Exception):
    """The root of all errors of this project."""


class UsageError(GraderError):
    """What was asked for can't be done as asked: a missing inbox, an unwritable folder, an unknown assignment."""


class CourseError(GraderError):
    """A course, an assignment.toml or a rubric is wrong."""


class StorageError(GraderError):
    """Results can't be written any more, in the middle of a run. The text ends with what is kept and the next step."""

    KEPT: ClassVar[str] = (
        "Every grade before this is kept. Mend that, then run the same command: it goes on with the rest."
    )
    ANEW: ClassVar[str] = (
        "The grades in it went with it. Bring it back to keep them; the same command grades what is missing."
    )


class ClusterError(GraderError):
    """Nobody is left to grade, in the middle of a run. The text ends with what is kept and the next step."""


class IsolationError(GraderError):
    """A worker process could not be started or kept."""


class DeviceError(GraderError):
    """A GPU can't be used, seen before any student code was loaded. The text continues the name of the device."""


class WallBroken(IsolationError):
    """Student code could reach what its level of isolation closes."""


class CheckEnd(GraderError):
    """A check ended without passing. `evidence` is for the report, `hint` the next step."""

    outcome: ClassVar[Outcome]

    def __init__(self, summary: str, *, evidence: Evidence | None = None, hint: str | None = None) -> None:
        super().__init__(summary)
        self.summary = summary
        self.evidence = evidence if evidence is not None else Evidence(summary=summary)
        self.hint = hint


class CheckFailed(CheckEnd, AssertionError):
    """The submission's answer is wrong. `compared` are the values, `relation` is what one has to do with the other."""

    outcome = Outcome.FAILED

    def __init__(
        self,
        summary: str,
        *,
        evidence: Evidence | None = None,
        hint: str | None = None,
        compared: Compared | None = None,
        relation: Relation | None = None,
    ) -> None:
        super().__init__(summary, evidence=evidence, hint=hint)
        self.compared = compared
        self.question = relation.question if relation is not None else None
        if relation is not None:
            self.evidence = replace(self.evidence, relation=relation.sentence)


class NotAttempted(CheckEnd):
    """The code that the check is about is still the skeleton's."""

    outcome = Outcome.NOT_ATTEMPTED


class Blocked(CheckEnd):
    """What the check needs is missing: a name, a readable file, another exercise."""

    outcome = Outcome.BLOCKED


class StudentCodeRaised(CheckEnd):
    """The submission raised an exception, described as data; `type_name` and `text` are the student's."""

    outcome = Outcome.RAISED

    def __init__(self, type_name: str, text: str, location: Location | None = None) -> None:
        summary = f"{type_name}: {text}" if text else type_name
        super().__init__(summary, evidence=Evidence(summary=summary, location=location))
        self.type_name = type_name
        self.text = text
        self.location = location


class WorkerTimedOut(CheckEnd):
    """No answer before the deadline; the worker was killed."""

    outcome = Outcome.TIMED_OUT


class WorkerCrashed(CheckEnd):
    """The worker died by a signal, which `by_signal` names, or an exit, or was killed for breaking a limit or the protocol."""

    outcome = Outcome.CRASHED
    by_signal = ""
