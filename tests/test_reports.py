"""The reports: what each reader sees, and that nothing a student writes can do anything."""

from __future__ import annotations

import base64
import csv
import gc
import hashlib
import html
import io
import json
import math
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.reports import wording
from grader.reports.content import present
from grader.reports.figures import curve_svg, figure_svg, histogram_svg
from grader.reports.gradebook import grades_csv
from grader.reports.html import class_html, feedback_html
from grader.reports.in_words import curve_table
from grader.reports.inert import block, code_spans, line, moment, printable
from grader.reports.markdown import code, feedback_markdown, fence, inline
from grader.reports.overview import overview
from grader.reports.text import feedback_text
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

NAN, INF = math.nan, math.inf
HOSTILE = (
    "<script>alert(1)</script> \"' onload=x {{ 7*7 }} {% raise %} \x1b[2J\x07\x00\r \u202eb\u2066 \ud800 ``` & -->"
)
SECRET = "s3cret"
VOID = {"meta", "br", "link", "input", "hr", "img"}
FEEDBACK: dict[str, Callable[[Grade], str]] = {
    "html": feedback_html,
    "markdown": feedback_markdown,
    "text": feedback_text,
}


class Page(HTMLParser):
    """A page as parsed: its elements, its text, and whether each tag that opens is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[str] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()
        self.wrong += self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself, as in SVG."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Compare the tag with the one that is open."""
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text that a reader sees."""
        where = self.stack[-1] if self.stack else ""
        if where == "script":
            self.scripts.append(data)
        elif where != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All text, white space collapsed."""
        return " ".join("".join(self.texts).split())

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]


def check(name: str = "gradient", outcome: Outcome = Outcome.PASSED, points: str = "1", **more: object) -> CheckResult:
    return CheckResult(name, str(more.pop("title", f"The {name} is right.")), outcome, Decimal(points), **more)  # type: ignore[arg-type]


def exercise(*checks: CheckResult, name: str = "linear", title: str = "Linear layer") -> ExerciseResult:
    return ExerciseResult(name, title, checks, f"{name}.py")


def grade(*exercises: ExerciseResult, student: str = "Ada", status: Status = Status.GRADED, **more: object) -> Grade:
    environment = MappingProxyType({"grader": "0.1.0", "device": "cpu"})
    return Grade(
        "classifier", "3", student, "ab" * 32, status, exercises, environment=environment, title="A Classifier", **more
    )  # type: ignore[arg-type]


def evidence(text: str) -> Evidence:
    """Evidence with `text` in every place that shows some."""
    return Evidence(
        summary=text,
        got=text,
        expected=text,
        relation=text,
        location=Location(text, 7, text, text, None, ("before", text, text), 6),
        calls=(text, text),
        printed=text,
        curves=(Curve(text, (1.0, NAN, 3.0), (1.0, 2.0, 3.0), text),),
        figures=(Figure(text, ((0.0, 1.0), (0.5, 0.0)), ((text, 0.25), (text, 0.75))),),
        matrices=(MATRIX, replace(MATRIX, name=text, where=text, entries=(WrongEntry(text, text, text),))),
        predictions=(Predictions(text, (text, "b"), ((1, 2), (0, 3)), (Misclassified(("0f",), text, text),)),),
    )


MATRIX = Matrix(
    *("dW", (2, 30), (1, 2), ((1.0, NAN),), ((1.0, 2.0),), ((0.0, NAN),), (".x",), "Column 1 is wrong."),
    (WrongEntry("0, 1", "nan", "2"),),
)


def hostile_grade() -> Grade:
    """A grade whose every text is hostile, with every outcome."""
    checks = [
        check(
            f"{outcome}",
            outcome,
            title=HOSTILE,
            hint=HOSTILE,
            further_hints=(HOSTILE, HOSTILE),
            mistake=HOSTILE,
            mistake_line=HOSTILE,
            evidence=evidence(HOSTILE),
        )
        for outcome in Outcome
    ]
    flags = tuple(Flag(kind, HOSTILE, HOSTILE) for kind in ("module_error", "ignored_file", "not_gradable", HOSTILE))
    return Grade(
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        Status.GRADED,
        (ExerciseResult(HOSTILE, HOSTILE, tuple(checks), HOSTILE),) * 3,
        flags,
        MappingProxyType({HOSTILE: HOSTILE}),
        HOSTILE,
    )


FAILED = check(
    "gradient",
    Outcome.FAILED,
    "2",
    title="dW is the gradient.",
    hint="How often is it divided by `N`?",
    evidence=Evidence(
        summary="Linear.backward: dW is wrong.",
        got="[1.0, 2.0]",
        expected="[4.0, 8.0]",
        relation="Got is expected / 4.",
        location=Location("linear.py", 31, "Linear.backward", "        dW = dz.T @ x / len(dz)"),
        calls=("linear = Linear(5, 3)", "linear.backward(dz)"),
        printed="hello from the student",
    ),
)
WRONG = grade(exercise(check("shape")), exercise(FAILED, check("bias"), name="relu", title="ReLU"))
RIGHT = grade(exercise(check("shape"), check("gpu", Outcome.SKIPPED, "0")))
NOT_GRADABLE = grade(status=Status.NOT_GRADABLE, flags=(Flag("not_gradable", "x.zip", "can't be read as a zip"),))
OUR_FAULT = grade(
    exercise(check("broken", Outcome.GRADER_ERROR, evidence=Evidence(summary="KeyError in test_linear.py"))),
    status=Status.GRADER_ERROR,
)
ODD_CURVES = {
    "empty": Curve("loss", (), ()),
    "one point": Curve("loss", (1.0,), (2.0,)),
    "one alone": Curve("loss", (NAN, 1.0, NAN), (1.0, 2.0, 3.0)),
    "all nan": Curve("loss", (NAN, NAN), ()),
    "infinite": Curve("loss", (1.0, INF, -INF), (1.0, 2.0, 3.0)),
    "constant": Curve("loss", (3.0, 3.0, 3.0), (3.0, 3.0)),
    "zeros": Curve("loss", (0.0, 0.0), ()),
    "huge": Curve("loss", (-1.7e308, 1.7e308), (0.0, 1.0)),
    "tiny": Curve("loss", (5e-324, 1e-320), ()),
    "steep": Curve("loss", (1.0, 1e300), (1.0, 0.5)),
    "close": Curve("loss", (1e9, 1e9 + 1e-3), ()),
    "long": Curve("loss", tuple(map(float, range(50_000))), ()),
}


