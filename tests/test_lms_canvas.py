"""Canvas: its zip of submissions in, its gradebook and a zip of feedback out, byte for byte what was not ours to change."""

from __future__ import annotations

import resource
import stat
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from downloads import files_of, grade, page, write_zip
from hypothesis import given
from hypothesis import strategies as st

from grader import cli
from grader.course.assignments import Assignment, find_assignment
from grader.errors import StorageError, UsageError
from grader.grades.store import Store
from grader.lms import canvas
from grader.lms.detection import open_inbox
from grader.lms.handed import Filled, Handed
from grader.results import Status
from grader.submissions.arrivals import Arrival

COURSE = {
    "assignments/tiny/assignment.toml": (
        'title = "Tiny"\ntimeout_seconds = 30\n'
        '[[exercise]]\nname = "double"\ntitle = "double"\nfile = "double.py"\ndefines = ["double"]\n'
        '[[exercise]]\nname = "part"\ntitle = "part"\nfile = "part-2.py"\ndefines = ["part"]\n'
    ),
    "assignments/tiny/double.py": "def double(x):\n    raise NotImplementedError\n",
    "assignments/tiny/part-2.py": "def part(x):\n    raise NotImplementedError\n",
    "assignments/tiny/test_double.py": """
import pytest

@pytest.mark.exercise("double")
@pytest.mark.points(2)
def test_two(submission):
    \"\"\"double(2) is 4.\"\"\"
    assert submission.double(2) == 4

@pytest.mark.exercise("part")
@pytest.mark.points(0.5)
def test_part(submission):
    \"\"\"part(0) is 0.\"\"\"
    assert submission.part(0) == 0
""",
}
DOUBLE = "def double(x):\n    return 2 * x\n"
PART = "def part(x):\n    return x\n"


@pytest.fixture
def tiny(tmp_path: Path) -> Assignment:
    """An assignment of two files, one of which has a number in its name."""
    for name, text in COURSE.items():
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return find_assignment(tmp_path / "course", "tiny")


def zipped(members: Mapping[str, str | bytes], tmp_path: Path) -> bytes:
    return write_zip(tmp_path / "inner.zip", members).read_bytes()


def flags_of(path: Path, assignment: Assignment) -> dict[str, str]:
    """What the flags of the one student say, by file."""
    (entry,) = open_inbox(path, assignment).entries
    return {flag.where: flag.detail for flag in entry.load().flags}


# -- in ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lovelaceada_4711_8812_double.py", canvas.Member("lovelaceada", False, "4711", "8812", "double.py")),
        ("lovelaceada_LATE_4711_8812_double.py", canvas.Member("lovelaceada", True, "4711", "8812", "double.py")),
        ("gödelkurt_1_2_a_3_4_b.py", canvas.Member("gödelkurt", False, "1", "2", "a_3_4_b.py")),
        ("o_neill_mary_1_2_x.py", canvas.Member("o_neill_mary", False, "1", "2", "x.py")),
        ("李雷_1_2_x.tar.gz", canvas.Member("李雷", False, "1", "2", "x.tar.gz")),
        ("हिन्दी_1_2_x.py", canvas.Member("हिन्दी", False, "1", "2", "x.py")),
        ("late_1_2_x.py", canvas.Member("late", False, "1", "2", "x.py")),
        ("4711_8812_x.py", canvas.Member("", False, "4711", "8812", "x.py")),
        ("anon_Ab1Cd_8812_x.py", canvas.Member("", False, "anon_Ab1Cd", "8812", "x.py")),
        ("LATE_anon_Ab1Cd_8812_x.py", canvas.Member("", True, "anon_Ab1Cd", "8812", "x.py")),
        ("ada_4711_text.html", canvas.Member("ada", False, "4711", "", "text.html", is_typed=True)),
        ("ada_LATE_4711_link.html", canvas.Member("ada", True, "4711", "", "link.html", is_typed=True)),
        ("ada_4711_8812_text.html", canvas.Member("ada", False, "4711", "8812", "text.html")),
        ("double.py", None),
        ("ada_4711_double.py", None),
        ("ada_4711_8812_", None),
    ],
)
def test_member(name: str, expected: canvas.Member | None) -> None:
    """The name of a member says whose it is, whether it is late, and what the student called the file."""
    assert canvas.member_of(name) == expected


