"""The catalogue of known mistakes is read as text: its forms, and every way in which it can be wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.course.catalogue import Catalogue, Mistake, reference_files, source_digest
from grader.errors import CourseError

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

FILE = "reference/mini/mistakes/total.py"
MARK = """@mistake(
    "{id}",
    "the line",
    ask="The question?",
    idea="The idea.",
    lesson="2. Total",
    named_by="columns",{more}
)
"""
BODY = "def total(x):\n    return x\n"


def said(name: str = "one", more: str = "") -> str:
    return MARK.replace("{id}", name).replace("{more}", more)


def test_reading(mini: MiniCourse) -> None:
    """Mistakes come in the order of the files, each with its exercise, its texts and its place."""
    catalogue = Catalogue(mini.assignment)
    assert list(catalogue.mistakes) == [
        "layer-two-starts", "layer-no-shift", "layer-passes-on", "total-mean", "total-times",
    ]  # fmt: skip
    assert catalogue.mistakes["total-mean"] == Mistake(
        id="total-mean",
        exercise="total",
        line="the mean is taken",
        ask="What is the total of two equal rows?",
        idea="A total grows with every row.",
        lesson="2. Total",
        named_by="columns",
    )
    form = next(form for form in catalogue.forms if form.name == "total-mean")
    assert (form.defines, form.place) == ("total", f"{mini.root / FILE}, line 13")
    assert form.source == "def total(x):\n    return x.mean(0)"


def test_forms(mini: MiniCourse) -> None:
    """The same id alone is another form; values make a form for each combination, with the constants above it."""
    mini.write(
        {FILE: said(more='\n    values={"A": (1, 2), "B": ("x", None)},') + BODY + '\n\n@mistake("one")\n' + BODY}
    )
    forms = [form for form in Catalogue(mini.assignment).forms if form.mistake.id == "one"]
    assert [form.name for form in forms] == ["one", "one~2", "one~3", "one~4", "one~5"]
    assert [form.source.split("def ")[0] for form in forms] == [
        "A = 1\nB = 'x'\n", "A = 1\nB = None\n", "A = 2\nB = 'x'\n", "A = 2\nB = None\n", "",
    ]  # fmt: skip


def test_a_value_can_be_a_mistake(mini: MiniCourse) -> None:
    """A mark without the at sign belongs to the assignment after it, whose source takes the place of the definition."""
    mark = said(more='\n    values={"A": (1, 2)},').removeprefix("@")
    mini.write({FILE: f'{mark}total = f"{{A}} * x"\n\nmistake("one")\ntotal = "-x"\nother = 5\n'})
    forms = [form for form in Catalogue(mini.assignment).forms if form.mistake.id == "one"]
    assert [(form.defines, form.source) for form in forms] == [
        ("total", 'A = 1\ntotal = f"{A} * x"'),
        ("total", 'A = 2\ntotal = f"{A} * x"'),
        ("total", 'total = "-x"'),
    ]
    assert Catalogue(mini.assignment).submission(forms[2]).files["total.py"].endswith('total = "-x"\n')


@pytest.mark.parametrize("after", ["", "\nprint()\n", "\ntotal.x = 5\n", "\ndef total(x):\n    return x\n"])
def test_a_mark_of_nothing_is_told(mini: MiniCourse, after: str) -> None:
    """A mark without the at sign, and without an assignment after it, would be passed over in silence."""
    mini.write({FILE: f"{said().removeprefix('@')}{after}"})
    with pytest.raises(CourseError, match=r"total\.py, line 1: expected an assignment"):
        Catalogue(mini.assignment)


def test_what_is_no_mistake_is_left(mini: MiniCourse) -> None:
    """Imports, constants and definitions without a decorator are there for the reader."""
    mini.write({FILE: "import torch\nLIMIT = 3\n\ndef helper(x):\n    return x\n\n" + said() + BODY})
    assert [form.name for form in Catalogue(mini.assignment).forms if form.mistake.exercise == "total"] == ["one"]


def test_nothing_is_executed(mini: MiniCourse, tmp_path: Path) -> None:
    """Reading a catalogue runs none of it: no module level, no class body, no default, no argument."""
    touch = f"open({str(tmp_path / 'touched')!r}, 'w').close()"
    text = f"raise SystemExit({touch})\n{touch}\n" + said() + f"def total(x={touch}):\n    {touch}\n"
    mini.write({FILE: text, "reference/mini/total.py": f"{touch}\nraise SystemExit\n"})
    catalogue = Catalogue(mini.assignment)
    submissions = [catalogue.submission(form) for form in catalogue.forms]
    assert (len(submissions), (tmp_path / "touched").exists()) == (4, False)


def test_submission_is_the_model_answer_with_the_mistake(mini: MiniCourse) -> None:
    """The mistake takes the place of the definition, which it reaches as `reference`; other files stay as they are."""
    catalogue = Catalogue(mini.assignment)
    form = next(form for form in catalogue.forms if form.name == "total-times~2")
    submission = catalogue.submission(form)
    right = reference_files(mini.assignment)
    assert submission.student == "total-times~2"
    assert submission.files["layer.py"] == right["layer.py"]
    names: dict[str, object] = {}
    exec(submission.files["total.py"], names)
    torch = pytest.importorskip("torch")
    assert names["total"](torch.ones(4, 2)).tolist() == [-4.0, -4.0]  # type: ignore[operator]


def test_without_a_catalogue(mini: MiniCourse) -> None:
    """A student's copy of a course has no known mistakes, which is no error."""
    for path in mini.assignment.mistake_files:
        path.unlink()
    assert (Catalogue(mini.assignment).forms, Catalogue(mini.assignment).mistakes) == ([], {})


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("def total(:\n", 1, "invalid syntax"),
        ("\n\n@wrong\n" + BODY, 4, "expected @mistake(...) above total"),
        ("@mistake\n" + BODY, 2, "expected @mistake(...) above total"),
        ("@other.mistake('one')\n" + BODY, 2, "expected @mistake(...) above total"),
        ("@mistake('o' + str(1))\n" + BODY, 2, "an argument of @mistake is no plain text"),
        ("@mistake(ID)\n" + BODY, 2, "an argument of @mistake is no plain text"),
        ("@mistake('one', 'line', 'more')\n" + BODY, 2, "@mistake expected an id, a line, and the texts ask, idea"),
        ("@mistake(1)\n" + BODY, 2, "@mistake expected an id, a line, and the texts ask, idea"),
        ("@mistake('one', hint='?')\n" + BODY, 2, "@mistake expected an id, a line, and the texts ask, idea"),
        ("@mistake(*['one'])\n" + BODY, 2, "an argument of @mistake is no plain text"),
        ("@mistake(**{'id': 'one'})\n" + BODY, 2, "@mistake expected an id"),
        ("@mistake('one')\n" + BODY, 2, "one lacks line, ask, idea, lesson, named_by"),
        ("@mistake()\n" + BODY, 2, "the mistake lacks id, line, ask, idea, lesson, named_by"),
        (said().replace("The idea.", " ") + BODY, 9, "one lacks idea"),
        (said() + "def totals(x):\n    return x\n", 9, "totals is not defined by the exercise total"),
        (said() + "class Layer:\n    pass\n", 9, "Layer is not defined by the exercise total"),
        (said() + BODY + "\n\n" + said() + BODY, 21, "one is said twice. Give another form of it the id alone."),
        (said("layer-no-shift") + BODY, 9, "layer-no-shift is said twice"),
        ("@mistake('layer-no-shift')\n" + BODY, 2, "layer-no-shift is said twice"),
        (said(more="\n    values=(1, 2),") + BODY, 10, "expected tuples by the name of a constant"),
        (said(more='\n    values={"A": 3},') + BODY, 10, "expected tuples by the name of a constant"),
        (said(more='\n    values={"A b": (3,)},') + BODY, 10, "expected tuples by the name of a constant"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(mini: MiniCourse, text: str, line: int, reason: str) -> None:
    """An error names the file, the line and what is expected."""
    mini.write({FILE: text})
    with pytest.raises(CourseError) as caught:
        Catalogue(mini.assignment)
    assert str(caught.value).startswith(f"{mini.root / FILE}, line {line}: ")
    assert reason in str(caught.value)


def test_file_of_no_exercise(mini: MiniCourse) -> None:
    """A file is named after an exercise; another name is told with those there are."""
    mini.write({"reference/mini/mistakes/totals.py": ""})
    with pytest.raises(CourseError) as caught:
        Catalogue(mini.assignment)
    assert str(caught.value).endswith('totals.py belongs to no exercise, by its name. Did you mean "total"?')


def test_file_that_is_no_text(mini: MiniCourse) -> None:
    """A file that can't be read as UTF-8, or holds a null byte, is an error of the course."""
    for content in (b"# \xff\n", b"x = '\0'\n"):
        (mini.root / FILE).write_bytes(content)
        with pytest.raises(CourseError, match=r"total\.py"):
            Catalogue(mini.assignment)


def test_digest_of_texts() -> None:
    """The digest changes with the texts, and with where one ends and the next begins."""
    assert source_digest("a", "b") == source_digest("a", "b")
    assert len({source_digest("a", "b"), source_digest("ab"), source_digest("b", "a"), source_digest("a")}) == 4