# --- the text of a student, made inert


def test_printable_replaces_what_acts_unseen() -> None:
    """Control, bidi and invisible characters and broken surrogates become visible; colours go; tabs and lines stay."""
    assert printable("a\x1b[31mred\x1b[0m\x1b]0;t\x07\x00\u202eb\ud800\ufeff\x9b\tc\nd") == (
        "ared\u241b]0;t\u2407\u2400[U+202E]b\ufffd[U+FEFF][U+009B]\tc\nd"
    )


@given(st.text(st.characters(exclude_categories=[])))
def test_printable_text_can_be_written_and_has_no_controls(text: str) -> None:
    """Whatever the text, what comes out encodes as UTF-8 and holds no control character, bidi or not."""
    shown = printable(text)
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\n"]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff]", shown)
    shown.encode()


def test_line_is_one_short_line() -> None:
    """A line has no line ends, no doubled spaces, and a limit."""
    assert line(" a\r\n\tb\u2028c ") == "a b c"
    assert line("x" * 10_000) == "x" * 599 + "…"


def test_block_says_what_it_cut() -> None:
    """A block keeps its lines; what is cut is counted."""
    assert block("a\r\nb\rc\n", 100) == "a\nb\nc"
    assert block("x" * 1_105, 100) == "x" * 100 + "\n… and 1,005 more characters"


def test_code_spans_are_what_stands_between_backticks() -> None:
    """Text falls into plain pieces and code; a backtick alone is text."""
    assert list(code_spans("a `b` c ` d")) == [(False, "a "), (True, "b"), (False, " c ` d")]


# --- what is shown beside the checks

LATE = Lateness("2026-03-04T14:05:00+00:00", "2026-03-03T12:00:00+00:00", 2, Decimal(10))
OVERRIDE = Override(Decimal(2), "the idea is right", "2026-03-05T10:00:00+00:00")


