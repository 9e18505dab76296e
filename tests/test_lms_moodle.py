"""Moodle: its zip of submissions in, its grading worksheet and a zip of feedback out, byte for byte what was not ours."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from downloads import files_of, grade, page, write_zip
from hypothesis import given
from hypothesis import strategies as st

from grader import cli
from grader.course.assignments import Assignment, find_assignment
from grader.errors import UsageError
from grader.grades.store import Store
from grader.lms import moodle
from grader.lms.detection import open_inbox
from grader.lms.handed import Filled, Handed
from grader.results import Grade, Status
from grader.submissions.arrivals import Arrival

COURSE = {
    "assignments/tiny/assignment.toml": (
        'title = "Tiny"\ntimeout_seconds = 30\n'
        '[[exercise]]\nname = "double"\ntitle = "double"\nfile = "double.py"\ndefines = ["double"]\n'
    ),
    "assignments/tiny/double.py": "def double(x):\n    raise NotImplementedError\n",
    "assignments/tiny/test_double.py": """
import pytest

@pytest.mark.exercise("double")
@pytest.mark.points(2.5)
def test_two(submission):
    \"\"\"double(2) is 4.\"\"\"
    assert submission.double(2) == 4
""",
}
DOUBLE = "def double(x):\n    return 2 * x\n"
FILE, TEXT = "assignsubmission_file", "assignsubmission_onlinetext"


@pytest.fixture
def tiny(tmp_path: Path) -> Assignment:
    """An assignment of one file."""
    for name, text in COURSE.items():
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return find_assignment(tmp_path / "course", "tiny")


def unpacked(path: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(path.with_suffix(""))
    return path.with_suffix("")


# -- in ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"Ada Lovelace_4242_{FILE}", moodle.Place("Ada Lovelace", "4242", "file", "")),
        (f"Ada Lovelace_4242_{FILE}_", moodle.Place("Ada Lovelace", "4242", "file", "")),
        (f"Ada Lovelace_4242_{FILE}_a_1_b.py", moodle.Place("Ada Lovelace", "4242", "file", "a_1_b.py")),
        (f"Ada_4242_{TEXT}", moodle.Place("Ada", "4242", "onlinetext", "")),
        (f"Participant_7_{FILE}", moodle.Place("Participant", "7", "file", "")),
        (f"Default group_{FILE}", moodle.Place("Default group", "", "file", "")),
        (f"ada_99 Ada Lovelace_4242_{FILE}", moodle.Place("ada_99 Ada Lovelace", "4242", "file", "")),
        (f"Žofie 李雷_1_{FILE}", moodle.Place("Žofie 李雷", "1", "file", "")),
        (f"Ada_1_{FILE}_Bob_2_{FILE}_x.py", moodle.Place("Ada", "1", "file", f"Bob_2_{FILE}_x.py")),
        ("Ada Lovelace_4242", None),
        ("double.py", None),
    ],
)
def test_place(name: str, expected: moodle.Place | None) -> None:
    """The name of a folder, or of a file without folders, says whose it is."""
    assert moodle.place_of(name) == expected


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize("trailing", ["", "_"])
def test_folders(trailing: str, on_disk: bool, tiny: Assignment, tmp_path: Path) -> None:
    """A folder a student, of new versions and old, in the zip or unpacked, with subfolders, a zip, and text beside files."""
    inner = write_zip(tmp_path / "inner.zip", {"work/double.py": DOUBLE}).read_bytes()
    path = write_zip(
        tmp_path / "C-Tiny-99.zip",
        {
            f"Ada Lovelace_41_{FILE}{trailing}/src/double.py": DOUBLE,
            f"Ada Lovelace_41_{FILE}{trailing}/src/lib/more.py": "x = 1\n",
            f"Ada Lovelace_41_{TEXT}{trailing}/onlinetext.html": "<p>done",
            f"Alan Turing_42_{FILE}{trailing}/work.zip": inner,
            f"Emmy Noether_43_{TEXT}{trailing}/onlinetext.html": "<p>see my drive",
        },
    )
    path = unpacked(path) if on_disk else path
    inbox = open_inbox(path, tiny)
    assert inbox.system == "moodle"
    assert files_of(path, tiny) == {
        "ada-lovelace_41": {"double.py": DOUBLE, "lib/more.py": "x = 1\n"},
        "alan-turing_42": {"double.py": DOUBLE},
        "emmy-noether_43": {},
    }
    assert inbox.unmatched == ("emmy-noether_43: text or a link, no file, so there is nothing to grade in it",)
    assert inbox.notes == (
        f"Ada Lovelace_41_{TEXT}{trailing} is beside files of the same student, and no file: it was not read",
    )
    ada = inbox.entries[0].arrival
    assert (ada.system, ada.name, ada.ids) == ("moodle", "Ada Lovelace", {"moodle_participant": "41"})
    assert ada.is_late is None
    assert inbox.entries[2].load().flags[-1].kind == "not_gradable"


@pytest.mark.parametrize("on_disk", [False, True])
def test_without_folders(on_disk: bool, tiny: Assignment, tmp_path: Path) -> None:
    """A download without folders is told apart by names, and several files of one are one submission."""
    path = write_zip(
        tmp_path / "C-Tiny-99.zip",
        {f"Ada_41_{FILE}_double.py": DOUBLE, f"Ada_41_{FILE}_more_1.py": "x = 1\n", f"Bob_42_{FILE}_double.py": DOUBLE},
    )
    path = unpacked(path) if on_disk else path
    assert files_of(path, tiny) == {
        "ada_41": {"double.py": DOUBLE, "more_1.py": "x = 1\n"},
        "bob_42": {"double.py": DOUBLE},
    }


@pytest.mark.parametrize("word", ["Participant", "Teilnehmerin"])
def test_blind(word: str, tiny: Assignment, tmp_path: Path) -> None:
    """Where names are hidden, in whatever language, nobody gets the word for a name."""
    path = write_zip(tmp_path / "s.zip", {f"{word}_{number}_{FILE}/double.py": DOUBLE for number in (7, 8)})
    inbox = open_inbox(path, tiny)
    assert [(entry.student, entry.arrival.name) for entry in inbox.entries] == [
        (f"{word.lower()}_7", ""),
        (f"{word.lower()}_8", ""),
    ]
    assert inbox.notes == ("the names are hidden: students go by their numbers as participants",)


def test_only_one_student(tiny: Assignment, tmp_path: Path) -> None:
    """A download of one folder is not taken for a folder around everything."""
    path = write_zip(tmp_path / "s.zip", {f"Ada Lovelace_41_{FILE}/double.py": DOUBLE})
    assert files_of(path, tiny) == {"ada-lovelace_41": {"double.py": DOUBLE}}


def test_groups(tiny: Assignment, tmp_path: Path) -> None:
    """A group's submission goes to each member that the roster names; the group's number is nobody's own."""
    path = write_zip(
        tmp_path / "s.zip",
        {f"Team One_41_{FILE}/double.py": DOUBLE, f"Default group_{FILE}/double.py": DOUBLE},
    )
    roster = tmp_path / "roster.csv"
    roster.write_text("student,group,moodle id\nada,Team One,77\nbob,Team-One,41\ncy,Team Two,79\n", encoding="utf-8")
    inbox = open_inbox(path, tiny, roster)
    assert [(entry.student, dict(entry.arrival.ids)) for entry in inbox.entries] == [
        ("ada", {"moodle_participant": "77", "group": "41"}),
        ("bob", {"moodle_participant": "41", "group": "41"}),
        ("default-group", {}),
    ]
    assert inbox.notes == ("team-one_41 is a group's: ada, bob each get its grade",)
    assert inbox.unmatched == ("default-group: the roster has nobody of that name or id; it goes by default-group",)
    assert [student.student for student in inbox.missing] == ["cy"]


