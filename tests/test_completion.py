"""What shells offer on Tab: asked in real ones. The script is argcomplete's, the names are of the course and of the class."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import cli

pytest.importorskip("argcomplete")
SECONDS = 60
PROGRAM = "import sys; from grader.cli import main; sys.exit(main())"


def needs(shell: str) -> pytest.MarkDecorator:
    """Skip where this shell is missing."""
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"needs {shell}")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to be in: a course, a folder of results, files; and the command `grader` in bin/."""
    place = tmp_path_factory.mktemp("place")
    for name in ("linear-maps", "linear-fits", "trees"):
        (place / "assignments" / name).mkdir(parents=True)
        (place / "assignments" / name / "assignment.toml").touch()
    for student in ("ada", "jürgen müller", "$(touch hacked)", "bad\x1b[2Jname"):
        (place / "OUT" / "students" / student).mkdir(parents=True)
    grade = '{"exercises": [{"name": "slope"}, {"name": "bias"}]}'
    (place / "OUT" / "students" / "ada" / "grade.json").write_text(grade, encoding="utf-8")
    (place / "in bóx").mkdir()
    (place / "in bóx" / "bob.py").touch()
    (place / "class.csv").touch()
    (place / "bin").mkdir()
    program = place / "bin" / "grader"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -c "{PROGRAM}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return place


def environment(place: Path) -> dict[str, str]:
    """That of a shell in which the command is found."""
    dropped = ("PYTEST_", "_ARGCOMPLETE", "LC_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {
        "PATH": f"{place / 'bin'}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "HOME": str(place),
        "TERM": "dumb",
    }


@pytest.fixture(scope="module")
def offered(place: Path) -> Callable[[str], list[str]]:
    """What bash offers for a line."""

    def ask(line: str) -> list[str]:
        script = (
            'source <(grader completion bash); COMP_LINE="$1" COMP_POINT=${#1} COMP_TYPE=9\n'
            "_python_argcomplete grader; printf '%s\\n' \"${COMPREPLY[@]}\""
        )
        ran = subprocess.run(
            ["bash", "-c", script, "bash", line], cwd=place, env=environment(place),
            capture_output=True, encoding="utf-8", timeout=SECONDS, check=True,
        )  # fmt: skip
        return [name for name in map(str.rstrip, ran.stdout.splitlines()) if name]

    return ask


@needs("bash")
@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("grader ex", ["export", "exercises"]),
        ("grader export OUT --form", ["--format"]),
        ("grader export OUT --format moodle", ["moodle-worksheet", "moodle-feedback"]),
        ("grader validate ", ["linear-fits", "linear-maps", "trees"]),
        ("grader validate lin", ["linear-fits", "linear-maps"]),
        ("grader grade 'in bóx' -a t", ["trees"]),
        ("grader ci -a trees -a linear-m", ["linear-maps"]),
        ("grader grade in", ["in\\ bóx/"]),
        ("grader grade 'in bóx' --student b", ["bob"]),
        ("grader grade x --roster cl", ["class.csv"]),
        ("grader validate --course ", ["OUT/", "assignments/", "bin/", "in\\ bóx/"]),
        ("grader grade x --allow-isolation k", ["kernel"]),
        ("grader grade x --device c", ["cpu", "cuda"]),
        ("grader show OUT --student j", ["jürgen\\ müller"]),
        ("grader override OUT --student ada --exercise ", ["slope", "bias"]),
        ("grader override OUT --why ", []),
        ("grader override OUT --score ", []),
        ("grader completion ", ["bash", "zsh", "fish"]),
        ("grader show gone --student ", []),
    ],
)  # fmt: skip
def test_offers(line: str, names: list[str], offered: Callable[[str], list[str]]) -> None:
    """Commands, options, their values, paths, and the names of the course and of the class; nothing where it is any text."""
    assert offered(line) == names