def plain(text: str) -> str:
    """A text without what is only there for its format."""
    text = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>|[*`\\\\]", " ", text)).split())


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_adjustments_are_told(write: Callable[[Grade], str]) -> None:
    """When it came, what that cost, what an instructor decided and why, and what was earned against what counts."""
    sample = replace(WRONG, lateness=LATE)
    sample = replace(sample, exercises=(sample.exercises[0], replace(sample.exercises[1], override=OVERRIDE)))
    text = plain(write(sample))
    for told in (
        "ReLU: 2 of 3 points; the checks alone gave 1. Why: the idea is right",
        "Handed in 4 March 2026, 14:05 UTC; the deadline was 3 March 2026, 12:00 UTC. That is 2 days late, "
        "each day begun counting: 10 % off, "
        "which is 0.3 points.",
        "The checks gave 2 points; 2.7 count.",
    ):
        assert told in text
    assert "What counts" not in write(WRONG)


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (replace(LATE, days=0, percent=Decimal(0)), "That is within the time of grace: nothing is taken off."),
        (replace(LATE, days=1, percent=Decimal(50)), "That is 1 day late: 50 % off, which is 1 point."),
    ],
)
def test_lateness_in_words(late: Lateness, told: str) -> None:
    """A single day, the time of grace and a cost of nothing are said as people say it."""
    assert told in plain(feedback_text(replace(WRONG, lateness=late)))


def test_moment_in_words() -> None:
    """A time reads as a date; what is no time stays as it is, made harmless."""
    assert moment("2026-12-24T08:05:00+00:00") == "24 December 2026, 08:05 UTC"
    assert moment("2026-12-24T08:05:00") == "24 December 2026, 08:05"
    assert moment("late\x1b") == "late\u241b"


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_history_is_told(write: Callable[[Grade], str]) -> None:
    """The last score and this one, what passes now and no longer, and every submission so far."""
    first = Attempt("1" * 64, "2026-03-01T00:00:00+00:00", Decimal(0), Decimal(9))
    last = Attempt(
        "2" * 64, "2026-03-02T00:00:00+00:00", Decimal(3), Decimal(4), ("linear/shape", "relu/gradient", "x/y")
    )
    text = plain(write(replace(WRONG, attempts=(first, last))))
    order = [
        wording.HISTORY_HEADING,
        "3 → 2 points from the checks",
        "3 submissions: 0 (of 9) → 3 → 2",
        "Passes now",
        "ReLU: The bias is right",
        "No longer passes",
        "ReLU: dW is the gradient",
    ]
    places = [text.index(told, text.index(wording.HISTORY_HEADING)) for told in order]
    assert places == sorted(places)
    assert wording.HISTORY_HEADING not in write(WRONG)


def test_history_is_cut() -> None:
    """Of many checks and many submissions the last ones are told, and how many more there are."""
    checks = [check(f"c{place}") for place in range(20)]
    attempts = tuple(Attempt("1", "", Decimal(place), Decimal(20)) for place in range(30))
    found = present(replace(grade(exercise(*checks)), attempts=attempts), 100).history
    assert found is not None
    assert (len(found.gained), found.gained[-1]) == (7, "… and 14 more")
    assert found.in_words.startswith("31 submissions: … → 19 → 20")
    assert len(found.scores) == 12


@pytest.mark.parametrize("write", [FEEDBACK["markdown"], FEEDBACK["text"]])
def test_pictures_are_told_in_words(write: Callable[[Grade], str]) -> None:
    """Where none is drawn: where a tensor is wrong with its first entries, and which class was taken for which."""
    told = Evidence(summary="dW is wrong.", matrices=(MATRIX,), predictions=evidence("cat").predictions)
    text = write(grade(exercise(replace(FAILED, evidence=told))))
    assert "dW, 2 x 30: Column 1 is wrong." in text.replace("*", "")
    assert re.search(r"index +got +expected\n *\[0, 1\] +nan +2\n", text)
    assert "4 of 6 right (66.7%); most often cat taken for b (2)." in text
    assert re.search(r"is \\ said +cat +b\n *cat +1 +2\n *b +\. +3\n", text)


@pytest.mark.parametrize("write", [FEEDBACK["markdown"], FEEDBACK["text"]])
def test_lines_around_are_numbered_and_the_one_meant_is_marked(write: Callable[[Grade], str]) -> None:
    """The place is shown among its neighbours, with their numbers; without them the line alone."""
    place = Location("a.py", 10, "f", "y = x", None, ("    def f(x):", "        y = x", ""), 9)
    text = write(grade(exercise(replace(FAILED, evidence=Evidence(location=place)))))
    assert re.search(r"^ *9 \| def f\(x\):\n *> 10 \|     y = x\n *11 \|$", text, re.MULTILINE)
    bare = replace(place, context=())
    assert "> 10 | y = x" in write(grade(exercise(replace(FAILED, evidence=Evidence(location=bare)))))


def test_text_tells_as_many_hints_as_asked_for() -> None:
    """One hint at first, and how many more there are."""
    told = replace(FAILED, mistake="id", mistake_line="m", hint="A?", further_hints=("B.", "C."))
    sample = grade(exercise(told))
    assert "Hint 1: a question: A?" in feedback_text(sample)
    assert "There are 2 hints more." in feedback_text(sample)
    assert "B." not in feedback_text(sample)
    assert "There is one hint more." in feedback_text(sample, hints=2)
    assert "Hint 3: where to read: C." in feedback_text(sample, hints=3)
    assert "hints more" not in feedback_text(sample, hints=3)


@pytest.mark.parametrize("width", [40, 60, 100])
def test_text_has_the_width_asked_for(width: int) -> None:
    """No line is longer than asked for, whatever it holds; less than 40 columns is 40."""
    text = feedback_text(replace(hostile_grade(), attempts=(Attempt("1", "", Decimal(1), Decimal(2)),)), width)
    assert max(map(len, text.split("\n"))) <= width
    assert feedback_text(WRONG, 3) == feedback_text(WRONG, 40)


def test_unfolding_in_markdown_is_inert() -> None:
    """What is folded away opens on a forge: the only HTML in it is details and summary, around any text."""
    told = evidence("</details><script>alert(1)</script>")
    passed = check("open", evidence=told)
    failed = replace(FAILED, evidence=told, hint="</summary>?", further_hints=("<b>", "</details>"))
    tokens = MarkdownIt("commonmark").parse(feedback_markdown(grade(exercise(passed, failed))))
    blocks = [token.content for token in tokens if token.type == "html_block"]
    assert {re.sub(r">[^<]+<", "><", found).strip() for found in blocks} == {
        "<details><summary></summary>",
        "</details>",
    }
    assert not [child for token in tokens for child in token.children or [] if child.type == "html_inline"]


# --- the student's page


@pytest.mark.parametrize("sample", [WRONG, RIGHT, NOT_GRADABLE, OUR_FAULT, hostile_grade()], ids=range(5))
def test_student_page_is_well_formed(sample: Grade) -> None:
    """Every tag is closed in order, ids are unique, and links inside the page have a target."""
    page = Page(feedback_html(sample))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert page.wrong == []
    assert len(ids) == len(set(ids))
    assert {link["href"] for link in page.named("a")} <= {f"#{entry}" for entry in ids}


def test_student_page_needs_nothing_from_elsewhere() -> None:
    """No script, no source, no address: the page is one file, and its policy forbids the rest."""
    text = feedback_html(replace(WRONG, exercises=(exercise(replace(FAILED, evidence=evidence("x"))),)))
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "form"} & {name for name, _ in page.elements}
    assert not [attributes for _, attributes in page.elements if "src" in attributes]
    assert set(re.findall(r"https?://[^\"' ]*", text)) == {"http://www.w3.org/2000/svg"}
    assert "url(" not in text
    assert "@import" not in text
    policy = next(entry["content"] for entry in page.named("meta") if "http-equiv" in entry)
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "script-src 'none'" in policy


def test_hostile_text_is_only_text_in_html() -> None:
    """Tags, quotes, template marks and comments of a student arrive as the characters they are."""
    for text in (feedback_html(hostile_grade()), class_html(HOSTILE, [hostile_grade()], {HOSTILE: HOSTILE})):
        page = Page(text)
        assert page.wrong == []
        assert "<script>alert(1)</script> \"' onload=x {{ 7*7 }} {% raise %}" in page.text
        assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
        assert all("alert" not in script for script in page.scripts)


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_hostile_characters_reach_no_format(write: Callable[[Grade], str]) -> None:
    """No format writes a control, bidi or surrogate character."""
    assert (
        re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", write(hostile_grade())) == []
    )


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_next_step_comes_first(write: Callable[[Grade], str]) -> None:
    """The first check that did not pass is told at the top, and what to do about it, in this order."""
    told = [
        "What to do next",
        "ReLU",
        "dW is the gradient.",
        "Linear.backward: dW is wrong.",
        "linear.py",
        "31",
        "dW = dz.T @ x / len(dz)",
        "How often is it divided by",
        "pytest assignments/classifier -k relu",
    ]
    text = html.unescape(write(WRONG))
    text = text[text.index("What to do next") :]
    places = [text.index(entry) for entry in told]
    assert places == sorted(places)
    assert places[-1] < text.index("Linear layer")


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_all_evidence_is_shown(write: Callable[[Grade], str]) -> None:
    """Every format shows got, expected, the relation, the calls and what was printed."""
    text = html.unescape(write(WRONG))
    for part in ("[1.0, 2.0]", "[4.0, 8.0]", "Got is expected / 4.", "linear.backward(dz)", "hello from the student"):
        assert part in text


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_right_submission_is_praised(write: Callable[[Grade], str]) -> None:
    """When everything passes there is praise and no next step; a skipped check takes nothing away."""
    text = html.unescape(write(RIGHT))
    assert " ".join(text.split()).count(wording.ALL_PASSED) == 1
    assert wording.NEXT_HEADING not in text


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_not_gradable_says_why_and_what_now(write: Callable[[Grade], str]) -> None:
    """The reason of the flag and the way to hand in again stand there, and nothing claims success."""
    text = html.unescape(write(NOT_GRADABLE)).replace("\\", "")
    text = " ".join(text.split())
    assert "x.zip can't be read as a zip" in text
    assert wording.HAND_IN_AGAIN in text
    assert wording.ALL_PASSED not in text


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_grader_error_is_our_fault(write: Callable[[Grade], str]) -> None:
    """A fault of the grader is named as such, shows nothing of the engine and asks nothing of the student."""
    text = " ".join(html.unescape(write(OUR_FAULT)).split())
    assert all(sentence in text for sentence in wording.GRADER_ERROR)
    assert "KeyError" not in text
    assert wording.NEXT_HEADING not in text
    assert wording.ALL_PASSED not in text


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.PASSED])
@pytest.mark.parametrize("visibility", ["hidden", "after_published"])
def test_hidden_check_leaks_nothing(write: Callable[[Grade], str], outcome: Outcome, visibility: str) -> None:
    """Of a check that is not public a student sees title and outcome, never what it saw, whatever the outcome."""
    hidden = check("secret", outcome, visibility=visibility, mistake=SECRET, evidence=evidence(SECRET))
    text = html.unescape(write(grade(exercise(hidden, check("open"), name="relu"))))
    assert SECRET not in text
    assert "The secret is right." in text
    assert outcome.words.split()[0] in text


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_hidden_check_shows_its_hint(write: Callable[[Grade], str]) -> None:
    """The hint of a hidden check is shown: it is written for the student."""
    hidden = check("secret", Outcome.FAILED, visibility="hidden", hint="Think of views.", evidence=evidence(SECRET))
    assert "Think of views." in write(grade(exercise(hidden)))


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_untouched_exercise_says_once_where_to_start(write: Callable[[Grade], str]) -> None:
    """Checks that all wait for the same place share one sentence, beside the one under what to do next."""
    place = Evidence(location=Location("relu.py", 12))
    untouched = [check(name, Outcome.NOT_ATTEMPTED, evidence=place) for name in ("forward", "backward", "zero")]
    text = re.sub(r"</?code>|`", "", write(grade(exercise(*untouched, name="relu"))))
    assert text.count("Open relu.py, line 12.") == 2
    assert "not attempted" in text


def test_untouched_exercise_without_a_line_names_its_file() -> None:
    """Without a location the file of the exercise is the place to start."""
    feedback = present(grade(exercise(check("forward", Outcome.NOT_ATTEMPTED), name="relu")), 100)
    assert feedback.exercises[0].checks[0].summary == "Open `relu.py`."


def test_next_step_passes_over_our_faults() -> None:
    """A student is not asked to repair a check that the grader broke."""
    feedback = present(grade(exercise(check("broken", Outcome.GRADER_ERROR)), exercise(FAILED, name="relu")), 100)
    assert feedback.next_step is not None
    assert feedback.next_step.check.title == "dW is the gradient."


def test_command_for_who_works_in_a_notebook() -> None:
    """Who handed in a notebook is shown the cell, and checks again in the notebook."""
    place = Location("ada.ipynb", 3, "ReLU.backward", "return dz", cell=7)
    failed = check(outcome=Outcome.FAILED, evidence=Evidence(summary="dx is wrong.", location=place))
    sample = grade(exercise(failed, name="relu"))
    step = present(sample, 100).next_step
    assert step is not None
    assert step.command == 'check("relu")'
    assert "ada.ipynb</code>, cell 7, line 3" in feedback_html(sample)
    assert "`ada.ipynb`, cell 7, line 3" in feedback_markdown(sample)


def test_command_is_quoted_for_a_shell() -> None:
    """Names with a space or a quote can't break out of the command."""
    sample = replace(grade(exercise(FAILED, name="a b; rm -rf /")), assignment="x y")
    step = present(sample, 100).next_step
    assert step is not None
    assert step.command == "pytest 'assignments/x y' -k 'a b; rm -rf /'"


def test_wide_values_stand_one_above_the_other() -> None:
    """Got and expected share a row only while their lines fit into half of it."""
    wide = replace(FAILED, evidence=Evidence(got="1" * 60, expected="2"))
    assert 'class="pair"' in feedback_html(grade(exercise(FAILED)))
    assert 'class="pair wide"' in feedback_html(grade(exercise(wide)))


def test_only_flags_that_help_reach_the_student() -> None:
    """An ignored file is told to the student, a tripwire only to the instructor."""
    flags = (Flag("ignored_file", "notes.txt", "is not source"), Flag("forbidden_name", "a.py", "uses torch.nn"))
    page = Page(feedback_html(replace(RIGHT, flags=flags)))
    assert "Ignored file: notes.txt is not source" in page.text
    assert "torch.nn" not in page.text
    assert "torch.nn" in class_html("T", [replace(RIGHT, flags=flags)], {})


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_cpu_in_place_of_a_gpu_is_told(write: Callable[[Grade], str]) -> None:
    """Student and instructor read in one line that the CPU took the place of a GPU, why, and that it changes nothing."""
    on_cpu = replace(RIGHT, flags=(Flag("graded_on_cpu", "cuda:1", "was full (linear)"),))
    text = re.sub(r"</?code>|[`\\]", "", write(on_cpu))
    assert "Graded on the CPU, which changes no verdict: cuda:1 was full (linear)" in text
    page = " ".join(Page(class_html("T", [on_cpu], {})).text.split())
    assert "graded on cpu: cuda:1 was full (linear)" in page


def test_many_flags_and_calls_are_cut() -> None:
    """Long lists end with how many more there are."""
    flags = tuple(Flag("ignored_file", f"f{n}", "is odd") for n in range(20))
    calls = replace(FAILED, evidence=Evidence(calls=tuple(f"call({n})" for n in range(50))))
    text = Page(feedback_html(replace(grade(exercise(calls)), flags=flags))).text
    assert "… and 8 more" in text
    assert "… and 10 more" in text


def test_curves_of_a_passed_check_are_folded() -> None:
    """A check that passed keeps its figure, folded away under its line."""
    sample = grade(exercise(check(evidence=Evidence(curves=(Curve("loss", (1.0, 2.0), (1.0, 2.0)),)))))
    text = feedback_html(sample)
    assert re.search(r"<details><summary>The curves</summary>\s*<figure", text)
    assert Page(text).named("svg")[0]["role"] == "img"


# --- figures


@pytest.mark.parametrize("name", ODD_CURVES)
def test_odd_curve_is_drawn_within_its_frame(name: str) -> None:
    """Whatever the numbers, the figure is XML and every coordinate is a finite number inside the picture."""
    svg = curve_svg(ODD_CURVES[name])
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root[0].tag.endswith("title")
    numbers = [
        float(found)
        for element in root.iter()
        for key in ("d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy")
        for found in re.findall(r"[-+.\w]+", re.sub("[MLHVh]", " ", element.attrib.get(key, "")))
    ]
    assert numbers
    assert all(-1 <= number <= 421 for number in numbers)
    assert len(svg) < 30_000


def test_curve_leaves_a_gap_where_it_is_not_finite() -> None:
    """A path is broken at NaN, a point alone is a dot, and the legend says where the trouble begins."""
    svg = curve_svg(Curve("loss", (1.0, 2.0, NAN, 4.0, 5.0, INF, 7.0), unit="epoch"))
    path = re.search(r'class="got" d="(M[^"h]*)"', svg)
    assert path is not None
    assert [len(piece.split("L")) for piece in path[1].split("M")[1:]] == [2, 2]
    assert svg.count('class="got-dot"') == 5
    assert "yours: nan at epoch 3" in svg


def test_curve_got_is_solid_and_expected_dashed() -> None:
    """The two lines differ in more than colour, and the values lie at their heights."""
    svg = curve_svg(Curve("loss", (0.0, 4.0), (4.0, 0.0)))
    got, expected = (
        re.findall(rf'<path class="{name}" d="(M[^"h]*)" ([^/]*)/>', svg)[0] for name in ("got", "expected")
    )
    assert "dasharray" not in got[1]
    assert "dasharray" in expected[1]
    assert got[0] == "M58.0 188.0L408.0 34.0"
    assert expected[0] == "M58.0 34.0L408.0 188.0"


def test_curve_over_many_powers_of_ten_is_logarithmic() -> None:
    """A loss that explodes leaves the reference readable: powers of ten on the axis."""
    svg = curve_svg(Curve("loss", (1.0, 100.0, 10_000.0), (1.0, 0.5, 0.25)))
    assert ">10^4<" in svg
    assert ">10^4<" not in curve_svg(Curve("loss", (1.0, 10.0), (1.0, 0.5)))


def test_curve_text_is_escaped() -> None:
    """Titles and units are text in the figure too."""
    root = ElementTree.fromstring(curve_svg(Curve('<b>&"', (1.0,), (), "<i>")))
    assert "<b>" in (root[0].text or "")
    assert "<i>" in [element.text for element in root]


def test_histogram_bars_are_as_high_as_their_counts() -> None:
    """Heights are proportional to counts, and the words say every count."""
    root = ElementTree.fromstring(histogram_svg("Scores", [1, 0, 4], ["0–9", "10–19", "100"], "%"))
    heights = [float(element.attrib["height"]) for element in root if element.tag.endswith("rect")]
    assert heights[2] == pytest.approx(4 * heights[0])
    assert heights[1] == 0
    assert root[0].text == "Scores: 0–9: 1, 10–19: 0, 100: 4"


def digit(bars: int = 10) -> Figure:
    """A picture with one grey and one white run, and bars."""
    rows = [(0.0,) * 28 for _ in range(28)]
    rows[3] = (0.0,) * 5 + (1.0,) * 4 + (0.5,) * 2 + (0.0,) * 17
    return Figure("A digit", tuple(rows), tuple((str(place), place / bars) for place in range(bars)))


def test_figure_has_a_picture_and_bars() -> None:
    """Each grey is one path of runs on a ground of the commonest; lengths are proportional to the values."""
    root = ElementTree.fromstring(figure_svg(digit()))
    picture = next(element for element in root if element.attrib.get("class") == "picture")
    assert [(element.attrib["d"], element.attrib["stroke"]) for element in picture[1:]] == [
        ("M9 3.5h2", "#848484"),
        ("M5 3.5h4", "#ffffff"),
    ]
    widths = [float(element.attrib["width"]) for element in root if element.attrib.get("class") == "length"]
    assert widths[8] == pytest.approx(2 * widths[4], abs=0.1)
    assert widths[0] == 0
    assert "picture of 28 by 28 pixels" in (root[0].text or "")


@pytest.mark.parametrize(
    "figure",
    [
        Figure("empty"),
        Figure("no bars", ((0.25,),)),
        Figure("no picture", (), (("<i>", 1e6), ("long" * 10, 0.0))),
        Figure("no pixels", ((), ())),
        digit(32),
    ],
    ids=lambda figure: figure.title,
)
def test_odd_figure_is_drawn_within_its_frame(figure: Figure) -> None:
    """Whatever is missing, the figure is XML, and small, and every coordinate lies inside the picture."""
    svg = figure_svg(figure)
    root = ElementTree.fromstring(svg)
    places = [float(element.attrib[key]) for element in root for key in ("x", "y") if key in element.attrib]
    assert all(0 <= place <= 421 for place in places)
    assert len(svg) < 30_000


def test_figures_are_told_where_none_is_drawn() -> None:
    """Markdown and the terminal say in a line what the figure shows."""
    sample = grade(exercise(check(outcome=Outcome.FAILED, evidence=Evidence(figures=(digit(),)))))
    for text in (feedback_markdown(sample), feedback_text(sample)):
        assert "a picture of 28 x 28, 10 bars, the longest at 9 (0.9)" in text


def test_figures_of_a_passed_check_are_folded() -> None:
    """A check that passed keeps its figure, folded away under its line."""
    sample = grade(exercise(check(evidence=Evidence(figures=(digit(),)))))
    text = feedback_html(sample)
    assert re.search(r"<details><summary>The figures</summary>\s*<figure", text)


def test_curve_table_lists_values_side_by_side() -> None:
    """The formats without figures show the numbers."""
    rows = [entry.split() for entry in curve_table(Curve("loss", (1.0, NAN), (1.0, 0.25, 0.1)), limit=2).split("\n")]
    assert rows == [["epoch", "yours", "reference"], ["1", "1", "1"], ["2", "nan", "0.25"], ["…", "and", "1", "more"]]


# --- Markdown


def markdown_types(text: str) -> list[str]:
    """The kinds of all tokens of a Markdown text, the inline ones too."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    return [token.type for outer in tokens for token in (outer, *(outer.children or []))]


MARKDOWN_TRICKS = [
    "[a](http://x)", "![a](x)", "[a]: http://x", "<http://x>", "<img src=x>", "<!-- x", "&lt;", "# h", "- x", "+ x",
    "1. x", "12) x", "---", "===", "> q", "```", "~~~", "| a | b |", "*a* _b_ **c** ~~d~~", "`code`", "`` ` ``",
    "\\", "a\\", "$x$",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKDOWN_TRICKS)
def test_inline_text_stays_text(text: str) -> None:
    """At the start of a paragraph, and below one, escaped text is one paragraph that reads as it was written."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    kinds = set(markdown_types(f"before\n{inline(text)}\nafter"))
    assert kinds <= {"paragraph_open", "inline", "text", "softbreak", "paragraph_close"}
    assert Page(parser.render(inline(text))).text == text


@given(st.text("`*_[]()<>#-+.!|~&\\ 1a:/@", max_size=30))
def test_any_line_survives_markdown(text: str) -> None:
    """Rendered again, an escaped line is the line, whatever punctuation it holds."""
    shown = line(text)
    assert Page(MarkdownIt("commonmark").render(inline(shown))).text.replace("\u2060", "") == shown


def test_inline_text_calls_nobody() -> None:
    """Mentions, issue numbers and bare addresses lose what makes a forge turn them into links."""
    assert inline("@team #12 https://x www.x.org") == "@\u2060team \\#\u206012 https\\://x www\\.x.org"


@given(st.text("`~ \na", max_size=40))
def test_fence_holds_any_text(text: str) -> None:
    """A fenced block is one token with the very text, however many backticks it holds."""
    tokens = MarkdownIt("commonmark").parse(fence(text))
    assert [(token.type, token.content) for token in tokens] == [("fence", f"{text}\n")]


@given(st.text("` ab", min_size=1, max_size=20))
def test_code_span_holds_any_line(text: str) -> None:
    """A code span is one token with the text, however many backticks it holds."""
    shown = line(text) or "x"
    children = MarkdownIt("commonmark").parse(code(shown))[1].children or []
    assert [(token.type, token.content) for token in children] == [("code_inline", shown)]


def test_hostile_markdown_has_no_links_images_or_html() -> None:
    """A whole report of hostile texts holds only the structure that we gave it."""
    tricks = "\n".join(MARKDOWN_TRICKS)
    checks = [check(f"{place}", Outcome.FAILED, evidence=evidence(text)) for place, text in enumerate(MARKDOWN_TRICKS)]
    sample = replace(grade(exercise(*checks, check("all", Outcome.RAISED, evidence=evidence(tricks)))), student=tricks)
    kinds = set(markdown_types(feedback_markdown(sample)))
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "table_open", "em_open", "s_open"}
    assert "fence" in kinds