def test_login_before_the_name(tiny: Assignment, tmp_path: Path) -> None:
    """A changed version puts the login before the name; the roster's name is found all the same."""
    path = write_zip(tmp_path / "s.zip", {f"alov Ada Lovelace_41_{FILE}/double.py": DOUBLE})
    roster = tmp_path / "roster.csv"
    roster.write_text("name\nAda Lovelace\n", encoding="utf-8")
    assert [entry.student for entry in open_inbox(path, tiny, roster).entries] == ["ada-lovelace"]


def test_hostile_members(tiny: Assignment, tmp_path: Path) -> None:
    """Members that lead out of their folder are not read, in the zip or anywhere."""
    path = write_zip(
        tmp_path / "s.zip",
        {
            f"Ada_41_{FILE}/../../evil.py": "EVIL = 1\n",
            f"Ada_41_{FILE}/double.py": DOUBLE,
            f"../Bob_42_{FILE}/double.py": DOUBLE,
            f"Cy_43_{FILE}/C:\\evil.py": DOUBLE,
        },
    )
    inbox = open_inbox(path, tiny)
    assert [entry.student for entry in inbox.entries] == ["ada_41", "cy_43"]
    assert inbox.unmatched == ("..: is not named as Moodle names submissions",)
    submission = inbox.entries[0].load()
    assert submission.files == {"double.py": DOUBLE}
    assert [flag.detail for flag in submission.flags] == ["points outside the zip, so it was not opened"]


