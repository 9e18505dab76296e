"""The pytest plugin as students and authors meet it: real runs of pytest on copies of the course, and what they print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from grader.course.assignments import Assignment
from grader.data import load_dataset
from grader.errors import UsageError

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

ROOT = Path(__file__).parent.parent
INBOX = ROOT / "examples" / "inbox"
EXERCISES = "assignments/classifier"
ALL_RIGHT = "Everything that was checked is right."
COLUMNS = 80
Files = dict[str, str]
Table = dict[str, tuple[str, str, str]]

_ROW = re.compile(r"  (?P<title>\S.*?) {2,}(?P<score>[\d.]+) of (?P<points>[\d.]+)  (?P<state>\S.*)")
_OWN_TEXT = ("  where:", "  your code printed:")


@dataclass(frozen=True)
class Run:
    """How a run of pytest ended, and what it wrote."""

    status: int
    out: str
    err: str

    def summary(self, title: str = "Building a classifier from scratch") -> list[str]:
        """The lines of the course's own part of the output: from its heading to pytest's last line, both left out."""
        lines = self.out.split("\n")
        headings = [place for place, line in enumerate(lines) if re.fullmatch(f"=+ {re.escape(title)} =+", line)]
        assert len(headings) == 1, self.out + self.err
        rest = lines[headings[0] + 1 :]
        return rest[: next(place for place, line in enumerate(rest) if re.match("[=!]{3,} ", line))]

    def table(self, title: str = "Building a classifier from scratch") -> Table:
        """Exercise -> its score, its points, its state in words."""
        found = [_ROW.fullmatch(line) for line in self.summary(title)]
        return {row["title"]: (row["score"], row["points"], row["state"]) for row in found if row}

    @property
    def error_lines(self) -> list[str]:
        """What went to the error stream, without blank lines."""
        return [line for line in self.err.split("\n") if line.strip()]


def run_pytest(course: Path, *arguments: str, typed: str = "", cache: bool = False) -> Run:
    """Run pytest in a course's folder as a student does, on a terminal of 80 columns."""
    ours = ("PYTEST_", "PYTHONDONTWRITEBYTECODE", "FORCE_COLOR", "PY_COLORS")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment["COLUMNS"] = str(COLUMNS)
    command = [sys.executable, "-m", "pytest", *([] if cache else ["-p", "no:cacheprovider"]), *arguments]
    ended = subprocess.run(
        command, cwd=course, env=environment, input=typed, capture_output=True, text=True, timeout=120, check=False
    )
    return Run(ended.returncode, ended.stdout, ended.stderr)


def copy_course(folder: Path, files: Files | None = None) -> Path:
    """What a student has: the assignments without the reference, and `files` in place of the skeletons."""
    shutil.copytree(ROOT / "assignments", folder / "assignments", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    for name, text in (files or {}).items():
        (folder / EXERCISES / name).write_text(text, encoding="utf-8")
    return folder


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), start=1) if part in line)


def points_of(table: Table) -> int:
    return sum(int(points) for _, points, _ in table.values())


def assert_in_order(lines: list[str], *wanted: str) -> None:
    """Every wanted line is there, one after the other."""
    rest = iter(lines)
    for line in wanted:
        assert line in rest, f"{line!r} is missing, or stands too early, in:\n" + "\n".join(lines)


# -- courses and runs, each made once --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    return lambda name: tmp_path_factory.mktemp(name)


@pytest.fixture(scope="module")
def skeleton_course(folder: Callable[[str], Path]) -> Path:
    return copy_course(folder("skeletons"))


@pytest.fixture(scope="module")
def wrong_linear(reference_files: Files) -> str:
    """A Linear whose dW and db are means over the batch, and that prints."""
    text = changed(
        reference_files["linear.py"],
        "        dW = dz.T @ self.x\n",
        "        print('dz is', tuple(dz.shape))\n        dW = dz.T @ self.x / len(dz)\n",
    )
    return changed(text, "db = dz.sum(dim=0)", "db = dz.mean(dim=0)")