def test_markdown_fits_into_a_comment() -> None:
    """Beyond its budget a report keeps a line for each check, and stays below the limit of a comment."""
    big = Evidence(summary="s" * 500, got="`" * 100_000, expected="x\n" * 50_000, printed="y" * 100_000)
    checks = [check(f"c{place}", Outcome.FAILED, evidence=big) for place in range(60)]
    text = feedback_markdown(grade(exercise(*checks)))
    assert len(text) < 65_536
    assert all(f"The c{place} is right." in text for place in range(60))


# --- plain text


@pytest.mark.parametrize("sample", [WRONG, RIGHT, NOT_GRADABLE, OUR_FAULT, hostile_grade()], ids=range(5))
def test_text_fits_a_terminal(sample: Grade) -> None:
    """No line is longer than 80 columns."""
    assert max(map(len, feedback_text(sample).split("\n"))) <= 80


def test_text_holds_no_command_to_a_ci_service() -> None:
    """Wherever a line of text begins, none is one that a runner obeys."""
    told = Evidence(
        "::error::a", got="##[error]\n  ::error::b", printed="\n::error::c\r::error::d", calls=("::error::e",)
    )
    wrong = replace(FAILED, title="::error::f", evidence=told, hint="##[error]g\n::error::h")
    text = feedback_text(replace(grade(exercise(wrong)), student="::error::i", title="::error::j"))
    assert text.count("error") > 8
    assert [entry for entry in re.split(r"[\r\n]", text) if entry.strip().startswith("::") or "##[" in entry] == []


