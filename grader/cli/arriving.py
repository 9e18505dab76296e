"""What comes in: the options about an inbox, and what is said of it before anything is graded."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from grader.adjustments import LatePolicy, lateness
from grader.cli.saying import say
from grader.errors import UsageError
from grader.inbox import Entry
from grader.lms.arriving import Inbox
from grader.results import number
from grader.text import clean_name

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
        raise UsageError(f"{options.inbox} holds no submission of {', '.join(missing)}; it has {len(names)} students")
    return [entry for entry in entries if entry.student in options.student]


def say_remarks(inbox: Inbox) -> None:
    """What the instructor should know before the class is graded; nothing where everything is as expected."""
    for note in inbox.notes:
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
        files = [clean_name(name) for name in [part.name for part in entry.parts] or [entry.path.name]]
        say(f"      files: {', '.join(files[:_NAMES_SHOWN])}")
        late = lateness(policy, arrival)
        words = [f"submitted: {arrival.submitted_at}"] if arrival.submitted_at else []
        words += [f"own deadline: {arrival.deadline}"] if arrival.deadline else []
        if late is not None:
            words.append(f"late: {late.days} days, {number(late.percent)} % off")
        elif arrival.is_late and not arrival.submitted_at:
            words.append(f"late, says {arrival.system}")
        if words:
            say(f"      {'; '.join(words)}")
    for title, lines in (
        ("notes", inbox.notes),
        ("not matched", inbox.unmatched),
        ("handed in nothing", [f"{student.student}  {student.name}".rstrip() for student in inbox.missing]),
    ):
        if lines:
            say(f"{title}:")
            for line in lines:
                say(f"  {line}")
    return 3 if inbox.unmatched else 0