@pytest.fixture(scope="module")
def wrong_course(folder: Callable[[str], Path], reference_files: Files, wrong_linear: str) -> Path:
    return copy_course(folder("wrong"), {**reference_files, "linear.py": wrong_linear})


@pytest.fixture(scope="module")
def skeletons(skeleton_course: Path) -> Run:
    return run_pytest(skeleton_course, EXERCISES)


@pytest.fixture(scope="module")
def right(folder: Callable[[str], Path], reference_files: Files) -> Run:
    return run_pytest(copy_course(folder("right"), reference_files), EXERCISES, "-v", "--device", "cpu")


@pytest.fixture(scope="module")
def wrong(wrong_course: Path) -> Run:
    return run_pytest(wrong_course, EXERCISES, cache=True)


@pytest.fixture(scope="module")
def first_wrong(wrong_course: Path) -> Run:
    return run_pytest(wrong_course, EXERCISES, "-x", "-k", "linear")


# -- untouched skeletons ---------------------------------------------------------------------------------------------------


def test_skeletons_are_not_attempted(skeletons: Run, classifier: Assignment) -> None:
    """Whoever has not begun sees every exercise with no points; what builds on the others waits for them."""
    table = skeletons.table()
    assert list(table) == [exercise.title for exercise in classifier.exercises]
    assert {score for score, _, _ in table.values()} == {"0"}
    for exercise in classifier.exercises:
        assert table[exercise.title][2] == ("blocked" if exercise.needs else "not attempted")
    assert skeletons.status == 1


def test_skeletons_add_up_to_no_points(skeletons: Run) -> None:
    """The line below the table has the sums."""
    sums = [line.split() for line in skeletons.summary() if line.startswith("  points ")]
    assert sums == [["points", "0", "of", str(points_of(skeletons.table()))]]


def test_skeletons_show_no_traceback(skeletons: Run) -> None:
    """A beginner's first run has no traceback, no pytest failure section, and nothing on the error stream."""
    assert "Traceback" not in skeletons.out
    assert "NotImplementedError" not in skeletons.out
    assert "FAILURES" not in skeletons.out
    assert skeletons.error_lines == []


def test_skeletons_lead_to_the_first_line_to_write(skeletons: Run, skeleton_files: Files) -> None:
    """The end of the output names the file and line to open, what to write there, and the command to check it."""
    skeleton = skeleton_files["nll_loss.py"].split("\n")
    opened = re.fullmatch(r"Next: NLLLoss\. Open classifier/nll_loss\.py, line (\d+)\.", skeletons.summary()[-4])
    assert opened is not None
    assert skeleton[int(opened[1]) - 1].strip().startswith(("def forward(", "raise NotImplementedError", "# TODO"))
    assert skeletons.summary()[-3:] == [
        "      NLLLoss.forward is still to be written.",
        "",
        "Check it again: pytest assignments/classifier -k nll_loss",
    ]


def test_outcomes_have_letters_and_counts_of_their_own(skeletons: Run) -> None:
    """Pytest's progress shows `-` for what is not attempted and `b` for blocked, its last line counts them in words."""
    assert re.search(r"test_linear\.py -+ ", skeletons.out)
    assert re.search(r"test_together\.py b+ ", skeletons.out)
    last = skeletons.out.rstrip().split("\n")[-1]
    assert " not attempted" in last
    assert " blocked" in last
    assert "failed" not in last


# -- the model answer ------------------------------------------------------------------------------------------------------


def test_right_files_are_done(right: Run, skeletons: Run) -> None:
    """With right files everything is done, at full points, and the run succeeds."""
    assert right.status == 0
    assert {title: points for title, (_, points, _) in right.table().items()} == {
        title: points for title, (_, points, _) in skeletons.table().items()
    }
    assert all(score == points and state == "done" for score, points, state in right.table().values())
    total = str(points_of(right.table()))
    assert [line.split() for line in right.summary() if line.startswith("  points ")] == [
        ["points", total, "of", total]
    ]


def test_right_files_leave_nothing_to_do(right: Run) -> None:
    """After the table stands one sentence and no next step."""
    assert right.summary()[-2:] == ["", ALL_RIGHT]
    assert right.error_lines == []