@pytest.mark.parametrize("form", ["zip", "folder", "zip of a folder"])
def test_whole_download(form: str, tiny: Assignment, tmp_path: Path) -> None:
    """As a zip or unpacked: files of a student are one submission, with the names and marks that Canvas gave."""
    inside = zipped({"work/double.py": DOUBLE, "work/part-2.py": PART}, tmp_path)
    members: dict[str, str | bytes] = {
        "lovelaceada_4711_8812_double-1.py": DOUBLE,
        "lovelaceada_4711_8813_part-2.py": PART,
        "turingalan_LATE_12_99_my work.zip": inside,
        "._turingalan_LATE_12_99_my work.zip": b"\0\5\26\7",
        "__MACOSX/._turingalan_LATE_12_99_my work.zip": b"\0\5\26\7",
        ".DS_Store": b"\0",
    }
    top = "course-tiny_submissions/" if form == "zip of a folder" else ""
    path = write_zip(tmp_path / "submissions.zip", {top + name: content for name, content in members.items()})
    if form == "folder":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / "unpacked")
        path = tmp_path / "unpacked"
    inbox = open_inbox(path, tiny)
    assert (inbox.system, inbox.unmatched, inbox.missing) == ("canvas", (), ())
    assert files_of(path, tiny) == {
        "lovelaceada_4711": {"double.py": DOUBLE, "part-2.py": PART},
        "turingalan_12": {"double.py": DOUBLE, "part-2.py": PART},
    }
    ada, alan = (entry.arrival for entry in inbox.entries)
    assert (ada.system, ada.name, ada.ids, ada.is_late) == ("canvas", "lovelaceada", {"canvas_user": "4711"}, False)
    assert alan.is_late is True
    assert [Path(name).name for name in alan.members] == ["turingalan_LATE_12_99_my work.zip"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["double-1.py"], ["double.py"]),
        (["double-7.py"], ["double.py"]),
        (["double-8.py"], ["double-8.py"]),
        (["Double-1.PY"], ["Double.PY"]),
        (["double-0ab1c2d3-1111-2222-3333-444455556666.py"], ["double.py"]),
        (["part-2.py"], ["part-2.py"]),
        (["part-2-1.py"], ["part-2.py"]),
        (["part-1.py"], ["part-1.py"]),
        (["helper-1.py"], ["helper-1.py"]),
        (["double.py", "double-1.py"], ["double.py", "double-1.py"]),
        (["double-1.py", "double-3.py"], ["double-1.py", "double.py"]),
        (["tiny-1.tar.gz"], ["tiny-1.tar.gz"]),
        (["archive-1.tar.gz"], ["archive.tar.gz"]),
    ],
)
def test_own_names(files: list[str], expected: list[str]) -> None:
    """A number of Canvas' goes where a wanted name is left; one that belongs to the name, or whose name is taken, stays."""
    names = canvas.own_names(files, {"double.py", "part-2.py", "archive.tar.gz"})
    assert [names[file] for file in files] == expected


def test_renamed_file_is_flagged(tiny: Assignment, tmp_path: Path) -> None:
    """That a number was dropped is told the instructor."""
    path = write_zip(tmp_path / "s.zip", {"ada_1_2_double-1.py": DOUBLE})
    assert flags_of(path, tiny) == {"double-1.py": "was read as double.py; Canvas numbers names"}


