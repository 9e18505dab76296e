"""The reference pages: what is made of the code is current and whole, and grade.json is what its schema says."""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import make
import msgspec
import pytest
from making.grades import grade_schema
from making.markdown import code, prose, table, texts_of_fields

from grader import cli
from grader.cli.statuses import STATUSES, statuses_of
from grader.course.assignments import assignment_names, find_assignment
from grader.course.catalogue import Catalogue
from grader.grade_json import grade_to_json
from grader.results import (
    Attempt,
    CheckResult,
    Curve,
    Evidence,
    ExerciseResult,
    Figure,
    Flag,
    Grade,
    Lateness,
    Location,
    Matrix,
    Misclassified,
    Outcome,
    Override,
    Predictions,
    Status,
    WrongEntry,
)
from grader.submissions.inbox import inbox_entries

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(make.PAGES))
def test_page_is_current(name: str) -> None:
    """Each page is what `python docs/make.py` writes now."""
    assert page(name) == make.PAGES[name]()


def test_folder_has_no_other_page() -> None:
    """A page that is not made any more is not left behind."""
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(make.PAGES)


def test_check_says_which_page_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check writes nothing, names what differs and what to do; without it that page is written, and no other."""
    monkeypatch.setattr(make, "FOLDER", tmp_path)
    monkeypatch.setattr(make, "PAGES", {"one.md": lambda: "one\n", "two.md": lambda: "two\n"})
    (tmp_path / "one.md").write_text("one\n", encoding="utf-8")
    (tmp_path / "two.md").write_text("2\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["make.py", "--check"])
    assert make.main() == 1
    stale = f"{tmp_path / 'two.md'} is out of date. Make it anew: python docs/make.py\n"
    assert (capsys.readouterr().out, (tmp_path / "two.md").read_text("utf-8")) == (stale, "2\n")
    monkeypatch.setattr(sys, "argv", ["make.py"])
    assert make.main() == 0
    assert (capsys.readouterr().out, (tmp_path / "two.md").read_text("utf-8")) == (
        f"{tmp_path / 'two.md'}: written\n",
        "two\n",
    )
    monkeypatch.setattr(sys, "argv", ["make.py", "--check"])
    assert (make.main(), capsys.readouterr().out) == (0, "")


# -- what stands in them ---------------------------------------------------------------------------------------------------


def sections(text: str, mark: str = "## ") -> dict[str, str]:
    """The parts of a page by their headings."""
    _, *parts = re.split(rf"^{mark}(.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """So wide that no help text is broken, least of all in the middle of an option."""
    monkeypatch.setenv("COLUMNS", "1000")


def test_every_option_is_on_the_page() -> None:
    """Whatever the help of a command says, its section has: each word that begins with hyphens, each placeholder."""
    parsers = next(action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction)).choices
    shown = sections(page("cli.md"))
    for name, parser in parsers.items():
        helped = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", parser.format_help())) - {"-h", "--help"}
        assert {word for word in helped if not re.search(f"`{word}[ `]", shown[f"grader {name}"])} == set(), name
    assert list(shown) == ["Exit status", *(f"grader {name}" for name in parsers)]


def test_every_argument_is_explained() -> None:
    """No command has an option or an argument without a word of help."""
    group = next(action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction))
    for name, parser in group.choices.items():
        assert [action.dest for action in parser._actions if not action.help] == [], name


def test_exit_statuses_are_of_commands_that_there_are() -> None:
    """A command that is renamed takes its statuses along; each command's help and section have them."""
    group = next(action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction))
    assert set(STATUSES) - set(group.choices) == set()
    shown = sections(page("cli.md"))
    for name, parser in group.choices.items():
        helped = " ".join(parser.format_help().split())
        for status, when in statuses_of(name).items():
            assert f"{status} {when}" in helped
            assert f"| {status} | {when} |" in shown[f"grader {name}"]


def test_exit_statuses() -> None:
    """Every status that the command ends with has its row."""
    rows = re.findall(r"^\| (\d+)\b.*\| (.+) \|$", sections(page("cli.md"))["Exit status"], re.MULTILINE)
    assert [status for status, _ in rows] == ["0", "1", "2", "3", "128"]
    assert dict(rows)["0"] == "every submission has a grade"
    assert dict(rows)["128"] == "stopped (130 by Ctrl-C)"


def test_every_key_of_the_course_is_on_the_page() -> None:
    """The keys that the shipped assignments use are explained where they stand."""
    shown = sections(page("assignment-toml.md"))
    for name in assignment_names(ROOT):
        document = tomllib.loads((ROOT / "assignments" / name / "assignment.toml").read_text(encoding="utf-8"))
        for table_of, heading in ((document, "At the top"), (document["exercise"][0], "Each exercise: `[[exercise]]`")):
            assert [key for key in table_of if f"\n| `{key}` | " not in shown[heading]] == []


