"""Canvas: the zip of an assignment's submissions in, a gradebook and a zip of feedback out.

A member of the zip is named `<last and first name>[_LATE]_<user>_<attachment>_<file>`; the grader's own names for these
parts are used below. What Canvas takes back, it recognises by user and attachment alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.lms.arriving import Incoming, Reading
from grader.lms.csv_cells import Table, number_in, read_table, written
from grader.lms.downloads import Download, Item
from grader.lms.handed import Filled, Handed, Zipped, write_zip
from grader.lms.matching import FileStudent, listed, matched, usable_score
from grader.lms.roster import key_of, unguarded
from grader.results import Flag
from grader.submissions.arrivals import Arrival
from grader.submissions.loading import Part
from grader.text import clean_name

SYSTEM = "canvas"
_WHOSE = r"(?:(?P<name>(?!LATE_).*?)_)?(?:(?P<late>LATE)_)?(?P<user>\d{1,20}|anon_[A-Za-z0-9]{1,40})"
_MEMBER = re.compile(rf"{_WHOSE}_(?P<attachment>\d{{1,20}})_(?P<file>.+)", re.DOTALL)
_TYPED = re.compile(rf"{_WHOSE}_(?P<kind>text|link)\.html", re.DOTALL)
# Canvas gives a file a number, or when seven are taken a UUID, if the student already has one of that name.
_NUMBERED = re.compile(
    r"(?P<stem>.+)-(?P<number>[1-7]|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?P<extension>(?:\.\w+)+)",
    re.DOTALL,
)

_UNFIT = re.compile(r"[/\\:\x00-\x1f\ud800-\udfff]")  # for a name in our zip


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
    parts = tuple(Part(names[member.file], part.read) for item, member in files for part in item.parts)
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


_ASSIGNMENT = re.compile(r"(?P<title>.*)\s\((?P<id>\d+)\)", re.DOTALL)
_NOT_SCORES = re.compile(r".*(Current|Final|Override) (Score|Grade|Points)|Notes", re.DOTALL)
_POINTS_POSSIBLE = "Points Possible"
_READ_ONLY = "(read only)"
_LEFT_ALONE = {"EX": "excused", "N/A": "not assigned to them"}
_ID_COLUMNS = {"ID": "canvas_user", "SIS User ID": "sis_id", "SIS Login ID": "login"}


def gradebook(handed: Sequence[Handed], instructors_file: bytes, column: str = "", *, scale: bool = False) -> Filled:
    """The instructor's gradebook export with the scores in one column; every other byte is kept.

    `column` is the header of that column, or its title or number alone; without it, the one assignment in the file, or the
    one with the title of the grades' assignment. Rows without a score of ours, `EX` and `N/A` are left as they are. With
    `scale`, scores are brought to the file's Points Possible. Raises `UsageError` if there is no such file or column.
    """
    what = "the gradebook"
    table = read_table(instructors_file, what, _is_header, _EXPECTED)
    header = [cell.text.strip() for cell in table.rows[0]]
    target = _column(header, column, {one.grade.title for one in handed if one.grade.title})
    most, notes = _points_possible(table, target, handed, scale)
    certain, unplaced = matched(handed, _students(table, header))
    notes += unplaced
    changes: dict[tuple[int, int], str] = {}
    filled = 0
    mark = table.decimal_mark(target)
    for row, one in sorted(certain.items()):
        score, why = usable_score(one.grade, most, scale)
        old = table.rows[row][target].text.strip() if target < len(table.rows[row]) else None
        if score is None:
            notes.append(f"{one.grade.student}: {why}; not filled in")
        elif old is None:
            notes.append(f"{one.grade.student}: row {row + 1} ends before that column; not filled in")
        elif old.upper() in _LEFT_ALONE:
            notes.append(f"{one.grade.student}: Canvas says {old}, {_LEFT_ALONE[old.upper()]}; left so")
        else:
            filled += 1
            if number_in(old) != score:
                changes[row, target] = written(score, mark)
    without = [student.name for student in _students(table, header) if student.row not in certain]
    if without:
        notes.append(f"left as they are, for there is no grade of them ({len(without)}): {listed(without)}")
    return Filled(table.changed(changes), filled, tuple(notes))


_EXPECTED = "that of Canvas' export of the gradebook: Student, ID, ..., Section, and a column for each assignment"


def _is_header(header: list[str]) -> bool:
    names = [name.strip() for name in header]
    starts = names[:2] == ["Student", "ID"] or names[:3] == ["LastName", "FirstName", "ID"]
    return starts and any("Section" in name for name in names)


def _column(header: Sequence[str], column: str, titles: Collection[str]) -> int:
    """The column to fill. Raises `UsageError` that names those there are."""
    first = max(index for index, name in enumerate(header) if "Section" in name) + 1
    found = {index: _ASSIGNMENT.fullmatch(header[index]) for index in range(first, len(header))}
    there = [index for index in found if header[index] and (found[index] or not _NOT_SCORES.fullmatch(header[index]))]

    def named(*wanted: str) -> list[int]:
        folded = {_folded_title(name) for name in wanted}
        exact = [index for index in there if _folded_title(header[index]) in folded]
        parts = {index: {_folded_title(match["title"]), match["id"]} for index in there if (match := found[index])}
        return exact or [index for index, names in parts.items() if names & folded]

    chosen = named(column) if column else (named(*titles) or [index for index in there if found[index]])
    if len(chosen) == 1:
        return chosen[0]
    names = listed([header[index] for index in there]) or "none"
    if column:
        problem = f"{len(chosen)} columns fit {column!r}" if chosen else f"no column fits {column!r}"
    else:
        problem = "it is not clear which column to fill"
    raise UsageError(f"the gradebook: {problem}. Name one with --column, as it is written there: {names}.")


def _folded_title(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def _is_points_row(table: Table, row: int) -> bool:
    return bool(table.rows[row]) and _POINTS_POSSIBLE in table.rows[row][0].text


def _points_possible(
    table: Table, target: int, handed: Sequence[Handed], scale: bool
) -> tuple[Decimal | None, list[str]]:
    """What the file says the assignment has, and what there is to say about that."""
    row = next((row for row in range(1, len(table.rows)) if _is_points_row(table, row)), None)
    text = table.rows[row][target].text.strip() if row is not None and target < len(table.rows[row]) else ""
    if _READ_ONLY in text:
        raise UsageError(
            f"the gradebook: {table.rows[0][target].text.strip()} is read only there. Choose another --column."
        )
    most = number_in(text)
    ours = {one.grade.points for one in handed if one.grade.exercises}
    differing = sorted(points for points in ours if most is not None and points != most)
    if not differing:
        return most, []
    said = f"Canvas has {text} points, the grades are of {' and '.join(map(_shown, differing))}"
    if scale:
        return most, [f"{said}; scores were scaled to {text}"]
    return most, [f"{said}; scores are as they are, and Canvas takes them for scores of {text}. --scale converts them"]


def _shown(number: Decimal) -> str:
    return written(number, ".")


def _students(table: Table, header: Sequence[str]) -> list[FileStudent]:
    """The rows of students: those with an id of any kind. Points Possible and rows of remarks have none."""
    held = {index: _ID_COLUMNS[name] for index, name in enumerate(header) if name in _ID_COLUMNS}
    id_column = header.index("ID")
    students: list[FileStudent] = []
    for number in range(1, len(table.rows)):
        texts = [unguarded(cell.text) for cell in table.rows[number]]
        ids = {kind: texts[index] for index, kind in held.items() if index < len(texts) and texts[index]}
        if ids and not _is_points_row(table, number):
            students.append(FileStudent(number, ids, ", ".join(texts[:id_column])))
    return students


def feedback_zip(handed: Iterable[Handed], pages: Callable[[str], bytes], path: Path) -> Zipped:
    """Write a zip that Canvas takes as comments: for each student a page, named as one of the student's own files was.

    `pages(student)` gives the page's bytes, HTML. Canvas knows whose it is by the two numbers in the name; what the student
    called the file is left out. Who has no number of Canvas' - in a text entry there is none - is named in the notes.
    """
    notes: list[str] = []

    def named() -> Iterator[tuple[str, str]]:
        for one in handed:
            student, arrival = one.grade.student, one.arrival
            if arrival is None or arrival.system != SYSTEM:
                notes.append(f"{student}: did not come from Canvas, so Canvas can't tell whose page it is")
                continue
            members = [member for name in arrival.members if (member := member_of(PurePosixPath(name).name))]
            uploaded = [member for member in members if not member.is_typed]
            if uploaded:
                yield f"{_UNFIT.sub('', uploaded[0].whose)}_feedback.html", student
            else:
                notes.append(f"{student}: handed in no file, and Canvas takes comments only for files; not in the zip")

    count = write_zip(path, named(), pages, notes)
    return Zipped(path, count, tuple(notes))