def test_text_entry(tiny: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text typed into Canvas is said not to be gradable, and so is a link; a file beside it is graded."""
    path = write_zip(
        tmp_path / "s.zip",
        {"ada_1_text.html": "<p>x", "bob_2_link.html": "<a>", "cy_3_text.html": "x", "cy_3_4_double.py": DOUBLE},
    )
    inbox = open_inbox(path, tiny)
    assert [reason.partition(":")[0] for reason in inbox.unmatched] == ["ada_1", "bob_2"]
    submissions = [entry.load() for entry in inbox.entries]
    assert [submission.flags[-1].kind for submission in submissions] == ["not_gradable", "not_gradable", "ignored_file"]
    assert submissions[2].files == {"double.py": DOUBLE}
    course = str(tiny.course_root)
    assert cli.main(["grade", str(path), "-a", "tiny", "--course", course, "--dry-run"]) == 3
    said = capsys.readouterr().out
    assert "ada_1: text or a link, no file, so there is nothing to grade in it" in said
    assert [line.strip() for line in said.splitlines() if "files:" in line] == [
        "files: none that can be graded",
        "files: none that can be graded",
        "files: double.py",
    ]


def test_anonymous(tiny: Assignment, tmp_path: Path) -> None:
    """In an anonymous assignment students go by Canvas' mark of them."""
    path = write_zip(tmp_path / "s.zip", {"anon_Xy9_5_double.py": DOUBLE, "LATE_anon_Zz1_6_double.py": DOUBLE})
    entries = open_inbox(path, tiny).entries
    assert [entry.student for entry in entries] == ["anon_Xy9", "anon_Zz1"]
    assert [entry.arrival.ids for entry in entries] == [{"canvas_anonymous": "Xy9"}, {"canvas_anonymous": "Zz1"}]
    assert [entry.arrival.is_late for entry in entries] == [False, True]


def test_stray_file_is_said(tiny: Assignment, tmp_path: Path) -> None:
    """What Canvas did not name is told with the reason, and the others are read."""
    path = write_zip(tmp_path / "s.zip", {"ada_1_2_double.py": DOUBLE, "bob_3_4_double.py": DOUBLE, "notes.txt": "x"})
    inbox = open_inbox(path, tiny)
    assert [entry.student for entry in inbox.entries] == ["ada_1", "bob_3"]
    assert inbox.unmatched == ("notes.txt: is not named as Canvas names submissions",)


# -- in, made to harm --------------------------------------------------------------------------------------------------


def link(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


def test_link_in_the_download(tiny: Assignment, tmp_path: Path) -> None:
    """A link in the zip is not followed."""
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        archive.writestr(link("ada_1_2_double.py"), "/etc/passwd")
    flags = flags_of(tmp_path / "s.zip", tiny)
    assert flags["double.py"] == "is a link or a device, not a regular file, so it was not opened"


def test_link_in_the_unpacked_folder(tiny: Assignment, tmp_path: Path) -> None:
    """A link in the folder is not followed."""
    (tmp_path / "secret.py").write_text("SECRET = 1\n", encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ada_1_2_double.py").symlink_to(tmp_path / "secret.py")
    assert files_of(tmp_path / "in", tiny) == {"ada_1": {}}


@pytest.mark.parametrize("name", ["../ada_1_2_double.py", "/ada_1_2_double.py", "..\\ada_1_2_double.py"])
def test_path_out_of_the_download(name: str, tiny: Assignment, tmp_path: Path) -> None:
    """A name that leads out of the zip belongs to nobody, and nothing of it is written."""
    path = write_zip(tmp_path / "s.zip", {"bob_3_4_double.py": DOUBLE, "cy_5_6_double.py": DOUBLE, name: "EVIL = 1\n"})
    inbox = open_inbox(path, tiny)
    assert [entry.student for entry in inbox.entries] == ["bob_3", "cy_5"]
    assert len(inbox.unmatched) == 1
    assert [found.name for found in tmp_path.rglob("*.py") if "course" not in found.parts] == []


def test_hostile_zip_of_a_student(tiny: Assignment, tmp_path: Path) -> None:
    """In a student's own zip: no way out, no link, no zip in it; what is sound is read."""
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.writestr("../out.py", "x = 1\n")
        archive.writestr("/absolute.py", "x = 1\n")
        archive.writestr(link("linked.py"), "/etc/passwd")
        archive.writestr("deeper.zip", b"PK")
        archive.writestr("double.py", DOUBLE)
    path = write_zip(tmp_path / "s.zip", {"ada_1_2_work.zip": (tmp_path / "inner.zip").read_bytes()})
    assert files_of(path, tiny) == {"ada_1": {"double.py": DOUBLE}}
    assert flags_of(path, tiny) == {
        "../out.py": "points outside the zip, so it was not opened",
        "/absolute.py": "points outside the zip, so it was not opened",
        "deeper.zip": "is an archive inside; hand in the files themselves",
        "linked.py": "is a link or a device, not a regular file, so it was not opened",
    }


def test_zip_bomb_of_a_student(tiny: Assignment, tmp_path: Path) -> None:
    """Of a file that unpacks to far more than it may have, only so much is read that this is known."""
    inner = zipped({"double.py": b" " * 100_000_000}, tmp_path)
    path = write_zip(tmp_path / "s.zip", {"ada_1_2_work.zip": inner, "ada_1_3_huge.zip": b"\0" * 60_000_000})
    flags = flags_of(path, tiny)
    assert flags["double.py"].startswith("is too large")
    assert flags["huge.zip"].startswith("is too large: a zip may have at most")


def test_encrypted_member(tiny: Assignment, tmp_path: Path) -> None:
    """A member with a password is said to be one."""
    path = write_zip(tmp_path / "s.zip", {"ada_1_2_double.py": DOUBLE})
    raw = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.index(mark) + flags] |= 1
    path.write_bytes(raw)
    assert flags_of(path, tiny)["double.py"] == "is encrypted; make the zip without a password"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_name_that_is_there_twice(tiny: Assignment, tmp_path: Path) -> None:
    """Of two members with the same name one is read, and that is said."""
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for text in (DOUBLE, "x = 1\n"):
            archive.writestr("ada_1_2_double.py", text)
    assert flags_of(tmp_path / "s.zip", tiny) == {"double.py": "is there twice; one of them was read"}


def test_spellings_of_a_name(tiny: Assignment, tmp_path: Path) -> None:
    """Letters with accents are the same in both spellings, and names that differ in case stay two files."""
    path = write_zip(tmp_path / "s.zip", {"go\u0308del_1_2_Double.py": "X = 1\n", "g\xf6del_1_3_double.py": DOUBLE})
    assert files_of(path, tiny) == {"g\xf6del_1": {"Double.py": "X = 1\n", "double.py": DOUBLE}}


def test_long_name_keeps_its_number(tiny: Assignment, tmp_path: Path) -> None:
    """However long a student's name is, the key ends with what makes it the student's own."""
    path = write_zip(tmp_path / "s.zip", {f"{'x' * 180}_{number}_2_double.py": DOUBLE for number in (1, 2)})
    keys = [entry.student for entry in open_inbox(path, tiny).entries]
    assert [key[-2:] for key in keys] == ["_1", "_2"]
    assert all(len(key.encode()) < 240 for key in keys)


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\5\6" + b"\0" * 18])
def test_no_such_zip(content: bytes, tiny: Assignment, tmp_path: Path) -> None:
    """A file that is no zip, or an empty one, is refused with what to do."""
    (tmp_path / "s.zip").write_bytes(content)
    with pytest.raises(UsageError, match=r"Download it again|name that\.$"):
        open_inbox(tmp_path / "s.zip", tiny)


# -- out: the gradebook ------------------------------------------------------------------------------------------------


def handed(
    student: str, score: str = "2.5", ids: Mapping[str, str] | None = None, name: str = "", **more: str
) -> Handed:
    arrival = Arrival("canvas", name, ids or {})
    return Handed(grade(student, score, **more), arrival)  # type: ignore[arg-type]


BOOK = (
    b"\xef\xbb\xbfStudent,ID,SIS User ID,SIS Login ID,Section,Tiny (77),Other (78),Tiny Current Score\r\n"
    b"    Points Possible,,,,,2.5,10,(read only)\r\n"
    b'"Lovelace, Ada",4711,S1,ada@x.org,"Sec ""A""",,7.00 ,\r\n'
    b'"Turing, Alan",12,S2,alan,B,"1.00",,\r\n'
    b'"G\xc3\xb6del, Kurt",13,,kurt,B,EX,,\r\n'
    b'"Noether, Emmy",14,,emmy,B,N/A,,\r\n'
    b'"Student, Test",15,,test,B,,,'
)


def filled(*grades: Handed, book: bytes = BOOK, column: str = "77", scale: bool = False) -> Filled:
    return canvas.gradebook(grades, book, column, scale=scale)


def test_gradebook_is_filled_in_place() -> None:
    """One column changes: quotes, mark, line ends, trailing spaces and what is missing at the end stay."""
    result = filled(
        handed("lovelaceada_4711", "2", {"canvas_user": "4711"}), handed("turingalan_12", "2.5", {"canvas_user": "12"})
    )
    assert result.content == BOOK.replace(b'"Sec ""A""",,7', b'"Sec ""A""",2,7').replace(b'B,"1.00"', b'B,"2.5"')
    assert result.filled == 2
    assert result.notes == (
        "left as they are, for there is no grade of them (3): Gödel, Kurt; Noether, Emmy; Student, Test",
    )


@pytest.mark.parametrize(
    ("one", "row"),
    [
        (handed("x", ids={"canvas_user": "4711"}), b'""",2.5,'),
        (handed("x", ids={"sis_id": "S1"}), b'""",2.5,'),
        (handed("x", ids={"login": "ADA@x.org"}), b'""",2.5,'),
        (handed("ada@x.org"), b'""",2.5,'),
        (handed("x", name="Ada Lovelace"), b'""",2.5,'),
        (handed("x", name="Lovelace, Ada"), b'""",2.5,'),
        (handed("x", name="lovelaceada"), b'""",2.5,'),
        (handed("ada-lovelace"), b'""",2.5,'),
        (Handed(grade("ada-lovelace"), None), b'""",2.5,'),
    ],
)
def test_ways_to_a_row(one: Handed, row: bytes) -> None:
    """A student is found by Canvas' ID, SIS ID, login, and by a name that only one has."""
    result = filled(one)
    assert (row in result.content, result.filled) == (True, 1)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (handed("x", ids={"canvas_user": "9"}), "x: no row has this id or name; not filled in"),
        (
            handed("x", ids={"canvas_user": "9"}, name="Ada Lovelace"),
            "x: the row that fits otherwise has the Canvas ID 4711, not 9; not filled in",
        ),
        (
            handed("x", ids={"canvas_user": "4711", "login": "alan"}),
            "x: the row that fits otherwise has the login ada@x.org, not alan; not filled in",
        ),
        (handed("x", ids={"canvas_user": "13"}), "x: Canvas says EX, excused; left so"),
        (handed("x", ids={"canvas_user": "14"}), "x: Canvas says N/A, not assigned to them; left so"),
        (
            Handed(grade("x", status=Status.GRADER_ERROR), Arrival("canvas", "", {"canvas_user": "12"})),
            "x: the grader failed, so there is no score; look at it first; not filled in",
        ),
    ],
)
def test_what_is_not_filled_in(one: Handed, reason: str) -> None:
    """No id, ids that contradict each other, excused, not assigned, our own failure: noted, and no byte is changed."""
    result = filled(one)
    assert (result.content, result.filled) == (BOOK, 0)
    assert reason in result.notes


