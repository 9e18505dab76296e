"""`grader watch` as students use it: the real command on a real course, files saved in the ways editors save them."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader import cli
from grader.checks.summary import write_rows
from grader.course.assignments import Assignment
from grader.grading.saves import News, Saves, exercises_in
from grader.results import CheckResult, ExerciseResult, Outcome
from grader.submissions.submission import Submission, make_submission
from tests.conftest import MINI

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

COMMAND = [sys.executable, "-c", "import sys; from grader.cli import main; sys.exit(main())"]
SECONDS = 60  # until a test gives up
REST = "Waiting for the next save."
LAYER, TOTAL = MINI["reference/mini/layer.py"], MINI["reference/mini/total.py"]
RIGHT = {"layer.py": LAYER, "total.py": TOTAL}
WRONG_LAYER = LAYER.replace("dz * 3", "dz")
TOGETHER = '''
import pytest

pytestmark = pytest.mark.exercise("together")


def test_both_ways(submission, numbers):
    """A layer passes back three times what it is given."""
    layer = submission.Layer()
    layer.forward(numbers.normal(2, 2))
    assert layer.backward(numbers.normal(2, 2)).shape == (2, 2)
'''
HANGS = LAYER.replace("return dz * 3", "while True:\n            pass")
Files = dict[str, str]


def write_course(root: Path, files: Files = RIGHT) -> Path:
    """What a student has of the small course, with these files in place of the skeletons."""
    for name, text in {**MINI, "assignments/mini/test_together.py": TOGETHER}.items():
        if name.startswith("assignments"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            text = text.replace("timeout_seconds = 5", "timeout_seconds = 1000")
            (root / name).write_text(text, encoding="utf-8")
    for name, text in files.items():
        (root / "assignments" / "mini" / name).write_text(text, encoding="utf-8")
    return root


class Loop:
    """The command in a process of its own, on a pipe or on a terminal of its own."""

    def __init__(self, course: Path, *words: str, terminal: bool = False, **more: str) -> None:
        self.folder = course / "assignments" / "mini"
        ours = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        environment |= {"COLUMNS": "80", "TERM": "xterm"} | more
        self._typed, theirs = pty.openpty() if terminal else (-1, -1)
        self.process = subprocess.Popen(
            [*COMMAND, "watch", *words],
            cwd=course,
            env=environment,
            stdin=theirs if terminal else subprocess.DEVNULL,
            stdout=theirs if terminal else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_take_terminal if terminal else None,
        )
        self._shown = self._typed if terminal else self.process.stdout.fileno()
        if terminal:
            os.close(theirs)
        self._text = ""

    def until(self, word: str) -> str:
        """What is shown up to the end of the line that this stands in. The test fails if it does not come."""
        deadline = time.monotonic() + SECONDS
        while (found := re.search(f"^.*{re.escape(word)}.*\n", self._text, re.MULTILINE)) is None:
            assert select.select([self._shown], [], [], deadline - time.monotonic())[0], self._text
            new = self._read()
            assert new, self._text
            self._text += new
        shown, self._text = self._text[: found.end()], self._text[found.end() :]
        return shown

    def _read(self) -> str:
        try:
            return os.read(self._shown, 65536).decode().replace("\r\n", "\n")
        except OSError:  # a terminal that nobody has any more
            return ""

    def save(self, name: str, text: str) -> str:
        """Write the file as most editors do; what is shown until nothing is left to be checked."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.until(REST)

    def type(self, text: str) -> None:
        os.write(self._typed, text.encode())

    def stop(self) -> int:
        """Ctrl-C; the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        while self._read():
            pass
        return self.process.wait(SECONDS)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        if self._typed >= 0:
            os.close(self._typed)


def _take_terminal() -> None:
    """Make the terminal on standard input the process's own, so that what is typed there is for it."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def checked(shown: str) -> list[str]:
    """The titles of what was checked, in the order in which that began."""
    return [title for line in re.findall("checking (.*)", shown) for title in line.split(", ")]


def rows(shown: str) -> list[str]:
    """The lines of results."""
    return re.findall(r"^  \S.* \d+ of \d+  .*$", shown, re.MULTILINE)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Loop, str]]:
    """The command on right files, and what it shows first."""
    loop = Loop(write_course(tmp_path_factory.mktemp("course")), "assignments/mini")
    yield loop, loop.until(REST)
    assert loop.stop() == 130
    loop.close()


