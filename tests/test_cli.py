"""What the command says and refuses about isolation; what it does with a class is in test_batch."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader import cli
from grader.cli.saying import between_words, document_text
from grader.isolation import isolated as isolation
from grader.isolation import walls
from grader.isolation.levels import Level
from grader.text import inert

TOML = """title = "Tiny"
[[exercise]]
name = "double"
title = "double"
file = "double.py"
defines = ["double"]
"""
RUBRIC = '''import pytest

@pytest.mark.exercise("double")
def test_two(submission):
    """double(2) is 4."""
    assert submission.double(2) == 4
'''


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """The command line that grades a class of one, in a course of one check."""
    folder = tmp_path / "course" / "assignments" / "tiny"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(TOML, encoding="utf-8")
    (folder / "test_double.py").write_text(RUBRIC, encoding="utf-8")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "ada.py").write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    course, out = str(tmp_path / "course"), str(tmp_path / "out")
    return ["grade", str(tmp_path / "inbox"), "-a", "tiny", "-o", out, "--course", course, "--device", "cpu"]


def level_of(tmp_path: Path) -> str:
    """What the grade says of the level."""
    document = json.loads((tmp_path / "out" / "students" / "ada" / "grade.json").read_text(encoding="utf-8"))
    assert document["score"] == 1
    return str(document["environment"]["isolation"])


def no_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system that has none."""
    monkeypatch.setattr(walls.sys, "platform", "darwin")


