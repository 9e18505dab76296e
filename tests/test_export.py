"""`grader export`: who is in it, who is not and why, and that nobody else's file is touched."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import format_grades as shared
import pytest

from grader import cli
from grader.cli.exporting import FORMATS
from grader.course.adjustments import LatePolicy, LateRule
from grader.errors import StorageError
from grader.grade_json import grade_from_json
from grader.grades.exporting import CLASS_FORMATS, STUDENT_FORMATS, Wanted, export
from grader.grades.exporting import FORMATS as KNOWN
from grader.grades.results_folder import ResultsFolder
from grader.grades.store import Store
from grader.results import Grade
from grader.submissions.arrivals import Arrival
from grader.submissions.submission import make_submission

BO = replace(shared.made(shared.LINEAR), student="bo-castell")
LOST = replace(shared.LOST, student="cy-dogan")
ESSAY = replace(shared.NOT_GRADABLE, student="di-eriksen")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder of results: two grades, one that the grader lost, one of nothing that can be graded."""
    return with_grades(tmp_path / "out", [shared.PLAIN, BO, LOST, ESSAY])


def with_grades(folder: Path, grades: Iterable[Grade]) -> Path:
    folder.mkdir()
    with closing(Store(folder / "grades.db")) as store:
        for grade in grades:
            store.add(grade)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str], str]]:
    """Runs `grader export`; its exit status, the lines that it printed, and what it said on standard error."""

    def run(*words: object) -> tuple[int, list[str], str]:
        status = cli.main(["export", *map(str, words)])
        printed = capsys.readouterr()
        return status, printed.out.splitlines(), printed.err

    return run


Run = Callable[..., tuple[int, list[str], str]]
NO_SCORE = "  cy-dogan: no score, since the grader failed. Look at it first, then export again."


def test_command_knows_every_format() -> None:
    """The command line names the formats that there are, without importing what makes them."""
    assert set(FORMATS) == set(KNOWN)
    assert len(FORMATS) == len(KNOWN)


def test_csv_has_everybody(out: Path, run: Run) -> None:
    """Whoever has no score is in it with blank cells, is named, and makes the exit status 3."""
    status, lines, _ = run(out, "--format", "csv")
    path = out / "export" / "grades.csv"
    assert (status, lines) == (3, [NO_SCORE, f"3 exported: {path}", "1 without a score there need you."])
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [(row["student"], row["score"]) for row in rows] == [
        ("ada-brennan", "2"),
        ("bo-castell", "2"),
        ("cy-dogan", ""),
        ("di-eriksen", "0"),
    ]


def test_jsonl_is_a_grade_a_line(out: Path, run: Run) -> None:
    """Each line is read back as the grade that counts, hidden checks and all: the file is the instructor's."""
    assert run(out, "--format", "jsonl")[0] == 3
    lines = (out / "export" / "grades.jsonl").read_text(encoding="utf-8").splitlines()
    with closing(Store(out / "grades.db")) as store:
        assert [grade_from_json(line) for line in lines] == list(store.newest())
    assert [json.loads(line)["score"] for line in lines] == [2, 2, None, 0]


@pytest.mark.parametrize("name", STUDENT_FORMATS)
def test_each_student_has_a_file(name: str, out: Path, run: Run) -> None:
    """Named after the student. Where the grader failed the file has no score, or there is none at all."""
    status, lines, _ = run(out, "--format", name)
    folder, suffix = out / "export" / name, STUDENT_FORMATS[name][0]
    assert (status, lines) == (3, [NO_SCORE, f"3 exported: {folder}", "1 without a score there need you."])
    students = ["ada-brennan", "bo-castell", *(["cy-dogan"] if name != "classroom50" else []), "di-eriksen"]
    assert sorted(path.name for path in folder.iterdir()) == [f"{student}{suffix}" for student in students]


def test_all_well_is_status_0(tmp_path: Path, run: Run) -> None:
    """Everybody who should have a score has one."""
    out = with_grades(tmp_path / "out", [shared.PLAIN, ESSAY])
    status, lines, _ = run(out, "--format", "gradescope")
    assert (status, lines) == (0, [f"2 exported: {out / 'export' / 'gradescope'}"])


def test_some_students_alone(out: Path, run: Run) -> None:
    """--student chooses, and may be repeated; an unknown name is refused before anything is written."""
    assert run(out, "--format", "junit", "--student", "bo-castell")[0] == 0
    assert [path.name for path in (out / "export" / "junit").iterdir()] == ["bo-castell.xml"]
    status, _, error = run(out, "--format", "csv", "--student", "bo-castell", "--student", "nobody")
    everybody = "There are: ada-brennan, bo-castell, cy-dogan, di-eriksen."
    assert (status, error) == (2, f"grader: {out} holds no grade of nobody. {everybody}\n")
    assert not (out / "export" / "grades.csv").exists()