def test_text_loses_nothing_of_a_long_line() -> None:
    """A line too long for the terminal goes on in the next."""
    long = "0123456789" * 20
    text = feedback_text(grade(exercise(replace(FAILED, evidence=Evidence(got=long)))))
    assert long in text.replace("\n    ", "")


def test_text_shows_one_problem_in_full() -> None:
    """The first problem has its evidence, each further one a line."""
    second = replace(FAILED, title="The second.", evidence=Evidence(got="[9.0]"))
    text = feedback_text(grade(exercise(FAILED, second)))
    assert "[1.0, 2.0]" in text
    assert "[9.0]" not in text
    assert "  failed         The second.\n" in text


# --- the gradebook


def test_gradebook_is_a_row_a_student() -> None:
    """Rows are sorted by student, numbers are plain, scores of our faults are blank, exercises are columns."""
    half = grade(exercise(check(points="0.5")), exercise(check(points="2"), name="relu"), student="Zoë")
    assert grades_csv(iter([half, replace(OUR_FAULT, student="Bo"), RIGHT])) == (
        "student,status,score,points,linear,relu,earned,late_days,deduction,overrides\n"
        "Ada,graded,1,1,1,,1,0,0,\nBo,grader_error,,1,,,,0,,\nZoë,graded,2.5,2.5,0.5,2,2.5,0,0,\n"
    )


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "\x1b[31m=1", "  =1"])
def test_gradebook_runs_no_formula(name: str) -> None:
    """A name that a spreadsheet would run begins with an apostrophe, and is still one cell."""
    rows = list(csv.reader(io.StringIO(grades_csv([replace(RIGHT, student=name)]), newline="")))
    assert len(rows) == 2
    assert rows[1][0].startswith("'")
    assert rows[1][1:5] == ["graded", "1", "1", "1"]


