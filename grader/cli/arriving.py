"""What comes in: the options about an inbox, and what is said of it before anything is graded."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.cli.saying import Answer, say_answer, say_problem, say_progress
from grader.course.adjustments import LatePolicy, lateness
from grader.errors import UsageError
from grader.lms.arriving import Inbox
from grader.results import number
from grader.submissions.inbox import Entry
from grader.text import clean_name, did_you_mean

_NAMES_SHOWN = 20


def add_arriving(parser: argparse.ArgumentParser) -> None:
    """The options of a command that grades an inbox."""
    add_roster(parser)
    parser.add_argument(
        "--deadline", default="", metavar="WHEN", help='such as "2026-12-31 23:59"; here, or with a zone'
    )
    parser.add_argument("--dry-run", action="store_true", help="say whose is what, and who is missing; grade nothing")


def add_roster(parser: argparse.ArgumentParser) -> None:
    """The class, where whoever grades has a list of it."""
    parser.add_argument("--roster", type=Path, metavar="FILE", help="a CSV of the class: student, name, email, ids ...")


def chosen_entries(inbox: Inbox, options: argparse.Namespace) -> list[Entry]:
    """Those of the students named by --student, or all."""
    entries = list(inbox.entries)
    if not options.student:
        return entries
    names = {entry.student for entry in entries}
    missing = [name for name in options.student if name not in names]
    if missing:
        raise UsageError(
            f"{options.inbox} holds no submission of {', '.join(missing)}. {did_you_mean(missing[0], names)}"
        )
    return [entry for entry in entries if entry.student in options.student]


def times_unknown(entries: list[Entry], deadline: str) -> list[str]:
    """That a deadline can't count for those whose time nobody told; nothing where there is none or all times are known."""
    unknown = [entry.student for entry in entries if not entry.arrival.submitted_at]
    if not deadline or not unknown:
        return []
    more = f" and {len(unknown) - _NAMES_SHOWN} more" if len(unknown) > _NAMES_SHOWN else ""
    return [
        f"when they handed in is not known of {len(unknown)} of {len(entries)}, so --deadline takes nothing off there: "
        f"{', '.join(unknown[:_NAMES_SHOWN])}{more}. Give a --roster with a column submitted_at."
    ]


def say_remarks(inbox: Inbox, entries: list[Entry], deadline: str) -> None:
    """What the instructor should know before the class is graded; nothing where everything is as expected."""
    for note in (*inbox.notes, *times_unknown(entries, deadline)):
        say_problem(f"note: {note}")
    for reason in inbox.unmatched:
        say_problem(f"not matched: {reason}")
    if inbox.missing:
        names = [student.student for student in inbox.missing]
        more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        say_progress(f"{len(names)} handed in nothing: {', '.join(names[:_NAMES_SHOWN])}{more}")


class LateHere(msgspec.Struct, frozen=True):
    """How late a submission is: days begun, 0 within the time of grace, and what is taken off."""

    days: int
    percent: int | float


class Placed(msgspec.Struct, frozen=True):
    """Whose a submission is. Times are ISO 8601, empty where nothing is known; `deadline` is the student's own."""

    student: str
    label: str
    files: list[str]
    submitted_at: str
    deadline: str
    late: LateHere | None
    says_late: str

    def lines(self) -> Iterator[str]:
        """The student, the files, the times."""
        yield f"  {self.student}  <-  {self.label}"
        more = f" and {len(self.files) - _NAMES_SHOWN} more" if len(self.files) > _NAMES_SHOWN else ""
        files = f"{', '.join(self.files[:_NAMES_SHOWN])}{more}"
        yield f"      files: {files or 'none that can be graded'}"
        words = [f"submitted: {_time(self.submitted_at)}"] if self.submitted_at else []
        words += [f"own deadline: {_time(self.deadline)}"] if self.deadline else []
        if self.late is not None:
            count = self.late.days
            days = f"{count} day{'' if count == 1 else 's'} begun" if count else "within the time of grace"
            words.append(f"late: {days}, {self.late.percent} % off")
        elif self.says_late:
            words.append(f"late, says {self.says_late}")
        if words:
            yield f"      {'; '.join(words)}"


class Missing(msgspec.Struct, frozen=True):
    """A student of the roster who handed in nothing."""

    student: str
    name: str


class Placement(Answer, frozen=True):
    """Whose is what in an inbox, before anything is graded."""

    system: str
    submissions: list[Placed]
    notes: list[str]
    not_matched: list[str]
    handed_in_nothing: list[Missing]

    def lines(self) -> Iterator[str]:
        """A submission after the other, then what is not as expected."""
        yield f"{self.system}: {len(self.submissions)} submissions. Nothing was graded."
        for submission in self.submissions:
            yield from submission.lines()
        for title, entries in (
            ("notes", self.notes),
            ("not matched", self.not_matched),
            ("handed in nothing", [f"{entry.student}  {entry.name}".rstrip() for entry in self.handed_in_nothing]),
        ):
            if entries:
                yield f"{title}:"
                yield from (f"  {entry}" for entry in entries)

    def problems(self) -> Iterator[str]:
        """What is not as expected."""
        yield from (f"note: {note}" for note in self.notes)
        yield from (f"not matched: {reason}" for reason in self.not_matched)


def say_mapping(inbox: Inbox, entries: list[Entry], policy: LatePolicy) -> int:
    """Whose is what; the exit status is 3 if something matched nothing."""
    say_answer(
        Placement(
            system=inbox.system,
            submissions=[
                _placed(entry, inbox.labels.get(entry.student, clean_name(entry.path.name)), policy)
                for entry in entries
            ],
            notes=[*inbox.notes, *times_unknown(entries, policy.deadline)],
            not_matched=[*inbox.unmatched],
            handed_in_nothing=[Missing(student.student, student.name) for student in inbox.missing],
        )
    )
    return 3 if inbox.unmatched else 0


def _placed(entry: Entry, label: str, policy: LatePolicy) -> Placed:
    arrival = entry.arrival
    late = lateness(policy, arrival)
    return Placed(
        student=entry.student,
        label=label,
        files=_files(entry),
        submitted_at=arrival.submitted_at,
        deadline=arrival.deadline,
        late=None if late is None else LateHere(late.days, number(late.percent)),
        says_late=arrival.system if arrival.is_late and not arrival.submitted_at else "",
    )


def _files(entry: Entry) -> list[str]:
    """What was handed in, by the names of its files; none where nothing of it can be graded."""
    files = [clean_name(part.name) for part in entry.parts]
    # without parts an entry is what lies at its path, unless its files are what its flags tell of: then it has none
    return files or ([] if entry.flags else [clean_name(entry.path.name)])


def _time(moment: str) -> str:
    """A time in UTC as people read it."""
    return f"{moment[:16].replace('T', ' ')} UTC" if moment.endswith("+00:00") else moment
