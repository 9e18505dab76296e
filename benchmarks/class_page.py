"""The page of a large class: how it is made, and what an instructor waits for in Chromium, without a graphics card.

In the browser everything is measured in a page that was opened anew, and until the result is drawn.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from made_up_class import fake_class
from measuring import Options, Row, with_range

from grader.reports.html import class_html

_STUDENTS = 2000


def measure(options: Options) -> Iterator[Row]:
    """The rows of the table. Without playwright and Chromium, the making of the page alone."""
    grades = list(fake_class(_STUDENTS))
    seconds = []
    for _ in range(options.rounds):
        started = time.perf_counter()
        text = class_html("Digits from scratch", iter(grades), {"Isolation": "full"})
        seconds.append(time.perf_counter() - started)
    del grades
    yield f"the page of {_STUDENTS} students is made in", with_range(seconds, 2, "s")
    tracemalloc.start()
    class_html("Digits from scratch", fake_class(_STUDENTS), {})
    yield "memory while it is made, at most", f"{tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB"
    tracemalloc.stop()
    yield "size", f"{len(text.encode()) / 1e6:.2f} MB"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        yield "in a browser", "not measured: needs playwright and Chromium"
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.html"
        path.write_text(text, encoding="utf-8")
        yield from in_browser(path, chromium, options.rounds)


def in_browser(path: Path, chromium: str, rounds: int) -> Iterator[Row]:
    """What is waited for, each the median of some rounds, in a page that was opened anew."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[float]] = {}
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(rounds):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(path.resolve().as_uri())

            def clocked(what: str, act: Callable[[Any], object], page: Any = page) -> None:
                before = page.evaluate("performance.now()")
                act(page)
                drawn = "new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
                found.setdefault(what, []).append(page.evaluate(drawn) - before)

            timing = "performance.getEntriesByType('navigation')[0].loadEventEnd"
            found.setdefault("from navigation to the load event", []).append(page.evaluate(timing))
            clocked("then the first sort, by score, until it is drawn", _click('th[data-key="score"] button'))
            clocked("a sort by name", _click('th[data-key="student"] button'))
            clocked("the first letter in the filter", lambda page: page.fill('[name="name"]', "a"))
            clocked("a filter by mistake", lambda page: page.select_option('[name="mistake"]', index=1))
            clocked("all shown again", _click("#reset"))
            page.close()
        browser.close()
    for what, values in found.items():
        yield what, with_range(values, 0, "ms")


def _click(selector: str) -> Callable[[Any], object]:
    # Clicked from within: the driver would wait until the element is in sight and at rest.
    return lambda page: page.evaluate(f"document.querySelector({selector!r}).click()")