def test_two_for_one_row() -> None:
    """Two grades that would fill the same row fill none."""
    result = filled(handed("a", ids={"canvas_user": "12"}), handed("b", "1", ids={"login": "alan"}))
    assert (result.content, result.notes[0]) == (BOOK, "a and b would both fill row 4; not filled in")


def test_name_of_two() -> None:
    """A name that two rows have leads to neither."""
    book = BOOK.replace(b"Turing, Alan", b"Lovelace, Ada")
    result = filled(handed("x", name="Ada Lovelace"), book=book)
    assert (result.content, result.notes[0]) == (book, "x: 2 rows go by that name; not filled in")


def test_grade_that_cannot_be_graded_is_a_score() -> None:
    """A submission in which nothing can be read has a score, 0."""
    nothing = Handed(grade("x", "0", status=Status.NOT_GRADABLE), Arrival("canvas", "", {"canvas_user": "4711"}))
    assert b'"Sec ""A""",0,7' in filled(nothing).content


def test_other_points_possible() -> None:
    """Where Canvas has other points, that is said; scores are converted only if asked, exactly and rounded once."""
    book = BOOK.replace(b",,,,,2.5,10", b",,,,,10,10")
    one = handed("x", "0.835", {"canvas_user": "4711"})
    plain, scaled = filled(one, book=book), filled(one, book=book, scale=True)
    assert plain.notes[0] == (
        "Canvas has 10 points, the grades are of 2.5; scores are as they are, and Canvas takes them for scores of 10. "
        "--scale converts them"
    )
    assert b",,,,,10,10," in scaled.content
    assert b'"Sec ""A""",3.34,7' in scaled.content


