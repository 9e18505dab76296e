"""The student's page in a real browser: one file, for the keyboard, the phone, the screen reader, and against hostile text."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from grader.reports.html import feedback_html
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

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'><svg onload=alert(3)> {{7*7}} \u202eb\x00"
NARROW = {"viewport": {"width": 390, "height": 844}}
LOOKS = [{}, {"color_scheme": "dark"}, NARROW, {**NARROW, "color_scheme": "dark"}]


def evidence(text: str = "dW", rows: int = 3, columns: int = 4) -> Evidence:
    """Something of everything that a check may show; `text` wherever a student's may stand."""
    numbers = tuple(tuple(float(x * y - x) / 7 for x in range(columns)) for y in range(rows))
    odd = ((float("nan"), *numbers[0][1:]), *numbers[1:])
    wrong = tuple("".join("x" if (x + y) % 2 else "." for x in range(columns)) for y in range(rows))
    matrix = Matrix(
        text, (rows, columns), (1, 1), odd, numbers, odd, wrong, "Row 1 is wrong.", (WrongEntry("0, 1", "1.5", text),)
    )
    blocks = replace(matrix, shape=(rows * 2, columns * 3), block=(2, 3))
    digit = Misclassified(("0f" * 14,) * 28, text[:20], "9")
    classes = (*map(str, range(9)), text[:20])
    counts = tuple(tuple(x * y for x in range(10)) for y in range(10))
    return Evidence(
        summary=f"{text} is wrong.",
        got=text,
        expected="[4.0]",
        relation=f"It is {text}.",
        location=Location(text, 100, text, text, None, ("    def f(x):", f"        {text}", "        return x"), 99),
        calls=(text, "f(2)"),
        printed=text * 3,
        curves=(
            Curve(text, (3.0, float("nan"), 1.0), (2.5, 1.5, 1.0), "epoch", (2.0, 1.0, 0.5), (3.0, 2.0, 1.5), text),
        ),
        figures=(Figure(text, ((0.0, 1.0),), ((text[:12], 0.5),)),),
        matrices=(matrix, blocks),
        predictions=(Predictions(text, classes, counts, (digit,) * 10),),
    )


def rich_grade(text: str = "dW", rows: int = 3, columns: int = 4) -> Grade:
    """A grade with every outcome and everything that changes a score."""
    checks = tuple(
        CheckResult(
            f"check_{outcome}",
            f"{text} is right.",
            outcome,
            Decimal(2),
            hint=f"{text}?",
            mistake="an-id",
            mistake_line=text,
            further_hints=("An idea.", f"In the lesson: {text}."),
            evidence=evidence(text, rows, columns),
        )
        for outcome in Outcome
    )
    hidden = CheckResult("hidden_1", text, Outcome.FAILED, Decimal(1), "hidden", text)
    exercises = tuple(
        ExerciseResult(name, f"{text} {name}", (*checks, hidden), text) for name in ("one", "two", "three")
    )
    exercises = (
        replace(exercises[0], override=Override(Decimal(5), text, "2026-03-05T10:00:00+00:00")),
        *exercises[1:],
    )
    attempts = (
        Attempt("1" * 64, "2026-03-01T10:00:00+00:00", Decimal(1), Decimal(57), ("one/check_failed",)),
        Attempt("2" * 64, "2026-03-02T10:00:00+00:00", Decimal(4), Decimal(57), ("two/check_failed", "gone/gone")),
    )
    return Grade(
        *("digits", "v1", text, "a" * 64, Status.GRADED, exercises),
        (Flag("ignored_file", text, text),),
        {"grader": "1", "device": text},
        text,
        lateness=Lateness("2026-03-04T14:05:00+00:00", "2026-03-03T12:00:00+00:00", 2, Decimal(10)),
        attempts=attempts,
    )


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Writes the page of a grade to a file."""

    def write(grade: Grade) -> Path:
        path = tmp_path / "feedback.html"
        path.write_text(feedback_html(grade), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("has_scripts", [True, False])
def test_page_is_one_silent_file(written: Any, browser: Any, has_scripts: bool) -> None:
    """Opened with or without scripts, it asks for nothing but itself, and the console stays silent."""
    with browser.open(written(rich_grade()), java_script_enabled=has_scripts) as opened:
        assert (opened.requests, opened.complaints) == ([], [])
        assert opened.page.locator("h1").inner_text() == "dW"
        assert opened.page.locator("svg.heat").count() > 0


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "narrow", "narrow dark"])
def test_page_keeps_nobody_out(written: Any, browser: Any, look: dict[str, Any]) -> None:
    """axe-core finds nothing serious, with everything unfolded, in every look."""
    assert browser.barriers(written(rich_grade(rows=24, columns=24)), **look) == []


def test_figures_are_told_to_screen_readers(written: Any, browser: Any) -> None:
    """Every picture has the role of one and a text; landmarks and headings are in order."""
    with browser.open(written(rich_grade())) as opened:
        page = opened.page
        assert (
            page.evaluate("[...document.querySelectorAll('svg')].filter(e => e.getAttribute('role') !== 'img').length")
            == 0
        )
        titles = page.evaluate("[...document.querySelectorAll('svg')].map(e => e.querySelector('title').textContent)")
        assert all(len(title) > 10 for title in titles)
        assert any("Row 1 is wrong." in title for title in titles)
        levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(e => Number(e.tagName[1]))")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        landmarks = [page.locator(name).count() for name in ("header", "main", "nav", "footer")]
        assert landmarks == [1, 1, 1, 1]


def test_first_tab_skips_to_what_to_do_next(written: Any, browser: Any) -> None:
    """The keyboard's first stop is a link, seen only then, that leads to what to do next."""
    with browser.open(written(rich_grade())) as opened:
        page = opened.page
        link = page.locator(".skip")
        assert link.bounding_box()["x"] < 0
        page.keyboard.press("Tab")
        assert link.bounding_box()["x"] >= 0
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "next"