def test_same_submission_in_both_forms(tiny: Assignment, tmp_path: Path) -> None:
    """Zip and folder give the same digest, so what is graded is not graded again."""
    path = write_zip(tmp_path / "s.zip", {f"Ada_41_{FILE}/a/double.py": DOUBLE, f"Ada_41_{FILE}/a/b/c.py": "x = 1\n"})
    digests = {open_inbox(form, tiny).entries[0].load().sha256 for form in (path, unpacked(path))}
    assert len(digests) == 1


# -- out: the worksheet ------------------------------------------------------------------------------------------------


def handed(student: str, score: str = "2.5", number: str = "", name: str = "", members: tuple[str, ...] = ()) -> Handed:
    ids = {"moodle_participant": number} if number else {}
    return Handed(grade(student, score), Arrival("moodle", name, ids, members))


SHEET = (
    '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    'Participant 41,"Ada Lovelace",ada@x.org,"Submitted for grading - ",,2.50,Yes,"Monday, 2 March 2026, 9:00 AM",-,\n'
    'Participant 42,"Alan Turing",alan@x.org,Graded,"1.00",2.50,Yes,-,"Monday, 2 March 2026, 9:00 AM","<p>ok</p>"\n'
    'Participant 43,"Emmy Noether",emmy@x.org,Graded,2.00,2.50,No,-,-,\n'
).encode()
SKIPS = "Moodle leaves out a grade that was changed there after this worksheet was downloaded"


def filled(*grades: Handed, sheet: bytes = SHEET, column: str = "", scale: bool = False) -> Filled:
    return moodle.gradebook(grades, sheet, column, scale=scale)


def test_worksheet_is_filled_in_place() -> None:
    """One column changes; times, quotes, mark and line ends stay."""
    result = filled(handed("a", "2", "41"), handed("b", "2.5", "42"))
    expected = SHEET.replace(b'- ",,2.50', b'- ",2,2.50').replace(b'Graded,"1.00"', b'Graded,"2.5"')
    assert (result.content, result.filled) == (expected, 2)
    assert result.notes == ("left as they are, for there is no grade of them (1): Emmy Noether", SKIPS)


@pytest.mark.parametrize(
    "one", [handed("a", number="41"), handed("a", name="Ada Lovelace"), handed("ada-lovelace"), handed("ada@x.org")]
)
def test_ways_to_a_row(one: Handed) -> None:
    """A student is found by the participant's number, by name and by address."""
    assert b'- ",2.5,2.50' in filled(one).content


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (handed("a", number="9"), "a: no row has this id or name; not filled in"),
        (
            handed("a", number="9", name="Ada Lovelace"),
            "a: the row that fits otherwise has the participant number 41, not 9; not filled in",
        ),
        (handed("a", number="43"), "a: the grade is locked in Moodle; not filled in"),
        (
            Handed(grade("a", "3", "3"), Arrival("moodle", "", {"moodle_participant": "41"})),
            "a: 3 is above the maximum grade, 2.5, and Moodle leaves such rows out; not filled in",
        ),
        (
            Handed(grade("a", status=Status.GRADER_ERROR), Arrival("moodle", "", {"moodle_participant": "41"})),
            "a: the grader failed, so there is no score; look at it first; not filled in",
        ),
        (
            handed("a", number="41", name="Team", members=(f"Team_41_{FILE}/x.py",)),
            "a: was handed in by Team, and the worksheet calls Participant 41 Ada Lovelace. Is it a group's? Then give "
            "--roster a column group; not filled in",
        ),
    ],
)
def test_what_is_not_filled_in(one: Handed, reason: str) -> None:
    """What Moodle would leave out without a word, and what is not certain, is noted, and no byte is changed."""
    result = filled(one)
    assert (result.content, result.filled) == (SHEET, 0)
    assert reason in result.notes