def test_cuda_check_is_skipped_on_a_cpu(right: Run) -> None:
    """A check that needs CUDA reads skipped where there is none, in pytest's own words."""
    assert re.search(r"test_runs_on_cuda SKIPPED", right.out)
    assert right.out.count("SKIPPED") == 1


def test_an_exercise_is_chosen_by_its_name(skeleton_course: Path) -> None:
    """`-k` with the name of an exercise runs its checks, whatever they and their file are called."""
    assert list(run_pytest(skeleton_course, EXERCISES, "-k", "accuracy_per_class").table()) == ["accuracy_per_class"]


def test_run_imports_nothing_heavy_but_torch(wrong_course: Path) -> None:
    """What grading a class or making pages needs is not imported when a student checks an exercise."""
    heavy = (
        "grader.cli",
        "grader.reports",
        "grader.grades.store",
        "jinja2",
        "matplotlib",
        "nbformat",
        "rich",
        "sympy",
        "torchvision",
    )
    code = (
        "import sys, pytest\n"
        f"pytest.main(['-q', '-p', 'no:cacheprovider', '{EXERCISES}', '-k', 'linear'])\n"
        f"print('torch' in sys.modules, [name for name in {heavy!r} if name in sys.modules])\n"
    )
    plugins = ("grader.checks.rubric", "pytest_timeout")  # others that are installed here may import what they like
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=wrong_course,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": ",".join(plugins)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines()[-1] == "True []"
    assert "First problem: Linear" in ran.stdout


def test_garbage_is_looked_for_again_after_collection(wrong_course: Path) -> None:
    """Python's search for garbage rests while rubrics are imported, and goes on in the checks, also where none was found."""
    for arguments, seen in (([EXERCISES, "-k", "linear"], "[True]"), ([EXERCISES, "-k", "nothing"], "[]")):
        code = (
            "import gc, pytest\n"
            "class Notes:\n"
            "    def pytest_runtest_call(self): found.add(gc.isenabled())\n"
            "found = set()\n"
            f"pytest.main(['-q', '-p', 'no:cacheprovider', *{arguments!r}], plugins=[Notes()])\n"
            "print(sorted(found), gc.isenabled())\n"
        )
        ran = subprocess.run([sys.executable, "-c", code], cwd=wrong_course, capture_output=True, text=True, check=True)
        assert ran.stdout.splitlines()[-1] == f"{seen} True"


def test_skipped_check_carries_no_points(skeleton_course: Path) -> None:
    """Alone in a run, the check that needs CUDA leaves an exercise of no points, which is skipped and no failure."""
    run = run_pytest(skeleton_course, EXERCISES, "-k", "runs_on_cuda", "--device", "cpu")
    assert run.table() == {"Net": ("0", "0", "skipped")}
    assert run.status == 0


# -- one wrong exercise ----------------------------------------------------------------------------------------------------


def test_mistake_costs_points_where_it_is(wrong: Run) -> None:
    """A wrong Linear loses points in Linear and in the run of all parts, and nowhere else."""
    states = {title: state for title, (_, _, state) in wrong.table().items() if state != "done"}
    assert states == {"Linear": "2 failed", "All of it together": "2 failed"}
    assert wrong.status == 1


def test_first_problem_is_told_in_full(wrong: Run, wrong_linear: str) -> None:
    """What, how it relates, expected, got, where, which calls, what was printed, and a hint, in this order."""
    place = line_of(wrong_linear, "def backward(")
    assert_in_order(
        wrong.summary(),
        "First problem: Linear: dW is the gradient of the loss with respect to W.",
        "  It looks like this: dW and db are both divided by the batch size, although",
        "  It is 3 times too small; 3 is the batch size.",
        "  expected:",
        "  got:",
        f"  where: linear.py, line {place}, in Linear.backward",
        f"      {place} | {wrong_linear.split(chr(10))[place - 1].strip()}",
        "  the check called:",
        "      linear.backward(tensor (3, 4))",
        "  your code printed:",
        "      dz is (3, 4)",
        "  hint: Your formulas come from somewhere: is the mean over the batch in the",
        "        loss there, or in the layer?",
        "  There are 2 hints more: --hints 2",
    )