@pytest.mark.parametrize(
    ("column", "index"), [("Tiny (77)", 5), ("tiny", 5), ("77", 5), ("78", 6), ("Other", 6), ("", 5)]
)
def test_column(column: str, index: int) -> None:
    """A column is named by its header, title or number; without that it is that of the assignment's title."""
    line = filled(handed("x", "1.25", {"canvas_user": "12"}), column=column).content.splitlines()[3]
    assert line.split(b",")[index + 1].strip(b'"') == b"1.25"


@pytest.mark.parametrize("column", ["Tini", "Section", "Tiny Current Score", "Student"])
def test_no_such_column(column: str) -> None:
    """Another name is refused, with those that there are."""
    with pytest.raises(UsageError) as caught:
        filled(handed("x"), column=column)
    assert str(caught.value) == (
        f"the gradebook: no column fits {column!r}. Name one with --column, as it is written there: Tiny (77), Other (78)."
    )


def test_column_is_not_guessed() -> None:
    """Of several assignments, none of which has our title, none is chosen."""
    with pytest.raises(UsageError, match="it is not clear which column to fill"):
        filled(handed("x"), book=BOOK.replace(b"Tiny (77)", b"Small (77)"), column="")


def test_read_only_column() -> None:
    """A column that Canvas does not take is refused."""
    with pytest.raises(UsageError, match="is read only there"):
        filled(handed("x"), book=BOOK.replace(b",,,,,2.5,", b",,,,,(read only),"))


