"""The roster: a table of the class that says what each system calls a student, and who there is at all.

One row a student. A column is known by its header, in any case and with any spaces; others are left alone.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.errors import UsageError
from grader.files import reason_of
from grader.submissions.arrivals import moment
from grader.submissions.loading import student_name
from grader.text import clean_name

MAX_BYTES = 20_000_000
_FORMULA_GUARD = re.compile(r'="(.*)"', re.DOTALL)

# What a column holds, by its header without case, spaces and punctuation. Ids are called as in `Arrival.ids`.
_COLUMNS = {
    "student": ("student", "key", "studentkey"),
    "name": ("name", "fullname", "studentname", "displayname"),
    "first": ("firstname", "givenname", "vorname"),
    "last": ("lastname", "surname", "familyname", "nachname"),
    "email": ("email", "emailaddress", "mail"),
    "canvas_user": ("canvasid", "canvasuser", "canvasuserid", "canvas"),
    "sis_id": ("sisid", "sisuserid", "sis"),
    "login": ("login", "loginid", "sisloginid", "username", "canvaslogin"),
    "moodle_participant": ("moodleid", "moodleparticipant", "moodle", "participant", "participantid", "identifier"),
    "github": ("github", "githubusername", "githublogin", "githubuser"),
    "gradescope_sid": ("sid", "gradescopesid", "gradescope", "gradescopeid"),
    "group": ("group", "team", "groupname"),
    "submitted_at": ("submittedat", "submissiontime", "submissiontimestamp"),
    "deadline": ("deadline", "extension", "due", "duedate"),
}
_HELD_AS = {header: column for column, headers in _COLUMNS.items() for header in headers}
IDS = ("canvas_user", "moodle_participant", "gradescope_sid", "sis_id", "login", "email", "github")


@dataclass(frozen=True)
class RosterStudent:
    """A row: the key that a student goes by here, and what else is known. Times are ISO 8601, UTC."""

    student: str
    name: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    submitted_at: str = ""
    deadline: str = ""


@dataclass(frozen=True)
class Roster:
    """The class. `notes` are what the instructor should know of how the file was read."""

    students: tuple[RosterStudent, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def _by_id(self) -> dict[tuple[str, str], RosterStudent]:
        return {(kind, same_id(value)): student for student in self.students for kind, value in student.ids.items()}

    @cached_property
    def _by_name(self) -> dict[str, list[RosterStudent]]:
        found: dict[str, list[RosterStudent]] = {}
        for student in self.students:
            for name in names_of(student):
                found.setdefault(name, []).append(student)
        return found

    @cached_property
    def _by_group(self) -> dict[str, list[RosterStudent]]:
        found: dict[str, list[RosterStudent]] = {}
        for student in self.students:
            found.setdefault(squeezed(student.group), []).append(student)
        return found

    def of_group(self, group: str) -> list[RosterStudent]:
        """Everybody in the group of that name."""
        wanted = squeezed(group)
        return self._by_group.get(wanted, []) if wanted else []

    def find(self, names: Iterable[str], ids: Mapping[str, str]) -> tuple[RosterStudent | None, str]:
        """Who has these ids, or without any that is known here one of these names; None and why, if that is not one student.

        An id counts more than a name: who has the name but another id of the same kind is somebody else.
        """
        known = [self._by_id.get((kind, same_id(ids[kind]))) for kind in IDS if ids.get(kind)]
        by_id = {student.student: student for student in known if student is not None}
        if len(by_id) == 1:
            return next(iter(by_id.values())), ""
        if by_id:
            return None, f"its ids are those of {' and of '.join(sorted(by_id))} in the roster"
        by_name = (student for name in {same_name(name) for name in names} for student in self._by_name.get(name, ()))
        named = sorted({student.student: student for student in by_name}.values(), key=lambda student: student.student)
        agreeing = [student for student in named if not _contradicts(student.ids, ids)]
        if len(agreeing) == 1:
            return agreeing[0], ""
        if agreeing:
            return None, f"{len(agreeing)} in the roster go by that name: {', '.join(s.student for s in agreeing)}"
        if named:
            return None, f"the roster has the name, but with another id: {', '.join(s.student for s in named)}"
        return None, "the roster has nobody of that name or id"


def _contradicts(mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    return any(mine.get(kind) and theirs.get(kind) and same_id(mine[kind]) != same_id(theirs[kind]) for kind in IDS)


def same_id(text: str) -> str:
    """An id as it is compared."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def same_name(text: str) -> str:
    """A name as it is compared: `Lovelace, Ada`, `Ada  LOVELACE` and `ada-lovelace` are the same."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    last, comma, first = text.partition(",")
    words = f"{first} {last}" if comma else text
    return " ".join(re.split(r"[\s\-_.]+", words.strip())).strip()


def squeezed(text: str) -> str:
    """The letters and figures of a name alone: what is left of it in every system's names of files."""
    return "".join(character for character in unicodedata.normalize("NFC", text).casefold() if character.isalnum())


def run_together(text: str) -> str:
    """A name as Canvas writes it into a file's name: last name first, small letters, nothing between."""
    text = unicodedata.normalize("NFC", text)
    if "," not in text:
        *first, last = text.split() or [""]
        text = " ".join([last, *first])
    kept = (character for character in text.lower() if character.isalnum() or unicodedata.category(character)[0] == "M")
    return "".join(kept)


def names_of(student: RosterStudent) -> set[str]:
    """Every name that a student of the roster may be listed under, as it is compared."""
    names = {same_name(student.student), same_name(student.name), same_name(run_together(student.name))}
    names |= {same_name(student.ids.get(kind, "")) for kind in ("login", "email", "github", "sis_id")}
    return names - {""}


