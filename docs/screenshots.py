"""Make the pictures of the pages in docs/images, from the sample class and a made-up one.

    grader demo -o demo && grader similarity demo && python docs/screenshots.py demo

Needs Chromium and Playwright (pip install playwright). Each page has a function of its own.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from grader.grade_json import grade_from_json
from grader.reports.html import class_html, feedback_html
from grader.results import Attempt, Grade, Lateness, Outcome, Override

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LARGEST = 250_000  # bytes of a picture


def student_page(browser: Any, demo: Path) -> None:
    """The page of a student whose ReLU is wrong: its top, what its checks show, and its top in the dark on a phone."""
    grade = grade_from_json((demo / "students" / "farid-grewal" / "grade.json").read_text(encoding="utf-8"))
    text = feedback_html(_with_a_past(grade))
    unfold = "() => document.querySelectorAll('.next details').forEach((part, place) => part.open = place === 0)"
    pictures = """() => {
      const hide = (which) => document.querySelectorAll(which).forEach((part) => part.style.display = 'none');
      document.querySelectorAll('.exercise').forEach((part) => part.hidden = !part.querySelector('.check'));
      hide('header, .next, .history, nav, footer, .quiet, .decision, .exercise > h2, .check .part, .check .hint');
      hide('#exercise-3 .check ~ .check, #exercise-10 .place, #exercise-10 .source');
    }"""
    shoot(browser, text, IMAGES / "student.png", 1000, prepare=unfold, most=1500)
    shoot(browser, text, IMAGES / "student-pictures.png", 1000, prepare=pictures)
    shoot(browser, text, IMAGES / "student-narrow-dark.png", 390, dark=True, prepare=unfold, most=1700)


def _with_a_past(grade: Grade) -> Grade:
    """The grade as one of a second submission that came a day late, with a decision of the instructor's."""
    passed = tuple(
        f"{exercise.name}/{check.name}"
        for exercise in grade.exercises
        for check in exercise.checks
        if check.outcome is Outcome.PASSED
    )
    attempts = (
        Attempt("1" * 64, "2026-03-01T18:00:00+00:00", Decimal(31), grade.points, passed[:20]),
        Attempt("2" * 64, "2026-03-02T18:00:00+00:00", grade.earned - 3, grade.points, passed[:-2]),
    )
    broken = next(exercise for exercise in grade.exercises if exercise.outcome is Outcome.FAILED)
    override = Override(broken.earned + 1, "the idea in the comment is right", "2026-03-05T10:00:00+00:00")
    exercises = tuple(
        replace(exercise, override=override) if exercise is broken else exercise for exercise in grade.exercises
    )
    late = Lateness("2026-03-04T09:30:00+00:00", "2026-03-03T12:00:00+00:00", 1, Decimal(5))
    return replace(grade, exercises=exercises, attempts=attempts, lateness=late)


def class_page(browser: Any, demo: Path) -> None:
    """The class page of 400 students that a benchmark makes up: wide, narrow, and its map of every outcome."""
    spec = importlib.util.spec_from_file_location("made_up_class", ROOT / "benchmarks" / "made_up_class.py")
    assert spec is not None
    assert spec.loader is not None
    made_up = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made_up)
    path = demo / "made-up-class.html"
    path.write_text(class_html("Digits from scratch", made_up.fake_class(400), {}), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 1000}, color_scheme="light")
    page.goto(path.as_uri() + "#sort=-score")
    page.evaluate("document.getElementById('students').scrollIntoView()")
    page.screenshot(path=IMAGES / "class-wide.png")
    page.evaluate("document.getElementById('every-outcome').scrollIntoView()")
    page.focus("#map-frame")
    for key in (*["ArrowRight"] * 31, *["ArrowDown"] * 40):
        page.keyboard.press(key)
    page.screenshot(path=IMAGES / "class-map.png")
    narrow = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="light")
    narrow.goto(path.as_uri() + "#status=late&sort=-score")
    narrow.evaluate("document.getElementById('students').scrollIntoView()")
    narrow.screenshot(path=IMAGES / "class-narrow.png")
    path.unlink()
    for name in ("class-wide.png", "class-map.png", "class-narrow.png"):
        _optimise(IMAGES / name)


def similarity(browser: Any, demo: Path) -> None:
    """The similarity report: two submissions side by side."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page.goto((demo.resolve() / "similarity.html").as_uri())
    last = page.locator("#code details").last
    if last.get_attribute("open") is None:
        last.locator("summary").click()
    last.evaluate("part => part.scrollIntoView()")
    page.screenshot(path=IMAGES / "similarity.png")
    _optimise(IMAGES / "similarity.png")


def shoot(
    browser: Any, text: str, path: Path, width: int, *, dark: bool = False, prepare: str = "", most: int = 0
) -> None:
    """A picture of a page, of its first `most` pixels if there is such a limit. Raises `ValueError` if it is too large."""
    with tempfile.TemporaryDirectory() as folder:
        page_path = Path(folder) / "page.html"
        page_path.write_text(text, encoding="utf-8")
        context = browser.new_context(
            offline=True, viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        page = context.new_page()
        page.goto(page_path.as_uri())
        if prepare:
            page.evaluate(prepare)
        height = page.evaluate("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, most or height)}
        page.screenshot(path=path, full_page=True, clip=clip)
        context.close()
    _optimise(path)
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path} has {path.stat().st_size:,} bytes, expected {LARGEST:,} at most")


def _optimise(path: Path) -> None:
    """Fewer colours: pages have few, and the file is a third of the size."""
    from PIL import Image

    image = Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    image.save(path, optimize=True)


def main(demo: Path) -> None:
    """Make every picture."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for page in (student_page, class_page, similarity):
            page(browser, demo)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