@pytest.mark.parametrize(
    "book", [b"", b"a,b\n1,2\n", b"Student,Grade,Section\n", "Student,ID,Section\n".encode("utf-16")]
)
def test_no_gradebook(book: bytes) -> None:
    """A file that Canvas would not take is refused with what its first row is."""
    with pytest.raises(UsageError, match="the gradebook"):
        filled(handed("x"), book=book)


def test_other_csv_as_gradebook() -> None:
    """Somebody who names the wrong file reads what it begins with, and what was expected."""
    with pytest.raises(UsageError, match=r"its first row is 'a, b'; expected that of Canvas' export of the gradebook"):
        filled(handed("x"), book=b"a,b\n1,2\n")


def test_decimal_comma() -> None:
    """A file with semicolons gets commas, as Canvas writes it there; so does a column that has them, in quotes."""
    book = BOOK.replace(b",", b";").replace(b".00", b"").replace(b"2.5", b"2,5")
    assert b'"Sec ""A""";2,5;7' in filled(handed("x", ids={"canvas_user": "4711"}), book=book).content
    quoted = BOOK.replace(b'"1.00"', b'"1,00"').replace(b"2.5,10", b'"2,5",10').replace(b"7.00", b"7")
    assert b'"Sec ""A""","2,5",7' in filled(handed("x", ids={"canvas_user": "4711"}), book=quoted).content


def test_same_score_keeps_its_bytes() -> None:
    """A cell that says the score already is left, so a file that was filled before stays as it is."""
    result = filled(handed("x", "1", {"canvas_user": "12"}))
    assert (result.content, result.filled) == (BOOK, 1)


