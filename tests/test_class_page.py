"""The class page in a real browser, and the figures on it against slow and obvious computations."""

from __future__ import annotations

import importlib.util
import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grader.reports import wording
from grader.reports.html import class_html
from grader.reports.overview import LETTERS, overview
from grader.results import (
    Attempt,
    CheckResult,
    Evidence,
    ExerciseResult,
    Flag,
    Grade,
    Lateness,
    Outcome,
    Override,
    Status,
)

ROOT = Path(__file__).parent.parent
HOSTILE = "<script>alert(1)</script> \"' onload=x </pre></option> \x1b[2J \u202eb & -->"


def check(name: str, outcome: Outcome = Outcome.PASSED, points: str = "1", **more: Any) -> CheckResult:
    return CheckResult(name, f"The {name} is right.", outcome, Decimal(points), **more)


def exercise(name: str, *checks: CheckResult, override: Override | None = None) -> ExerciseResult:
    return ExerciseResult(name, name.capitalize(), checks, f"{name}.py", override)


def grade(student: str, *exercises: ExerciseResult, status: Status = Status.GRADED, **more: Any) -> Grade:
    return Grade("digits", "1", student, "ab" * 32, status, exercises, environment={"isolation": "full"}, **more)


def wrong(name: str, mistake: str, points: str = "1") -> CheckResult:
    return check(name, Outcome.FAILED, points, mistake=mistake, mistake_line=f"a case of {mistake}")


def small_class() -> list[Grade]:
    """Ada 10, bob 7.2 (late), Cy (our fault), Dee 6 with an override, Eve 0: nothing attempted, flagged."""
    late = Lateness("2026-03-03T09:30:00+00:00", "2026-03-02T10:00:00+00:00", 1, Decimal(10))
    decision = Override(Decimal(2), "the derivation was right", "2026-03-05T10:00:00+00:00")
    flag = Flag("forbidden_name", "relu.py, line 3", "uses torch.nn")
    rest = [check("forward", points="4"), check("backward", points="4")]
    untouched = [replace(entry, outcome=Outcome.NOT_ATTEMPTED) for entry in rest]
    mean = wrong("mean", "averaged-twice", "2")
    return [
        grade("Ada", exercise("loss", check("mean", points="2")), exercise("relu", *rest)),
        grade("bob", exercise("loss", mean), exercise("relu", *rest), lateness=late, attempts=(attempt(),)),
        grade(
            "Cy",
            exercise("loss", check("mean", Outcome.GRADER_ERROR, "2", evidence=Evidence(summary="KeyError"))),
            exercise("relu", *rest),
            status=Status.GRADER_ERROR,
        ),
        grade(
            "Dee", exercise("loss", mean, override=decision), exercise("relu", rest[0], wrong("backward", "sign", "4"))
        ),
        grade(
            "Eve",
            exercise("loss", check("mean", Outcome.NOT_ATTEMPTED, "2")),
            exercise("relu", *untouched),
            flags=(flag,),
        ),
    ]


def attempt() -> Attempt:
    return Attempt("0" * 64, "2026-03-01T10:00:00+00:00", Decimal(3), Decimal(10))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The page of the small class."""
    path = tmp_path / "index.html"
    path.write_text(class_html("Digits", small_class(), {"Device": "cpu"}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def fake_class() -> Callable[[int], Iterator[Grade]]:
    """The class that the benchmark makes up."""
    spec = importlib.util.spec_from_file_location("made_up_class", ROOT / "benchmarks" / "made_up_class.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["made_up_class"] = module
    spec.loader.exec_module(module)
    made_up: Callable[[int], Iterator[Grade]] = module.fake_class
    return made_up


@pytest.fixture(scope="module")
def large_page(fake_class: Callable[[int], Iterator[Grade]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a class of 2,000 with 70 checks."""
    path = tmp_path_factory.mktemp("large") / "index.html"
    path.write_text(class_html("Digits", fake_class(2000), {}), encoding="utf-8")
    return path


def names(page: Any) -> list[str]:
    """The students that the table shows, from above."""
    shown: list[str] = page.eval_on_selector_all(
        "#grades tbody tr", "rows => rows.filter(row => row.checkVisibility()).map(row => row.cells[0].textContent)"
    )
    return shown