def test_login_in_the_name_is_no_other_student() -> None:
    """A folder with the login before the name is of the student whom the worksheet names."""
    one = handed("a", number="41", name="alov Ada Lovelace", members=(f"alov Ada Lovelace_41_{FILE}/x.py",))
    assert filled(one).filled == 1


def test_other_maximum() -> None:
    """Where Moodle has another maximum, that is said; scores are converted only if asked, exactly and rounded once."""
    sheet = SHEET.replace(b",2.50,", b",100.00,")
    plain, scaled = (filled(handed("a", "0.8349", "41"), sheet=sheet, scale=scale) for scale in (False, True))
    assert plain.notes[0] == (
        "the maximum grade is 100.00, the grades are of 2.5; scores are as they are. --scale converts them"
    )
    assert b'- ",33.4,100.00' in scaled.content


GERMAN = (
    "ID-Nr.;Vollständiger Name;Status;Bewertung;Bestwertung;Bewertung kann geändert werden;Zuletzt geändert (Bewertung)\r\n"
    "Teilnehmer/in41;Ada Lovelace;-;;2,50;Ja;-\r\n"
    "Teilnehmer/in42;Alan Turing;-;;2,50;Nein;-\r\n"
)


def test_german_worksheet() -> None:
    """Words of other languages are known or found by what is in the columns; numbers get the file's comma."""
    result = filled(handed("a", "1.25", "41"), handed("b", "1", "42"), sheet=GERMAN.encode())
    assert result.content == GERMAN.replace("-;;2,50;Ja", "-;1,25;2,50;Ja").encode()
    assert "b: the grade is locked in Moodle; not filled in" in result.notes
    assert any("separated by ';'" in note for note in result.notes)


def test_unknown_language() -> None:
    """With no header known, the grade is what stands before the one number that all rows share."""
    sheet = "者,nom,x,y,z\n参加者41,Ada,,2.50,-\n参加者42,Al,,2.50,-\n".encode()
    assert filled(handed("a", "1", "41"), sheet=sheet).content == sheet.replace(b"Ada,,", b"Ada,1,")


@pytest.mark.parametrize("column", ["grade", "Grade"])
def test_named_column(column: str) -> None:
    """The column can be named."""
    assert filled(handed("a", "1", "41"), column=column).filled == 1


def test_no_such_column() -> None:
    """Another name is refused, with those that there are; so is a file in which nothing looks like grades."""
    with pytest.raises(
        UsageError, match=r"no column is called 'Points'\. Name it with --column, as it is written there"
    ):
        filled(handed("a"), column="Points")
    sheet = b"a,b,c,d\nParticipant 1,x,,\nParticipant 2,y,,\n"
    with pytest.raises(UsageError, match="it is not clear which column holds the grades"):
        filled(handed("a"), sheet=sheet)


@pytest.mark.parametrize("sheet", [b"", b"a,b,c\n1,2,3\n", b"one line"])
def test_no_worksheet(sheet: bytes) -> None:
    """A file without participants is refused with what to do."""
    with pytest.raises(UsageError, match="the worksheet"):
        filled(handed("a"), sheet=sheet)


def test_feedback_comments() -> None:
    """The column of feedback is filled only if asked, in HTML that holds nothing of the text's own."""

    def comment(grade: Grade) -> str:
        return f'=1+1 {grade.student}\n<script>x</script>, "quoted"'

    result = moodle.gradebook([handed("a", "2.5", "42")], SHEET, comment=comment)
    told = b'"<p>=1+1 a<br>&lt;script&gt;x&lt;/script&gt;, &quot;quoted&quot;</p>"'
    assert result.content == SHEET.replace(b'"<p>ok</p>"', told).replace(b'"1.00"', b'"2.5"')
    assert filled(handed("a", "1", "42")).content == SHEET


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0@"), max_size=8)