def test_first_and_last_name() -> None:
    """An export with two columns for the name is a gradebook too."""
    book = b"LastName,FirstName,ID,SIS Login ID,Section,Tiny (77)\nPoints Possible,,,,,2.5\nLovelace,Ada,4711,ada,A,\n"
    assert filled(handed("x", name="Ada Lovelace"), book=book).content.endswith(b",ada,A,2.5\n")


def test_guarded_cells() -> None:
    """Names and ids that Canvas guards from spreadsheets are read without that."""
    book = BOOK.replace(b"4711,S1", b'"=""4711""",S1')
    assert b'""",2.5,7' in filled(handed("x", ids={"canvas_user": "4711"}), book=book).content


def test_row_that_is_too_short() -> None:
    """A row that ends before the column is left, and said."""
    result = filled(handed("x", ids={"canvas_user": "16"}), book=BOOK + b"\r\nShort,16,,short,A\r\n")
    assert "x: row 8 ends before that column; not filled in" in result.notes


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    mark=st.booleans(),
    quote_all=st.booleans(),
    last_end=st.booleans(),
    students=st.lists(st.tuples(texts, texts, st.none() | st.integers(0, 250)), min_size=1, max_size=8),
)
def test_every_other_cell_keeps_its_bytes(
    delimiter: str,
    end: str,
    mark: bool,
    quote_all: bool,
    last_end: bool,
    students: list[tuple[str, str, int | None]],
) -> None:
    """In any dialect, with any texts in other cells: the file is that before with other numbers in our cells."""

    def quoted(text: str) -> str:
        needs = quote_all or any(character in text for character in f'{delimiter}"\r\n') or text[:1].isspace()
        return '"' + text.replace('"', '""') + '"' if needs else text

    def book(scores: list[str]) -> bytes:
        rows = [["Student", "ID", "Section", "Tiny (77)", "Other (78)"], ["    Points Possible", "", "", "2.5", "1"]]
        rows += [
            [f"N{name}", f"{number}", section, score, section]
            for number, ((name, section, _), score) in enumerate(zip(students, scores, strict=True), 100)
        ]
        text = end.join(delimiter.join(map(quoted, row)) for row in rows) + (end if last_end else "")
        return (b"\xef\xbb\xbf" if mark else b"") + text.encode()

    scores = ["" if score is None else f"{score / 100:.2f}".rstrip("0").rstrip(".") for _, _, score in students]
    grades = [
        handed(f"s{number}", str(Decimal(score) / 100), {"canvas_user": str(number)})
        for number, (_, _, score) in enumerate(students, 100)
        if score is not None
    ]
    result = filled(*grades, book=book([""] * len(students)))
    assert (result.content, result.filled) == (book(scores), len(grades))


# -- out: feedback -----------------------------------------------------------------------------------------------------


def test_feedback_zip(tmp_path: Path) -> None:
    """Each page has the name, the mark and the numbers of a member that the student handed in, in the same bytes always."""
    members = ("ada_LATE_4711_8811_x.py", "ada_LATE_4711_8812_y.py")
    one = Handed(grade("ada"), Arrival("canvas", "ada", {"canvas_user": "4711"}, members))
    two = Handed(grade("anon"), Arrival("canvas", "", {}, ("in/anon_Xy_5_link.py",)))
    result = canvas.feedback_zip([one, two], page, tmp_path / "feedback.zip")
    first = result.path.read_bytes()
    with zipfile.ZipFile(result.path) as archive:
        read = {name: archive.read(name) for name in archive.namelist()}
    assert read == {"ada_LATE_4711_8811_feedback.html": b"<p>ada</p>", "anon_Xy_5_feedback.html": b"<p>anon</p>"}
    assert (result.count, result.notes) == (2, ())
    assert canvas.feedback_zip([one, two], page, tmp_path / "feedback.zip").path.read_bytes() == first
    assert all(canvas.member_of(name) is not None for name in read)


