"""Moodle: the zip of an assignment's submissions in, a grading worksheet and a zip of feedback out.

A student's folder in the zip is named `<name>_<participant>_assignsubmission_<file or onlinetext>`; a participant is a
student's number in one assignment. Without folders, the files' names begin with that.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.lms.arriving import Incoming, Reading
from grader.lms.csv_cells import Table, number_in, read_table, written
from grader.lms.downloads import Download, Item
from grader.lms.handed import Filled, Handed, Zipped, write_zip
from grader.lms.matching import FileStudent, listed, matched, usable_score
from grader.lms.roster import key_of, slug, squeezed
from grader.results import Flag, Grade
from grader.submissions.arrivals import Arrival
from grader.submissions.loading import Part
from grader.text import clean, clean_name

SYSTEM = "moodle"
_FILES = "file"
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
    submissions = tuple(_submission(participant, found, is_blind) for (_, participant), found in of_whom.items())
    notes = ["the names are hidden: students go by their numbers as participants"] if is_blind else []
    notes += [
        f"{clean_name(item.name)} is beside files of the same student, and no file: it was not read"
        for found in of_whom.values()
        for item, place in found
        if place.plugin != _FILES and any(other.plugin == _FILES for _, other in found)
    ]
    return Reading(SYSTEM, submissions, tuple(notes), tuple(unmatched))


def _submission(participant: str, found: Sequence[tuple[Item, Place]], is_blind: bool) -> Incoming:
    name = clean_name(found[0][1].name)
    files = [(item, place) for item, place in found if place.plugin == _FILES]
    flags = tuple(
        Flag("ignored_file", clean_name(item.name), "is text typed into Moodle, no file, so it was not graded")
        for item, _ in found
        if not files
    )
    on_disk = next((item.path for item, _ in files if item.is_folder and not item.parts), None)
    parts = tuple(
        Part(part.name if item.is_folder else place.rest, part.read) for item, place in files for part in item.parts
    )
    arrival = Arrival(
        SYSTEM,
        "" if is_blind else name,
        {"moodle_participant": participant} if participant else {},
        tuple(member for item, _ in found for member in item.members),
    )
    key = key_of("_".join(filter(None, (slug(clean_name(name, 60)), participant))))
    words = name.split()
    return Incoming(
        key,
        key,
        arrival,
        on_disk or found[0][0].path,  # a folder on disk is read where it lies, with the usual limits
        () if on_disk else parts,
        opens_zips=True,
        flags=flags,
        names=(" ".join(words[1:]),) if len(words) > 2 else (),  # a changed version puts the login before the name
        is_text_only=not files,
    )


# Headers of the worksheet in the languages that we know; others are found by what is in the column, or named by --column.
_GRADE = (
    "grade",
    "bewertung",
    "note",
    "calificación",
    "nota",
    "cijfer",
    "valutazione",
    "ocena",
    "оценка",
    "betyg",
    "karakter",
)
_MAXIMUM = (
    "maximum grade",
    "höchste bewertung",
    "bestwertung",
    "note maximale",
    "calificación máxima",
    "maximumcijfer",
    "valutazione massima",
    "nota máxima",
    "maksymalna ocena",
)
_COMMENTS = (
    "feedback comments",
    "feedback als kommentar",
    "commentaires de feedback",
    "comentarios de retroalimentación",
    "feedbackcommentaren",
    "commenti",
    "comentários de feedback",
)
_CAN_BE_CHANGED = ("grade can be changed", "bewertung kann geändert werden", "la note peut être modifiée")
_NO = ("no", "nein", "non", "nee", "nej", "nie", "não", "нет", "いいえ", "否")
_PARTICIPANT = re.compile(r"(?P<word>\D+?)\s*(?P<number>\d{1,20})")


def gradebook(
    handed: Sequence[Handed],
    instructors_file: bytes,
    column: str = "",
    *,
    scale: bool = False,
    comment: Callable[[Grade], str] | None = None,
) -> Filled:
    """The instructor's grading worksheet with the scores in it; every other byte is kept.

    `column` is the header of the column of grades, where it is not found by itself. Grades that Moodle would leave out
    without a word - locked ones, those above the maximum - are not filled in, and noted. With `scale`, scores are brought to
    the file's Maximum grade. `comment` makes the plain text for the column of feedback, which is left alone without it.
    Raises `UsageError` if there is no such file or column.
    """
    table = read_table(
        instructors_file, "the worksheet", lambda header: len(header) > 2, "three columns or more, such as Identifier"
    )
    header = [same_header(cell.text) for cell in table.rows[0]]
    identifier = _identifier(table)
    target, maximum = _grade_columns(table, header, column)
    can_be_changed = next((index for index, name in enumerate(header) if name in _CAN_BE_CHANGED), None)
    comments = next((index for index, name in enumerate(header) if name in _COMMENTS), None)
    students = _students(table, header, identifier)
    certain, notes = matched(handed, students)
    if comment is not None and comments is None:
        notes.append("no column of feedback comments is known in the worksheet, so none was filled in")
    if table.delimiter != ",":
        notes.append(
            f"the file is separated by {table.delimiter!r}; choose that in Moodle's form, which expects commas"
        )
    notes += _differing_maximum(table, maximum, [certain[row].grade for row in certain], scale)
    changes: dict[tuple[int, int], str] = {}
    mark = table.decimal_mark(target)
    filled = 0
    for row, one in sorted(certain.items()):
        cells = [cell.text.strip() for cell in table.rows[row]]
        most = number_in(cells[maximum]) if maximum is not None and maximum < len(cells) else None
        score, why = usable_score(one.grade, most, scale)
        why = why or _of_another(one, cells, identifier) or _skipped(cells, len(header), can_be_changed, score, most)
        if why or score is None:
            notes.append(f"{one.grade.student}: {why}; not filled in")
            continue
        filled += 1
        if number_in(cells[target]) != score:
            changes[row, target] = written(score, mark)
        if comment is not None and comments is not None:
            changes[row, comments] = _as_html(comment(one.grade))
    without = [student.name or student.ids[_KIND] for student in students if student.row not in certain]
    if without:
        notes.append(f"left as they are, for there is no grade of them ({len(without)}): {listed(without)}")
    if changes:
        notes.append("Moodle leaves out a grade that was changed there after this worksheet was downloaded")
    return Filled(table.changed(changes), filled, tuple(notes))


_KIND = "moodle_participant"


def same_header(text: str) -> str:
    """A header as it is compared."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _column_texts(table: Table, column: int) -> list[str]:
    return [row[column].text.strip() for row in table.rows[1:] if column < len(row) and len(row) > 1]


