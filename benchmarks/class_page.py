"""How large and how quick the class page is: `python benchmarks/class_page.py [--students 2000] [-o FILE]`.

Makes the page of a class that does not exist, opens it in Chromium, and times what an instructor waits for. Nothing is
asserted. Needs playwright and Chromium; `--no-browser` measures the making alone.
"""

from __future__ import annotations

import argparse
import math
import random
import shutil
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.reports.html import class_html
from grader.results import (
    Attempt,
    CheckResult,
    ExerciseResult,
    Flag,
    Grade,
    Lateness,
    Outcome,
    Override,
    Status,
)

EXERCISES = 10
CHECKS_EACH = 7
_FIRST = (
    "Ada Bruno Chiara Daniel Elif Farid Greta Hugo Ines Jonas Kiran Lena Milan Nora Oskar Priya Quentin Rosa Sami Tom"
)
_LAST = (
    "Brennan Castell Dogan Eriksen Fontaine Grewal Haddad Ivanov Jansen Kowalski Lindqvist Moreau Novak Okafor Petrov"
)
_WHOSE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OTHERWISE = (Outcome.RAISED, Outcome.TIMED_OUT, Outcome.CRASHED, Outcome.BLOCKED)
_LATE = ("2026-03-03T09:30:00+00:00", "2026-03-02T10:00:00+00:00")


def fake_class(students: int, seed: int = 1) -> Iterator[Grade]:
    """Grades of a class with everything in it: strong and weak, late, overridden, flagged, not gradable, our faults.

    Whoever is strong passes more, except of one check, which has a fault: the weak pass it more often.
    """
    chance = random.Random(seed)
    firsts, lasts = _FIRST.split(), _LAST.split()
    hard = {(e, c): chance.gauss(0, 1) for e in range(EXERCISES) for c in range(CHECKS_EACH)}
    for number in range(students):
        name = f"{firsts[number % 20]} {_WHOSE[number // 300 % 26]}. {lasts[number // 20 % 15]}"
        if students > 300 * 26:
            name += f" {number}"
        yield _fake_grade(name, chance, hard)


def _fake_grade(name: str, chance: random.Random, hard: dict[tuple[int, int], float]) -> Grade:
    ability = chance.gauss(1.2, 1.1)
    reached = EXERCISES if chance.random() < 0.85 else chance.randrange(1, EXERCISES)
    exercises = []
    status = Status.GRADED
    for e in range(EXERCISES):
        checks = []
        broken = chance.random() < 0.0004
        for c in range(CHECKS_EACH):
            is_faulty = (e, c) == (4, 3)
            likely = 1 / (1 + math.exp(-1.7 * ((-ability if is_faulty else ability) - hard[e, c])))
            outcome, mistake = Outcome.PASSED, None
            if e >= reached:
                outcome = Outcome.NOT_ATTEMPTED
            elif broken:
                outcome, status = Outcome.GRADER_ERROR, Status.GRADER_ERROR
            elif chance.random() > likely:
                outcome = Outcome.FAILED if chance.random() < 0.85 else chance.choice(_OTHERWISE)
                if outcome is Outcome.FAILED and chance.random() < 0.6:
                    mistake = f"mistake-{e}-{min(5, int(chance.expovariate(0.8)))}"
            checks.append(
                CheckResult(
                    f"check_{c}",
                    f"What part {c + 1} of exercise {e + 1} answers is right for batches of any size.",
                    outcome,
                    Decimal(1 + c % 2),
                    "hidden" if c == CHECKS_EACH - 1 else "public",
                    mistake=mistake,
                    mistake_line=f"averages twice over the batch in part {mistake[-1]}" if mistake else None,
                    duration_seconds=round(chance.expovariate(200), 4),
                )
            )
        exercises.append(
            ExerciseResult(f"exercise_{e + 1}", f"Exercise {e + 1}", tuple(checks), f"exercise_{e + 1}.py")
        )
    if chance.random() < 0.02:
        decision = Override(Decimal(5), "the derivation on paper was right", "2026-03-05T10:00:00+00:00")
        exercises[1] = ExerciseResult(
            exercises[1].name, exercises[1].title, exercises[1].checks, exercises[1].file, decision
        )
    flags: tuple[Flag, ...] = ()
    if chance.random() < 0.03:
        flags = (Flag("forbidden_name", "exercise_2.py, line 7", "uses torch.nn.functional"),)
    if chance.random() < 0.004:
        status, exercises = Status.NOT_GRADABLE, []
        flags = (Flag("not_gradable", f"{name}.rar", "is not a .py file, a notebook, a .zip or a folder"),)
    return Grade(
        "digits",
        "1",
        name,
        f"{chance.getrandbits(256):064x}",
        status,
        tuple(exercises),
        flags,
        {"isolation": "full"},
        "Digits from scratch",
        0.4 + chance.expovariate(2),
        lateness=Lateness(*_LATE, days=1, percent=Decimal(10)) if chance.random() < 0.05 else None,
        attempts=(Attempt("0" * 64, "2026-03-01T10:00:00+00:00", Decimal(3), Decimal(100)),)
        if chance.random() < 0.1
        else (),
    )


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="keep the page here")
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    started = time.perf_counter()
    grades = list(fake_class(options.students))
    making_up = time.perf_counter() - started
    started = time.perf_counter()
    text = class_html("Digits from scratch", iter(grades), {"Isolation": "full"})
    rows = [
        ("the page is made in", f"{time.perf_counter() - started:.2f} s (the class was made up in {making_up:.1f} s)")
    ]
    del grades
    tracemalloc.start()
    class_html("Digits from scratch", fake_class(options.students), {})
    rows.append(("memory while it is made, at most", f"{tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB"))
    tracemalloc.stop()
    rows.append(("size", f"{len(text.encode()) / 1e6:.2f} MB"))
    with tempfile.TemporaryDirectory() as folder:
        path = options.out or Path(folder) / "index.html"
        path.write_text(text, encoding="utf-8")
        if not options.no_browser:
            rows += in_browser(path, options.rounds)
    width = max(len(what) for what, _ in rows)
    for what, value in rows:
        print(f"| {what:<{width}} | {value} |")


def in_browser(path: Path, rounds: int) -> list[tuple[str, str]]:
    """What is waited for, each the median of some rounds, in a page that was opened anew."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
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
    return [(what, f"{statistics.median(values):.0f} ms") for what, values in found.items()]


def _click(selector: str) -> Callable[[Any], object]:
    # Clicked from within: the driver would wait until the element is in sight and at rest.
    return lambda page: page.evaluate(f"document.querySelector({selector!r}).click()")


if __name__ == "__main__":
    main()