def read_roster(path: Path) -> Roster:
    """The roster in that file. Raises `UsageError` if it is no such table, or if two rows are of one student."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the roster can't be read: {reason_of(error)}") from None
    if len(raw) > MAX_BYTES:
        raise UsageError(
            f"{path}: the roster is too large: it may have {MAX_BYTES:,} bytes. Is it the file that you meant?"
        )
    text, notes = decoded(raw, str(path))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise UsageError(f"{path}: is no CSV that can be read: {error}. Is a quote missing?") from None
    rows_of_text = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not rows_of_text:
        raise UsageError(f"{path}: the roster is empty. Its first row names the columns, such as student, name, email.")
    header = [_HELD_AS.get(_plain(cell), "") for cell in rows_of_text[0][1]]
    if _is_canvas_gradebook(rows_of_text[0][1]):
        header = _held_by_canvas(rows_of_text[0][1])
        name = header.index("name")
        rows_of_text = [(number, row) for number, row in rows_of_text if not _is_nobody(row, name)]
        notes.append(f"{path} was read as Canvas' gradebook: names, ids and logins; students go by their names")
    _refuse_bad_header(path, header, rows_of_text[0][1])
    students = [
        _student(path, number, {column: unguarded(cell) for column, cell in zip(header, row, strict=False) if column})
        for number, row in rows_of_text[1:]
    ]
    _refuse_doubles(path, students)
    return Roster(tuple(student for _, student in students), tuple(notes))


def _is_canvas_gradebook(header: list[str]) -> bool:
    return {"student", "id", "section"} <= {_plain(cell) for cell in header}


def _held_by_canvas(header: list[str]) -> list[str]:
    """What the columns hold that Canvas writes in front of those of assignments."""
    held = {"student": "name", "id": "canvas_user", "sisuserid": "sis_id", "sisloginid": "login"}
    return [held.get(_plain(cell), "") for cell in header]


def _is_nobody(row: list[str], name: int) -> bool:
    """Rows of the gradebook that are of no student: what can be earned, how grades are posted, and Canvas' test student."""
    text = row[name].strip() if name < len(row) else ""
    return not text or text in ("Points Possible", "Student, Test")


def decoded(raw: bytes, what: str) -> tuple[str, list[str]]:
    """The text of a table, and what there is to say about it: UTF-8 with or without a mark, else the code page of Windows."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in raw[:4_000]:
        raise UsageError(f"{what} is UTF-16 or no text at all. Save it as CSV in UTF-8.")
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        note = f"{what} is not UTF-8; it was read as Windows-1252. Check names with accents, or save it as UTF-8."
        return raw.decode("cp1252", errors="replace"), [note]


def _delimiter(text: str) -> str:
    """What most often separates the cells of the first row."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.casefold())


def unguarded(cell: str) -> str:
    """A cell's text without the `="..."` that guards it from a spreadsheet."""
    found = _FORMULA_GUARD.fullmatch(cell.strip())
    return (found.group(1) if found else cell).strip()


def _refuse_bad_header(path: Path, header: list[str], cells: list[str]) -> None:
    known = [column for column in header if column]
    if not set(known) & {"student", "name", "last", *IDS}:
        raise UsageError(
            f"{path}: no column of the roster is known: {clean_name(', '.join(cells))}. Its first row names the columns; "
            "use student, name, email, canvas id, sis id, login, moodle id, github, sid, group, submitted_at, deadline."
        )
    for column in known:
        if known.count(column) > 1:
            both = " and ".join(
                repr(clean_name(cell)) for cell, held in zip(cells, header, strict=True) if held == column
            )
            raise UsageError(f"{path}: {both} are both columns of {column}. Rename or remove one of them.")


def _student(path: Path, number: int, row: Mapping[str, str]) -> tuple[int, RosterStudent]:
    name = row.get("name", "") or " ".join(filter(None, (row.get("first", ""), row.get("last", ""))))
    ids = {kind: row[kind] for kind in IDS if row.get(kind)}
    if "moodle_participant" in ids:  # "Participant 4242" in a grading worksheet
        ids["moodle_participant"] = re.sub(r"^\D+", "", ids["moodle_participant"])
    key = row.get("student", "") or slug(name) or next(iter(ids.values()), "")
    if not key:
        raise UsageError(f"{path}, row {number}: neither a student, a name nor an id. Fill one in, or remove the row.")
    times = {
        column: moment(row[column], f"{path}, row {number}: {column}") if row.get(column) else ""
        for column in ("submitted_at", "deadline")
    }
    return number, RosterStudent(key_of(key), clean_name(name), ids, row.get("group", ""), **times)


def slug(name: str) -> str:
    """`Ada Lovelace` or `Lovelace, Ada` as a key: `ada-lovelace`."""
    return same_name(name).replace(" ", "-")


def key_of(text: str) -> str:
    """A student's key of any text: it can be a folder's name."""
    return student_name(Path(re.sub(r"[/\\]+", "-", text).strip() + ".zip"))


def _refuse_doubles(path: Path, students: list[tuple[int, RosterStudent]]) -> None:
    """One row a student, and no id of two: everything that is looked up here must lead to one student."""
    for kind in ("student", *IDS):
        seen: dict[str, int] = {}
        for number, student in students:
            value = student.student if kind == "student" else student.ids.get(kind, "")
            other = seen.setdefault(same_id(value), number) if value else number
            if other != number:
                what = kind.replace("_", " ")
                raise UsageError(
                    f"{path}: rows {other} and {number} have the same {what}, {clean_name(value)}. "
                    "One row a student; give each a key of their own in a column student."
                )
