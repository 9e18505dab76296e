"""Take the pictures of docs/class-page.md: `python docs/screenshots_class.py [OUT]`.

OUT is a folder with the graded sample class (`grader demo -o OUT`), `demo` without it, in which `grader similarity OUT` was
run; the class page is of a class that `benchmarks/class_page.py` makes up. Needs playwright and Chromium.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from grader.reports.html import class_html

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"


def class_page(browser: Browser, folder: Path) -> None:
    """The class page: wide, narrow, and its map of every outcome."""
    spec = importlib.util.spec_from_file_location("class_page_benchmark", ROOT / "benchmarks" / "class_page.py")
    assert spec is not None
    assert spec.loader is not None
    made_up = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made_up)
    path = folder / "index.html"
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


def similarity(browser: Browser, out: Path) -> None:
    """The similarity report: two submissions side by side."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page.goto((out.resolve() / "similarity.html").as_uri())
    last = page.locator("#code details").last
    if last.get_attribute("open") is None:
        last.locator("summary").click()
    last.evaluate("part => part.scrollIntoView()")
    page.screenshot(path=IMAGES / "similarity.png")


def main() -> None:
    """Take all of them."""
    IMAGES.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as running, tempfile.TemporaryDirectory() as folder:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        class_page(browser, Path(folder))
        similarity(browser, Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
        browser.close()


if __name__ == "__main__":
    main()
