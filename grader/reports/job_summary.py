"""What grading a pull request came to: Markdown for the page of a job or for a comment, within a budget of bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from grader.reports import wording
from grader.reports.inert import line, shown
from grader.reports.markdown import code, feedback_markdown, inline
from grader.results import Grade, Status
from grader.text import clean_name

SUMMARY_BYTES = 900 * 1024  # GitHub drops the summary of a step that is larger than 1 MiB, all of it
COMMENT_BYTES = 60_000  # a comment on GitHub holds 65,536 characters
MOST_FILES = 30


class Verdict(StrEnum):
    """What the check of a pull request says."""

    PASSED = "passed"
    BELOW = "below"
    GRADER_ERROR = "grader_error"


class Difference(StrEnum):
    """How a file that is not the student's to change is another one than the course's."""

    CHANGED = "changed"
    ADDED = "added"
    MISSING = "missing"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class ProtectedFile:
    """A file of the course that is different in the student's tree; `path` is as it is there."""

    path: str
    difference: Difference

    @property
    def runs_the_check(self) -> bool:
        """Whether it says what the CI service runs, so that the run itself may be another one than the course's."""
        is_said = self.path.startswith(".github/workflows/") or self.path == ".gitlab-ci.yml"
        return is_said and self.difference in (Difference.CHANGED, Difference.MISSING)


@dataclass(frozen=True, slots=True)
class JobResult:
    """Everything a job has to say. `grades` are as their student may see them; of `not_attempted` there are titles.

    `minimum` is as it was asked for, empty if it was not. `is_independent` says whether the rubric came from another tree
    than the submission, `is_asked` whether there was anything to be graded.
    """

    verdict: Verdict
    grades: tuple[Grade, ...] = ()
    not_attempted: tuple[str, ...] = ()
    protected: tuple[ProtectedFile, ...] = ()
    minimum: str = ""
    is_independent: bool = True
    is_asked: bool = True

    @property
    def score(self) -> Decimal:
        """The score of all assignments that were graded."""
        return sum((grade.score for grade in self.grades), Decimal(0))

    @property
    def points(self) -> Decimal:
        """The points of all assignments that were graded."""
        return sum((grade.points for grade in self.grades), Decimal(0))


NOTHING = "No assignment has been attempted here yet, so there is nothing to grade."
NOTHING_TOUCHED = "This change touches no assignment, so there is nothing to grade."
OUR_FAULT = (
    "The grader itself failed. That is not your fault, and it says nothing about your code: run it again, and if it fails "
    "again, tell your instructor."
)
SAME_TREE = (
    "The checks came from this same folder. They show how far you are; your instructor grades with the course's own."
)


def headline(result: JobResult) -> str:
    """The result in a line of plain text."""
    if result.verdict is Verdict.GRADER_ERROR:
        return "No score: the grader failed"
    if not result.grades:
        return "Nothing was graded"
    return f"{shown(result.score)} of {shown(result.points)} points"


def standing(result: JobResult) -> str:
    """What the score means for the check, empty if no minimum was asked for."""
    if not result.minimum or result.verdict is Verdict.GRADER_ERROR:
        return ""
    if result.verdict is Verdict.PASSED:
        return f"The check passes: at least {result.minimum} is asked for." if result.grades else "The check passes."
    return f"The check does not pass yet: at least {result.minimum} is asked for."


def job_summary(result: JobResult, budget: int = SUMMARY_BYTES) -> str:
    """The summary as Markdown of at most `budget` bytes; what does not fit is said to be left out."""
    parts = [f"# {headline(result)}"]
    if result.verdict is Verdict.GRADER_ERROR:
        parts.append(f"> {OUR_FAULT}")
    if standing(result):
        parts.append(standing(result))
    parts += protected_notes(result)
    if result.grades:
        parts.append(_table(result.grades))
    elif result.verdict is not Verdict.GRADER_ERROR:
        parts.append(NOTHING if result.is_asked else NOTHING_TOUCHED)
    if result.not_attempted:
        parts.append(f"Not attempted yet: {', '.join(map(inline, result.not_attempted))}.")
    left = budget - _size(parts) - 200
    for grade in result.grades:
        part = feedback_markdown(grade).strip()
        if _size([part]) > left:
            part = f"The feedback on {inline(line(grade.title or grade.assignment))} is too long to be shown here."
        parts.append(part)
        left -= _size([part])
    return "\n\n".join(parts) + "\n"


def _size(parts: Sequence[str]) -> int:
    return sum(len(part.encode(errors="replace")) + 2 for part in parts)


def _table(grades: Sequence[Grade]) -> str:
    """A row a grade; what its status is has a column where one is anything but graded."""
    standings = any(wording.STANDINGS[grade.status] for grade in grades)
    rows = ["| assignment | score | points |", "| --- | ---: | ---: |"]
    if standings:
        rows = ["| assignment | score | points | status |", "| --- | ---: | ---: | --- |"]
    for grade in grades:
        score = "" if grade.status is Status.GRADER_ERROR else shown(grade.score)
        title = inline(line(grade.title or grade.assignment))
        status = f" {wording.STANDINGS[grade.status]} |" if standings else ""
        rows.append(f"| {title} | {score} | {shown(grade.points)} |{status}")
    return "\n".join(rows)


def protected_notes(result: JobResult) -> list[str]:
    """What there is to say about files that are not the student's to change, as paragraphs of Markdown."""
    notes = []
    changed = [file for file in result.protected if file.difference is not Difference.OUTDATED]
    outdated = [file for file in result.protected if file.difference is Difference.OUTDATED]
    if any(file.runs_the_check for file in changed):
        notes.append(
            "> **This changes what the check runs.** So what it says here proves nothing; your instructor can tell by the "
            "list below."
        )
    if changed:
        used = "It was graded with the course's own files." if result.is_independent else "They were used as they are."
        notes.append(f"**Files of the course differ here.** {used} Put them back as they were:\n\n{_listed(changed)}")
    if outdated:
        notes.append(
            "**The course has been released anew** since this was begun, and it was graded with the new files. That is "
            f"nobody's mistake; take the new release over when it suits you:\n\n{_listed(outdated)}"
        )
    if not result.is_independent:
        notes.append(SAME_TREE)
    return notes


def _listed(files: Sequence[ProtectedFile]) -> str:
    lines = [f"- {code(clean_name(file.path, 200))}: {file.difference.value}" for file in files[:MOST_FILES]]
    if len(files) > MOST_FILES:
        lines.append(f"- {wording.more_lines(len(files) - MOST_FILES)}")
    return "\n".join(lines)