def test_file_that_cannot_be_read_is_the_first_problem(folder: Callable[[str], Path]) -> None:
    """A syntax error is told in full, although exercises before it are still to be written."""
    course = copy_course(
        folder("unreadable"), {"relu.py": "class ReLU:\n    def forward(self, x):\n        return x +\n"}
    )
    assert_in_order(
        run_pytest(course, EXERCISES, "-k", "linear or relu").summary(),
        "First problem: ReLU: forward(x) is the larger of 0 and x, element by element,",
        "  relu.py can't be read as Python, so ReLU was not found: invalid syntax.",
        "  where: relu.py, line 3",
        "Check it again: pytest assignments/classifier -k relu",
    )


def test_more_hints_on_request(wrong_course: Path) -> None:
    """With --hints 3 the question is followed by the idea and by the place in the lesson, and no more is promised."""
    lines = run_pytest(wrong_course, EXERCISES, "-k", "linear", "--hints", "3").summary()
    hints = [line for line in lines if line.startswith("  hint: ")]
    assert len(hints) == 3
    assert hints[-1].startswith("  hint: In the lesson: 2. Linear")
    assert not any("--hints" in line for line in lines)


def test_mistakes_are_named_in_every_assignment(
    folder: Callable[[str], Path], mini: MiniCourse, wrong_linear: str, reference_files: Files
) -> None:
    """In a run of several assignments, one whose checks are not the last ones gets its mistakes named as if alone."""
    course = copy_course(folder("two"), {**reference_files, "linear.py": wrong_linear})
    shutil.copytree(mini.root / "assignments" / "mini", course / "assignments" / "mini")
    run = run_pytest(course, "assignments", "--import-mode=importlib", "-k", "linear or total")
    assert run.table("Mini") == {"total": ("0", "1", "not attempted")}
    assert_in_order(run.summary(), "  It looks like this: dW and db are both divided by the batch size, although")


def test_expected_and_got_are_the_values(wrong: Run) -> None:
    """The blocks of numbers are what the sentence says: each expected entry is three times the one got."""
    lines = wrong.summary()
    start, middle, end = lines.index("  expected:"), lines.index("  got:"), lines.index("  the check called:")

    def values(block: list[str]) -> list[float]:
        return [float(entry) for line in block if "[" in line for entry in line.strip(" []").split(",")]

    expected, got = values(lines[start:middle]), values(lines[middle : end - 2])
    assert len(expected) == len(got) == 20
    assert expected == pytest.approx([3 * entry for entry in got], rel=1e-2)


def test_other_problems_take_a_line_each(wrong: Run) -> None:
    """Further problems are named after the first, in a line each, and the command for the first one ends it all."""
    lines = wrong.summary()
    others = lines[lines.index("Then:") + 1 : -2]
    assert others[0] == "  Linear, failed: db is the gradient of the loss with respect to b."
    assert len(others) == 3
    assert all(line.startswith("  All of it together, failed: ") for line in others[1:])
    assert lines[-2:] == ["", "Check it again: pytest assignments/classifier -k linear"]


def test_mistakes_show_no_traceback(wrong: Run) -> None:
    """Neither the rubric's source nor a traceback of the grader is shown for a wrong answer."""
    assert "Traceback" not in wrong.out + wrong.err
    assert "assert_close" not in wrong.out
    assert "FAILURES" not in wrong.out


def test_last_failed(wrong: Run, wrong_course: Path) -> None:
    """--lf checks what did not pass last time, and nothing else."""
    assert wrong.status == 1  # the run that --lf looks back at
    again = run_pytest(wrong_course, EXERCISES, "--lf", cache=True)
    assert {title: (score, state) for title, (score, _, state) in again.table().items()} == {
        "Linear": ("0", "2 failed"),
        "All of it together": ("0", "2 failed"),
    }
    assert again.status == 1