def test_gradebook_keeps_names_apart() -> None:
    """Commas, quotes, line ends and control characters of a name stay inside its cell."""
    text = grades_csv([replace(RIGHT, student='a,"b"\nc\x1b[2J\x00\ud800')])
    assert next(iter(list(csv.reader(io.StringIO(text, newline="")))[1:]))[0] == 'a,"b"\nc\u241b[2J\u2400\ufffd'


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_gradebook_runs_no_formula_in_another_country(separator: str) -> None:
    """Where a spreadsheet takes another character for the one between cells, no cell begins inside a name."""
    text = grades_csv([replace(RIGHT, student=f"Ada{separator}=1+1")])
    [_, row] = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    assert row[0].startswith(f"Ada{separator}=1+1")
    assert not any(cell.startswith("=") for cell in row)


def test_gradebook_leaves_numbers_alone() -> None:
    """A negative number is no formula: only text is guarded."""
    assert grades_csv([grade(exercise(check(points="-1")))]).endswith("\nAda,graded,-1,-1,-1,-1,0,0,\n")


def test_gradebook_ends_with_what_changed_the_score() -> None:
    """After the exercises: what the checks alone gave, the days and the cost of being late, what was decided."""
    decided = replace(exercise(check(points="4"), name="relu"), override=Override(Decimal("1"), "copied", "2026-11-02"))
    late = Lateness("2026-11-02T12:00:00+00:00", "2026-11-01T00:00:00+00:00", 2, Decimal(10))
    changed = replace(grade(exercise(check(points="4")), decided), lateness=late)
    assert grades_csv([changed]) == (
        "student,status,score,points,linear,relu,earned,late_days,deduction,overrides\nAda,graded,4.5,8,4,1,8,2,0.5,relu\n"
    )