def test_hints_unfold_by_keyboard(written: Any, browser: Any) -> None:
    """One hint after the other, each behind one more key: a question, the idea, the place in the lesson."""
    with browser.open(written(rich_grade())) as opened:
        page, seen = opened.page, []
        page.locator("#next").focus()
        for _ in range(40):
            page.keyboard.press("Tab")
            label = page.evaluate(
                "document.activeElement.tagName === 'SUMMARY' ? document.activeElement.textContent : ''"
            )
            if label.startswith("Hint"):
                below = page.locator("#next .hint p")
                before = below.evaluate_all("all => all.filter(e => e.checkVisibility()).length")
                page.keyboard.press("Enter")
                after = below.evaluate_all("all => all.filter(e => e.checkVisibility()).length")
                seen.append((label, before, after))
            if len(seen) == 3:
                break
        assert seen == [("Hint 1: a question", 0, 1), ("Hint 2: the idea", 1, 2), ("Hint 3: where to read", 2, 3)]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_page_never_scrolls_sideways(written: Any, browser: Any, width: int) -> None:
    """Long lines, wide matrices and names without a space scroll inside their block, with everything unfolded."""
    grade = rich_grade("x" * 400, rows=24, columns=24)
    with browser.open(written(grade), viewport={"width": width, "height": 844}) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def elements(page: Any) -> dict[str, int]:
    """How many elements of each kind there are."""
    counted: dict[str, int] = page.evaluate(
        "[...document.querySelectorAll('*')].reduce((n, e) => (n[e.tagName] = (n[e.tagName] || 0) + 1, n), {})"
    )
    return counted


def test_hostile_text_is_only_text(written: Any, browser: Any) -> None:
    """Names, prints, files and messages that try everything make no dialog, no complaint, no request and no element."""
    with browser.open(written(rich_grade("harmless"))) as opened:
        expected = elements(opened.page)
    with browser.open(written(rich_grade(HOSTILE))) as opened:
        found = elements(opened.page)
        assert (opened.requests, opened.complaints) == ([], [])
        shown = opened.page.locator(".student").inner_text()
    assert {name: count for name, count in found.items() if count != expected.get(name)} == {}
    assert shown.startswith("<img src=x onerror=alert(1)><script>")


def test_print_shows_everything_but_the_way_around(written: Any, browser: Any) -> None:
    """On paper there is no skip link and no list of links, and what is folded is there."""
    with browser.open(written(rich_grade())) as opened:
        opened.page.emulate_media(media="print")
        assert opened.page.locator(".skip").is_hidden()
        assert opened.page.locator("nav ol").is_hidden()
        assert opened.page.locator("#next .hint p").first.is_visible()


def test_what_changed_the_score_is_told(written: Any, browser: Any) -> None:
    """Lateness, an instructor's decision, and both sums stand below the score."""
    with browser.open(written(rich_grade())) as opened:
        told = opened.page.locator(".adjustments").inner_text()
    assert re.sub(r"\s*\n\s*", "\n", told).split("\n") == [
        "Your instructor decided",
        "dW one: 5 of 19 points; the checks alone gave 2. Why: dW",
        "Late",
        "Handed in 4 March 2026, 14:05 UTC; the deadline was 3 March 2026, 12:00 UTC. That is 2 days late, "
        "each day begun counting: 10 % off, "
        "which is 0.9 points.",
        "What counts",
        "The checks gave 6 points; 8.1 count.",
    ]


def test_line_is_marked_among_its_neighbours(written: Any, browser: Any) -> None:
    """The student's own lines stand there with their numbers, the one meant is marked."""
    with browser.open(written(rich_grade())) as opened:
        rows = opened.page.locator("#next .source tr")
        texts = rows.evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
        heights = rows.evaluate_all("rows => rows.map(row => row.offsetHeight)")
        marked = opened.page.locator("#next .source mark").evaluate_all("all => all.map(e => e.textContent)")
    assert texts == [["99", "def f(x):"], ["100", "    dW"], ["101", "    return x"]]
    assert marked == ["    dW"]
    assert len(set(heights)) == 1
