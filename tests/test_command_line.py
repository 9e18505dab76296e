"""Every command, as the parser has them: what all of them take, and that each can be said anywhere, as lines and as JSON.

A new command is in these tests by itself; what it is called with here has to be added to `words_of`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import cli
from grader.authoring import trials
from grader.authoring.scaffold import new_course
from grader.isolation.isolated import Isolated
from grader.text import columns_of

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "command-line.md"
MAIN = [sys.executable, "-P", "-c", "import sys; from grader.cli import main; sys.exit(main())"]
NO_ANSWER = {"watch", "completion"}  # a screen that goes on until it is stopped, and a script
COMMANDS: dict[str, argparse.ArgumentParser] = next(
    action.choices for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction)
)
STUDENTS = ["ada", "fête 🎓", "jürgen müller", "Zoë", "漢字 学生"]  # in NFC, as they are called from here on
RIGHT = """
import torch

class Layer:
    def start(self): return torch.tensor(0.5)
    def forward(self, x): return 3 * x - 1
    def backward(self, dz): return 3 * dz

def total(x): return x.sum(0)
"""
WRONG = RIGHT.replace("return 3 * dz", "return dz")


class Course:
    """A course, an inbox and grades in folders whose names have spaces and are not ASCII, some of them in NFD."""

    def __init__(self, place: Path) -> None:
        self.root = place / "Kürs (Übung) 漢字"
        self.inbox = place / "In böx 🎓"
        self.out = place / unicodedata.normalize("NFD", "Ergebnisse für März")

    def hand_in(self) -> None:
        """A file of each student; every other one has a mistake."""
        self.inbox.mkdir()
        for number, student in enumerate(STUDENTS):
            name = unicodedata.normalize("NFD", student) if student == "Zoë" else student
            (self.inbox / f"{name}.py").write_text(WRONG if number % 2 else RIGHT, encoding="utf-8")
        examples = self.root / "examples"
        shutil.copytree(self.inbox, examples / "inbox")
        about = f'assignment = "mini"\nlook_at = "{STUDENTS[0]}"\n'
        (examples / "class.toml").write_text(about, encoding="utf-8")


@pytest.fixture(scope="module")
def course(proved_folder: Path, zygote: Isolated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """The small course with a class that is graded."""
    course = Course(tmp_path_factory.mktemp("a place"))
    shutil.copytree(proved_folder, course.root)
    course.hand_in()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trials, "_launcher", lambda: zygote)
        forget_rubrics()
        assert cli.main(words_of("grade", course, course.out)) == 0
        reason = ["--exercise", "total", "--score", "0.5", "--why", "Erklärt’s an der Tafel – gut"]
        assert cli.main(["override", str(course.out), "--student", "jürgen müller", *reason]) == 0
        yield course


def forget_rubrics() -> None:
    """Pytest keeps rubrics by their path in the course: those of another course go first."""
    for name in [name for name in sys.modules if name.startswith(("assignments.mini", "reference.mini"))]:
        del sys.modules[name]


def words_of(command: str, course: Course, new: Path) -> list[str]:
    """A command line of that command that works; `new` is where something can be written."""
    here = ["--course", str(course.root)]
    few = ["--jobs", "1", "--device", "cpu"]
    many = ["--jobs", "1000"]  # with so many, trials are run by this process
    words: dict[str, list[str]] = {
        "grade": [str(course.inbox), "-a", "mini", "-o", str(new), *here, *few],
        "demo": ["-o", str(new), *here, *few],
        "doctor": here,
        "regrade": [str(course.out), "--dry-run", *here, *few],
        "override": [str(course.out)],
        "feedback-notebook": [str(course.inbox), "-o", str(course.out), *here],
        "show": [str(course.out), "--student", "jürgen müller"],
        "export": [str(course.out), "--format", "csv", "-o", str(new / "Noten für 漢字.csv")],
        "similarity": [str(course.out), "-o", str(new / "ähnlich.html"), *here],
        "ci": [*here, "--submission", str(course.root), "-a", "mini"],
        "grade-one": [
            str(course.inbox / "jürgen müller.py"), "-a", "mini", "--format", "junit", "-o", str(new / "eins.xml"), *here,
        ],
        "autograder": ["-a", "mini", "-o", str(new / "auto grader ü.zip"), *here],
        "init": [str(new / "neuer Kurs ü")],
        "new": ["meins", "--course", str(new), *many],
        "validate": ["mini", "-o", str(new), *here, *many],
        "record": ["mini", *here, *many],
        "calibrate": ["mini", "--seeds", "200", *here, *many],
        "skeleton": ["--course", str(new)],
        "notebook": ["mini", *here],
        "release": ["mini", "-o", str(new / "für Studierende"), *here],
        "exercises": ["-o", str(new / "Übungen.md"), *here],
        "completion": ["bash"],
    }  # fmt: skip
    return [command, *words[command]]


class Stream(io.TextIOWrapper):
    """A standard stream of some encoding, which raises what it can't encode; a terminal perhaps."""

    def __init__(self, encoding: str, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="strict")
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        """Whether it says that it is a terminal."""
        return self._is_terminal

    @property
    def text(self) -> str:
        """What was written."""
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