def test_feedback_for_a_name_that_is_no_text(tmp_path: Path) -> None:
    """Of a name that is no UTF-8, or leads elsewhere, what fits stays; the numbers tell whose it is."""
    one = Handed(grade("m"), Arrival("canvas", "m", {"canvas_user": "4711"}, ("m\udcfc\\..\n_4711_8811_x.py",)))
    with zipfile.ZipFile(canvas.feedback_zip([one], page, tmp_path / "feedback.zip").path) as archive:
        assert archive.namelist() == ["m.._4711_8811_feedback.html"]


def test_feedback_that_canvas_could_not_place(tmp_path: Path) -> None:
    """Who came from elsewhere, handed in no file, or shares one, is noted."""
    shared = Arrival("canvas", "ada", {}, ("ada_1_2_x.py",))
    result = canvas.feedback_zip(
        [
            Handed(grade("ada"), shared),
            Handed(grade("bob"), shared),
            Handed(grade("cy"), Arrival("canvas", "cy", {}, ("cy_3_text.html",))),
            Handed(grade("di"), Arrival()),
            Handed(grade("eve"), None),
        ],
        page,
        tmp_path / "feedback.zip",
    )
    assert result.count == 1
    assert [note.partition(":")[0] for note in result.notes] == ["bob", "cy", "di", "eve"]


def test_feedback_on_a_full_disk(tmp_path: Path) -> None:
    """A zip that can't be written is one line, and the one before stays."""
    (tmp_path / "feedback.zip").write_bytes(b"before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # no file may grow
    try:
        with pytest.raises(StorageError, match=r"feedback\.zip: can't be written"):
            canvas.feedback_zip([], page, tmp_path / "feedback.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "feedback.zip").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["feedback.zip"]


# -- there and back ----------------------------------------------------------------------------------------------------


def test_from_the_zip_to_the_gradebook(tiny: Assignment, tmp_path: Path) -> None:
    """The real command grades the zip; the gradebook then has the scores, lateness taken off, and all else as it was."""
    path = write_zip(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_4711_8812_double.py": DOUBLE,
            "lovelaceada_4711_8813_part-2-1.py": PART,
            "turingalan_LATE_12_99_work.zip": zipped({"double.py": DOUBLE}, tmp_path),
            "noetheremmy_14_text.html": "see my drive",
        },
    )
    roster = tmp_path / "roster.csv"
    roster.write_text("student;Canvas ID;name\nada;4711;Ada Lovelace\nkurt;13;Kurt Gödel\n", encoding="utf-8")
    arguments = ["grade", str(path), "-a", "tiny", "-o", str(tmp_path / "out"), "--course", str(tiny.course_root)]
    assert cli.main([*arguments, "--roster", str(roster), "--jobs", "1", "--allow-isolation", "process"]) == 0
    store = Store(tmp_path / "out" / "grades.db")
    grades = [Handed(grade, store.arrival(grade.student, grade.submission_sha256)) for grade in store.newest()]
    store.close()
    assert [one.grade.student for one in grades] == ["ada", "noetheremmy_14", "turingalan_12"]
    result = canvas.gradebook(grades, BOOK.replace(b"N/A", b""))
    expected = BOOK.replace(b'"Sec ""A""",,7', b'"Sec ""A""",2.5,7').replace(b'B,"1.00"', b'B,"2"')
    assert (result.content, result.filled) == (expected.replace(b"N/A", b"0"), 3)
    zipped_pages = canvas.feedback_zip(grades, page, tmp_path / "feedback.zip")
    assert zipped_pages.count == 2


def test_results_beside_the_zip(tiny: Assignment, tmp_path: Path) -> None:
    """The folder for results may lie beside the zip, but not inside the folder that it was unpacked into."""
    arguments = ["-a", "tiny", "--course", str(tiny.course_root), "--jobs", "1", "--allow-isolation", "process"]
    path = write_zip(tmp_path / "s.zip", {"ada_1_2_double.py": DOUBLE})
    assert cli.main(["grade", str(path), "-o", str(tmp_path / "out"), *arguments]) == 0
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ada_1_2_double.py").write_text(DOUBLE, encoding="utf-8")
    assert cli.main(["grade", str(tmp_path / "in"), "-o", str(tmp_path / "in" / "out"), *arguments]) == 2