def _identifier(table: Table) -> int:
    """The column of `Participant 4242`, whatever the word is in the language of the file."""
    for column in range(len(table.rows[0])):
        found = [_PARTICIPANT.fullmatch(text) for text in _column_texts(table, column)]
        words = {match["word"] for match in found if match}
        if found and all(found) and len(words) == 1:
            return column
    raise UsageError(
        "the worksheet: no column holds participants, such as Participant 4242. Download the grading worksheet from the "
        "assignment's submissions; quick grading or offline grading must be on there."
    )


def _grade_columns(table: Table, header: Sequence[str], column: str) -> tuple[int, int | None]:
    """The column of grades, and that of their maximum, which stands right of it."""

    def is_maximum(index: int) -> bool:
        texts = set(_column_texts(table, index)) if index < len(header) else set()
        return header[index : index + 1] != [] and len(texts) == 1 and (number_in(texts.pop()) or 0) > 0

    if column:
        chosen = [index for index, name in enumerate(header) if name == same_header(column)]
        problem = f"no column is called {column!r}" if not chosen else f"{len(chosen)} columns are called {column!r}"
    else:
        chosen = [index for index, name in enumerate(header) if name in _GRADE]
        before = [index - 1 for index, name in enumerate(header) if index and name in _MAXIMUM]
        chosen = chosen or before or [index for index in range(len(header)) if is_maximum(index + 1) and index > 0]
        problem = "it is not clear which column holds the grades"
        if before and chosen != before:
            chosen = []
    if len(chosen) != 1:
        names = listed([cell.text for cell in table.rows[0]])
        raise UsageError(f"the worksheet: {problem}. Name it with --column, as it is written there: {names}.")
    named = [index for index, name in enumerate(header) if name in _MAXIMUM]
    maximum = named[0] if len(named) == 1 else chosen[0] + 1 if is_maximum(chosen[0] + 1) else None
    return chosen[0], maximum


