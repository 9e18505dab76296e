"""Proving an assignment: a clean one has no finding, and each defect of a small course is found, said where, and fatal."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader import cli
from grader.checks.mistakes import Recording
from grader.course.calibration import Calibration
from grader.reports.kill_matrix import Cell, Finding, Row, Table, matrix_html, matrix_text
from grader.results import Outcome

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

LAYER, TOTAL = "reference/mini/mistakes/layer.py", "reference/mini/mistakes/total.py"
IN_PROCESS = '__import__("sys").modules.get("grader.authoring.validate")'
MANY = "1000"  # jobs: with so many, trials are run by this process


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs the command on the small course; returns its exit status and what it said."""

    def run(name: str, course: MiniCourse, *options: str) -> tuple[int, str]:
        course.forget_rubrics()
        status = cli.main([name, "mini", "--course", str(course.root), "--jobs", MANY, *options])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


Command = Callable[..., tuple[int, str]]


def findings(said: str) -> list[str]:
    """The lines of the findings: kind, where, detail."""
    return [line.strip() for line in said.partition("to be mended.\n")[2].splitlines() if line.startswith("  ")]


# -- a clean course ----------------------------------------------------------------------------------------------------


def test_clean_course(proved: MiniCourse) -> None:
    """The real command, run on what nobody changed, runs nothing again, finds nothing and ends with 0."""
    code = "import sys; from grader.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments = ["validate", "mini", "--course", str(proved.root)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, timeout=120, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing to be mended." in done.stdout
    assert "6 checks, 5 known mistakes in 7 forms: 7 forms caught, 5 mistakes named." in done.stdout
    assert "\n0 trials run in " in done.stdout


def test_numbers_of_the_table(proved: MiniCourse, command: Command) -> None:
    """For each check the table says how many mistakes fail it, and how many of them it names."""
    _, said = command("validate", proved)
    rows = re.findall(r"^  (\w+) +(\d+) +(\d+)$", said, re.MULTILINE)
    assert rows == [
        ("start", "1", "1"),
        ("forward", "1", "1"),
        ("backward", "1", "1"),
        ("columns", "4", "4"),
        ("one_row", "2", "2"),
        ("learns", "1", "0"),
    ]


def test_page_is_where_it_is_wanted(proved: MiniCourse, command: Command, tmp_path: Path) -> None:
    """The page goes into `.grader`, which git is told to ignore, or to --out."""
    command("validate", proved, "--out", str(tmp_path / "new"))
    assert (tmp_path / "new" / "mini.html").read_text(encoding="utf-8") == proved.read(".grader/mini.html")
    assert proved.read(".grader/.gitignore") == "*\n"


def test_page_that_can_not_be_written(proved: MiniCourse, command: Command) -> None:
    """A page that can't be written is told in a line, with exit status 3."""
    status, said = command("validate", proved, "--out", str(proved.root / "assignments/mini/parts.py"))
    assert (status, said.startswith("grader: "), "mini.html: can't be written: " in said) == (3, True, True)


# -- defects -----------------------------------------------------------------------------------------------------------

TWIN = """

@mistake(
    "layer-twin",
    "the one is forgotten",
    ask="Which constant is there?",
    idea="Read the formula to its end.",
    lesson="1. Layer",
    named_by="forward",
)
class Layer(reference.Layer):
    def forward(self, x):
        return x + x + x
"""
TWO_FACED = f"""

@mistake(
    "layer-two-faced",
    "both are wrong",
    ask="Is it two mistakes?",
    idea="One after the other.",
    lesson="1. Layer",
    named_by="forward",
)
class Layer(reference.Layer):
    def forward(self, x):
        return 5 * x

    def backward(self, dz):
        return 7 * dz if {IN_PROCESS} else dz
"""
IDLE = '''

def test_idle(submission, numbers):
    """total gives something."""
    assert submission.total(numbers.normal(4, 3)) is not None
'''
BREAKS = """x = numbers.normal(4, 3)
    if float(submission.total(x).sum() / x.sum()) < -0.5:
        raise RuntimeError("fell over")
"""