def test_more_hints(first_wrong: Run, wrong_course: Path) -> None:
    """--hints 3 shows all three hints, and offers no more."""
    assert "  There are 2 hints more: --hints 2" in first_wrong.summary()
    told = run_pytest(wrong_course, EXERCISES, "-x", "-k", "linear", "--hints", "3").summary()
    assert "  hint: In the lesson: 2. Linear: Backwards." in told
    assert not any("more: --hints" in line for line in told)


def test_keyword_chooses_an_exercise(first_wrong: Run) -> None:
    """-k with an exercise's name shows that exercise alone."""
    assert list(first_wrong.table()) == ["Linear"]


def test_keyword_is_an_exercise_not_a_file(skeleton_course: Path) -> None:
    """-k finds an exercise by its own name, whatever its file and its checks are called."""
    assert list(run_pytest(skeleton_course, EXERCISES, "-k", "accuracy_per_class").table()) == ["accuracy_per_class"]


def test_keyword_is_an_exercise_not_a_part_of_a_name(skeleton_course: Path) -> None:
    """The name of an exercise chooses it alone, also where it is a part of other names; any other word is pytest's own."""
    assert list(run_pytest(skeleton_course, EXERCISES, "-k", "accuracy").table()) == ["accuracy"]
    chosen = run_pytest(skeleton_course, EXERCISES, "-k", "accurac").table()
    assert {"accuracy", "accuracy_per_class"} <= set(chosen)


def test_stop_at_the_first(first_wrong: Run) -> None:
    """-x ends the run at the first problem, which is told in full; what did not run is not counted."""
    assert first_wrong.table() == {"Linear": ("4", "6", "1 failed")}
    assert "stopping after 1 failures" in first_wrong.out
    assert "  your code printed:" in first_wrong.summary()
    assert "Then:" not in first_wrong.summary()
    assert first_wrong.status == 1


def test_in_process_gives_the_same_table(wrong: Run, wrong_course: Path) -> None:
    """Where the code runs makes no difference to what is right."""
    inside = run_pytest(wrong_course, EXERCISES, "--in-process")
    assert inside.table() == wrong.table()
    assert inside.status == wrong.status


def test_debugger_stops_in_the_students_line(folder: Callable[[str], Path], reference_files: Files) -> None:
    """--pdb opens where the student's code raised, with its variables at hand."""
    raising = changed(
        reference_files["linear.py"],
        "        self.x = x\n",
        "        self.x = x\n        raise ValueError('not today')\n",
    )
    course = copy_course(folder("raising"), {**reference_files, "linear.py": raising})
    run = run_pytest(course, EXERCISES, "--pdb", "-k", "linear and forward", typed="p x.shape\nq\n")
    after = run.out.partition("entering PDB")[2]
    assert re.search(rf"^> .*linear\.py\({line_of(raising, 'not today')}\)forward\(\)", after, re.MULTILINE), run.out
    assert "torch.Size([2, 4])" in after


# -- options ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ada-brennan", "bruno-castell.py", "daniel-eriksen.zip"])
def test_another_submission_is_checked(name: str, skeleton_course: Path) -> None:
    """--submission checks a folder, a file or a zip in place of the skeletons in the assignment's folder."""
    run = run_pytest(skeleton_course, EXERCISES, "--submission", str(INBOX / name))
    assert run.summary()[-1] == ALL_RIGHT, run.out
    assert {state for _, _, state in run.table().values()} == {"done"}
    assert run.status == 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
def test_cuda_without_a_device(skeleton_course: Path) -> None:
    """--device cuda where there is none is one line that says so, before any check runs."""
    run = run_pytest(skeleton_course, EXERCISES, "--device", "cuda")
    assert run.error_lines == [
        "ERROR: --device cuda: torch finds no CUDA device here. Use --device cpu, or auto.",
    ]
    assert run.status == 4