# --- the class


def test_class_page_is_well_formed_and_offline() -> None:
    """Tags balance, and the only script is the one that the policy names by its hash."""
    page = Page(class_html("T", [WRONG, RIGHT, NOT_GRADABLE, OUR_FAULT, hostile_grade()], {"isolation": "full"}))
    script = "".join(page.scripts)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(entry["content"] for entry in page.named("meta") if "http-equiv" in entry)
    assert page.wrong == []
    assert policy is not None
    assert f"script-src 'sha256-{digest}'" in policy
    assert not [attributes for _, attributes in page.elements if "src" in attributes]
    assert "isolation full" in " ".join(page.texts).replace("\n", "")


@pytest.mark.parametrize("name", ["Ada L", "Ünal, 李", "50% #1?", "a\"b'c<d>&", "x\udcff", "a;b=c+d", "javascript:x"])
def test_class_page_links_to_any_folder(name: str) -> None:
    """The link is quoted so that its path is the folder of that very name, byte for byte."""
    page = Page(class_html("T", [replace(RIGHT, student=name)], {}))
    folder = re.fullmatch(
        r"students/([\w.%~-]+)/feedback\.html",
        next(link["href"] for link in page.named("a") if not link["href"].startswith("#")),
    )
    assert folder is not None
    assert unquote_to_bytes(folder[1]) == name.encode("utf-8", "surrogateescape")


def test_class_rows_show_each_exercise() -> None:
    """A row has score and points per exercise, blank where there is none, and no score where we failed."""
    part = grade(exercise(check(), FAILED), exercise(check("x", Outcome.NOT_ATTEMPTED), name="relu"), student="Bo")
    found = overview([part, RIGHT, replace(OUR_FAULT, student="Cy")])
    assert list(found.exercises) == ["linear", "relu"]
    assert [(row.student, row.score, row.points) for row in found.rows] == [
        ("Ada", "1", "1"),
        ("Bo", "1", "4"),
        ("Cy", "", "1"),
    ]
    assert [[(cell.text, cell.shade, cell.mark) for cell in row.cells] for row in found.rows] == [
        [("1/1", "s4", ""), ("", "s0", "")],
        [("1/3", "s2", ""), ("0/1", "s0", "○")],
        [("0/1", "s0", "?"), ("", "s0", "")],
    ]


def test_class_rates_count_verdicts_only() -> None:
    """A check's rate leaves out skipped ones, our faults and submissions that can't be graded; mistakes are counted."""
    missed = replace(FAILED, name="gradient", mistake="forgot-mean")
    blocked = grade(exercise(check(outcome=Outcome.BLOCKED)), status=Status.NOT_GRADABLE)
    samples = [
        grade(exercise(check())),
        grade(exercise(missed)),
        grade(exercise(missed)),
        grade(exercise(check(outcome=Outcome.SKIPPED))),
        replace(grade(exercise(check(outcome=Outcome.GRADER_ERROR))), status=Status.GRADER_ERROR),
        blocked,
    ]
    rate = overview(samples).checks["linear"]["gradient"]
    assert (rate.passed, rate.counted, rate.percent, rate.commonest) == (1, 3, 33, [("forgot-mean", 2)])


def test_class_page_names_the_commonest_mistakes() -> None:
    """Each submission counts once for a mistake, in however many checks it shows; the one that most made comes first."""
    line = "forgets the mean over the batch"
    once = replace(FAILED, mistake="forgot-mean", mistake_line=line)
    other = replace(FAILED, name="bias", mistake="wrong-sign", mistake_line="turns the sign around")
    samples = [
        grade(exercise(once, replace(once, name="again"), other)),
        grade(exercise(once)),
        grade(exercise(check())),
    ]
    ranked = overview(samples).ranked_mistakes
    assert [(mistake.id, [row.student for row in rows]) for _, mistake, rows in ranked] == [
        ("forgot-mean", ["Ada", "Ada"]),
        ("wrong-sign", ["Ada"]),
    ]
    text = Page(class_html("T", samples, {})).text
    assert f"2 of 3 Linear layer: {line} forgot-mean".replace(" ", "") in text.replace(" ", "")
    assert "What went wrong" not in Page(class_html("T", samples[2:], {})).text


@pytest.mark.parametrize("write", FEEDBACK.values(), ids=FEEDBACK)
def test_known_mistake_is_told_in_a_teachers_words(write: Callable[[Grade], str]) -> None:
    """What the check looks like stands beside what it saw; the id, which says nothing to a student, does not."""
    told = replace(FAILED, mistake="forgot-mean", mistake_line="forgets the mean over the batch", hint="How often?")
    text = write(grade(exercise(told)))
    assert f"{wording.MISTAKE}:" in text.replace("*", "")
    assert "forgets the mean over the batch." in text
    assert "How often?" in text
    assert "forgot-mean" not in text