@given(
    end=st.sampled_from(["\r\n", "\n"]),
    mark=st.booleans(),
    quote_all=st.booleans(),
    students=st.lists(st.tuples(texts, texts, st.none() | st.integers(0, 250)), min_size=1, max_size=8),
)
def test_every_other_cell_keeps_its_bytes(
    end: str, mark: bool, quote_all: bool, students: list[tuple[str, str, int | None]]
) -> None:
    """With any texts in other cells: the file is that before with other numbers in our cells."""

    def quoted(text: str) -> str:
        needs = quote_all or any(character in text for character in ',"\r\n') or text[:1].isspace()
        return '"' + text.replace('"', '""') + '"' if needs else text

    def sheet(scores: list[str]) -> bytes:
        rows = [["Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)", "Feedback comments"]]
        rows += [
            [f"Participant {number}", f"N{name}", score, "2.50", "-", text]
            for number, ((name, text, _), score) in enumerate(zip(students, scores, strict=True), 100)
        ]
        text = end.join(",".join(map(quoted, row)) for row in rows) + end
        return (b"\xef\xbb\xbf" if mark else b"") + text.encode()

    scores = ["" if score is None else f"{score / 100:.2f}".rstrip("0").rstrip(".") for _, _, score in students]
    grades = [
        handed(f"s{number}", str(Decimal(score) / 100), str(number))
        for number, (_, _, score) in enumerate(students, 100)
        if score is not None
    ]
    result = filled(*grades, sheet=sheet([""] * len(students)))
    assert (result.content, result.filled) == (sheet(scores), len(grades))


# -- out: feedback -----------------------------------------------------------------------------------------------------


def test_feedback_zip(tmp_path: Path) -> None:
    """Each page lies in a folder with the student's name and number; who has no number is noted."""
    result = moodle.feedback_zip(
        [
            handed("ada", number="41", members=(f"Ada Lovelace_41_{FILE}_/a/double.py",)),
            handed("alan", number="42", members=("unpacked/x.py",)),
            handed("mallory", number="44", members=(f"a_b_44_{FILE}/x.py", f"../../x_44_{FILE}/double.py")),
            handed("m", number="45", members=(f"M\udcfcller_45_{FILE}/x.py",)),
            handed("default-group", members=(f"Default group_{FILE}/x.py",)),
            Handed(grade("eve"), None),
        ],
        page,
        tmp_path / "feedback.zip",
    )
    with zipfile.ZipFile(result.path) as archive:
        read = {name: archive.read(name) for name in archive.namelist()}
    assert read == {
        f"Ada Lovelace_41_{FILE}/feedback.html": b"<p>ada</p>",
        f"Participant_42_{FILE}/feedback.html": b"<p>alan</p>",
        f"x_44_{FILE}/feedback.html": b"<p>mallory</p>",
        f"Participant_45_{FILE}/feedback.html": b"<p>m</p>",
    }
    assert [note.partition(":")[0] for note in result.notes] == ["default-group", "eve"]


# -- there and back ----------------------------------------------------------------------------------------------------


def test_from_the_zip_to_the_worksheet(tiny: Assignment, tmp_path: Path) -> None:
    """The real command grades the zip; the worksheet then has the scores, and all else as it was."""
    path = write_zip(
        tmp_path / "C-Tiny-99.zip",
        {
            f"Ada Lovelace_41_{FILE}/double.py": DOUBLE,
            f"Alan Turing_42_{FILE}/work/double.py": DOUBLE.replace("2", "3"),
            f"Emmy Noether_43_{FILE}/double.py": DOUBLE,
        },
    )
    roster = tmp_path / "roster.csv"
    roster.write_text("moodle id,submitted_at\n41,2026-03-01 10:00\n42,2026-03-01 10:00\n43,\n", encoding="utf-8")
    arguments = ["grade", str(path), "-a", "tiny", "-o", str(tmp_path / "out"), "--course", str(tiny.course_root)]
    arguments += ["--deadline", "2026-03-01", "--jobs", "1", "--allow-isolation", "process"]
    assert cli.main([*arguments, "--roster", str(roster)]) == 0
    store = Store(tmp_path / "out" / "grades.db")
    grades = [Handed(grade, store.arrival(grade.student, grade.submission_sha256)) for grade in store.newest()]
    store.close()
    result = moodle.gradebook(grades, SHEET)
    expected = SHEET.replace(b'- ",,2.50', b'- ",2.5,2.50').replace(b'Graded,"1.00"', b'Graded,"0"')
    assert (result.content, result.filled) == (expected, 2)
    assert any("locked" in note for note in result.notes)