def count(page: Any) -> str:
    return str(page.text_content("#count"))


def sorting(page: Any, table: str = "grades") -> list[tuple[str, str]]:
    """The headers that say that the table is sorted by them, and how."""
    found: list[list[str]] = page.eval_on_selector_all(
        f"#{table} th[aria-sort]", "heads => heads.map(head => [head.dataset.key, head.getAttribute('aria-sort')])"
    )
    return [(key, direction) for key, direction in found]


def fragment(page: Any) -> str:
    return str(page.evaluate("location.hash"))


# --- sorting


def test_sorts_by_click(page: Path, browser: Any) -> None:
    """A click on a header sorts, as numbers where they are, a second one turns the order; no score stays last."""
    with browser.open(page) as opened:
        opened.page.click('th[data-key="score"] button')
        ascending = names(opened.page)
        assert sorting(opened.page) == [("score", "ascending")]
        opened.page.click('th[data-key="score"] button')
        assert (ascending, names(opened.page)) == (
            ["Eve", "Dee", "bob", "Ada", "Cy"],
            ["Ada", "bob", "Dee", "Eve", "Cy"],
        )
        assert sorting(opened.page) == [("score", "descending")]
        assert fragment(opened.page) == "#sort=-score"
        assert opened.complaints == []


def test_sorts_by_keyboard(page: Path, browser: Any) -> None:
    """Headers are buttons: reached with the Tab key, pressed with Enter or the space bar."""
    with browser.open(page) as opened:
        opened.page.focus('th[data-key="status"] button')
        opened.page.keyboard.press("Tab")
        opened.page.keyboard.press("Enter")
        assert sorting(opened.page) == [("score", "ascending")]
        opened.page.keyboard.press(" ")
        assert sorting(opened.page) == [("score", "descending")]
        assert opened.page.evaluate("document.activeElement.parentElement.dataset.key") == "score"


@pytest.mark.parametrize(
    ("address", "order", "told"),
    [
        ("", ["Ada", "bob", "Cy", "Dee", "Eve"], [("student", "ascending")]),
        ("#sort=score", ["Eve", "Dee", "bob", "Ada", "Cy"], [("score", "ascending")]),
        ("#sort=-score", ["Ada", "bob", "Dee", "Eve", "Cy"], [("score", "descending")]),
        ("#sort=-late", ["bob", "Ada", "Cy", "Dee", "Eve"], [("late", "descending")]),
        ("#sort=override", ["Dee", "Ada", "bob", "Cy", "Eve"], [("override", "ascending")]),
        ("#sort=nonsense&x=%FF", ["Ada", "bob", "Cy", "Dee", "Eve"], [("student", "ascending")]),
    ],
)
def test_address_says_how_it_is_sorted(
    page: Path, browser: Any, address: str, order: list[str], told: list[tuple[str, str]]
) -> None:
    """A bookmarked order is there again; rows without a value are last; what it doesn't know changes nothing."""
    with browser.open(page) as opened:
        opened.page.goto(page.as_uri() + "?" + address)
        assert names(opened.page) == order
        assert sorting(opened.page) == told
        assert opened.complaints == []


# --- filters


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("name=B", ["bob"]),
        ("name=nobody", []),
        ("status=grader_error", ["Cy"]),
        ("status=late", ["bob"]),
        ("status=overridden", ["Dee"]),
        ("status=again", ["bob"]),
        ("exercise=relu&outcome=failed", ["Dee"]),
        ("exercise=relu&outcome=passed", ["Ada", "bob", "Cy"]),
        ("exercise=loss&outcome=not_passed", ["bob", "Cy", "Dee", "Eve"]),
        ("outcome=not_attempted", ["Eve"]),
        ("mistake=averaged-twice", ["bob", "Dee"]),
        ("mistake=averaged-twice&exercise=relu&outcome=passed", ["bob"]),
        ("flag=forbidden+name", ["Eve"]),
        ("from=6.5", ["Ada", "bob"]),
        ("from=6.5&to=9.5", ["bob"]),
        ("to=0", ["Eve"]),
    ],
)
def test_filters_come_from_the_address(page: Path, browser: Any, address: str, shown: list[str]) -> None:
    """Each filter, alone and with others, shows the right students, and the live count says how many."""
    with browser.open(page) as opened:
        opened.page.evaluate("address => location.hash = address", address)
        opened.page.wait_for_function("document.getElementById('count').textContent.includes('shown')")
        assert names(opened.page) == shown
        assert count(opened.page) == f"{len(shown)} of 5 shown"