def test_lateness_and_decisions_are_in_it(tmp_path: Path, run: Run) -> None:
    """What the store knows beside the checks is in the score that goes out."""
    submission = make_submission("ada-brennan", {"linear.py": ""})
    out = with_grades(tmp_path / "out", [replace(shared.PLAIN, submission_sha256=submission.sha256)])
    with closing(Store(out / "grades.db")) as store:
        store.take_in(submission, Arrival(submitted_at="2026-11-03T10:00:00+00:00"))
        store.override("ada-brennan", submission.sha256, "relu", Decimal("1.25"), "right but slow")
        store.set_late_policy(LatePolicy("2026-11-01T22:59:59+00:00", LateRule(percent_per_day=10)))
    assert run(out, "--format", "gradescope")[0] == 0
    document = json.loads((out / "export" / "gradescope" / "ada-brennan.json").read_text(encoding="utf-8"))
    assert document["score"] == 2.6
    assert [test["name"] for test in document["tests"][-2:]] == [
        "ReLU: set to 1.25 of 1.5 by your instructor (+1.25)",
        "Late by 2 days: 20 % off (-0.65)",
    ]


def test_what_can_not_be_said_is_left_out(out: Path, run: Run) -> None:
    """A score that a system can't hold is left out with the reason, and the file of an earlier export goes."""
    assert run(out, "--format", "classroom50")[0] == 3
    assert (out / "export" / "classroom50" / "bo-castell.json").is_file()
    with closing(Store(out / "grades.db")) as store:
        store.override("bo-castell", BO.submission_sha256, "linear", Decimal(9), "bonus")
    status, lines, _ = run(out, "--format", "classroom50")
    assert (status, lines[0]) == (3, "  bo-castell: has 9 of 6 points; expected 0 to all of them; left out.")
    assert lines[-1] == "2 without a score there need you."
    assert not (out / "export" / "classroom50" / "bo-castell.json").exists()


def test_earlier_score_is_said(out: Path, run: Run) -> None:
    """Where the grader failed the second time, the earlier score goes out, and a line says so."""
    with closing(Store(out / "grades.db")) as store:
        store.add(replace(shared.LOST, student="bo-castell"))
    status, lines, _ = run(out, "--format", "csv", "--student", "bo-castell")
    said = "  bo-castell: the grader failed when it graded again; the earlier score was exported."
    assert (status, lines[0]) == (0, said)


def test_hidden_checks_only_when_asked_for(out: Path, run: Run) -> None:
    """JUnit is as the student may see it; with --hidden it is the instructor's."""
    path = out / "export" / "junit" / "ada-brennan.xml"
    run(out, "--format", "junit")
    assert "one_row" not in path.read_text(encoding="utf-8")
    run(out, "--format", "junit", "--hidden")
    assert "one_row" in path.read_text(encoding="utf-8")


# -- whose files they are --------------------------------------------------------------------------------------------------


def test_goes_where_it_is_told(out: Path, tmp_path: Path, run: Run) -> None:
    """-o is a new file, or a new folder for a file a student; folders on the way are made."""
    assert run(out, "--format", "csv", "-o", tmp_path / "new" / "scores.csv")[0] == 3
    assert run(out, "--format", "junit", "-o", tmp_path / "pages")[0] == 3
    assert (tmp_path / "new" / "scores.csv").is_file()
    assert len(list((tmp_path / "pages").iterdir())) == 4
    assert not (out / "export").exists()


def test_no_file_is_replaced(out: Path, tmp_path: Path, run: Run) -> None:
    """Whatever lies where -o points stays as it is: a file, a link to nowhere, a folder that holds something."""
    mine, link, folder = tmp_path / "mine.csv", tmp_path / "link.csv", tmp_path / "folder"
    mine.write_text("mine", encoding="utf-8")
    link.symlink_to(tmp_path / "nowhere")
    folder.mkdir()
    (folder / "mine").write_text("mine", encoding="utf-8")
    for path in (mine, link):
        status, _, error = run(out, "--format", "csv", "-o", path)
        assert (status, error) == (2, f"grader: {path} is there already. Take it away, or name another file.\n")
    for path in (mine, link, folder):
        status, _, error = run(out, "--format", "junit", "-o", path)
        assert (status, error.endswith("is there, and no empty folder. Take it away, or name another one.\n")) == (
            2,
            True,
        )
    assert (mine.read_text(encoding="utf-8"), [path.name for path in folder.iterdir()]) == ("mine", ["mine"])
    assert not (tmp_path / "nowhere").exists()