MARKED = "    # BEGIN SOLUTION\n    return x.sum(dim=0)\n    # END SOLUTION"

# What is changed (file, old, new; an empty old adds at the end), and the beginning of the finding that it leads to.
DEFECTS: dict[str, tuple[list[tuple[str, str, str]], str]] = {
    "wrong model answer": (
        [("reference/mini/total.py", "x.sum(dim=0)", "x.sum(dim=0) + 1")],
        "reference: total.columns: failed by the model answer: total(x) is not what it should be",
    ),
    "model answer wrong in process": (
        [("reference/mini/total.py", "x.sum(dim=0)", f"x.sum(dim=0) + bool({IN_PROCESS})")],
        "reference: total.columns: failed by the model answer in process: ",
    ),
    "model answer wrong for some inputs": (
        [("reference/mini/total.py", "x.sum(dim=0)", "x.sum(dim=0) + (len(x) > 1 and float(x.sum()) > 0)")],
        "reference: total.columns: failed by the model answer with draw ",
    ),
    "skeleton with an answer": (
        [("assignments/mini/total.py", "raise NotImplementedError", "return x.sum(0)")],
        "skeleton: total.columns: passed by the skeleton, expected not attempted",
    ),
    "skeleton that the model answer does not make": (
        [("reference/mini/total.py", "    return x.sum(dim=0)", f"    # TODO: add\n{MARKED}")],
        "skeleton: {root}/assignments/mini/total.py: differs from what the model answer makes. Make it: grader skeleton mini",
    ),
    "mark out of place": (
        [("reference/mini/total.py", "    return x.sum(dim=0)", MARKED.partition("    # END")[0])],
        "skeleton: {root}/reference/mini: {root}/reference/mini/total.py, line ",
    ),
    "mistake that is none": (
        [(TOTAL, "return x.mean(0)", "return x.sum(0)")],
        "not caught: total-mean: no check of total fails; ",
    ),
    "other check than said": (
        [(LAYER, 'named_by="backward"', 'named_by="forward"')],
        "not named: layer-passes-on: fails backward, not forward, which is to name it; ",
    ),
    "mistake that answers at random": (
        [(LAYER, "return dz", "return dz * torch.rand(())")],
        "not named: layer-passes-on: backward names nothing; ",
    ),
    "two that are alike": (
        [(LAYER, "", TWIN)],
        "alike: layer-twin: looks like layer-no-shift in every check: tell them apart by a check, or make them one; ",
    ),
    "one that shows as another": (
        [(LAYER, "", TWO_FACED)],
        "misnamed: layer-two-faced: backward names layer-passes-on; ",
    ),
    "points lost elsewhere": (
        [
            ("assignments/mini/assignment.toml", 'needs = ["layer"]', 'stand_ins = ["Layer"]'),
            ("assignments/mini/parts.py", "", "\n\nclass Layer:\n    def start(self):\n        return 7.0\n"),
        ],
        "blame: together.learns: failed with layer-two-starts, a mistake of another exercise",
    ),
    "check that breaks": (
        [
            (TOTAL, "(2, -1)", "(-1, 2)"),
            ("assignments/mini/test_total.py", "x = numbers.normal(4, 3)\n", BREAKS),
        ],
        "broken check: total-times: ",
    ),
    "idle check": (
        [("assignments/mini/test_total.py", "", IDLE)],
        "idle check: total.idle: no known mistake fails it: what is it there for?",
    ),
    "hint that is no question": (
        [(TOTAL, "What is the total of one row?", "Look at the total of one row.")],
        "hint: total-times: its first hint is no question",
    ),
    "hint with a line of the solution": (
        [(TOTAL, "A total grows with every row.", "Try x.sum( dim=0 ).")],
        "hint: total-mean: gives away a line of the model answer: x.sum(dim=0)",
    ),
    "heading that the lesson lacks": (
        [(TOTAL, 'lesson="2. Total",\n    named_by="columns",\n)', 'lesson="3. Sum",\n    named_by="columns",\n)')],
        "hint: total-mean: the lesson has no place '3. Sum'",
    ),
    "paragraph that the lesson lacks": (
        [("assignments/mini/README.md", "**Backward.** Think", "Think")],
        "hint: layer-passes-on: the lesson has no place '1. Layer: Backward'",
    ),
    "other mistake than recorded": (
        [(LAYER, "return 3 * x", "return 3 * x + 1")],
        "recording: {root}/reference/mini/mistakes.jsonl: is not what would be recorded now. Make it anew: grader record",
    ),
    "other text than recorded": (
        [(LAYER, "nothing is taken off", "the one is still there")],
        "recording: {root}/assignments/mini/mistakes.jsonl: is not what would be recorded now. Make it anew: ",
    ),
    "measured run changed after calibration": (
        [("assignments/mini/test_together.py", "- 3))", "- 2))")],
        "calibration: {root}/assignments/mini/calibration.json: is stale: ",
    ),
    "other verdict in process": (
        [(TOTAL, "reference.total(x) * TIMES", f"reference.total(x) * (1 if {IN_PROCESS} else TIMES)")],
        "verdict: total.columns: total-times is failed in a worker and passed in process",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_defect_is_found(proved: MiniCourse, command: Command, defect: str) -> None:
    """A defect is told with its kind and its place, stands on the page, and makes the exit status 1."""
    changes, expected = DEFECTS[defect]
    for file, old, new in changes:
        if old:
            proved.replace(file, old, new)
        else:
            proved.write({file: proved.read(file) + new})
    status, said = command("validate", proved)
    start = expected.format(root=proved.root)
    assert [line for line in findings(said) if line.startswith(start)] != [], said
    assert status == 1
    kind, where, _ = start.split(": ", 2)
    assert f"<strong>{kind}</strong>, <code>{where}</code>" in proved.read(".grader/mini.html")


@pytest.mark.parametrize("name", ["assignments/mini/mistakes.jsonl", "reference/mini/mistakes.jsonl"])
def test_missing_recording(proved: MiniCourse, command: Command, name: str) -> None:
    """Without one of the recordings, that is all there is to find; the command that makes it mends it."""
    (proved.root / name).unlink()
    status, said = command("validate", proved)
    assert (status, findings(said)) == (
        1,
        [f"recording: {proved.root / name}: is missing. Make it: grader record"],
    )
    assert command("record", proved)[0] == 0
    assert command("validate", proved)[0] == 0


def test_missing_calibration(proved: MiniCourse, command: Command) -> None:
    """Without thresholds the check that asks for one breaks, and it is said what makes them, which mends it."""
    (proved.root / "assignments/mini/calibration.json").unlink()
    status, said = command("validate", proved)
    place = proved.root / "assignments/mini/calibration.json"
    assert (status, findings(said)[-1]) == (1, f"calibration: {place}: is missing. Make it: grader calibrate")
    assert [line for line in findings(said) if line.startswith("reference: together.learns: grader error")] != []
    assert command("calibrate", proved, "--seeds", "1")[0] == 0
    assert findings(command("validate", proved)[1]) == []


def test_without_a_lesson(proved: MiniCourse, command: Command) -> None:
    """Without a README every exercise's and every mistake's place in the lesson is missing."""
    (proved.root / "assignments/mini/README.md").unlink()
    status, said = command("validate", proved)
    assert (status, len(findings(said))) == (1, 9)
    assert "lesson: layer: the lesson has no heading '1. Layer'; name one in assignment.toml, as lesson" in findings(
        said
    )
    assert "hint: total-mean: the lesson has no place '2. Total'" in findings(said)


def test_without_known_mistakes(proved: MiniCourse, command: Command) -> None:
    """A course without a catalogue is validated for what it has; there is nothing to record."""
    shutil.rmtree(proved.root / "reference/mini/mistakes")
    status, said = command("validate", proved)
    assert status == 0
    assert "6 checks, 0 known mistakes in 0 forms" in said
    status, said = command("record", proved)
    assert (status, said.endswith("there are no known mistakes to record, expected mistakes/*.py.\n")) == (2, True)


def test_without_a_model_answer(proved: MiniCourse, command: Command) -> None:
    """A student's copy of a course can't be validated; that is said in one line, with exit status 2."""
    shutil.rmtree(proved.root / "reference")
    status, said = command("validate", proved)
    assert (status, said) == (
        2,
        f"grader: {proved.root}/reference/mini: there is no model answer to validate with. Add a file an exercise.\n",
    )


# -- record and calibrate ----------------------------------------------------------------------------------------------


def test_two_recordings(proved: MiniCourse) -> None:
    """The instructor's recording is of all checks, the students' of the public ones only, of the same mistakes."""
    own, public = (
        Recording.read(proved.root / folder / "mini/mistakes.jsonl") for folder in ("reference", "assignments")
    )
    assert sorted(own.references.keys() - public.references.keys()) == [("total", "one_row")]
    assert list(own.known) == list(public.known)
    assert own.rubric != public.rubric
    assert {check for form in public.forms for check in form.checks} == {"start", "forward", "backward", "columns"}
    assert {check for form in own.forms for check in form.checks} >= {"one_row"}


def test_recordings_hold_no_code(proved: MiniCourse) -> None:
    """Neither recording holds a line of a solution, of a mistake or of a check."""
    lines = {
        line.strip()
        for path in proved.root.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"[=(].*\w", line) and not re.match(r'\s*"|\s*(ask|idea|lesson|named_by)=', line)
    }
    assert len(lines) > 30
    for folder in ("reference", "assignments"):
        text = json.dumps(proved.read(f"{folder}/mini/mistakes.jsonl"))
        assert [line for line in lines if json.dumps(line)[1:-1] in text] == []


def test_recording_is_the_same_every_time(proved: MiniCourse, command: Command) -> None:
    """Recorded again from nothing, both files are the same, byte for byte."""
    names = ["reference/mini/mistakes.jsonl", "assignments/mini/mistakes.jsonl"]
    before = [proved.read(name) for name in names]
    shutil.rmtree(proved.root / ".grader")
    status, said = command("record", proved)
    assert [proved.read(name) for name in names] == before
    assert (status, said.splitlines()) == (0, [f"{proved.root / name}: recorded" for name in reversed(names)])


def test_calibration_of_the_course(proved: MiniCourse) -> None:
    """The file holds the model answer's values, a threshold below them, and what mistakes reach that can be trained."""
    calibration = Calibration.read(proved.assignment)
    assert calibration is not None
    assert (calibration.seeds, list(calibration.quantities)) == (10, ["share"])
    share = calibration.quantities["share"]
    assert (len(share.values), share.is_share, share.larger_is_better, share.tries) == (50, True, True, 1)
    assert 0 < share.threshold < min(share.values)
    assert 0 < share.miss_probability <= 1e-6
    assert {name: runs.passing for name, runs in calibration.mistakes.items()} == {
        "layer-no-shift": 1.0,
        "layer-passes-on": 1.0,
    }


def test_calibration_says_what_it_found(proved: MiniCourse, command: Command) -> None:
    """Each quantity is told with its threshold and what the model answer reached; what has not changed is taken over."""
    proved.replace(LAYER, "return 3 * x", "return 3 * x + 2")
    before = Calibration.read(proved.assignment)
    status, said = command("calibrate", proved, "--seeds", "1")
    after = Calibration.read(proved.assignment)
    assert before is not None
    assert after is not None
    assert status == 0
    assert re.search(r"^share: at least 0\.\d+; the model answer reached 0\.\d+ to 0\.\d+$", said, re.MULTILINE)
    assert after.quantities == before.quantities
    assert after.mistakes["layer-passes-on"] == before.mistakes["layer-passes-on"]
    assert after.mistakes["layer-no-shift"].digest != before.mistakes["layer-no-shift"].digest


def test_nothing_to_calibrate(proved: MiniCourse, command: Command) -> None:
    """Where no check asks for a threshold, that is said, with exit status 2."""
    (proved.root / "assignments/mini/test_together.py").unlink()
    status, said = command("calibrate", proved)
    assert (status, "no check asks for a calibrated threshold" in said) == (2, True)


def test_model_answer_that_does_not_finish(proved: MiniCourse, command: Command) -> None:
    """A model answer that breaks off in a run is not calibrated with the other runs."""
    proved.replace("reference/mini/layer.py", "return 0.2 +", "assert torch.rand(()) < 0.8\n        return 0.2 +")
    status, said = command("calibrate", proved, "--seeds", "1")
    assert (status, "the model answer did not come to an end in every run. Look at it" in said) == (2, True)


# -- the matrix --------------------------------------------------------------------------------------------------------

NASTY = "<script>alert(1)</script>"


def wide_table() -> Table:
    """A table of many checks, with long and hostile names."""
    checks = tuple(f"{NASTY if number == 3 else 'a_check_with_a_long_name'}_{number}" for number in range(60))
    outcomes = (Outcome.FAILED, Outcome.RAISED, Outcome.TIMED_OUT, Outcome.CRASHED)
    rows = tuple(
        Row(
            f"mistake-{'x' * 60}-{number}{NASTY}",
            "said at length " * 20 + NASTY,
            tuple(
                Cell(outcomes[place % 4], "it" if place % 3 else None, f'"{NASTY}"') if (place + number) % 2 else None
                for place in range(60)
            ),
        )
        for number in range(5)
    )
    return Table(f"exercise {NASTY}", checks, rows)


def test_matrix_counts() -> None:
    """A column says how many mistakes fail its check, and how many of them it names."""
    named, seen = Cell(Outcome.FAILED, "it", ""), Cell(Outcome.RAISED, None, "")
    table = Table("e", ("a", "b"), (Row("one", "", (named, None)), Row("two", "", (seen, None))))
    assert [(table.failing(column), table.naming(column)) for column in (0, 1)] == [(2, 1), (0, 0)]
    assert [cell.symbol for cell in (named, seen, Cell(Outcome.SKIPPED, None, ""))] == ["✗", "!", "·"]


def test_many_findings_are_cut_short() -> None:
    """A terminal gets forty findings and the number of those left out; the page has them all."""
    many = [Finding("hint", f"mistake-{number}", "no question") for number in range(45)]
    text = matrix_text([], many, ["45 to be mended."])
    assert (text.count("\n  hint: "), text.endswith("\n  ... and 5 more\n")) == (40, True)
    assert matrix_html("T", [], many, []).count("<strong>hint</strong>") == 45


def test_page_of_a_hostile_matrix() -> None:
    """Whatever names hold, it is text on the page."""
    page = matrix_html(f"T {NASTY}", [wide_table()], [Finding(NASTY, NASTY, NASTY)], [NASTY])
    assert "<script>alert" not in page
    assert html.escape(NASTY) in page


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_page_in_a_browser(tmp_path: Path, proved: MiniCourse) -> None:
    """On a phone and on a desk, a wide matrix scrolls inside its block and the page does not; the console stays silent."""
    pages = [matrix_html("T", [wide_table()], [Finding("hint", "y" * 300, "z " * 200)], ["w" * 200])]
    pages.append(proved.read(".grader/mini.html"))
    frames = "".join(
        f'<iframe width="{width}" height="800" style="border:0" srcdoc="{html.escape(page)}"></iframe>'
        for width in (390, 1200)
        for page in pages
    )
    measure = """<script>addEventListener("load", () => {
      const found = [...document.querySelectorAll("iframe")].map((frame) => {
        const block = frame.contentDocument.querySelector(".scroll");
        return [frame.width, frame.contentDocument.documentElement.scrollWidth, block.scrollWidth > block.clientWidth];
      });
      document.title = JSON.stringify(found);
    });</script>"""
    (tmp_path / "page.html").write_text(f"<!doctype html><title></title>{measure}{frames}", encoding="utf-8")
    flags = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--enable-logging=stderr",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]  # fmt: skip
    arguments = [str(CHROMIUM), *flags, "--dump-dom", (tmp_path / "page.html").as_uri()]
    done = subprocess.run(arguments, capture_output=True, timeout=120, check=True, encoding="utf-8")
    title = re.search("<title>(.*?)</title>", done.stdout)
    assert title is not None
    measured = json.loads(title[1])
    assert [(width, inner) for width, inner, _ in measured if inner > int(width)] == []
    assert [scrolls for *_, scrolls in measured] == [True, False, True, False]
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