def test_filters_go_into_the_address(page: Path, browser: Any) -> None:
    """What is typed and chosen stands in the address, and a page opened with it shows the same."""
    with browser.open(page) as opened:
        opened.page.fill('[name="name"]', "e")
        opened.page.select_option('[name="exercise"]', "relu")
        opened.page.select_option('[name="outcome"]', "failed")
        opened.page.click('th[data-key="score"] button')
        address = fragment(opened.page)
        assert address == "#name=e&exercise=relu&outcome=failed&sort=score"
        before = names(opened.page)
        assert before == ["Dee"]
        opened.page.goto("about:blank")
        opened.page.goto(page.as_uri() + address)
        assert names(opened.page) == before
        assert opened.page.input_value('[name="name"]') == "e"
        opened.page.click("#reset")
        assert fragment(opened.page) == "#sort=score"
        assert count(opened.page) == "5 students"


def test_count_is_announced(page: Path, browser: Any) -> None:
    """A screen reader is told the number of students: it stands in a status, and fields have names."""
    with browser.open(page) as opened:
        opened.page.get_by_role("searchbox", name="name").fill("d")
        assert opened.page.get_by_role("status").first.text_content() == "2 of 5 shown"
        opened.page.get_by_role("combobox", name="mistake").select_option("sign")
        assert opened.page.get_by_role("status").first.text_content() == "1 of 5 shown"


# --- mistakes


def test_mistakes_unfold_to_who_made_them(page: Path, browser: Any) -> None:
    """The commonest comes first, in a teacher's words, and opens to links; a link shows them in the table."""
    with browser.open(page) as opened:
        summaries = opened.page.locator(".mistakes summary")
        assert " ".join(summaries.first.inner_text().split()) == "2 of 5 Loss: a case of averaged-twice averaged-twice"
        assert not opened.page.get_by_role("link", name="Show them in the table").first.is_visible()
        summaries.first.click()
        links = opened.page.locator(".mistakes li").first.locator(".names a")
        assert [(link.inner_text(), link.get_attribute("href")) for link in links.all()] == [
            ("bob", "students/bob/feedback.html"),
            ("Dee", "students/Dee/feedback.html"),
        ]
        opened.page.get_by_role("link", name="Show them in the table").first.click()
        opened.page.wait_for_function("document.getElementById('count').textContent.includes('shown')")
        assert names(opened.page) == ["bob", "Dee"]


def test_mistake_of_two_exercises_is_one_filter(tmp_path: Path, browser: Any) -> None:
    """Where several exercises show the same mistake, the filter finds who made it in any of them, and counts each once."""
    both = grade("Ada", exercise("loss", wrong("mean", "twice")), exercise("relu", wrong("mean", "twice")))
    one = grade("bob", exercise("loss", check("mean")), exercise("relu", wrong("mean", "twice")))
    path = tmp_path / "index.html"
    path.write_text(class_html("T", [both, one, small_class()[0]], {}), encoding="utf-8")
    with browser.open(path) as opened:
        assert opened.page.locator('[name="mistake"] option').all_inner_texts() == ["any", "twice (2)"]
        opened.page.select_option('[name="mistake"]', "twice")
        assert names(opened.page) == ["Ada", "bob"]


# --- lateness and decisions


