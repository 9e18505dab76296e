"""The roster: columns by their headers, one row a student, and every look-up leads to one student or to a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.lms.roster import Roster, RosterStudent, read_roster, run_together, same_name


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def roster(tmp_path: Path, text: str | bytes) -> Roster:
    return read_roster(write(tmp_path, text))


def test_all_columns(tmp_path: Path) -> None:
    """Every column that is known, in any case and with any spaces; others are left alone."""
    text = (
        "STUDENT, Full Name ,E-Mail,Canvas ID,SIS User ID,SIS Login ID,Moodle ID,GitHub,SID,Group,Submitted at,DEADLINE,x\n"
        "ada,Ada Lovelace,ada@x.org,4711,S1,al,Participant 41,adal,G9,Team One,2026-03-01T10:00Z,2026-03-08T10:00+01:00,y\n"
    )
    ids = {
        "canvas_user": "4711",
        "moodle_participant": "41",
        "gradescope_sid": "G9",
        "sis_id": "S1",
        "login": "al",
        "email": "ada@x.org",
        "github": "adal",
    }
    expected = RosterStudent(
        "ada", "Ada Lovelace", ids, "Team One", "2026-03-01T10:00:00+00:00", "2026-03-08T09:00:00+00:00"
    )
    assert roster(tmp_path, text).students == (expected,)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects(delimiter: str, start: str, end: str, tmp_path: Path) -> None:
    """Commas, semicolons or tabs, with a mark or without, quoted or not, with empty rows."""
    text = f'{start}student,name{end}a,"Ada ""K"" Lovelace"{end},{end}b,Bób{end}'.replace(",", delimiter)
    students = [(student.student, student.name) for student in roster(tmp_path, text).students]
    assert students == [("a", 'Ada "K" Lovelace'), ("b", "Bób")]


def test_code_page_is_said(tmp_path: Path) -> None:
    """A file that is not UTF-8 is read as Windows writes it, and that is said."""
    found = roster(tmp_path, "student,name\na,Žofie Müller\n".encode("cp1252"))
    assert found.students[0].name == "Žofie Müller"
    assert found.notes == (
        f"{tmp_path}/roster.csv is not UTF-8; it was read as Windows-1252. Check names with accents, or save it as UTF-8.",
    )


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ("Ada,,", "Ada"),
        (",Ada Lovelace,", "ada-lovelace"),
        (',"Lovelace, Ada",', "ada-lovelace"),
        (",,ada@x.org", "ada@x.org"),
        ("../../etc,,", "..-..-etc"),
        ("..,,", "\\u002e\\u002e"),
        ("a\x1b[1m,,", "a\\u001b[1m"),
        ('"=""ada""",,', "ada"),
    ],
)
def test_key(row: str, key: str, tmp_path: Path) -> None:
    """A student goes by the column student, else by the name, else by an id; it can always be a folder's name."""
    assert roster(tmp_path, f"student,name,email\n{row}\n").students[0].student == key


def test_first_and_last_name(tmp_path: Path) -> None:
    """A name may stand in two columns."""
    assert roster(tmp_path, "Last Name,First Name\nLovelace,Ada\n").students[0].name == "Ada Lovelace"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"the roster is empty\."),
        ("a,b\n1,2\n", r"no column of the roster is known: a, b\. Its first row names the columns; use student,"),
        ("student,key\na,b\n", r"'student' and 'key' are both columns of student\. Rename or remove one of them\."),
        ("student\nada\nbob\nADA\n", r"rows 2 and 4 have the same student, ADA\. One row a student;"),
        ("student,email\na,x@y\nb,X@Y\n", r"rows 2 and 3 have the same email, X@Y\."),
        ("name,group\nAda,A\n,B\n", r"row 3: neither a student, a name nor an id\."),
        ("student,deadline\na,soon\n", r"row 2: deadline is 'soon'; expected a date or a date and a time"),
        ("student\na\n".encode("utf-16"), r"is UTF-16 or no text at all\. Save it as CSV in UTF-8\."),
    ],
)
def test_unusable(text: str | bytes, message: str, tmp_path: Path) -> None:
    """A table that could lead to two students, or is none, is refused with the place and what to do."""
    with pytest.raises(UsageError, match=message):
        roster(tmp_path, text)


