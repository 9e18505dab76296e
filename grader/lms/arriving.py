"""What every system's download is turned into: who handed in what, what did not fit, and whose keys they get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import UsageError
from grader.lms.roster import IDS, Roster, RosterStudent, key_of, same_id
from grader.results import Flag
from grader.submissions.arrivals import Arrival
from grader.submissions.inbox import Entry
from grader.submissions.loading import Part
from grader.text import clean_name


@dataclass(frozen=True)
class Incoming:
    """A submission as a system hands it over. `label` is what it is called there, `names` what it may be looked up by.

    `key` is the student's without a roster. Members of one group each have one, of the same files.
    """

    label: str
    key: str
    arrival: Arrival
    path: Path
    parts: tuple[Part, ...] = ()
    opens_zips: bool = False
    flags: tuple[Flag, ...] = ()
    names: tuple[str, ...] = ()
    is_text_only: bool = False


@dataclass(frozen=True)
class Reading:
    """What a system's module made of a download. `unmatched` are names in it that fit nothing, each with the reason."""

    system: str
    submissions: tuple[Incoming, ...]
    notes: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inbox:
    """The submissions of a class, an entry a student, and what there is to say about them.

    `notes` is what was decided on the way, `unmatched` what did not match anything, with the reason; `missing` are those of
    the roster who handed in nothing.
    """

    system: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    missing: tuple[RosterStudent, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)


def with_roster(inbox: Path, reading: Reading, roster: Roster | None) -> Inbox:
    """Give everybody a key, the roster's where it knows them, and let the newest of several submissions count."""
    notes, unmatched = list(reading.notes), list(reading.unmatched)
    placed: list[tuple[str, Incoming, RosterStudent | None]] = []
    for submission in reading.submissions:
        found, why, is_group = _whose(submission, roster)
        incoming = _of_group(submission) if is_group else submission
        if is_group:
            notes.append(f"{incoming.label} is a group's: {', '.join(one.student for one in found)} each get its grade")
        if why:
            unmatched.append(f"{incoming.label}: {why}; it goes by {incoming.key}")
        placed += [(student.student, incoming, student) for student in found] or [(incoming.key, incoming, None)]
        if incoming.is_text_only:
            unmatched.append(f"{incoming.label}: text or a link, no file, so there is nothing to grade in it")
    if roster is not None:
        notes[:0] = roster.notes
        placed = _without_collisions(placed, roster, notes)
    groups: dict[str, list[tuple[Incoming, RosterStudent | None]]] = {}
    for key, incoming, student in placed:
        groups.setdefault(key, []).append((incoming, student))
    entries, labels = [], {}
    for key in sorted(groups):
        incoming, student = _newest(inbox, key, groups[key], notes)
        entries.append(_entry(inbox, key, incoming, student))
        labels[key] = incoming.label
    there = {key for key, _, student in placed if student is not None}
    missing = tuple(student for student in (roster.students if roster else ()) if student.student not in there)
    return Inbox(reading.system, tuple(entries), tuple(notes), tuple(unmatched), missing, labels)


def _of_group(incoming: Incoming) -> Incoming:
    """The number that came with it is the group's, or that of one of its members: nobody else may go by it."""
    ids = {"group": next(iter(incoming.arrival.ids.values()), "")}
    return replace(incoming, arrival=replace(incoming.arrival, ids=ids))


def _whose(incoming: Incoming, roster: Roster | None) -> tuple[list[RosterStudent], str, bool]:
    """The students of the roster that it is of, why there is none, and whether it is a group's.

    A group's name counts before a number: in a download of groups, numbers are those of groups, which students have, too.
    """
    if roster is None:
        return [], "", False
    members = [member for name in (incoming.arrival.name, *incoming.names) for member in roster.of_group(name)]
    if members:
        return list({member.student: member for member in members}.values()), "", True
    student, why = roster.find((*incoming.names, incoming.arrival.name, incoming.key), incoming.arrival.ids)
    return ([student], "", False) if student is not None else ([], why, False)


def _without_collisions(
    placed: Sequence[tuple[str, Incoming, RosterStudent | None]], roster: Roster, notes: list[str]
) -> list[tuple[str, Incoming, RosterStudent | None]]:
    """Nobody that the roster does not know gets a key of somebody whom it knows."""
    known = {student.student.casefold() for student in roster.students}
    result: list[tuple[str, Incoming, RosterStudent | None]] = []
    for key, incoming, student in placed:
        if student is None and key.casefold() in known:
            own = next(iter(incoming.arrival.ids.values()), incoming.label)
            other = key_of(f"{key}_{own}")
            notes.append(f"{incoming.label} goes by {other}: {key} is somebody else in the roster")
            result.append((other, incoming, student))
        else:
            result.append((key, incoming, student))
    return result


def _newest(
    inbox: Path, key: str, attempts: list[tuple[Incoming, RosterStudent | None]], notes: list[str]
) -> tuple[Incoming, RosterStudent | None]:
    if len(attempts) == 1:
        return attempts[0]
    _refuse_ids_of_several(inbox, key, [incoming for incoming, _ in attempts])
    attempts = sorted(attempts, key=lambda attempt: (attempt[0].arrival.submitted_at, attempt[0].label))
    times = [attempt[0].arrival.submitted_at for attempt in attempts]
    labels = [attempt[0].label for attempt in attempts]
    if not all(times) or times[-1] == times[-2]:
        raise UsageError(
            f"{inbox}: {' and '.join(labels)} are both of {key}, and nothing says which of them is the newest. "
            "Remove all but one of them."
        )
    notes.append(
        f"{key}: the newest of {len(labels)} counts, {labels[-1]} of {times[-1]}; not {', '.join(labels[:-1])}"
    )
    return attempts[-1]


def _refuse_ids_of_several(inbox: Path, key: str, attempts: Sequence[Incoming]) -> None:
    """Whose ids differ are not one student, whatever they call themselves: a name can be chosen, and so can a late time."""
    for kind in ("group", *IDS):
        found = {same_id(one.arrival.ids[kind]): one for one in attempts if one.arrival.ids.get(kind)}
        if len(found) > 1:
            each = " and ".join(f"{one.label} ({clean_name(one.arrival.ids[kind])})" for one in found.values())
            raise UsageError(
                f"{inbox}: {each} would both be of {key}, and have different ids ({kind.replace('_', ' ')}). Say in the "
                "roster who has which id, or remove all but one of them."
            )


def _entry(inbox: Path, key: str, incoming: Incoming, student: RosterStudent | None) -> Entry:
    arrival = incoming.arrival
    if student is not None:
        arrival = replace(
            arrival,
            name=student.name or arrival.name,
            ids={**student.ids, **arrival.ids},
            submitted_at=student.submitted_at or arrival.submitted_at,
            deadline=student.deadline or arrival.deadline,
        )
    return Entry(key, incoming.path, arrival, incoming.parts, inbox, incoming.opens_zips, incoming.flags)