def _students(table: Table, header: Sequence[str], identifier: int) -> list[FileStudent]:
    """The rows, with the number, an address where a column holds them, and the name, which stands right of the identifier."""
    addresses = next(
        (
            index
            for index in range(len(header))
            if (texts := _column_texts(table, index)) and all("@" in t for t in texts)
        ),
        None,
    )
    students: list[FileStudent] = []
    for number in range(1, len(table.rows)):
        texts = [cell.text.strip() for cell in table.rows[number]]
        found = _PARTICIPANT.fullmatch(texts[identifier]) if identifier < len(texts) else None
        if found is None:
            continue
        ids = {_KIND: found["number"]}
        if addresses is not None and addresses < len(texts):
            ids["email"] = texts[addresses]
        name = texts[identifier + 1] if identifier + 1 < len(texts) and identifier + 1 != addresses else ""
        students.append(FileStudent(number, ids, name))
    return students


def _of_another(one: Handed, cells: Sequence[str], identifier: int) -> str:
    """Why the row is somebody else's, though its number fits: in the download of groups, numbers are those of groups."""
    found = _PARTICIPANT.fullmatch(cells[identifier])
    theirs = cells[identifier + 1] if identifier + 1 < len(cells) else ""
    if one.arrival is None or not one.arrival.name or found is None or "@" in theirs:
        return ""
    for member in one.arrival.members:
        place = _place_in(member, found["number"])
        if place is not None and not squeezed(place.name).endswith(squeezed(theirs)):
            return (
                f"was handed in by {clean_name(place.name)}, and the worksheet calls {cells[identifier]} "
                f"{clean_name(theirs)}. Is it a group's? Then give --roster a column group"
            )
    return ""


def _skipped(
    cells: Sequence[str], width: int, can_be_changed: int | None, score: Decimal | None, most: Decimal | None
) -> str:
    """Why Moodle would not take the score; empty if it would."""
    if len(cells) < width:
        return f"the row has {len(cells)} cells, the first one {width}"
    if can_be_changed is not None and cells[can_be_changed].casefold() in _NO:
        return "the grade is locked in Moodle"
    if score is not None and most is not None and score > most:
        return (
            f"{written(score, '.')} is above the maximum grade, {written(most, '.')}, and Moodle leaves such rows out"
        )
    return ""


def _differing_maximum(table: Table, maximum: int | None, grades: Sequence[Grade], scale: bool) -> list[str]:
    if maximum is None:
        return ["the worksheet says no maximum grade in numbers; check that it is that of the assignment"]
    texts = sorted({text for text in _column_texts(table, maximum) if text})
    theirs = {number_in(text) for text in texts}
    ours = {grade.points for grade in grades if grade.exercises}
    if not ours or theirs == ours:
        return []
    said = f"the maximum grade is {listed(texts) or 'missing'}, the grades are of "
    said += " and ".join(written(points, ".") for points in sorted(ours))
    return [f"{said}; scores were scaled" if scale else f"{said}; scores are as they are. --scale converts them"]


def _as_html(text: str) -> str:
    """Plain text for Moodle's editor. It begins with a tag, so no spreadsheet takes it for a formula."""
    lines = html.escape(clean(text)).split("\n")
    return f"<p>{'<br>'.join(lines)}</p>"


def feedback_zip(handed: Iterable[Handed], pages: Callable[[str], bytes], path: Path) -> Zipped:
    """Write a zip for "Upload multiple feedback files in a zip": in the folder of each student's own name, a page.

    `pages(student)` gives the page's bytes, HTML. Who has no number of a participant - somebody in no group, say - is named
    in the notes.
    """
    notes: list[str] = []

    def named() -> Iterator[tuple[str, str]]:
        for one in handed:
            student, arrival = one.grade.student, one.arrival
            number = arrival.ids.get(_KIND, "") if arrival is not None else ""
            if not number.isdecimal():
                notes.append(f"{student}: has no number of a participant, so Moodle can't tell whose page it is")
                continue
            places = [place for name in (arrival.members if arrival else ()) if (place := _place_in(name, number))]
            name = places[0].name if places else "Participant"
            yield f"{name}_{number}_assignsubmission_file/feedback.html", student

    count = write_zip(path, named(), pages, notes)
    return Zipped(path, count, tuple(notes))


def _place_in(member: str, participant: str) -> Place | None:
    """What the folder in a member's name says, if its name of a student is fit for a name in our zip."""
    for part in PurePosixPath(member.replace("\\", "/")).parts:
        place = place_of(part)
        if (
            place is not None
            and place.participant == participant
            and not re.search(r"[_/\\:\x00-\x1f\ud800-\udfff]", place.name)
        ):
            return place
    return None