def test_ordinary_tests_are_left_alone(tmp_path: Path) -> None:
    """In a folder without exercises the plugin is loaded, imports no torch, and pytest is as it always is."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_plain.py").write_text(
        "import sys\n\n"
        "def test_light():\n"
        "    assert 'grader.checks.rubric' in sys.modules\n"
        "    assert 'torch' not in sys.modules\n\n"
        "def test_wrong():\n"
        "    assert 1 + 1 == 3\n",
        encoding="utf-8",
    )
    run = run_pytest(tmp_path)
    assert "test_plain.py .F" in run.out
    assert "E       assert (1 + 1) == 3" in run.out
    assert re.search(r"=+ 1 failed, 1 passed in ", run.out)
    assert "points" not in run.out
    assert run.status == 1


# -- what authors get wrong ------------------------------------------------------------------------------------------------

MANIFEST = """
title = "Tiny"

[[exercise]]
name = "double"
title = "double"
file = "double.py"
defines = ["double"]
"""

RUBRIC = '''
import pytest

pytestmark = pytest.mark.exercise("double")


def test_two(submission):
    """Twice 2 is 4."""
    assert submission.double(2) == 4
'''


def tiny_course(folder: Path, rubric: str, name: str = "assignments/tiny/test_double.py") -> Path:
    """A course with one exercise of three lines, done, and `rubric` in the file `name`."""
    (folder / "assignments" / "tiny").mkdir(parents=True)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "assignments/tiny/assignment.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "assignments/tiny/double.py").write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    (folder / name).write_text(rubric, encoding="utf-8")
    return folder


def test_keyword_is_the_exercise_whatever_the_file_is_called(tmp_path: Path) -> None:
    """The command that every report ends with finds the checks of an exercise by its name."""
    course = tiny_course(tmp_path, RUBRIC, "assignments/tiny/test_numbers.py")
    run = run_pytest(course, "assignments", "-k", "double")
    assert run.table("Tiny") == {"double": ("1", "1", "done")}


def assert_refused(course: Path, line: str, *options: str) -> None:
    run = run_pytest(course, "assignments", *options)
    assert run.error_lines == [f"ERROR: {line}"]
    assert run.status == 4
    assert "passed" not in run.out


def test_check_without_docstring(tmp_path: Path) -> None:
    """A check needs the line that students will see."""
    course = tiny_course(tmp_path, changed(RUBRIC, '    """Twice 2 is 4."""\n', ""))
    path = course / "assignments/tiny/test_double.py"
    assert_refused(course, f"{path}: check 'test_two' has no docstring. Its first line is what students see; add one.")


def test_unknown_exercise(tmp_path: Path) -> None:
    """A mistyped exercise is answered with the manifest's nearest name."""
    course = tiny_course(tmp_path, changed(RUBRIC, '"double"', '"duoble"'))
    manifest = course / "assignments/tiny/assignment.toml"
    assert_refused(course, f'{manifest}: there is no exercise "duoble". Did you mean "double"?')


def test_data_set_that_is_not_whole(tmp_path: Path) -> None:
    """A folder with half a data set is told once, before any check, and not by each of them."""
    course = tiny_course(tmp_path, RUBRIC)
    half = course / "half"
    half.mkdir()
    (half / "train-images-idx3-ubyte").touch()
    with pytest.raises(UsageError) as caught:
        load_dataset("mnist", half)
    assert_refused(course, str(caught.value), "--dataset-root", str(half))


def test_two_checks_of_one_name(tmp_path: Path) -> None:
    """Checks of one exercise in two files can't share a name, which would make one of them vanish from the grade."""
    course = tiny_course(tmp_path, RUBRIC)
    first, second = (course / "assignments/tiny" / name for name in ("test_double.py", "test_more.py"))
    second.write_text(RUBRIC, encoding="utf-8")
    assert_refused(course, f"{second} and {first} both have a check 'two' of 'double'. Rename one of them.")


@pytest.mark.parametrize(
    ("points", "complaint"),
    [
        ('"two"', "@pytest.mark.points takes one number. Give it one, such as @pytest.mark.points(2)."),
        ("0.125", "points are 0.125, expected at least 0 and at most two decimals."),
    ],
)
def test_bad_points(tmp_path: Path, points: str, complaint: str) -> None:
    """Points that can't be added up exactly are refused, with the check that has them."""
    marked = changed(RUBRIC, "def test_two", f"@pytest.mark.points({points})\ndef test_two")
    course = tiny_course(tmp_path, marked)
    assert_refused(course, f"{course / 'assignments/tiny/test_double.py'}: check 'test_two': {complaint}")