def test_instructors_file_is_not_overwritten(out: Path, tmp_path: Path, run: Run) -> None:
    """The file to be filled in is never the one that is written, by whatever name, nor where exports usually go."""
    theirs = tmp_path / "gradebook.csv"
    theirs.write_text("Student,ID\n", encoding="utf-8")
    usual = out / "export" / CLASS_FORMATS["canvas-gradebook"]
    usual.parent.mkdir()
    usual.symlink_to(theirs)
    for options in (("-o", theirs), ("-o", tmp_path / "out" / ".." / "gradebook.csv"), ()):
        status, _, error = run(out, "--format", "canvas-gradebook", "--gradebook", theirs, *options)
        assert (status, "is the file to be filled in" in error) == (2, True)
    assert theirs.read_text(encoding="utf-8") == "Student,ID\n"


def test_failed_write_leaves_the_earlier_file(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails on the way leaves the export before it, and nothing half written."""
    export(out, Wanted("csv"))
    before = (out / "export" / "grades.csv").read_bytes()

    def refuse(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StorageError, match=r"grades\.csv: can't be written: No space left on device"):
        export(out, Wanted("csv"))
    assert (out / "export" / "grades.csv").read_bytes() == before
    assert [path.name for path in (out / "export").iterdir()] == ["grades.csv"]


# -- what is refused -------------------------------------------------------------------------------------------------------


def test_no_grades_no_export(tmp_path: Path, run: Run) -> None:
    """A folder without grades is named, with what to do; nothing is written into it."""
    status, _, error = run(tmp_path, "--format", "csv")
    assert (status, error) == (
        2,
        f"grader: {tmp_path} holds no grades. Grade an inbox first: `grader grade INBOX -a ASSIGNMENT -o {tmp_path}`.\n",
    )
    assert list(tmp_path.iterdir()) == []


def test_class_that_is_being_graded_waits(out: Path, run: Run) -> None:
    """Half a class is not exported: while a run holds the folder, export refuses."""
    with closing(ResultsFolder(out)):
        status, _, error = run(out, "--format", "csv")
    assert (status, "is in use by another run of grader" in error) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["canvas-gradebook"],
            "--format canvas-gradebook fills in a file that you have downloaded. Name it with --gradebook",
        ),
        (
            ["csv", "--gradebook", "x"],
            "--gradebook does not go with --format csv, only with canvas-gradebook and moodle-",
        ),
        (["csv", "--scale"], "--scale does not go with --format csv"),
        (["junit", "--column", "x"], "--column does not go with --format junit"),
        (["csv", "--hidden"], "--hidden does not go with --format csv, only with junit"),
        (["canvas-gradebook", "--gradebook", "no-such-file"], "no-such-file: can't be read: No such file or directory"),
    ],
)
def test_options_that_do_not_fit(options: list[str], said: str, out: Path, run: Run) -> None:
    """An option that the format has no use for is a misunderstanding, and refused."""
    status, _, error = run(out, "--format", *options)
    assert (status, said in error) == (2, True)
    assert not (out / "export").exists()


# -- Canvas and Moodle -----------------------------------------------------------------------------------------------------


def from_lms(tmp_path: Path, system: str, ids: dict[str, str], member: str) -> Path:
    """A folder of results: one grade whose submission came from that system, and one that the grader lost."""
    submission = make_submission("ada-brennan", {"linear.py": ""})
    out = with_grades(tmp_path / "out", [replace(shared.PLAIN, submission_sha256=submission.sha256), LOST])
    with closing(Store(out / "grades.db")) as store:
        store.take_in(submission, Arrival(system, "Ada Brennan", ids, (member,)))
    return out


CANVAS = (
    "Student,ID,SIS Login ID,Section,Mini (77),Essay (78)\n"
    "    Points Possible,,,,7.5,10\n"
    '"Brennan, Ada",4711,ada,A,,3\n'
    '"Castell, Bo",4712,bo,A,1,4\n'
)


def test_canvas_gradebook_is_filled_in(tmp_path: Path, run: Run) -> None:
    """The column has the score, all else is as it was; whose score is missing is said, and the status is 3."""
    out = from_lms(tmp_path, "canvas", {"canvas_user": "4711"}, "brennanada_4711_99_linear.py")
    theirs = tmp_path / "gradebook.csv"
    theirs.write_text(CANVAS, encoding="utf-8")
    status, lines, _ = run(out, "--format", "canvas-gradebook", "--gradebook", theirs, "--column", "Mini (77)")
    path = out / "export" / "canvas-gradebook.csv"
    assert (status, lines[-2:]) == (3, [f"1 exported: {path}", "1 without a score there need you."])
    assert [line for line in lines if "cy-dogan" in line] != []
    assert path.read_text(encoding="utf-8") == CANVAS.replace("4711,ada,A,,3", "4711,ada,A,2,3")
    assert theirs.read_text(encoding="utf-8") == CANVAS


def test_moodle_worksheet_is_filled_in_and_scaled(tmp_path: Path, run: Run) -> None:
    """With --scale, 2 of 7.5 points are 26.67 of 100."""
    out = from_lms(
        tmp_path, "moodle", {"moodle_participant": "4242"}, "Ada Brennan_4242_assignsubmission_file/linear.py"
    )
    theirs = tmp_path / "worksheet.csv"
    worksheet = (
        "Identifier,Full name,Status,Grade,Maximum grade,Grade can be changed,Last modified (grade)\n"
        "Participant 4242,Ada Brennan,Submitted for grading,,100.00,Yes,-\n"
    )
    theirs.write_text(worksheet, encoding="utf-8")
    status, lines, _ = run(out, "--format", "moodle-worksheet", "--gradebook", theirs, "--scale")
    assert (status, lines[-2]) == (3, f"1 exported: {out / 'export' / 'moodle-worksheet.csv'}")
    text = (out / "export" / "moodle-worksheet.csv").read_text(encoding="utf-8")
    assert text == worksheet.replace("grading,,100.00", "grading,26.67,100.00")


def test_moodle_worksheet_takes_the_feedback_in_words(tmp_path: Path, run: Run) -> None:
    """With --comments the column of feedback says what the student's page says, as text that Moodle shows as it is."""
    out = from_lms(
        tmp_path, "moodle", {"moodle_participant": "4242"}, "Ada Brennan_4242_assignsubmission_file/linear.py"
    )
    theirs = tmp_path / "worksheet.csv"
    theirs.write_text(
        "Identifier,Full name,Status,Grade,Maximum grade,Grade can be changed,Last modified (grade),Feedback comments\n"
        "Participant 4242,Ada Brennan,Submitted for grading,,7.50,Yes,-,\n",
        encoding="utf-8",
    )
    run(out, "--format", "moodle-worksheet", "--gradebook", theirs, "--comments")
    with (out / "export" / "moodle-worksheet.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["Grade"] == "2"
    assert "What to do next<br>" in row["Feedback comments"]
    assert "<b>" not in row["Feedback comments"]
    status, _, problem = run(out, "--format", "csv", "--comments")
    assert (status, "--comments does not go with --format csv" in problem) == (2, True)


def test_export_of_nothing_is_no_success(tmp_path: Path, run: Run) -> None:
    """Nobody of a plain folder is known to Canvas: each is named, and the exit status is 3."""
    out = with_grades(tmp_path / "out", [shared.PLAIN])
    status, lines, _ = run(out, "--format", "canvas-feedback")
    assert (status, lines[-1]) == (3, f"0 exported: {out / 'export' / 'canvas-feedback.zip'}")


@pytest.mark.parametrize(
    ("system", "ids", "member", "name"),
    [
        ("canvas", {"canvas_user": "4711"}, "brennanada_4711_99_linear.py", "brennanada_4711_99_feedback.html"),
        (
            "moodle",
            {"moodle_participant": "4242"},
            "Ada Brennan_4242_assignsubmission_file/linear.py",
            "Ada Brennan_4242_assignsubmission_file/feedback.html",
        ),
    ],
)
def test_feedback_goes_back_as_a_zip(
    system: str, ids: dict[str, str], member: str, name: str, tmp_path: Path, run: Run
) -> None:
    """Each student's page, as students may see it, under the name that the system knows; the others are named."""
    out = from_lms(tmp_path, system, ids, member)
    status, lines, _ = run(out, "--format", f"{system}-feedback")
    path = out / "export" / f"{system}-feedback.zip"
    assert (status, lines[-1]) == (0, f"1 exported: {path}")
    assert [line for line in lines if line.startswith("  cy-dogan: ")] != []
    with zipfile.ZipFile(path) as archive:
        [member] = archive.namelist()
        page = archive.read(member).decode()
    assert member == name
    assert "<title>" in page
    assert shared.SECRET not in page
