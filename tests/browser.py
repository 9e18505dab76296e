"""A real browser for the pages: Chromium without a window, driven by Playwright; axe-core looks for what keeps people out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@dataclass
class Opened:
    """A page that is open, what it asked for beside its own file, and what it complained about."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Browser:
    """Chromium, started once."""

    def __init__(self, chromium: Any) -> None:
        self._chromium = chromium

    @contextmanager
    def open(self, path: Path, **context: Any) -> Iterator[Opened]:
        """The page at `path`; `context` are Playwright's, such as `viewport`, `color_scheme`, `java_script_enabled`."""
        with self._chromium.new_context(offline=True, **context) as opened:
            page = opened.new_page()
            found = Opened(page)
            address = path.resolve().as_uri()
            page.on("request", lambda request: None if request.url == address else found.requests.append(request.url))
            page.on("console", lambda message: found.complaints.append(message.text))
            page.on("pageerror", lambda error: found.complaints.append(str(error)))
            page.on("dialog", lambda dialog: (found.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
            page.goto(address)
            yield found

    def barriers(self, path: Path, **context: Any) -> list[str]:
        """What axe-core finds serious or critical in the page at `path`, every part of it unfolded."""
        with self.open(path, bypass_csp=True, **context) as opened:
            opened.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            found = Axe().run(opened.page).response["violations"]
        return [
            f"{violation['impact']}: {violation['id']}: {node['html'][:200]}"
            for violation in found
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]


@contextmanager
def started() -> Iterator[Browser]:
    """A browser for as long as it is needed."""
    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=list(_QUIET))
        try:
            yield Browser(chromium)
        finally:
            chromium.close()