def test_lateness_and_overrides_are_marked(page: Path, browser: Any) -> None:
    """The score is the one that counts; what was taken off, and where the instructor decided, stands beside it."""
    with browser.open(page) as opened:
        cells = {
            row[0]: row[1:]
            for row in opened.page.eval_on_selector_all(
                "#grades tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
            )
        }
        assert cells["bob"] == ["graded", "7.2/10", "1 d, −0.8", "", "1", "0/2", "8/8", ""]
        assert cells["Dee"] == ["graded", "6/10", "", "Loss", "", "2/2 ✎", "4/8", ""]
        look = opened.page.locator(".look").inner_text()
        assert (
            "handed in 2026-03-03 09:30 UTC, deadline 2026-03-02 10:00 UTC: 1 day begun, 10 % taken off (0.8)" in look
        )
        assert "Loss: 2 instead of 0: the derivation was right" in look


def test_columns_that_nobody_needs_are_not_there() -> None:
    """Where nobody was late, overridden or handed in again, the table has no column for it."""
    text = class_html("Digits", small_class()[:1], {})
    assert re.findall(r'data-key="(\w+)"', text)[:7] == ["student", "status", "score", "loss", "relu", "flags", "check"]


# --- the checks


def slow_discrimination(grades: list[Grade], exercise_name: str, check_name: str) -> float | None:
    """Pearson's correlation, by its definition, of 0 or 1 with the score of all other checks."""
    pairs: list[tuple[float, float]] = []
    for entry in grades:
        if entry.status is not Status.GRADED or any(c.outcome is Outcome.GRADER_ERROR for c in entry.checks):
            continue
        for part in entry.exercises:
            for one in part.checks:
                if (part.name, one.name) == (exercise_name, check_name) and one.outcome is not Outcome.SKIPPED:
                    others = [c for e in entry.exercises for c in e.checks if (e.name, c.name) != (part.name, one.name)]
                    passed = float(one.outcome is Outcome.PASSED)
                    pairs.append((passed, float(sum(c.points for c in others if c.outcome is Outcome.PASSED))))
    if not pairs:
        return None
    mean_x, mean_y = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    xx = sum((x - mean_x) ** 2 for x, _ in pairs)
    yy = sum((y - mean_y) ** 2 for _, y in pairs)
    xy = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    return xy / math.sqrt(xx * yy) if xx and yy else None


def test_discrimination_is_the_correlation_with_the_rest(fake_class: Callable[[int], Iterator[Grade]]) -> None:
    """For every check of a class of 200 it is what the definition says; the check with a fault is the negative one."""
    grades = list(fake_class(200))
    found = overview(grades)
    compared = 0
    for exercise_name, checks in found.checks.items():
        for check_name, statistics in checks.items():
            expected = slow_discrimination(grades, exercise_name, check_name)
            assert statistics.discrimination == (expected if expected is None else pytest.approx(expected, abs=1e-9))
            compared += expected is not None
    assert compared == 70
    verdicts = [
        (name, place) for name in found.checks for place, s in found.checks[name].items() if s.verdict == "negative"
    ]
    assert verdicts == [("exercise_5", "check_3")]


@pytest.mark.parametrize(
    "outcomes",
    [
        [Outcome.PASSED, Outcome.PASSED, Outcome.PASSED],
        [Outcome.FAILED, Outcome.RAISED, Outcome.FAILED],
        [Outcome.SKIPPED, Outcome.SKIPPED, Outcome.SKIPPED],
        [Outcome.PASSED],
    ],
    ids=["all pass", "none pass", "never run", "one student"],
)
def test_discrimination_is_blank_where_it_is_not_defined(outcomes: list[Outcome]) -> None:
    """Where all pass, or none do, or it never ran, there is no number and no word."""
    grades = [
        grade(f"s{n}", exercise("loss", check("mean", outcome), check("rest", points=str(n + 1))))
        for n, outcome in enumerate(outcomes)
    ]
    statistics = overview(grades).checks["loss"]["mean"]
    assert (statistics.discrimination, statistics.verdict) == (None, "")
    assert re.search(r'<td class="n"></td><td class="n"></td>', class_html("T", grades, {}))


def test_discrimination_is_blank_where_all_others_are_the_same() -> None:
    """Where everybody has the same score in the other checks there is nothing to compare with."""
    outcomes = [Outcome.PASSED, Outcome.FAILED]
    grades = [
        grade(f"s{n}", exercise("loss", check("mean", outcome), check("rest"))) for n, outcome in enumerate(outcomes)
    ]
    assert overview(grades).checks["loss"]["mean"].discrimination is None