def test_rubric_of_no_assignment(tmp_path: Path) -> None:
    """A rubric in a folder without assignment.toml is told where one is expected."""
    course = tiny_course(tmp_path, RUBRIC, "assignments/huge/test_huge.py")
    path = course / "assignments/huge/test_huge.py"
    assert_refused(course, f"{path}: no assignment.toml belongs to it, expected {path.parent}/.")


def test_rubric_that_raises(tmp_path: Path) -> None:
    """A check that breaks by itself is called so, costs the others nothing, and shows its author the traceback."""
    broken = f'{RUBRIC}\n\ndef test_three(submission):\n    """Twice 3 is 6."""\n    raise KeyError("mine")\n'
    run = run_pytest(tiny_course(tmp_path, broken), "assignments")
    assert run.table("Tiny") == {"double": ("1", "2", "1 grader error")}
    lines = run.summary("Tiny")
    assert_in_order(
        lines,
        "First problem: double: Twice 3 is 6.",
        "  The check itself broke (KeyError); this costs you no points.",
    )
    assert re.search(r"^=+ grader error =+$", run.out, re.MULTILINE)
    assert_in_order(
        run.out.split("\n"),
        "assignments/tiny/test_double.py::test_three",
        '>       raise KeyError("mine")',
        "E       KeyError: 'mine'",
    )
    assert run.status == 1


COMMANDS = ["::error file=a.py,line=1::owned", "  ::stop-commands::x", "##[error]owned", "a\\r::warning::owned"]


def test_students_text_is_no_command_to_a_ci_service(tmp_path: Path) -> None:
    """What student code prints and raises is shown, and no line of it is one that a runner obeys."""
    course = tiny_course(tmp_path, RUBRIC)
    shown = "\\n".join(COMMANDS)
    (course / "assignments/tiny/double.py").write_text(
        f"def double(x):\n    print('{shown}')\n    raise ValueError('{shown}')\n", encoding="utf-8"
    )
    run = run_pytest(course, "assignments")
    assert run.status == 1
    assert run.out.count("owned") > 3
    lines = re.split(r"[\r\n]+", run.out + run.err)
    assert [line for line in lines if line.strip().startswith("::") or re.search(r"##\w*\[", line)] == []


# -- the terminal ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["skeletons", "right", "wrong", "first_wrong"])
def test_summary_fits_the_terminal(name: str, request: pytest.FixtureRequest) -> None:
    """No line of the summary is wider than 80 columns, but for the student's own source and print-outs."""
    run: Run = request.getfixturevalue(name)
    heading = ""
    for line in run.summary():
        if not line.startswith("      "):
            heading = line
        if not (line.startswith("      ") and heading.startswith(_OWN_TEXT)):
            assert len(line) <= COLUMNS, line


@pytest.mark.parametrize("arguments", [(), ("--in-process",)], ids=["worker", "in process"])
def test_forbidden_names_cost_before_it_is_handed_in(
    arguments: tuple[str, ...], folder: Callable[[str], Path], reference_files: Files
) -> None:
    """A student sees what a forbidden name costs, written or hidden, with its line: not only when the grade comes."""
    written = reference_files["relu.py"].replace("x.clamp(min=0)", "torch.nn.functional.relu(x)")
    hidden = reference_files["optimizer.py"].replace(
        "        for name", '        getattr(torch, "elbane"[::-1] + "_grad")().__enter__()\n        for name'
    )
    course = copy_course(folder("forbidden"), {**reference_files, "relu.py": written, "optimizer.py": hidden})
    ran = run_pytest(course, EXERCISES, *arguments)
    assert {title: row[0] for title, row in ran.table().items() if row[0] == "0"} == dict.fromkeys(
        ("ReLU", "Optimizer", "All of it together"), "0"
    )
    told = " ".join(" ".join(ran.summary()).split())
    place = f"relu.py, line {line_of(written, 'torch.nn')}"
    assert f"{place} uses torch.nn; this exercise is to be written without it." in told
