"""Each format as a whole file, kept in golden/formats/; what a student may not see, and what a student may not do.

`GOLDEN=write pytest tests/test_formats_golden.py` writes the files anew; look at every line that has changed.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import format_grades as shared
import pytest
import xmlschema

from grader.cli.exporting import FORMATS
from grader.reports.classroom50 import classroom50_result
from grader.reports.entries import BUDGET, listing
from grader.reports.github_classroom import github_classroom_output
from grader.reports.gradebook import grades_csv
from grader.reports.gradescope import gradescope_results
from grader.reports.junit import junit_xml
from grader.reports.prairielearn import prairielearn_results
from grader.results import CheckResult, Evidence, ExerciseResult, Grade, Outcome

GOLDEN = Path(__file__).parent / "golden" / "formats"
DOCUMENTED = Path(__file__).parent.parent / "docs" / "formats.md"
CARRIED = {
    "CLASSROOM": "cs101",
    "ASSIGNMENT": "mini",
    "SUBMISSION_TAG": "submit/20261103T100000Z-0123456",
    "COMMIT_URL": "https://github.com/cs101/mini-ada/commit/0123456",
    "RELEASE_URL": "https://github.com/cs101/mini-ada/releases/tag/submit",
    "HOME": "/root",
}


def decoded(text: str) -> str:
    """Lines for $GITHUB_OUTPUT with the JSON that is in them, so that a file of it can be read."""

    def result(found: re.Match[str]) -> str:
        return f"{found[1]}={json.dumps(json.loads(base64.b64decode(found[2])), indent=1, ensure_ascii=False)}"

    return re.sub(r"^(result2?)=(.+)$", result, text, flags=re.MULTILINE)


FILES: dict[str, Callable[[], str]] = {
    "gradescope.json": lambda: gradescope_results(shared.CHANGED),
    "gradescope-grader-error.json": lambda: gradescope_results(shared.OUR_FAULT),
    "classroom50.json": lambda: classroom50_result(shared.CHANGED, CARRIED),
    "prairielearn.json": lambda: prairielearn_results(shared.CHANGED),
    "prairielearn-not-gradable.json": lambda: prairielearn_results(shared.NOT_GRADABLE),
    "github-classroom.txt": lambda: decoded(github_classroom_output(shared.made(shared.LINEAR))),
    "junit.xml": lambda: junit_xml(shared.CHANGED),
    "junit-hidden.xml": lambda: junit_xml(shared.CHANGED, hidden=True),
    "grades.csv": lambda: grades_csv([shared.CHANGED, replace(shared.OUR_FAULT, student="bo")]),
}
STUDENTS: dict[str, Callable[[Grade], str]] = {
    "gradescope": gradescope_results,
    "classroom50": classroom50_result,
    "prairielearn": prairielearn_results,
    "github-classroom": lambda grade: decoded(github_classroom_output(grade)),
    "junit": junit_xml,
}


@pytest.mark.parametrize("name", FILES)
def test_format_is_as_before(name: str) -> None:
    """The file is, byte for byte, what other systems were given before."""
    text = FILES[name]()
    if os.environ.get("GOLDEN") == "write":
        (GOLDEN / name).write_text(text, encoding="utf-8", newline="")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_golden_file_is_explained() -> None:
    """The page beside the files names each of them."""
    page = (GOLDEN / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in GOLDEN.iterdir()} - {"README.md"} == set(re.findall(r"^\| `([^`]+)` \|", page, re.M))
    assert set(FILES) < {path.name for path in GOLDEN.iterdir()}


# -- what is hidden --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", ["PLAIN", "CHANGED", "OUR_FAULT", "LOST", "NOT_GRADABLE"])
@pytest.mark.parametrize("name", STUDENTS)
def test_nothing_hidden_is_in_it(name: str, grade: str) -> None:
    """No name, evidence or flag of a hidden check, and no traceback of ours, is in a file that its student sees."""
    if (name, grade) in (("classroom50", "OUR_FAULT"), ("classroom50", "LOST")):
        return  # there is no file at all
    text = STUDENTS[name](getattr(shared, grade))
    assert shared.SECRET not in text
    assert "one_row" not in text
    assert "test_hidden" not in text


def test_hidden_checks_are_in_the_instructors_junit_alone() -> None:
    """For the student there is no case of it, and no property; for the instructor there are both."""
    assert "hidden" not in junit_xml(shared.CHANGED)
    cases = [
        case.get("name") for case in ElementTree.fromstring(junit_xml(shared.CHANGED, hidden=True)).iter("testcase")
    ]
    assert cases == ["forward", "gradient", "one_row", "kink", "gpu"]
    assert '"linear/one_row.visibility" value="hidden"' in junit_xml(shared.CHANGED, hidden=True)


def test_no_gradescope_test_is_hidden() -> None:
    """One hidden test would hide the total: a hidden check has its title, how it ended and its points."""
    tests = json.loads(gradescope_results(shared.PLAIN))["tests"]
    assert {test["visibility"] for test in tests} == {"visible"}
    [hidden] = [test for test in tests if test["name"] == "Linear: A batch of one image works."]
    assert (hidden["score"], hidden["max_score"], hidden["status"]) == (0, 1, "failed")
    assert "This check runs only when your work is graded" in hidden["output"]


# -- what is hostile -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gradescope", "prairielearn", "classroom50", "github-classroom"])
def test_texts_are_plain(name: str) -> None:
    """No control character or one that reorders text, no lone surrogate and no command to a log leaves in a text."""
    text = STUDENTS[name](shared.PLAIN)
    text.encode()
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]|\\\\u00[01]", text) is None
    assert re.search(r"\\n\s*::", text) is None  # no line of a text begins so


def test_gradescope_shows_no_markup() -> None:
    """Every text there is declared as text, so that no tag or Markdown of a student's is one."""
    document = json.loads(gradescope_results(shared.PLAIN))
    formats = [document[key] for key in ("output_format", "test_output_format", "test_name_format")]
    assert formats == ["text", "text", "text"]
    assert not any(key.endswith("_format") for test in document["tests"] for key in test)


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("grade", ["PLAIN", "CHANGED", "OUR_FAULT", "LOST", "NOT_GRADABLE"])
def test_junit_is_of_its_schema(grade: str, hidden: bool) -> None:
    """It is what the schema of the family xunit2 says, whatever a student printed, and its counts add up."""
    text = junit_xml(getattr(shared, grade), hidden=hidden)
    xmlschema.XMLSchema(GOLDEN / "junit-10.xsd").validate(text)
    root = ElementTree.fromstring(text)
    [suite] = root
    cases = list(suite.iter("testcase"))
    counts = {word: sum(case.find(tag) is not None for case in cases) for word, tag in COUNTED.items()}
    assert {word: int(suite.get(word, "")) for word in COUNTED} == counts
    assert int(suite.get("tests", "")) == len(cases) > 0
    assert {word: root.get(word) for word in ("tests", "failures", "errors")} == {
        word: suite.get(word) for word in ("tests", "failures", "errors")
    }


COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1b", "\ud800", "\ufffe", "\uffff"])
def test_junit_replaces_what_xml_has_not(character: str) -> None:
    """A character that XML 1.0 can't hold, in whatever text, leaves a file that can be parsed."""
    text = f"a{character}b"
    evidence = Evidence(summary=text, got=text, printed=text)
    check = CheckResult("c", text, Outcome.FAILED, Decimal(1), hint=text, mistake=text, evidence=evidence)
    exercise = ExerciseResult("e", text, (check,), text)
    root = ElementTree.fromstring(junit_xml(shared.made(exercise, student=text, title=text)))
    assert character not in "".join(root.itertext())


# -- how large -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "limit"), [("prairielearn", 1_000_000), ("gradescope", 2_000_000)])
def test_long_feedback_is_cut(name: str, limit: int) -> None:
    """Four hundred checks that all print much: the file stays below the limit, and no test is left out of it."""
    evidence = Evidence(summary="s" * 5000, got="𝄞" * 5000, expected="𝄞" * 5000, printed='"' * 5000)
    checks = tuple(
        CheckResult(f"c{n}", f"Check {n}.", Outcome.FAILED, Decimal(1), evidence=evidence) for n in range(400)
    )
    grade = shared.made(ExerciseResult("e", "E", checks))
    text = STUDENTS[name](grade)
    assert len(text.encode()) < limit
    assert len(json.loads(text)["tests"]) == 400
    assert sum(len(entry.text) for entry in listing(grade).entries) < BUDGET + 400 * 700


def test_classroom50_carries_the_environment_it_is_given() -> None:
    """Of the variables only those that the document names; without a review the commit is the place to look."""
    document = json.loads(classroom50_result(shared.PLAIN, CARRIED))
    assert {key: document[key] for key in ("classroom", "assignment", "submission", "review")} == {
        "classroom": "cs101",
        "assignment": "mini",
        "submission": "submit/20261103T100000Z-0123456",
        "review": "https://github.com/cs101/mini-ada/commit/0123456",
    }
    assert "/root" not in json.dumps(document)
    assert set(json.loads(classroom50_result(shared.PLAIN))) == {"schema", "score", "max-score", "tests"}


def test_github_classroom_counts_checks_by_their_names() -> None:
    """Where nothing but checks makes the score, a check of three points is three tests that bear its name."""
    [result, _] = [
        json.loads(base64.b64decode(line.split("=", 1)[1]))
        for line in github_classroom_output(shared.made(shared.LINEAR)).splitlines()[:2]
    ]
    name = "Linear: dW is the gradient of the loss with respect to W."
    assert [test["name"] for test in result["tests"] if test["name"].startswith(name)] == [
        f"{name} ({place} of 3)" for place in (1, 2, 3)
    ]


# -- what is documented ----------------------------------------------------------------------------------------------------


def test_every_format_is_documented() -> None:
    """docs/formats.md has each format in its table, and a heading for it or for the group that it is of."""
    page = DOCUMENTED.read_text(encoding="utf-8")
    linked = re.findall(r"^\| \[`([\w-]+)`\]\(#([\w-]+)\)", page, re.M)
    assert {name for name, _ in linked} == set(FORMATS)
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.+)$", page, re.M)}
    assert {anchor for _, anchor in linked} <= headings


@pytest.mark.parametrize("name", ["gradescope", "classroom50", "prairielearn"])
def test_every_field_is_documented(name: str) -> None:
    """The section of a JSON format names every key that the golden files have."""
    section = DOCUMENTED.read_text(encoding="utf-8").split(f"\n## {name}\n")[1].split("\n## ")[0]
    keys: set[str] = set()
    for path in GOLDEN.glob(f"{name}*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        keys |= {
            *document,
            *document.get("extra_data", {}),
            *(key for test in document.get("tests", []) for key in test),
        }
    assert {key for key in keys if f"`{key}`" not in section} == set()