def test_missing_file(tmp_path: Path) -> None:
    """A roster that is not there is one line."""
    with pytest.raises(UsageError, match=r"the roster can't be read: No such file or directory\."):
        read_roster(tmp_path / "none.csv")


CLASS = Roster(
    (
        RosterStudent("ada", "Ada Lovelace", {"canvas_user": "1", "email": "ada@x.org"}),
        RosterStudent("ada2", "Ada Lovelace", {"canvas_user": "2"}),
        RosterStudent("kurt", "Gödel, Kurt", {"canvas_user": "3", "login": "kg"}),
        RosterStudent("eve", "Eve Ng", {}),
    )
)


@pytest.mark.parametrize(
    ("names", "ids", "student", "why"),
    [
        ([], {"canvas_user": "3"}, "kurt", ""),
        (["whoever"], {"email": "ADA@x.org"}, "ada", ""),
        (["Kurt Gödel"], {}, "kurt", ""),
        (["Kurt Go\u0308del"], {}, "kurt", ""),
        (["gödelkurt"], {}, "kurt", ""),
        (["KG"], {}, "kurt", ""),
        (["Eve Ng"], {"canvas_user": "9"}, "eve", ""),
        (["Ada Lovelace"], {"canvas_user": "2"}, "ada2", ""),
        (["Ada Lovelace"], {}, None, "2 in the roster go by that name: ada, ada2"),
        (["Kurt Gödel"], {"canvas_user": "9"}, None, "the roster has the name, but with another id: kurt"),
        ([], {"canvas_user": "1", "login": "kg"}, None, "its ids are those of ada and of kurt in the roster"),
        (["Bob"], {"canvas_user": "9"}, None, "the roster has nobody of that name or id"),
        ([""], {}, None, "the roster has nobody of that name or id"),
    ],
)
def test_find(names: list[str], ids: dict[str, str], student: str | None, why: str) -> None:
    """An id counts more than a name, and what leads to two students leads to none."""
    found, reason = CLASS.find(names, ids)
    assert (found.student if found else None, reason) == (student, why)


@pytest.mark.parametrize(
    ("name", "together"),
    [
        ("Lovelace, Ada", "lovelaceada"),
        ("Ada King Lovelace", "lovelaceadaking"),
        ("O'Neill, Mary-Ann", "oneillmaryann"),
        ("हिन्दी, क", "हिन्दीक"),
        ("李雷", "李雷"),
        ("", ""),
    ],
)
def test_run_together(name: str, together: str) -> None:
    """A name as Canvas writes it into the name of a file."""
    assert run_together(name) == together


def test_same_name() -> None:
    """Order, case, hyphens and spaces make no other name; other letters do."""
    assert len({same_name(name) for name in ("Lovelace, Ada", "Ada  LOVELACE", "ada-lovelace", "ada_lovelace")}) == 1
    assert same_name("Ada Lovelacé") != same_name("Ada Lovelace")


def test_quote_that_is_never_closed(tmp_path: Path) -> None:
    """All that follows is then one cell, larger than any may be: one line says so."""
    with pytest.raises(UsageError, match=r"roster\.csv: is no CSV that can be read: field larger than"):
        roster(tmp_path, 'student,name\nada,"' + "x,y\n" * 50_000)


@pytest.mark.parametrize("when", ["0001-01-01", "9999-12-31T23:59-12:00"])
def test_time_beyond_the_calendar(when: str, tmp_path: Path) -> None:
    """A time that no calendar has in UTC is said to be none, with its row."""
    with pytest.raises(UsageError, match=r"roster\.csv, row 2: deadline is '.*'; expected a date"):
        roster(tmp_path, f"student,deadline\nada,{when}\n")


def test_gradebook_of_canvas_is_a_roster(tmp_path: Path) -> None:
    """Canvas' own gradebook is read: names, ids and logins of students, and not the rows that are of nobody."""
    path = tmp_path / "gradebook.csv"
    path.write_text(
        "Student,ID,SIS Login ID,Section,Classifier (77)\n"
        '    Points Possible,,,,82\n"Lovelace, Ada",4711,ada1,A,\n"Student, Test",9,x,A,\n',
        encoding="utf-8",
    )
    roster = read_roster(path)
    ids = {"canvas_user": "4711", "login": "ada1"}
    assert roster.students == (RosterStudent("ada-lovelace", "Lovelace, Ada", ids),)
    assert "was read as Canvas' gradebook" in roster.notes[0]