@pytest.mark.parametrize(("count_of", "few"), [(19, True), (20, False)])
def test_few_students_are_said(count_of: int, few: bool) -> None:
    """The number of students that a discrimination rests on stands beside it, with a word where it is small."""
    grades = [
        grade(
            f"s{n}",
            exercise(
                "loss",
                check("mean", [Outcome.PASSED, Outcome.FAILED][n % 2]),
                check("rest", [Outcome.PASSED, Outcome.FAILED][n // 2 % 2]),
            ),
        )
        for n in range(count_of)
    ]
    text = class_html("T", grades, {})
    assert (f'<td class="n">{count_of}<br><span class="small">few</span></td>' in text) == few
    assert f'<td class="n">{count_of}' in text


def test_median_time_is_of_those_that_ran() -> None:
    """Checks that were never begun take no time, and say nothing about it."""
    timed = [
        (Outcome.PASSED, 0.1),
        (Outcome.FAILED, 0.3),
        (Outcome.TIMED_OUT, 5.0),
        (Outcome.NOT_ATTEMPTED, 0.0),
        (Outcome.BLOCKED, 0.0),
    ]
    grades = [
        grade(f"s{n}", exercise("loss", check("mean", outcome, duration_seconds=seconds)))
        for n, (outcome, seconds) in enumerate(timed)
    ]
    assert overview(grades).checks["loss"]["mean"].median_seconds == pytest.approx(0.3)
    assert "300 ms" in class_html("T", grades, {})


def test_checks_are_sorted_too(page: Path, browser: Any) -> None:
    """The table of checks has an order of its own, kept in the address beside the other one."""
    with browser.open(page) as opened:
        opened.page.click('#checks th[data-key="passed"] button')
        told: list[str] = opened.page.eval_on_selector_all(
            "#checks tbody th", "heads => heads.map(h => h.textContent.trim())"
        )
        assert told == ["The mean is right.", "The backward is right.", "The forward is right."]
        assert (sorting(opened.page, "checks"), sorting(opened.page)) == (
            [("passed", "ascending")],
            [("student", "ascending")],
        )
        assert fragment(opened.page) == "#checks=passed"


# --- the map of every outcome


def test_map_tells_student_check_and_outcome(page: Path, browser: Any) -> None:
    """Arrow keys go from cell to cell, best score first; the cell is told in words, with a link to the student."""
    with browser.open(page) as opened:
        opened.page.focus("#map-frame")
        told = []
        for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowDown", "End", "Home"):
            opened.page.keyboard.press(key)
            told.append(" ".join(opened.page.inner_text("#cell").split()))
        assert told == [
            "✓ passed: Ada 10/10, Loss: The mean is right",
            "✗ failed: bob 7.2/10, Loss: The mean is right",
            "✓ passed: bob 7.2/10, Relu: The forward is right",
            "✓ passed: Dee 6/10, Relu: The forward is right",
            "✗ failed: Dee 6/10, Relu: The backward is right",
            "✗ failed: Dee 6/10, Loss: The mean is right",
        ]
        assert opened.page.get_attribute("#cell a", "href") == "students/Dee/feedback.html"


def test_map_tells_what_is_pointed_at(page: Path, browser: Any) -> None:
    """The cell under the pointer is told."""
    with browser.open(page) as opened:
        opened.page.click('[data-rows="names"]')
        opened.page.hover("#map-frame canvas", position={"x": 155, "y": 5})
        assert opened.page.inner_text("#cell").startswith("✓ passed: Ada")
        opened.page.hover("#map-frame canvas", position={"x": 155, "y": 18 * 4 + 5})
        assert opened.page.inner_text("#cell").startswith("? grader error, our fault: Cy")


def test_map_shows_the_students_of_the_table(page: Path, browser: Any) -> None:
    """What the filter leaves out is not in the map either."""
    with browser.open(page) as opened:
        opened.page.fill('[name="name"]', "eve")
        opened.page.focus("#map-frame")
        opened.page.keyboard.press("ArrowDown")
        assert opened.page.inner_text("#cell").startswith("○ not attempted yet: Eve")


def shapes(page: Any) -> set[str]:
    """How every kind of outcome is drawn: which part of its sample is filled, whatever the colour."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('#map-legend canvas')].map(sample => {
          const image = sample.getContext('2d').getImageData(0, 5, sample.width, 1).data;
          return [...Array(sample.width).keys()].map(x => image[4 * x + 3] > 30 ? '#' : '.').join('');
        })"""
    )
    return set(found)


def test_no_outcome_is_told_by_colour_alone(page: Path, browser: Any) -> None:
    """Each of the nine fills another part of its cell, and has a symbol and a letter of its own."""
    with browser.open(page) as opened:
        assert len(shapes(opened.page)) == len(Outcome)
    assert len(set(LETTERS.values())) == len(set(wording.SYMBOLS.values())) == len(Outcome)


def test_map_is_there_as_text_without_scripts(page: Path, browser: Any) -> None:
    """Without scripts the outcomes are letters, one line a student, best score first; no control promises what it can't do."""
    with browser.open(page, java_script_enabled=False) as opened:
        text = opened.page.inner_text("#outcomes")
        assert text.rstrip("\n").split("\n") == [". ..  Ada", "x ..  bob", "x .x  Dee", "o oo  Eve", "? ..  Cy"]
        legend = " ".join(opened.page.inner_text("#map-legend").split())
        assert "x failed" in legend
        assert "o not attempted yet" in legend
        assert not opened.page.locator("#filter").is_visible()
        assert not opened.page.locator("#map").is_visible()
        assert opened.page.locator("button").count() == opened.page.locator("#reset, #map button").count()
        assert opened.page.locator("#grades tbody tr").count() == 5
        assert opened.page.locator("#checks tbody tr").count() == 3


def test_outcomes_stand_below_their_check_in_every_version(page: Path) -> None:
    """Where an assignment got another check later, each letter stands in the column of its check, blank without one."""
    old = grade("old", exercise("loss", check("mean", Outcome.FAILED)), exercise("relu", check("zero")))
    new = grade(
        "new",
        exercise("loss", check("mean"), check("size", Outcome.RAISED)),
        exercise("relu", check("zero", Outcome.CRASHED)),
    )
    found = overview([old, new])
    assert [(found.rows[place].student, text) for place, text in found.outcomes] == [("old", "x  ."), ("new", ".! c")]


# --- time and isolation


def test_slowest_submissions_and_isolation_are_told() -> None:
    """The five slowest, the slowest first; how many were graded at which level."""
    grades = [replace(grade(f"s{n}", exercise("loss", check("mean"))), duration_seconds=float(n)) for n in range(7)]
    text = class_html("T", [*grades, replace(grades[0], student="w", environment={"isolation": "process"})], {})
    part = re.sub("<[^>]+>", "", text[text.index('<section id="time-and-isolation"') :])
    assert "Slowests6 6.0 s, s5 5.0 s, s4 4.0 s, s3 3.0 s, s2 2.0 s" in part
    assert "Isolation full7 submissions" in part
    assert "Isolation process1 submission\n" in part


def test_similarity_report_is_linked_only_if_there_is_one() -> None:
    """The link stands at the top of the page, or nowhere."""
    assert 'href="similarity.html"' in class_html("T", small_class(), {}, "similarity.html")
    assert "imilarity" not in class_html("T", small_class(), {})


# --- all of it


def hostile_class() -> list[Grade]:
    """Hostile texts in every place that has one, in every outcome."""
    checks = [
        CheckResult(f"{HOSTILE}{outcome}", HOSTILE, outcome, Decimal(1), mistake=HOSTILE, mistake_line=HOSTILE)
        for outcome in Outcome
    ]
    decision = Override(Decimal(1), HOSTILE, "")
    late = Lateness("2026-03-03T09:30:00+00:00", "2026-03-02T10:00:00+00:00", 1, Decimal(10))
    parts = (ExerciseResult(HOSTILE, HOSTILE, tuple(checks), HOSTILE, decision),)
    flags = (Flag(HOSTILE, HOSTILE, HOSTILE),)
    return [
        Grade(HOSTILE, HOSTILE, f"{HOSTILE}{n}", "", Status.GRADED, parts, flags, {"isolation": HOSTILE}, lateness=late)
        for n in range(3)
    ]


def test_hostile_texts_are_only_text(tmp_path: Path, browser: Any) -> None:
    """Names, titles and marks of a student's making start nothing, however the page is used; it looks for no other file."""
    path = tmp_path / "index.html"
    path.write_text(class_html(HOSTILE, hostile_class(), {HOSTILE: HOSTILE}, "similarity.html"), encoding="utf-8")
    with browser.open(path) as opened:
        page = opened.page
        page.click('#grades th[data-key="score"] button')
        page.fill('[name="name"]', "script")
        page.select_option('[name="mistake"]', index=1)
        page.select_option('[name="flag"]', index=1)
        page.select_option('[name="exercise"]', index=1)
        assert count(page) == "3 of 3 shown"
        page.locator(".mistakes summary").first.click()
        page.focus("#map-frame")
        page.keyboard.press("ArrowDown")
        assert "<script>alert(1)</script>" in page.inner_text("#cell")
        assert page.locator("script").count() == 1
        assert page.evaluate("document.querySelectorAll('[onload]').length") == 0
        assert (opened.requests, opened.complaints) == ([], [])


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 800}},
        {"java_script_enabled": True, "color_scheme": "dark", "viewport": {"width": 390, "height": 800}},
    ],
    ids=["light", "dark", "narrow", "dark and narrow"],
)
def test_nobody_is_kept_out(page: Path, browser: Any, context: dict[str, Any]) -> None:
    """axe-core finds nothing serious in it."""
    assert browser.barriers(page, **context) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_page_never_scrolls_sideways(large_page: Path, browser: Any, width: int) -> None:
    """Tables and the map scroll in their frames, the page does not."""
    with browser.open(large_page, viewport={"width": width, "height": 800}) as opened:
        opened.page.click('[data-rows="names"]')
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width