@pytest.fixture
def loop(started: tuple[Loop, str]) -> Iterator[Loop]:
    """The same; what the test changes is put right again."""
    yield started[0]
    for name, text in RIGHT.items():
        path = started[0].folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            started[0].save(name, text)


# -- what is checked, and what is shown ------------------------------------------------------------------------------------


def test_everything_is_checked_at_the_start(started: tuple[Loop, str]) -> None:
    """The first thing to see is a line an exercise, and how far the assignment is."""
    assert checked(started[1]) == ["Mini"]
    assert [line.split()[0] for line in rows(started[1])] == ["Layer", "total", "Together"]
    assert "3 of 3 done, 5 of 5 points\n" in started[1]


def test_save_checks_the_exercise_of_the_file(loop: Loop) -> None:
    """Only what is in the saved file is checked, also if it was saved as it is."""
    for text in (TOTAL, TOTAL.replace("dim=0", "0")):
        shown = loop.save("total.py", text)
        assert checked(shown) == ["total"]
        assert rows(shown) == ["  total     1 of 1  done"]
        assert shown.lstrip().startswith("total.py saved\n")


def test_same_words_as_pytest(loop: Loop) -> None:
    """Of a wrong exercise the same is told as by pytest, line by line."""
    shown = loop.save("layer.py", WRONG_LAYER)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", "."]
    ended = subprocess.run(
        [*command, "--import-mode=importlib", *(f"assignments/mini/test_{name}.py" for name in ("layer", "together"))],
        cwd=loop.folder.parent.parent,
        env=os.environ | {"COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = ended.stdout.split("\n")
    first = next(place for place, line in enumerate(lines) if line.startswith("First problem: "))
    told = lines[first : lines.index("Check it again: pytest assignments/mini -k layer") - 1]
    assert len(told) > 5
    assert "\n".join(told) in shown
    assert rows(shown) == rows(ended.stdout)


def test_what_rests_on_an_exercise_waits_until_that_is_right(tmp_path: Path) -> None:
    """While an exercise is wrong, what imports or needs it is said to wait; then it follows step by step, and no more."""
    course = write_course(tmp_path, {"layer.py": LAYER, "total.py": f"from layer import Layer\n{TOTAL}"})
    manifest = course / "assignments" / "mini" / "assignment.toml"
    text = manifest.read_text(encoding="utf-8")
    text = text.replace('file = "layer.py"\nneeds = ["layer"]', 'file = "last.py"\nneeds = ["layer", "total"]')
    manifest.write_text(text, encoding="utf-8")
    loop = Loop(course)
    try:
        loop.until(REST)
        shown = loop.save("layer.py", WRONG_LAYER)
        assert checked(shown) == ["Layer"]
        assert "0 of 3 done, 2 of 5 points\n" in shown
        assert "when what they rest on is right: total, Together\n" in shown
        shown = loop.save("layer.py", LAYER)
        assert checked(shown) == ["Layer", "total", "Together"]
        assert shown.count("Everything that was checked is right.") == 1
        assert "3 of 3 done, 5 of 5 points\n" in shown
        assert checked(loop.save("layer.py", LAYER)) == ["Layer"]
        assert loop.stop() == 130
    finally:
        loop.close()


def test_all_others_may_follow(tmp_path: Path) -> None:
    """With --all everything is checked at each save, what was saved first. A changed rubric ends the command."""
    loop = Loop(write_course(tmp_path), "--all")
    try:
        loop.until(REST)
        shown = loop.save("total.py", TOTAL)
        assert checked(shown) == ["total", "Layer", "Together"]
        assert [line.split()[0] for line in rows(shown)] == ["total", "Layer", "Together"]
        rubric = loop.folder / "test_total.py"
        rubric.write_text(rubric.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert "asks for has changed. Start the same command again." in loop.until("Start the same command again.")
        assert loop.process.wait(SECONDS) == 2
    finally:
        loop.close()


def test_syntax_error_is_said(loop: Loop) -> None:
    """A file saved half-written is said to be no Python, with the place, and the next save is checked."""
    shown = loop.save("total.py", TOTAL + "def more(\n")
    assert "total.py can't be read as Python, so total was not found: '(' was never closed." in " ".join(shown.split())
    assert rows(shown) == ["  total     0 of 1  blocked"]
    assert rows(loop.save("total.py", TOTAL)) == ["  total     1 of 1  done"]


def test_removed_file_is_said(loop: Loop) -> None:
    """A file that is gone leaves its exercise undefined."""
    (loop.folder / "total.py").unlink()
    shown = loop.until(REST)
    assert shown.lstrip().startswith("total.py gone\n")
    assert "total is not defined" in " ".join(shown.split())
    assert "2 of 3 done" in shown


def test_endless_loop_is_ended_by_the_next_save(loop: Loop) -> None:
    """A check that never ends, in a course whose deadline nobody would wait for, makes way for what was saved after it."""
    (loop.folder / "layer.py").write_text(HANGS, encoding="utf-8")
    loop.until("checking Layer")
    shown = loop.save("layer.py", LAYER)
    assert "  Layer        3 of 3  done" in rows(shown)
    assert "3 of 3 done" in shown


def test_save_of_another_file_ends_a_loop_too(loop: Loop) -> None:
    """What was saved last is checked first; what was not finished is begun again after it."""
    (loop.folder / "layer.py").write_text(HANGS, encoding="utf-8")
    loop.until("checking Layer")
    (loop.folder / "total.py").write_text(TOTAL, encoding="utf-8")
    shown = loop.until("checking Layer")
    assert checked(shown) == ["total", "Layer", "Together"]
    assert rows(shown) == ["  total     1 of 1  done"]
    assert "3 of 3 done" in loop.save("layer.py", LAYER)


def test_file_put_in_the_place_of_another_counts(loop: Loop) -> None:
    """An editor may write another file and rename it, or move the old one away first."""
    new, old = loop.folder / "total.py~", loop.folder / "total.py"
    new.write_text(TOTAL, encoding="utf-8")
    new.replace(old)
    assert rows(loop.until(REST)) == ["  total     1 of 1  done"]
    old.rename(new)
    old.write_text(TOTAL, encoding="utf-8")
    assert rows(loop.until(REST)) == ["  total     1 of 1  done"]
    new.unlink()


def test_file_that_holds_no_exercise(loop: Loop) -> None:
    """A file that nothing uses is seen, and nothing is checked for it."""
    shown = loop.save("notes.py", "a = 1\n")
    assert shown.lstrip().startswith("notes.py saved\n")
    assert checked(shown) == []
    (loop.folder / "notes.py").unlink()
    assert loop.until(REST).lstrip().startswith("notes.py gone\n")


def test_text_of_students_steers_no_terminal(loop: Loop) -> None:
    """What the code raises is shown without its control characters."""
    shown = loop.save("total.py", "def total(x):\n    raise ValueError('\\x1b[31mred\\x1b]0;title\\x07')\n")
    assert "\\u001b[31mred" in shown
    assert "\x1b" not in shown


def test_name_of_a_folder_steers_no_terminal(tmp_path: Path) -> None:
    """The folder that is watched may be one that a student has named."""
    named = tmp_path / "of\x1b]0;title\x07ada"
    shutil.copytree(write_course(tmp_path / "course") / "assignments" / "mini", named)
    loop = Loop(tmp_path / "course", "mini", "--submission", str(named))
    try:
        assert loop.until("watching").splitlines()[-1].endswith("of\\u001b]0;title\\u0007ada")
    finally:
        loop.close()


def test_processes_that_die_are_replaced(loop: Loop) -> None:
    """If the system ends what waits for the next save, that save is checked all the same."""
    waiting = descendants(loop.process.pid)
    assert len(waiting) > 1
    for pid in waiting:
        with contextlib.suppress(ProcessLookupError):  # one ends the others
            os.kill(pid, signal.SIGKILL)
    assert rows(loop.save("total.py", TOTAL)) == ["  total     1 of 1  done"]


def test_pipe_gets_plain_text(started: tuple[Loop, str]) -> None:
    """Where it is no terminal there is neither colour nor a cleared screen."""
    assert "\x1b" not in started[1]


# -- a terminal, and the end -----------------------------------------------------------------------------------------------


def test_on_a_terminal(tmp_path: Path) -> None:
    """There is colour, each save begins a new screen, Enter has everything checked, and Ctrl-C ends it."""
    loop = Loop(write_course(tmp_path, {"layer.py": LAYER}), terminal=True)
    try:
        assert "\x1b[32m  Layer " in loop.until(REST)
        assert "\x1b[H\x1b[2J" in loop.save("total.py", TOTAL)
        loop.type("\n")
        assert checked(loop.until(REST).replace("\x1b[0m", "")) == ["Mini"]
        loop.type("\x03")
        while loop._read():
            pass
        assert loop.process.wait(SECONDS) == 130
    finally:
        loop.close()


def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    """In the midst of an endless check every process that was started ends, and the status says how."""
    loop = Loop(write_course(tmp_path, {"layer.py": HANGS}), "-a", "mini", terminal=True, NO_COLOR="1")
    try:
        assert "\x1b" not in loop.until("checking Mini")
        left = [os.pidfd_open(pid) for pid in descendants(loop.process.pid)]
        assert len(left) > 0
        loop.type("\x03")
        while loop._read():
            pass
        assert loop.process.wait(SECONDS) == 130
        for descriptor in left:
            assert select.select([descriptor], [], [], SECONDS)[0]
            os.close(descriptor)
    finally:
        loop.close()


def descendants(pid: int) -> list[int]:
    """All processes that a process has started, directly or not."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def test_rows_of_a_narrow_terminal() -> None:
    """A title that leaves no room for the state is shortened, and the rows stay in columns, or become two lines each."""
    check = CheckResult("c", "A check.", Outcome.NOT_ATTEMPTED, Decimal(3))
    titles = ("The gradient with respect to the probabilities", "ReLU")
    write_rows(lines := Lines(), tuple(ExerciseResult(title, title, (check,)) for title in titles), 48)
    assert lines.written == [
        "  The gradient ...       0 of 3  not attempted",
        "  ReLU                   0 of 3  not attempted",
    ]
    write_rows(lines := Lines(), tuple(ExerciseResult(title, title, (check,)) for title in titles), 38)
    assert lines.written == [
        "  The gradient with respect to the ...",
        "    0 of 3  not attempted",
        "  ReLU",
        "    0 of 3  not attempted",
    ]


class Lines:
    """What was written, line by line."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write_sep(self, sep: str, title: str | None = None, **markup: bool) -> None:
        self.written.append(title or "")

    def write_line(self, line: str, **markup: bool) -> None:
        self.written.append(line)


# -- which exercises -------------------------------------------------------------------------------------------------------


def choose(assignment: Assignment, before: Files, now: Files) -> set[str]:
    """The exercises to check after these changes."""
    saved = tuple(file for file in now if before.get(file) != now[file])
    gone = tuple(file for file in before if file not in now)
    return exercises_in(assignment, News(saved, gone), made(before), made(now))


def made(files: Files) -> Submission:
    return make_submission("ada", files)


def test_module_that_an_exercise_imports(mini: MiniCourse) -> None:
    """A module of the student's that is no exercise itself has those checked that import it, directly or through another."""
    files = {"layer.py": f"from middle import a\n{LAYER}", "total.py": TOTAL, "middle.py": "import deep\na = 1\n"}
    assert choose(mini.assignment, files | {"deep.py": "b = 1\n"}, files | {"deep.py": "b = 2\n"}) == {
        "layer",
        "together",
    }
    assert choose(mini.assignment, files, files | {"other.py": "b = 2\n"}) == set()


def test_exercise_that_cannot_be_read_twice(mini: MiniCourse) -> None:
    """A file that is to hold an exercise is no module of the student's: what imports it waits until it is right."""
    files = {"total.py": f"import layer\n{TOTAL}"}
    broken = "class Layer(\n"
    assert "total" not in choose(mini.assignment, files | {"layer.py": broken}, files | {"layer.py": f"{broken}\n"})


def test_one_file_for_all(mini: MiniCourse) -> None:
    """Of a file that defines everything those exercises are chosen whose code has changed; all if that is none."""
    both = f"{LAYER}\n{TOTAL}"
    assert choose(mini.assignment, {"a.py": both}, {"a.py": both.replace("sum(", "mean(")}) == {"total"}
    assert choose(mini.assignment, {"a.py": both}, {"a.py": f"{both}# a remark\n"}) == {"layer", "total"}
    again = both.replace("sum(", "mean(").replace("def total", "import torch\n\n\ndef total")
    assert choose(mini.assignment, {"a.py": both}, {"a.py": again}) == {"total"}


def test_answer_that_moves(mini: MiniCourse) -> None:
    """An exercise that another file has now is checked, and so is one whose file is gone."""
    stub = MINI["assignments/mini/total.py"]
    before = {"total.py": stub, "layer.py": LAYER}
    assert choose(mini.assignment, before, before | {"b.py": TOTAL}) == {"total"}
    assert choose(mini.assignment, before, {"layer.py": LAYER}) == {"total"}


# -- how files are saved ---------------------------------------------------------------------------------------------------


@pytest.fixture
def saves(mini: MiniCourse) -> Saves:
    """The folder of the small course, looked at once."""
    found = Saves(mini.assignment, mini.assignment.folder)
    found.take()
    return found


def during(monkeypatch: pytest.MonkeyPatch, *steps: object) -> None:
    """Have these things done while files are waited for, one at a time."""
    rest = iter(steps)
    monkeypatch.setattr("grader.grading.saves.time.sleep", lambda seconds: next(rest, lambda: None)())  # type: ignore[operator]


def test_first_half_of_a_file_is_not_taken(saves: Saves, mini: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written in pieces, or emptied first, is taken when it is whole."""
    path = mini.assignment.folder / "total.py"
    path.write_text("", encoding="utf-8")
    during(monkeypatch, lambda: None, lambda: path.write_text("def total(x):\n"), lambda: path.write_text(TOTAL))
    assert saves.take() == News(saved=("total.py",))
    assert saves.submission.files["total.py"] == TOTAL


def test_file_moved_away_for_a_moment_is_not_gone(
    saves: Saves, mini: MiniCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the old file and the new one there may be none."""
    path = mini.assignment.folder / "total.py"
    path.unlink()
    during(monkeypatch, lambda: None, lambda: None, lambda: path.write_text(TOTAL))
    assert saves.take() == News(saved=("total.py",))


def test_file_that_cannot_be_read_is_said(saves: Saves, mini: MiniCourse) -> None:
    """A file that is no text is told about by what is said of it in a grade too."""
    (mini.assignment.folder / "total.py").write_bytes(b"# caf\xe9\n")
    news = saves.take()
    assert (news.saved, news.gone) == ((), ())
    assert [(flag.where, flag.detail) for flag in news.flags] == [
        ("total.py", "is not UTF-8 (line 1); save it with the encoding UTF-8")
    ]


def test_notebook_counts_when_its_code_has_changed(saves: Saves, mini: MiniCourse) -> None:
    """Jupyter saves by itself, and with every output: that alone is no save of the student's."""
    from nbformat import v4, writes

    path = mini.assignment.folder / "work.ipynb"
    cell = v4.new_code_cell(TOTAL)
    path.write_text(writes(v4.new_notebook(cells=[cell])), encoding="utf-8")
    assert saves.take() == News(saved=("work.ipynb",))
    cell.outputs = [v4.new_output("stream", text="done")]
    path.write_text(writes(v4.new_notebook(cells=[cell])), encoding="utf-8")
    assert saves.take() == News()


def test_what_is_no_source_is_not_looked_at(saves: Saves, mini: MiniCourse) -> None:
    """Files of editors, of Python and of pytest are passed over."""
    for name in (".total.py.swp", ".pytest_cache/a.py", "__pycache__/total.cpython-311.pyc", "notes.txt", ".#total.py"):
        path = mini.assignment.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x", encoding="utf-8")
    assert saves.take() == News()


# -- the command line ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "has no assignment 'nothing'"),
        (["mini", "-a", "mini"], "names the assignment twice"),
        (["assignments/nothing"], "watch assignments/nothing: there is no such folder"),
        (["mini", "--device", "cuda:99"], "--device cuda:99: t"),
        (["mini", "--dataset-root", "half"], "half holds train-images-idx3-ubyte, but not "),
        (["mini", "--submission", "nowhere"], "--submission nowhere: there is no such file or folder"),
        ([], "has several assignments. Name one: grader watch assignments/mini."),
    ],
)
def test_refusals(
    mini: MiniCourse,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    message: str,
) -> None:
    """What can't be meant is refused in a line that says what to do, before anything is checked."""
    other = {"assignments/other/assignment.toml": MINI["assignments/mini/assignment.toml"]}
    mini.write(other | {"half/train-images-idx3-ubyte": ""})
    monkeypatch.chdir(mini.root)
    assert cli.main(["watch", *words]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