def test_every_import_of_a_rubric_is_on_the_page() -> None:
    """What the shipped rubrics import from the grader, and the fixtures that they ask for, are explained."""
    text = page("fixtures-and-markers.md")
    imported, asked = set(), set()
    for path in [*ROOT.glob("assignments/*/test_*.py"), *ROOT.glob("reference/*/test_hidden_*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader"):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                asked |= {argument.arg for argument in node.args.args}
    own = set(re.findall(r"^### `(\w+)`$", sections(text)["Fixtures"], re.MULTILINE))
    assert {name for name in imported if f"`{name}`" not in text} == set()
    assert {"submission", "numbers", "dataset", "calibrated", "worker"} <= asked & own


def test_every_mistake_is_on_the_page() -> None:
    """Each mistake of each catalogue has one row, and no row has code of it."""
    ids = re.findall(r"^\| `([\w-]+)` \|", page("mistakes.md"), re.MULTILINE)
    catalogues = [Catalogue(find_assignment(ROOT, name)) for name in assignment_names(ROOT)]
    assert sorted(ids) == sorted(mistake for catalogue in catalogues for mistake in catalogue.mistakes)
    lines = {line.strip() for catalogue in catalogues for form in catalogue.forms for line in form.source.splitlines()}
    assert {line for line in lines if len(line) >= 20 and line in page("mistakes.md")} == set()


# -- the schema ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema that is shipped, itself checked."""
    jsonschema = pytest.importorskip("jsonschema")
    document = json.loads(page("grade.schema.json"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def complaints(schema: Any, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in schema.iter_errors(document)]


STUDENTS = (
    "ada-brennan",
    "elif-fontaine",
    "hugo-ivanov",
    "lena-moreau",
    "milan-novak",
    "quentin-rossi",
    "tom-ueda",
    "vera-wright",
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The grade.json of some of the sample class, as the command writes them."""
    folder = tmp_path_factory.mktemp("graded")
    students = [word for student in STUDENTS for word in ("--student", student)]
    command = "import sys; from grader.cli import main; sys.exit(main(sys.argv[1:]))"
    words = ["grade", "examples/inbox", "-a", "classifier", "-o", str(folder / "out"), "--device", "cpu", "--jobs", "2"]
    ended = subprocess.run(
        [sys.executable, "-c", command, *words, *students],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    files = sorted(folder.glob("out/students/*/grade.json"))
    assert [path.parent.name for path in files] == list(STUDENTS)
    return [json.loads(path.read_text(encoding="utf-8")) for path in files]


def test_samples_are_of_the_class() -> None:
    """Those who are graded here are in the sample class."""
    assert set(STUDENTS) <= {entry.student for entry in inbox_entries(ROOT / "examples" / "inbox")}


def test_grades_of_the_class_are_as_the_schema_says(schema: Any, graded: list[Any]) -> None:
    """What the command wrote is valid, of right and wrong submissions, files and notebooks; pictures are among it."""
    assert [complaints(schema, document) for document in graded] == [[]] * len(graded)
    evidence = [check["evidence"] for document in graded for part in document["exercises"] for check in part["checks"]]
    seen = [one for one in evidence if one is not None]
    assert any(one["matrices"] for one in seen)
    assert any(one["curves"] for one in seen)
    assert any(one["location"] for one in seen)


def whole_grade() -> Grade:
    """A grade in which nothing is empty."""
    nan = float("nan")
    evidence = Evidence(
        *("It is wrong.", "1", "2", "half of it", Location("a.py", 3, "f", "return 1", 2, ("def f():",), 2)),
        calls=("f()",),
        printed="text",
        curves=(Curve("loss", (1.0, nan), (1.0, float("inf")), "step", (0.5,), (1.5,), "20 runs"),),
        figures=(Figure("a digit", ((0.0, 1.0),), (("0", 0.5),)),),
        matrices=(
            Matrix(
                "dW",
                (2, 2),
                (1, 1),
                ((nan, 1.0),),
                ((2.0, 1.0),),
                ((nan, 0.0),),
                ("x.",),
                "a column",
                (WrongEntry("0, 0", "nan", "2"),),
            ),
        ),
        predictions=(Predictions("net", ("a", "b"), ((1, 2), (3, 4)), (Misclassified(("0f",), "a", "b"),)),),
    )
    check = CheckResult(
        *("check", "Title.", Outcome.FAILED, Decimal("1.5"), "public", "A hint?", "an-id", "The line.", ("More.",)),
        evidence,
        0.5,
    )
    exercise = ExerciseResult(
        "linear", "Linear", (check,), "a.py", Override(Decimal("0.5"), "Why.", "2026-01-01T00:00:00+00:00")
    )
    return Grade(
        *("classifier", "0123456789ab", "ada", "f" * 64, Status.GRADED, (exercise,), (Flag("late", "canvas", "detail"),)),
        environment={"grader": "1"},
        title="Classifier",
        duration_seconds=1.5,
        lateness=Lateness("2026-01-02T00:00:00+00:00", "2026-01-01T00:00:00+00:00", 1, Decimal("12.5")),
        attempts=(Attempt("e" * 64, "2026-01-01T00:00:00+00:00", Decimal(1), Decimal(2), ("linear/check",)),),
    )  # fmt: skip


def objects_in(document: Any, place: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a JSON document whose keys are fixed, with its place."""
    if isinstance(document, dict):
        if place != "$.environment":
            yield place, document
        for key, value in document.items():
            yield from objects_in(value, f"{place}.{key}")
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from objects_in(value, f"{place}[{number}]")


def test_whole_grade_is_as_the_schema_says(schema: Any) -> None:
    """A grade with one of each record is valid, numbers that are none included; so every record is in the schema."""
    document = json.loads(grade_to_json(whole_grade()))
    assert complaints(schema, document) == []
    assert len(list(objects_in(document))) == 1 + len(schema.schema["$defs"])


def test_no_field_may_be_missing_or_unknown(schema: Any) -> None:
    """In whatever record: without any of its fields, or with one more, the document is refused."""
    document = json.loads(grade_to_json(whole_grade()))
    passed = []
    for place, found in list(objects_in(document)):
        for key, value in list(found.items()):
            del found[key]
            passed += [f"{place} without {key}"] * schema.is_valid(document)
            found[key] = value
        found["unknown"] = None
        passed += [f"{place} with another"] * schema.is_valid(document)
        del found["unknown"]
    assert passed == []
    assert schema.is_valid(document)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("status",), "fine"),
        (("schema_version",), 2),
        (("score",), "3"),
        (("lateness", "days"), 1.5),
        (("exercises", 0, "checks", 0, "outcome"), "wrong"),
        (("exercises", 0, "checks", 0, "visibility"), "secret"),
        (("exercises", 0, "checks", 0, "hint"), 1),
        (("exercises", 0, "checks", 0, "evidence", "curves", 0, "got"), ["many"]),
        (("exercises", 0, "checks", 0, "evidence", "matrices", 0, "block"), [1]),
        (("exercises", 0, "checks", 0, "evidence", "matrices", 0, "got"), [[1.0]]),
        (("environment",), {"grader": 1}),
    ],
)
def test_other_values_are_refused(schema: Any, place: tuple[str | int, ...], value: object) -> None:
    """A value of another kind than the field's is refused, at its place or at the record that may be null around it."""
    document: Any = copy.deepcopy(json.loads(grade_to_json(whole_grade())))
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    [path] = [tuple(error.absolute_path) for error in schema.iter_errors(document)]
    assert path
    assert path[: len(place)] == place[: len(path)]


def test_schema_describes_every_field() -> None:
    """Whoever reads the schema learns what a field is."""
    document = grade_schema()
    for record in (document, *document["$defs"].values()):
        assert [name for name, field in record["properties"].items() if not field.get("description")] == []


# -- how pages are written -------------------------------------------------------------------------------------------------


class Undocumented(msgspec.Struct):
    """One field is said, one is not."""

    told: int
    """What it is."""
    silent: int = 0


def test_a_field_that_says_nothing_is_refused() -> None:
    """A new field without a text below it fails here, by name."""
    with pytest.raises(ValueError, match="Undocumented says nothing of silent; write a text below it"):
        texts_of_fields(Undocumented)


def test_text_of_the_source_is_inert() -> None:
    """What a help text says is a text: only its code is code."""
    assert prose("a <b> *c* __init__ x_y [d](e) `f_ | <g>`") == r"a \<b\> \*c\* \_\_init\_\_ x_y \[d\](e) `f_ | <g>`"


def test_tables() -> None:
    """A bar ends no cell, and a column with nothing in it is left out."""
    assert table(("a", "b", "c"), [("1", "", code("x | y")), ("2", "", "|")]) == (
        "| a | c |\n| --- | --- |\n| 1 | `x \\| y` |\n| 2 | \\| |"
    )