@needs("bash")
def test_offers_every_command(offered: Callable[[str], list[str]]) -> None:
    """A new command is offered by itself."""
    (commands,) = (action.choices for action in cli.parser()._actions if isinstance(action.choices, dict))
    assert offered("grader ") == list(commands)


@needs("bash")
def test_hostile_names(offered: Callable[[str], list[str]], place: Path) -> None:
    """A student's name is no command to the shell, and one that would move the cursor is not offered."""
    assert offered("grader show OUT --student ") == ["\\$\\(touch\\ hacked\\)", "ada", "jürgen\\ müller"]
    assert not (place / "hacked").exists()


def test_tab_imports_nothing_heavy(place: Path) -> None:
    """While the shell waits nothing is imported that takes long."""
    code = (
        "import os, sys\nfrom argcomplete.finders import CompletionFinder\n"
        "from grader import cli\n"
        "from grader.cli import completing\n"
        "import argcomplete\n"
        "real = argcomplete.autocomplete\n"
        "argcomplete.autocomplete = lambda *a, **k: real(*a, **k, exit_method=lambda s: None, output_stream=sys.stdout)\n"
        "try: cli.main([])\nexcept SystemExit: pass\n"
        "heavy = ('torch', 'numpy', 'jinja2', 'pytest', 'sqlite3', 'matplotlib', 'rich')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    line = "grader validate lin"
    asked = {"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_IFS": "\n"}
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=place, env=environment(place) | asked, capture_output=True,
        encoding="utf-8", timeout=SECONDS, check=True,
    )  # fmt: skip
    assert ran.stdout == "linear-fits\nlinear-maps[]\n"


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, words: list[str], place: Path) -> None:
        self._typed, theirs = pty.openpty()
        self._text = ""
        self.process = subprocess.Popen(
            words, cwd=place, env=environment(place), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)

    def type(self, keys: str) -> None:
        """Press these keys."""
        os.write(self._typed, keys.encode())

    def until(self, pattern: str) -> None:
        """Wait until something like this stands on the screen. The test fails if it does not come."""
        deadline = time.monotonic() + SECONDS
        while re.search(pattern, self._text) is None:
            assert select.select([self._typed], [], [], deadline - time.monotonic())[0], self._text
            self._text += os.read(self._typed, 65536).decode(errors="replace")

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self._typed)


@pytest.mark.parametrize(
    ("words", "prepare"),
    [
        pytest.param(["bash", "--norc", "--noprofile", "-i"], "", marks=needs("bash"), id="bash"),
        pytest.param(["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; ", marks=needs("zsh"), id="zsh"),
    ],
)
def test_at_the_prompt(words: list[str], prepare: str, place: Path) -> None:
    """Somebody who types the beginning and Tab gets the rest: the command, the assignment, a path with spaces."""
    shell = Shell(words, place)
    name = words[0]
    try:
        shell.type(f"{prepare}grader completion {name} > script.{name}; source script.{name}; echo rea''dy\n")
        shell.until("ready")
        shell.type("grader valid\t")
        shell.until("validate")
        shell.type("tre\t")
        shell.until("trees")
        shell.type("--course OU\t")
        shell.until("OUT/")
    finally:
        shell.close()


@needs("fish")
def test_fish(place: Path) -> None:
    """Fish offers the same names."""
    script = (
        "grader completion fish | source; complete -C 'grader validate lin'; complete -C 'grader show OUT --student j'"
    )
    ran = subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=place, env=environment(place), capture_output=True, encoding="utf-8",
        timeout=SECONDS, check=True,
    )  # fmt: skip
    assert [line.strip() for line in ran.stdout.splitlines()] == ["linear-fits", "linear-maps", "jürgen müller"]


def test_without_the_library(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is not installed, the command says what to install, and a script from before offers nothing."""
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    assert cli.main(["completion", "bash"]) == 2
    assert "pip install 'backgrade[completion]'" in capsys.readouterr().err
    monkeypatch.setenv("_ARGCOMPLETE", "1")
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 1
