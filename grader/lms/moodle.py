"""Moodle: the zip of an assignment's submissions in, a grading worksheet and a zip of feedback out.

A student's folder in the zip is named `<name>_<participant>_assignsubmission_<file or onlinetext>`; a participant is a
student's number in one assignment. Without folders, the files' names begin with that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.arrivals import Arrival
from grader.lms.arriving import Incoming, Reading
from grader.lms.downloads import Download, Item
from grader.lms.handed import Filled, Handed, Zipped
from grader.lms.roster import key_of, slug
from grader.results import Flag, Grade
from grader.submission import Part
from grader.text import clean_name

SYSTEM = "moodle"
# Names have no underscore but in versions that were changed; what stands right before `_assignsubmission_` is the number.
# Somebody in no group has none in an assignment for groups.
_PLACE = re.compile(
    r"(?P<name>.+?)(?:_(?P<participant>\d{1,20}))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?", re.DOTALL
)


@dataclass(frozen=True)
class Place:
    """What the name of a folder says, or that of a file without folders, of which `rest` is then the student's name."""

    name: str
    participant: str
    plugin: str
    rest: str


def place_of(name: str) -> Place | None:
    """The parts of a folder's or file's name at the top of the zip; None if Moodle does not name them so."""
    found = _PLACE.fullmatch(name)
    if found is None:
        return None
    return Place(found["name"], found["participant"] or "", found["plugin"], found["rest"] or "")


def is_mine(item: Item) -> bool:
    """Whether Moodle could have made it."""
    place = place_of(item.name)
    return place is not None and (item.is_folder or bool(place.rest))


def read(download: Download) -> Reading:
    """The submissions of the zip, or of the folder that it was unpacked into; with folders or without."""
    of_whom: dict[tuple[str, str], list[tuple[Item, Place]]] = {}
    unmatched: list[str] = []
    for item in download.items:
        place = place_of(item.name)
        if place is None or not (item.is_folder or place.rest):
            unmatched.append(f"{clean_name(item.name)}: is not named as Moodle names submissions")
        else:
            of_whom.setdefault((place.participant or place.name, place.participant), []).append((item, place))
    names = {found[0][1].name for found in of_whom.values()}
    # Moodle's word for everybody is translated, so it is known by being everybody's.
    is_blind = names == {"Participant"} or (len(of_whom) > 1 and len(names) == 1 and " " not in "".join(names))
    submissions: list[Incoming] = []
    for (_, participant), found in of_whom.items():
        submissions.append(_submission(participant, found, is_blind))
    notes = ("the names are hidden: students go by their numbers as participants",) if is_blind else ()
    return Reading(SYSTEM, tuple(submissions), notes, tuple(unmatched))


def _submission(participant: str, found: Sequence[tuple[Item, Place]], is_blind: bool) -> Incoming:
    name = found[0][1].name
    files = [(item, place) for item, place in found if place.plugin != "onlinetext"]
    flags = tuple(
        Flag("ignored_file", clean_name(item.name), "is text typed into Moodle, no file, so it was not graded")
        for item, place in found
        if place.plugin == "onlinetext"
    )
    parts: list[Part] = []
    path = found[0][0].path
    on_disk = [item for item, _ in files if item.is_folder and not item.parts]
    for item, place in files:
        if item.is_folder:
            parts += item.parts
        else:
            parts.append(Part(place.rest, item.parts[0].read))
    key = key_of("_".join(filter(None, (slug(clean_name(name, 60)), participant))))
    arrival = Arrival(
        SYSTEM,
        "" if is_blind else clean_name(name),
        {"moodle_participant": participant} if participant else {},
        tuple(member for item, _ in found for member in item.members),
    )
    if on_disk:  # read where it lies, with the usual limits
        return Incoming(key, key, arrival, on_disk[0].path, opens_zips=True)
    # A name of a changed version begins with the login; either half may be what a roster knows.
    words = clean_name(name).split()
    names = (" ".join(words[1:]),) if len(words) > 2 else ()
    return Incoming(key, key, arrival, path, tuple(parts), flags=flags, names=names, is_text_only=not files)


def gradebook(
    handed: Sequence[Handed],
    instructors_file: bytes,
    column: str = "",
    *,
    scale: bool = False,
    comment: Callable[[Grade], str] | None = None,
) -> Filled:
    raise NotImplementedError


def feedback_zip(handed: Iterable[Handed], pages: Callable[[str], bytes], path: Path) -> Zipped:
    raise NotImplementedError