@pytest.mark.parametrize("write", [FEEDBACK["html"], FEEDBACK["markdown"]])
def test_further_hints_are_folded_away(write: Callable[[Grade], str]) -> None:
    """The second and the third hint are there, each behind one more thing to open."""
    told = replace(FAILED, hint="A question?", further_hints=("The idea.", "In the lesson: 2. Linear."))
    text = write(grade(exercise(told), student="Bo"))
    first, second, third = (text.rindex(hint) for hint in ("A question?", "The idea.", "In the lesson"))
    assert first < second < third
    assert text.count(wording.FURTHER_HINT, first) == 2
    assert text.count("<details>") == text.count("</details>") or "<details class" in text


def test_class_page_marks_hidden_checks() -> None:
    """The instructor sees which checks are hidden."""
    opened, hidden = check("open"), check("secret", visibility="hidden")
    text = Page(class_html("T", [grade(exercise(opened, hidden))], {})).text.replace(" ", "")
    assert "Theopenisright.Linearlayer1100" in text
    assert "Thesecretisright.hiddenLinearlayer1100" in text


def test_class_page_begins_with_what_needs_the_instructor() -> None:
    """Our faults, unreadable submissions and flags are listed with their reasons, each submission in one group."""
    flagged = replace(RIGHT, student="Fay", flags=(Flag("forbidden_name", "a.py line 3", "uses torch.nn"),))
    samples = [RIGHT, flagged, replace(OUR_FAULT, student="Cy"), replace(NOT_GRADABLE, student="Di")]
    found = overview(samples)
    assert {
        group: [(entry.student, entry.reasons) for entry in entries] for group, entries in found.concerns.items()
    } == {
        "grader_error": [("Cy", ("The broken is right: KeyError in test_linear.py",))],
        "not_gradable": [("Di", ("x.zip can't be read as a zip",))],
        "flag": [("Fay", ("forbidden name: a.py line 3 uses torch.nn",))],
        "late": [],
        "override": [],
    }
    text = Page(class_html("T", samples, {})).text
    assert text.index("For you to look at") < text.index("KeyError") < text.rindex("Students")
    assert "For you to look at" not in Page(class_html("T", [RIGHT], {})).text


def test_class_distribution_has_a_bin_for_full_scores() -> None:
    """Each graded submission is in one bin; all points are apart from nearly all."""
    samples = [
        grade(exercise(check(points=f"{n}"), check("b", Outcome.FAILED, f"{100 - n}"))) for n in (0, 9, 10, 99, 100)
    ]
    found = overview([*samples, OUR_FAULT, NOT_GRADABLE])
    assert found.bins == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    assert (found.median, found.mean, found.graded) == ("10", "44", 5)


def test_class_keeps_no_grade() -> None:
    """Grades are taken from an iterator one by one and let go."""

    def fleeting() -> Iterator[Grade]:
        for place in range(8):
            gc.collect()
            alive = sum(type(entry) is Grade and entry.assignment == "fleeting" for entry in gc.get_objects())
            assert alive <= 1
            yield replace(WRONG, assignment="fleeting", student=f"s{place}")

    assert len(overview(fleeting()).rows) == 8
    assert grades_csv(fleeting()).count("\n") == 9


def test_class_of_nobody_is_a_page() -> None:
    """No submissions: still a page and a header row."""
    assert Page(class_html("T", iter(()), {})).wrong == []
    assert grades_csv(iter(())) == "student,status,score,points,earned,late_days,deduction,overrides\n"


def test_lines_where_several_checks_stop_are_shown_once() -> None:
    """Checks of an exercise that stop at one line show it once, and lead there; another line is shown as well."""
    here = Location("a.py", 10, "f", "y = x", None, ("def f(x):", "    y = x"), 9)
    there = Location("a.py", 20, "g", "return z", None, ("def g(x):", "    return z"), 19)
    failing = [
        check(f"c{number}", Outcome.FAILED, evidence=Evidence(summary="s", location=place))
        for number, place in enumerate((here, here, there))
    ]
    page = feedback_html(grade(exercise(*failing)))
    body = page[page.index('<section class="exercise"') :]
    assert body.count("def f(x):") == body.count("def g(x):") == 1
    assert body.count('<a href="#exercise-1-check-1">the lines are shown above</a>') == 1


# --- in a browser


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


def browse(folder: Path, text: str, fragment: str = "") -> tuple[str, list[str]]:
    """The page after its scripts ran, and what it wrote to the console."""
    (folder / "page.html").write_text(text, encoding="utf-8")
    flags = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--enable-logging=stderr",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={folder / 'profile'}",
    ]  # fmt: skip
    address = (folder / "page.html").as_uri() + fragment
    done = subprocess.run(
        [str(CHROMIUM), *flags, "--dump-dom", address], capture_output=True, timeout=120, check=True, encoding="utf-8"
    )
    return done.stdout, [entry for entry in done.stderr.splitlines() if "CONSOLE" in entry]


@needs_browser
@pytest.mark.parametrize("width", [360, 1200])
def test_pages_never_scroll_sideways(tmp_path: Path, width: int) -> None:
    """On a phone and on a desk, hostile and very long lines scroll inside their block, not the page."""
    long = replace(hostile_grade(), student="x" * 300)
    wide = replace(FAILED, title="t" * 300, evidence=evidence("y" * 5_000))
    pages = [feedback_html(long), feedback_html(grade(exercise(wide))), class_html("T" * 200, [long, WRONG], {})]
    frames = "".join(
        f'<iframe width="{width}" height="800" style="border:0" srcdoc="{html.escape(page)}"></iframe>'
        for page in pages
    )
    measure = """<script>addEventListener("load", () => {
      const pages = [...document.querySelectorAll("iframe")].map((frame) => frame.contentDocument.documentElement);
      document.title = JSON.stringify(pages.map((page) => page.scrollWidth));
    });</script>"""
    dom, console = browse(tmp_path, f"<!doctype html><title></title>{measure}{frames}")
    title = re.search("<title>(.*?)</title>", dom)
    assert title is not None
    assert [entry for entry in json.loads(title[1]) if entry > width] == []
    assert len(json.loads(title[1])) == 3
    assert console == []