def test_line_at_the_start(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first line says the level and what was verified; the grade and the class page say the same level."""
    assert cli.main(arguments) == 0
    line = capsys.readouterr().err.splitlines()[0]
    level = level_of(tmp_path)
    assert line.startswith(f"isolation: {level} (verified: ")
    assert level in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_refuses_less_than_the_kernel(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class is not graded without walls, and nothing is written; the message says why, and how to allow it."""
    no_walls(monkeypatch)
    assert cli.main(arguments) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("grader: this machine can't reach isolation level kernel, which this run asks for:\n")
    assert "needs the Linux kernel, and this is darwin" in printed
    assert "--allow-isolation process" in printed
    assert not (tmp_path / "out").exists()


def test_less_can_be_allowed(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the word for it a class is graded without walls, and everything says so, with the reason."""
    no_walls(monkeypatch)
    assert cli.main([*arguments, "--allow-isolation", "process"]) == 0
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("isolation: process (verified: memory; open: files, writing, network")
    assert "not kernel: it needs the Linux kernel" in second
    assert level_of(tmp_path) == "process"


def test_more_can_be_required(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without bubblewrap a run that requires the best level is refused, with the command that brings it."""
    monkeypatch.setattr(walls.shutil, "which", lambda name: None)
    assert cli.main([*arguments, "--require-isolation", "full"]) == 2
    assert "apt install bubblewrap" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_wall_that_does_not_hold_ends_the_run(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If workers reach what their level closes, nothing is graded, and the exit status is 3."""
    monkeypatch.setattr(isolation, "way_to", lambda level, **_: walls.Start(level))
    assert cli.main(arguments) == 3
    printed = capsys.readouterr().err
    assert "the walls of level full do not hold: student code could reach" in printed
    assert "Nothing was graded." in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            ["--allow-isolation", "none"],
            "'none' is no level of isolation; give one of full, kernel, namespaces, strict, process",
        ),
        (["--allow-isolation", "process", "--require-isolation", "full"], "not allowed with argument"),
    ],
)
def test_words_that_are_no_levels(
    arguments: list[str], capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    """A misspelt level, or two at once, is bad usage."""
    with pytest.raises(SystemExit) as ended:
        cli.main([*arguments, *more])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            ["--outt", "x"],
            "grader grade: there is no option --outt. Did you mean --out? `grader grade --help` says more.\n",
        ),
        (["--qwxz=1"], "grader grade: there is no option --qwxz. `grader grade --help` says more.\n"),
        (["second"], "grader grade: 'second' is one argument too many. `grader grade --help` says more.\n"),
        (
            ["-o", ""],
            "grader grade: argument -o/--out: got an empty text; name a file or a folder, or . for this folder. "
            "`grader grade --help` says more.\n",
        ),
        (
            ["--jobs", "none"],
            "grader grade: argument --jobs: 'none' is no number of processes; give 1 or more. "
            "`grader grade --help` says more.\n",
        ),
    ],
)
def test_options_that_are_none(
    arguments: list[str], capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    """What a command does not take is said with the nearest option and the next step, in one line."""
    with pytest.raises(SystemExit) as ended:
        cli.main([*arguments, *more])
    assert (ended.value.code, capsys.readouterr().err) == (2, message)


def test_command_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt command is said with the nearest one."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["exprot"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "grader: argument COMMAND: there is no 'exprot'. Did you mean \"export\"? `grader --help` says more.\n"
    )


def test_place_that_leads_back_to_itself(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link to itself as a folder for results is one line, not a traceback."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert cli.main([*arguments, "-o", str(loop)]) in (2, 3)
    said = capsys.readouterr().err
    assert (str(loop) in said, "Traceback" in said, said.count("\n")) == (True, False, 1)


def test_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    """Every level has a line with yes or no; the status says whether a class can be graded here."""
    status = cli.main(["doctor"])
    printed = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1] for line in printed.splitlines() if line.split()[0] in list(Level)}
    assert list(rows) == list(Level)
    assert set(rows.values()) <= {"yes", "no"}
    can_grade = "yes" in (rows["full"], rows["kernel"])
    assert status == (0 if can_grade else 3)
    assert ("`grader grade` will use" in printed) == can_grade


def test_doctor_without_walls(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are none the reasons are named, and the status is 3."""
    no_walls(monkeypatch)
    assert cli.main(["doctor"]) == 3
    printed = capsys.readouterr().out
    assert printed.count("it needs the Linux kernel") == 4
    assert "asks for kernel at least. For code that you trust: --allow-isolation process." in printed


def test_help_describes_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command has a line in the help, with what it is for."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    described = re.findall(r"^    (\w+)\s+\w", capsys.readouterr().out, re.MULTILINE)
    assert {"grade", "demo", "validate", "record", "calibrate", "release", "exercises", "doctor"} <= set(described)


def test_start_imports_nothing_heavy() -> None:
    """What takes long to import is imported by the command that needs it: `grader --help` answers at once."""
    heavy = ("copydetect", "jinja2", "matplotlib", "nbformat", "numpy", "pytest", "rich", "sqlite3", "torch", "yaml")
    ask = f"import sys, grader.cli; print([name for name in {heavy!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_lines_end_between_words() -> None:
    """On a terminal a long message is broken between words, each of its lines by itself; a path stays whole."""
    text = "grader: 1 of 3 nodes can't grade:\n  pc02 (tcp://10.0.0.12:3877): no course\nsee /srv/a-very-long-name/of/a/path"
    assert between_words(text, 24).split("\n") == [
        "grader: 1 of 3 nodes",
        "can't grade:",
        "  pc02",
        "  (tcp://10.0.0.12:3877):",
        "  no course",
        "see",
        "/srv/a-very-long-name/of/a/path",
    ]
    assert between_words(text, 80) == text
    assert between_words("see /srv/a folder/of two words", 16, [Path("/srv/a folder/of two words")]).split("\n") == [
        "see",
        "/srv/a folder/of two words",
    ]


@pytest.mark.parametrize("text", ["a\nb", "\x1b[2J", "\x7f", "\u202e", "##[error]x", "::error::x", "\udcfc", "漢"])
def test_document_is_inert(text: str) -> None:
    """Whatever a student's text is, a document on the terminal or in a log moves nothing and commands nothing."""
    document = document_text({"name": text})
    assert json.loads(document) == {"name": text}
    assert re.fullmatch(r"[ -~\n]*", document)
    assert inert(document) == document
