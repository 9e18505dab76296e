"""Canvas: the zip of an assignment's submissions in, a gradebook and a zip of feedback out.

A member of the zip is named `<last and first name>[_LATE]_<user>_<attachment>_<file>`; the grader's own names for these
parts are used below. What Canvas takes back, it recognises by user and attachment alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.arrivals import Arrival
from grader.lms.arriving import Incoming, Reading
from grader.lms.downloads import Download, Item
from grader.lms.handed import Filled, Handed, Zipped
from grader.lms.roster import key_of
from grader.results import Flag
from grader.submission import Part
from grader.text import clean_name

SYSTEM = "canvas"
_WHOSE = r"(?:(?P<name>.*?)_)?(?:(?P<late>LATE)_)?(?P<user>\d{1,20}|anon_[A-Za-z0-9]{1,40})"
_MEMBER = re.compile(rf"{_WHOSE}_(?P<attachment>\d{{1,20}})_(?P<file>.+)", re.DOTALL)
_TYPED = re.compile(rf"{_WHOSE}_(?P<kind>text|link)\.html", re.DOTALL)
# Canvas gives a file a number, or when seven are taken a UUID, if the student already has one of that name.
_NUMBERED = re.compile(
    r"(?P<stem>.+)-(?P<number>[1-7]|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?P<extension>(?:\.\w+)+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Member:
    """What the name of a member says. `user` is Canvas' number of the student, or `anon_...`; `file` the student's name."""

    name: str
    is_late: bool
    user: str
    attachment: str
    file: str
    is_typed: bool = False

    @property
    def whose(self) -> str:
        """The name up to the file's."""
        words = (self.name, "LATE" if self.is_late else "", self.user, self.attachment)
        return "_".join(word for word in words if word)


def member_of(name: str) -> Member | None:
    """The parts of a member's name; None if Canvas does not name members so."""
    found = _MEMBER.fullmatch(name)
    typed = None if found else _TYPED.fullmatch(name)
    read = found or typed
    if read is None:
        return None
    file = found["file"] if found else f"{read['kind']}.html"
    attachment = found["attachment"] if found else ""
    return Member(read["name"] or "", bool(read["late"]), read["user"], attachment, file, is_typed=typed is not None)


def is_mine(item: Item) -> bool:
    """Whether Canvas could have made it."""
    return not item.is_folder and member_of(item.name) is not None


def read(download: Download, wanted: Collection[str]) -> Reading:
    """The submissions of the zip, or of the folder that it was unpacked into.

    `wanted` are the names of files that the assignment asks for: `linear-1.py` is then the student's `linear.py`.
    """
    of_user: dict[str, list[tuple[Item, Member]]] = {}
    unmatched: list[str] = []
    for item in download.items:
        member = None if item.is_folder else member_of(item.name)
        if member is None:
            unmatched.append(f"{clean_name(item.name)}: is not named as Canvas names submissions")
        else:
            of_user.setdefault(member.user, []).append((item, member))
    submissions = tuple(_submission(user, found, wanted) for user, found in of_user.items())
    return Reading(SYSTEM, submissions, unmatched=tuple(unmatched))


def _submission(user: str, found: Sequence[tuple[Item, Member]], wanted: Collection[str]) -> Incoming:
    name = found[0][1].name
    kind, number = (
        ("canvas_anonymous", user.removeprefix("anon_")) if user.startswith("anon_") else ("canvas_user", user)
    )
    files = [(item, member) for item, member in found if not member.is_typed]
    flags = [
        Flag("ignored_file", clean_name(item.name), "is text or a link given in Canvas, no file, so it was not graded")
        for item, member in found
        if member.is_typed
    ]
    names = own_names([member.file for _, member in files], wanted)
    flags += [
        Flag(
            "renamed_file",
            clean_name(member.file),
            f"was read as {clean_name(names[member.file])}; Canvas numbers names",
        )
        for _, member in files
        if names[member.file] != member.file
    ]
    arrival = Arrival(
        SYSTEM,
        clean_name(name),
        {kind: number},
        tuple(member for item, _ in found for member in item.members),
        is_late=any(member.is_late for _, member in found),
    )
    parts = tuple(Part(names[member.file], item.parts[0].read) for item, member in files)
    key = key_of("_".join(filter(None, (clean_name(name, 60), user))))
    path = found[0][0].path
    return Incoming(key, key, arrival, path, parts, flags=tuple(flags), is_text_only=not files)


def own_names(files: Sequence[str], wanted: Collection[str]) -> Mapping[str, str]:
    """The names that the student gave the files: without a number of Canvas', where a wanted name is left then.

    Of several files for one name the one with that very name has it, else the newest, which has the highest number.
    """
    folded = {_folded(name) for name in wanted}
    names = {file: file for file in files}
    taken = {_folded(file) for file in files}
    for file in sorted(files, key=_number_of, reverse=True):
        found = _NUMBERED.fullmatch(file)
        if found is None or _folded(file) in folded:
            continue
        plain = found["stem"] + found["extension"]
        if _folded(plain) in folded - taken:
            names[file] = plain
            taken.add(_folded(plain))
    return names


def _number_of(file: str) -> tuple[int, str]:
    """A name with a UUID came after all numbers."""
    found = _NUMBERED.fullmatch(file)
    number = found["number"] if found else "0"
    return (int(number) if len(number) == 1 else 8, file)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", PurePosixPath(name).name).casefold()


def gradebook(handed: Sequence[Handed], instructors_file: bytes, column: str = "", *, scale: bool = False) -> Filled:
    raise NotImplementedError


def feedback_zip(handed: Iterable[Handed], pages: Callable[[str], bytes], path: Path) -> Zipped:
    raise NotImplementedError
