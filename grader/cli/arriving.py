"""What comes in: the options about an inbox, and what is said of it before anything is graded."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from grader.cli.saying import say
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
        say(f"note: {note}", sys.stderr)
    for reason in inbox.unmatched:
        say(f"not matched: {reason}", sys.stderr)
    if inbox.missing:
        names = [student.student for student in inbox.missing]
        more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        say(f"{len(names)} handed in nothing: {', '.join(names[:_NAMES_SHOWN])}{more}", sys.stderr)


def say_mapping(inbox: Inbox, entries: list[Entry], policy: LatePolicy) -> int:
    """Whose is what; the exit status is 3 if something matched nothing."""
    say(f"{inbox.system}: {len(entries)} submissions. Nothing was graded.")
    for entry in entries:
        arrival = entry.arrival
        say(f"  {entry.student}  <-  {inbox.labels.get(entry.student, clean_name(entry.path.name))}")
        say(f"      files: {_files(entry)}")
        late = lateness(policy, arrival)
        words = [f"submitted: {_time(arrival.submitted_at)}"] if arrival.submitted_at else []
        words += [f"own deadline: {_time(arrival.deadline)}"] if arrival.deadline else []
        if late is not None:
            days = f"{late.days} day{'' if late.days == 1 else 's'} begun" if late.days else "within the time of grace"
            words.append(f"late: {days}, {number(late.percent)} % off")
        elif arrival.is_late and not arrival.submitted_at:
            words.append(f"late, says {arrival.system}")
        if words:
            say(f"      {'; '.join(words)}")
    for title, lines in (
        ("notes", (*inbox.notes, *times_unknown(entries, policy.deadline))),
        ("not matched", inbox.unmatched),
        ("handed in nothing", [f"{student.student}  {student.name}".rstrip() for student in inbox.missing]),
    ):
        if lines:
            say(f"{title}:")
            for line in lines:
                say(f"  {line}")
    return 3 if inbox.unmatched else 0


def _files(entry: Entry) -> str:
    """What was handed in, by the names of its files."""
    files = [clean_name(part.name) for part in entry.parts]
    if not files:
        # without parts an entry is what lies at its path, unless its files are what its flags tell of: then it has none
        return "none that can be graded" if entry.flags else clean_name(entry.path.name)
    more = f" and {len(files) - _NAMES_SHOWN} more" if len(files) > _NAMES_SHOWN else ""
    return f"{', '.join(files[:_NAMES_SHOWN])}{more}"


def _time(moment: str) -> str:
    """A time in UTC as people read it."""
    return f"{moment[:16].replace('T', ' ')} UTC" if moment.endswith("+00:00") else moment