class Ran:
    """A command that was run in this process: its exit status, and what it wrote."""

    def __init__(self, words: list[str], *, encoding: str = "utf-8", columns: int = 0, **more: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS", "GITHUB_OUTPUT"):
                patch.delenv(name, raising=False)
            for name, value in {"TERM": "xterm", "COLUMNS": str(columns or 80), **more}.items():
                patch.setenv(name, value)
            out, error = (Stream(encoding, is_terminal=columns > 0) for _ in range(2))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", error)
            forget_rubrics()
            try:
                self.status = cli.main(words)
            finally:
                self.out, self.error = out.text, error.text


@pytest.fixture
def run(course: Course, tmp_path: Path) -> Callable[..., Ran]:
    """Runs a command of that name, with words that work, in a place of its own."""

    def run(command: str, *more: str, **manner: Any) -> Ran:
        if command == "similarity":
            pytest.importorskip("copydetect")
        if command == "completion":
            pytest.importorskip("argcomplete")
        new = tmp_path / f"Neues {len(list(tmp_path.iterdir()))}"
        new.mkdir()
        if command == "new":
            (new / "assignments").mkdir()
        if command == "skeleton":
            new_course(new, ["derivations"])
        return Ran([*words_of(command, course, new), *more], **manner)

    return run


commands = pytest.mark.parametrize("command", [name for name in COMMANDS if name != "watch"])
answering = pytest.mark.parametrize("command", [name for name in COMMANDS if name not in NO_ANSWER])


# -- what all of them take -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The help of every command is no wider than eighty columns, and describes every argument."""
    monkeypatch.setenv("COLUMNS", "80")
    text = COMMANDS[command].format_help()
    assert [line for line in text.splitlines() if columns_of(line) > 80] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_options_of_all(command: str) -> None:
    """Every command that ends with an answer takes --json and --quiet."""
    taken = {option for action in COMMANDS[command]._actions for option in action.option_strings}
    assert taken & {"--json", "--quiet", "-q"} == (set() if command in NO_ANSWER else {"--json", "--quiet", "-q"})


# -- each of them, anywhere ------------------------------------------------------------------------------------------------


@commands
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_any_encoding(command: str, encoding: str, run: Callable[..., Ran]) -> None:
    """Where a stream can't hold a character it is written otherwise; without a terminal there are no escape sequences."""
    ran = run(command, encoding=encoding, FORCE_COLOR="1")
    assert ran.status == 0
    assert ran.out
    assert "\x1b" not in ran.out + ran.error


@commands
def test_narrow_terminal(command: str, run: Callable[..., Ran], course: Course, tmp_path: Path) -> None:
    """On forty columns lines end between words: what is longer can't be broken without harm. NO_COLOR: nothing is redrawn."""
    ran = run(command, columns=40, NO_COLOR="1")
    assert ran.status == 0
    assert not re.search("[\x1b\r]", ran.out + ran.error)
    lines = [] if command == "completion" else (ran.out + ran.error).splitlines()
    places = re.escape(str(course.root.parent)), re.escape(str(tmp_path))
    lines = [re.sub(f"({'|'.join(places)})[^:;,]*", "PATH", line) for line in lines]  # a path stays whole
    assert [line for line in lines if columns_of(line) > 40 and " " in line.strip()] == []


@answering
def test_json(command: str, run: Callable[..., Ran]) -> None:
    """Standard output is one JSON document in ASCII, which says what it is; its keys are in snake_case and documented."""
    ran = run(command, "--json", encoding="ascii")
    assert ran.status == 0
    assert ran.out.isascii()
    document = json.loads(ran.out)
    assert (document["schema_version"], document["command"]) == (1, command)
    keys = set(keys_of(document))
    assert [key for key in keys if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", key)] == []
    assert keys - described() == set()


def described() -> set[str]:
    """The words that the page has as code."""
    return set(re.findall(r"`([a-z0-9_]+)`", PAGE.read_text(encoding="utf-8")))


def keys_of(document: object) -> Iterator[str]:
    """The keys of a document and of all in it; a grade has its own documentation, and assignments are keys of `job_mib`."""
    if isinstance(document, list):
        for part in document:
            yield from keys_of(part)
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            if key not in ("grade", "grades", "job_mib"):
                yield from keys_of(value)


@answering
def test_quiet(command: str, run: Callable[..., Ran]) -> None:
    """Where nobody has to act, --quiet says nothing."""
    ran = run(command, "--quiet")
    assert (ran.status, ran.out, ran.error) == (0, "", "")


# -- the same as lines and as JSON -----------------------------------------------------------------------------------------


def both(run: Callable[..., Ran], command: str, *more: str) -> tuple[str, Any]:
    """What a command says as lines, and as JSON."""
    said, document = run(command, *more), run(command, *more, "--json")
    assert said.status == document.status
    return said.out, json.loads(document.out)


def test_grades(run: Callable[..., Ran]) -> None:
    """The table of a class has the students and scores of the document."""
    said, document = both(run, "grade")
    rows = re.findall(r"^  (\S.*?) +(\d) of (\d)$", said, re.MULTILINE)
    listed = [(entry["student"], str(entry["score"]), str(entry["points"])) for entry in document["students"]]
    assert rows == listed
    assert [student for student, *_ in rows] == sorted(STUDENTS)
    assert {score for _, score, _ in rows} == {"5", "6"}
    assert f"{document['graded']} graded in " in said
    assert (document["graded"], document["known"], {entry["status"] for entry in document["students"]}) == (
        5,
        0,
        {"graded"},
    )


def test_whose_is_what(run: Callable[..., Ran]) -> None:
    """What a dry run says of each submission is in the document."""
    said, document = both(run, "grade", "--dry-run")
    assert re.findall(r"^  (\S.*)  <-  ", said, re.MULTILINE) == [entry["student"] for entry in document["submissions"]]
    assert re.findall(r"files: (.*)", said) == [", ".join(entry["files"]) for entry in document["submissions"]]
    assert set(keys_of(document)) - described() == set()


def test_levels(run: Callable[..., Ran]) -> None:
    """The lines of the doctor say of each level what the document says."""
    said, document = both(run, "doctor")
    rows = re.findall(r"^  (\w+) +(yes|no) ", said, re.MULTILINE)
    assert rows == [(entry["level"], "yes" if entry["works"] else "no") for entry in document["levels"]]
    assert f"`grader grade` will use {document['best']}." in said


def test_proof(run: Callable[..., Ran]) -> None:
    """The matrix as text counts what the matrix in the document holds."""
    said, document = both(run, "validate")
    (proved,) = document["assignments"]
    counted = []
    for exercise in proved["exercises"]:
        for column, check in enumerate(exercise["checks"]):
            cells = [row["cells"][column] for row in exercise["rows"]]
            failing = [cell for cell in cells if cell is not None]
            counted.append((check, str(len(failing)), str(sum(cell["named"] is not None for cell in failing))))
    assert re.findall(r"^  (\w+) +(\d+) +(\d+)$", said, re.MULTILINE) == counted
    assert "\n".join(proved["standing"]) in said


def test_decisions(run: Callable[..., Ran]) -> None:
    """A decision is a line and an entry, with the reason as it was given."""
    said, document = both(run, "override")
    (made,) = document["decisions"]
    assert said.splitlines()[0] == (
        f"  {made['student']}, {made['exercise']}: {made['earned']} -> {made['score']} of {made['points']}, "
        f"{made['made_at'][:10]}: {made['why']}"
    )
    assert (made["student"], made["score"], made["why"]) == ("jürgen müller", 0.5, "Erklärt’s an der Tafel – gut")


def test_figures_of_similarity(run: Callable[..., Ran]) -> None:
    """The figures are the same, and the files that are named are there."""
    said, document = both(run, "similarity")
    assert f"{document['compared']} submissions compared in " in said
    assert f"{document['groups']} groups handed in the very same." in said
    assert [Path(document[name]).is_file() for name in ("page", "pairs_csv", "pairs_json")] == [True] * 3


def test_changed_scores(run: Callable[..., Ran], course: Course) -> None:
    """When a check asks for something else, the rows of `regrade` are the entries of the document."""
    rubric = course.root / "assignments" / "mini" / "test_total.py"
    before = rubric.read_text(encoding="utf-8")
    rubric.write_text(before.replace("x.sum(0)", "x.sum(0) + 1"), encoding="utf-8")
    try:
        said, document = both(run, "regrade", "--check", "columns")
        quiet = run("regrade", "--check", "columns", "--quiet")
    finally:
        rubric.write_text(before, encoding="utf-8")
    rows = re.findall(r"^  (\S.*?) +([\d.]+) -> ([\d.]+) of (\d)  (\S+)$", said, re.MULTILINE)
    assert rows == [
        (entry["student"], str(entry["before"]), str(entry["after"]), str(entry["points"]), entry["checks"][0]["name"])
        for entry in document["changed"]
    ]
    assert len(rows) == len(STUDENTS)
    assert ("jürgen müller", "4.5", "4.5", "6", "total/columns") in rows  # the decision still counts
    assert (document["kept"], document["graded"]) == (False, len(STUDENTS))
    assert quiet.out == ""


# -- what somebody must act on ---------------------------------------------------------------------------------------------


def test_problems_are_said_in_any_case(run: Callable[..., Ran], course: Course) -> None:
    """A fault of an assignment goes to standard error with --quiet and with --json, and stands in the document, too."""
    lesson = course.root / "assignments" / "mini" / "README.md"
    before = lesson.read_text(encoding="utf-8")
    lesson.write_text(before.replace("## 2. Total", "## 2. Sum"), encoding="utf-8")
    try:
        said, quiet, document = (run("validate", *more) for more in ([], ["--quiet"], ["--json"]))
    finally:
        lesson.write_text(before, encoding="utf-8")
    findings = json.loads(document.out)["assignments"][0]["findings"]
    lines = [f"  {entry['kind']}: {entry['where']}: {entry['detail']}" for entry in findings]
    assert (said.status, quiet.status, document.status) == (1, 1, 1)
    assert lines != []
    assert [line for line in said.out.splitlines() if line in lines] == lines
    assert (quiet.out, quiet.error.splitlines()) == ("", lines)
    assert document.error.splitlines()[-len(lines) :] == lines


def test_nothing_but_an_error(run: Callable[..., Ran], course: Course) -> None:
    """Where the command could not answer there is no document."""
    ran = run("show", "--student", "juergen", "--json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.error.startswith(f"grader: {course.out} has no grade of juergen")


# -- the terminal ----------------------------------------------------------------------------------------------------------


def test_plain_lines_while_grading(run: Callable[..., Ran], course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a log a line now and then says how far a large class is; on a terminal it is a bar, which is gone at the end."""
    monkeypatch.setattr("grader.cli.saying._LINE_EVERY", 5)
    assert run("grade", FORCE_COLOR="1").error.splitlines()[1:] == [f"{done} of 5" for done in range(1, 6)]
    assert run("grade", "--quiet").error == ""
    assert "\x1b[2K" in run("grade", columns=80).error
    assert "\x1b" not in run("grade", columns=80, TERM="dumb").error


def test_paths_stay_whole(course: Course, tmp_path: Path) -> None:
    """On a narrow terminal no line ends within a path, whatever is said about it and whatever its name is."""
    out = tmp_path / "a folder with a name of many words"
    ran = Ran(["export", str(course.out), "--format", "csv", "-o", str(out / "all.csv")], columns=40)
    assert str(out / "all.csv") in ran.out
    ran = Ran(["export", str(out / "nothing"), "--format", "csv"], columns=40)
    assert (ran.status, str(out / "nothing") in ran.error) == (2, True)


def in_process(words: list[str], place: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program in a process of its own."""
    ours = ("PYTEST_", "PYTHONUTF8", "PYTHONIOENCODING", "LC_", "LANG", "COLUMNS", "NO_COLOR")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(words, cwd=place, env=environment | more, capture_output=True, timeout=300, check=False)


def test_file_names_that_are_no_utf8(course: Course) -> None:
    """Where Python would read the names of files as ASCII, and give students other names, the command refuses to begin."""
    shown = [*MAIN, "show", str(course.out), "--student", "jürgen müller"]
    refused = in_process(shown, course.root, LC_ALL="C", PYTHONUTF8="0")
    assert refused.returncode == 2
    assert refused.stderr.startswith(b"grader: names of files are read as ascii here")
    assert in_process(shown, course.root, LC_ALL="C").returncode == 0  # Python takes UTF-8 by itself then


@pytest.mark.parametrize(("encoding", "word"), [("ascii", b"J\\xfcrgen"), ("cp1252", "Jürgen".encode("cp1252"))])
def test_summary_of_pytest(encoding: str, word: bytes, course: Course, tmp_path: Path) -> None:
    """What pytest says at the end, the student's own words in it, is written in what the terminal can show."""
    answer = RIGHT.replace("return x.sum(0)", "raise ValueError('→ Jürgen × 漢字')")
    (tmp_path / "Lösung 漢.py").write_text(answer, encoding="utf-8")
    words = [sys.executable, "-P", "-m", "pytest", "assignments/mini", "-q", "-p", "no:cacheprovider"]
    ran = in_process(
        [*words, "--submission", str(tmp_path / "Lösung 漢.py")], course.root,
        PYTHONIOENCODING=encoding, COLUMNS="80", NO_COLOR="1",
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (1, b"")
    lines = [line for line in ran.stdout.splitlines() if b"ValueError" in line]
    assert lines != []
    for line in lines:
        assert b"-> " + word in line
        assert b"\\u6f22\\u5b57" in line
    assert b"\x1b" not in ran.stdout


@pytest.mark.parametrize(
    ("more", "has_colour"), [({}, False), ({"FORCE_COLOR": "1"}, True), ({"CLICOLOR_FORCE": "1"}, True)]
)
def test_watch_without_a_terminal(more: dict[str, str], has_colour: bool, course: Course) -> None:
    """The screen of `watch` is plain lines in a pipe, in colour if that is asked for, and nothing is cleared."""
    words = [*MAIN, "watch", "mini", "--submission", str(course.inbox / "jürgen müller.py")]
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        words, cwd=course.root, env=environment | {"PYTHONIOENCODING": "ascii", **more}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as watching:  # fmt: skip
        lines: list[bytes] = []
        assert watching.stdout is not None
        while not lines or b"Waiting for the next save" not in lines[-1]:
            lines.append(watching.stdout.readline())
            assert lines[-1], lines
        watching.terminate()
    said = b"".join(lines)
    assert b"j\\xfcrgen m\\xfcller.py" in said
    assert (b"\x1b[1m" in said, b"\x1b[H" in said) == (has_colour, False)


# -- names of any kind -----------------------------------------------------------------------------------------------------


def test_a_course_of_any_name(zygote: Isolated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From `init` to grades handed on, in folders and with students whose names have spaces and any letters."""
    monkeypatch.setattr(trials, "_launcher", lambda: zygote)
    root, inbox, out = tmp_path / "Mein Kürs 漢字", tmp_path / "In böx 🎓", tmp_path / "Ergebnisse\u0308 hier"
    here = ["--course", str(root)]
    assert Ran(["init", str(root)]).status == 0
    assert Ran(["new", "meins", *here, "--jobs", "1000"]).status == 0
    assert Ran(["validate", "meins", *here, "--jobs", "1000"]).status == 0
    inbox.mkdir()
    (answer,) = [path for path in (root / "reference" / "meins").glob("*.py") if "test_" not in path.name]
    for student in STUDENTS:
        name = unicodedata.normalize("NFD", student) if student == "Zoë" else student
        shutil.copytree(root / "assignments" / "meins", inbox / name)
        shutil.copy(answer, inbox / name / answer.name)
    graded = Ran(["grade", str(inbox), "-a", "meins", "-o", str(out), *here, "--jobs", "1", "--json"])
    scores = {entry["student"]: entry["score"] for entry in json.loads(graded.out)["students"]}
    assert scores == dict.fromkeys(sorted(STUDENTS), 3)
    exercise = next(iter(json.loads((out / "students" / "Zoë" / "grade.json").read_text("utf-8"))["exercises"]))["name"]
    decision = ["--exercise", exercise, "--score", "1", "--why", "für „Zoë“ → 漢字"]
    decomposed = unicodedata.normalize("NFD", "Zoë")  # as a Mac's file system has it
    assert Ran(["override", str(out), "--student", decomposed, *decision]).status == 0
    book = tmp_path / "Noten für 漢字 🎓.csv"
    assert Ran(["export", str(out), "--format", "csv", "-o", str(book)]).status == 0
    assert "\nZoë,graded,1," in book.read_text("utf-8-sig").replace("\r", "")
    released = tmp_path / "für Studierende é"
    assert Ran(["release", "meins", "-o", str(released), "--zip", *here]).status == 0
    assert (released / "assignments" / "meins" / answer.name).is_file()
    assert (tmp_path / "für Studierende é.zip").is_file()