# --- two thousand


def test_two_thousand_students_fit(large_page: Path, browser: Any) -> None:
    """The page of 2,000 students with 70 checks is a few MB; sorting and filtering reach every one of them."""
    assert large_page.stat().st_size < 4_000_000
    with browser.open(large_page) as opened:
        page = opened.page
        assert page.locator("#grades tbody tr").count() == 2000
        assert page.locator("#checks tbody tr").count() == 70
        assert count(page) == "2,000 students"
        page.click('#grades th[data-key="score"] button')
        scores = [
            float(text.split("/")[0])
            for text in page.eval_on_selector_all(
                "#grades tbody tr", "rows => rows.map(row => row.cells[2].textContent)"
            )
            if text != "–"
        ]
        assert len(scores) > 1950
        assert scores == sorted(scores)
        page.fill('[name="from"]', "90")
        assert len(names(page)) == sum(score >= 90 for score in scores)
        assert count(page) == f"{sum(score >= 90 for score in scores):,} of 2,000 shown"
        assert (opened.requests, opened.complaints) == ([], [])


def test_map_draws_only_what_is_in_sight(large_page: Path, browser: Any) -> None:
    """However many students: the canvas is no taller than the window, and the last student is reached by scrolling."""
    with browser.open(large_page) as opened:
        page = opened.page
        page.click('[data-rows="names"]')
        assert page.evaluate("document.querySelector('#map-frame canvas').height <= innerHeight * devicePixelRatio")
        page.focus("#map-frame")
        page.keyboard.press("ArrowDown")
        for _ in range(90):
            page.keyboard.press("PageDown")
        assert page.evaluate("document.getElementById('map-frame').scrollTop") > 30_000
        last = page.text_content("#outcomes").rstrip("\n").split("\n")[-1].split("  ")[-1].strip()
        assert last in page.inner_text("#cell")


def test_no_grade_is_kept(fake_class: Callable[[int], Iterator[Grade]]) -> None:
    """Grades are read once, from an iterator."""
    grades = fake_class(3)
    text = class_html("T", grades, {})
    assert text.count('<th scope="row"><a') == 3
    assert next(grades, None) is None
