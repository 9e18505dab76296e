"""The pages: each can be reached from the README, every link leads somewhere, and the site of them needs nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from grader.release.cut import anchor

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


def links_of(page: Path) -> list[str]:
    """The targets of a page's links to other files, and to places in itself; not what only is an example of one."""
    text = _CODE.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    return _LINK.findall(text)


def anchors_of(page: Path) -> set[str]:
    """The places of a page that a link can name."""
    return {anchor(heading) for heading in _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))}


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    """Every link names a file of this repository, and where it names a heading, one that is in it."""
    for link in links_of(page):
        path, _, place = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        assert not place or place in anchors_of(target), link


def test_every_page_is_linked() -> None:
    """From the README one comes to every other page."""
    found, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in found or page.suffix != ".md" or not page.is_file():
            continue
        found.add(page)
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links_of(page)]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in found] == []


def test_index_names_every_page() -> None:
    """The index links every page but itself: it is the table of contents of the site."""
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links_of(index)}
    assert sorted({*PAGES} - {index} - linked) == []


# -- the site --------------------------------------------------------------------------------------------------------------


class Html(HTMLParser):
    """What a page of the site has: its links, its places, and what a browser fetches for it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.resources: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is of interest."""
        named = {name: value or "" for name, value in attrs}
        self.places |= {named[name] for name in ("id", "name") if name in named}
        is_link = tag == "a" or named.get("rel") in ("index", "search", "next", "prev")
        if is_link and "href" in named:
            self.links.append(named["href"])
        else:
            self.resources += [named[name] for name in ("src", "href", "srcset", "data", "poster") if name in named]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built of a copy of what is in this repository, with every warning an error."""
    for module in ("furo", "myst_parser", "sphinx"):
        pytest.importorskip(module)
    return built(tmp_path_factory.mktemp("site"))


def built(folder: Path, *options: str) -> Path:
    """The site in that folder. What is beside the pages is there, too, to be linked."""
    source = folder / "repository"
    shutil.copytree(ROOT / "docs", source / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("assignments", "reference"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.glob("*.md"):
        shutil.copy(path, source)
    command = ["-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-c", "docs", "-d", str(folder / "doctrees")]
    done = subprocess.run(
        [sys.executable, *command, *options, ".", str(folder / "site")],
        cwd=source,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder / "site"


def html_of(site: Path) -> Iterator[Path]:
    yield from sorted(site.rglob("*.html"))


def test_site_has_every_page(site: Path) -> None:
    """Each page is there, below its own name, and in the table of contents beside every page."""
    index = site / "docs" / "index.html"
    contents = re.findall(r'class="reference internal" href="([^"]*)"', index.read_text(encoding="utf-8"))
    listed = {(index.parent / unquote(link).partition("#")[0]).resolve() for link in contents}
    pages = [(site / page.relative_to(ROOT)).with_suffix(".html") for page in PAGES]
    assert [page for page in pages if not page.is_file()] == []
    assert [page for page in pages if page not in listed and page != index] == []


def test_site_needs_no_network(site: Path) -> None:
    """No page, style or script names anything that a browser would fetch from elsewhere."""
    fetched = [resource for page in html_of(site) for resource in Html(page).resources]
    for style in site.rglob("*.css"):
        fetched += re.findall(r"""(?:url\(|@import )\s*['"]?([^'")\s]+)""", style.read_text(encoding="utf-8"))
    assert len(fetched) > 100
    assert [one for one in fetched if urlsplit(one).scheme not in ("", "data") or one.startswith("//")] == []


def test_links_of_the_site_lead_somewhere(site: Path) -> None:
    """Every link and every resource within the site is a file of it, and every place that is named is there."""
    pages = {page.resolve(): Html(page) for page in html_of(site)}
    broken, followed = [], 0
    for page, html in pages.items():
        for link in (*html.links, *html.resources):
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            places = pages[target].places if target in pages else {""}
            if not target.is_file() or unquote(parts.fragment) not in {"", *places}:
                broken.append((page.name, link))
            followed += 1
    assert broken == []
    assert followed > 1000


def test_site_has_nothing_but_pages(site: Path) -> None:
    """What is no page stays where it is: no model answer, no check and no source of a page is copied into the site."""
    files = {path.name for path in site.rglob("*") if path.is_file() and "_static" not in path.parts}
    other = {name for name in files if not name.endswith((".html", ".png"))}
    assert other - {".buildinfo"} == {"grade.schema.json", "objects.inv", "searchindex.js"}
    exercises = (site / "docs" / "exercises.html").read_text(encoding="utf-8")
    assert '<abbr title="reference/classifier/linear.py">' in exercises


def test_site_for_students(site: Path, tmp_path: Path) -> None:
    """Asked for, the site is made without the known mistakes, and with everything else."""
    theirs = built(tmp_path, "-t", "students")
    pages = {path.relative_to(theirs) for path in html_of(theirs)}
    assert {path.relative_to(site) for path in html_of(site)} - pages == {Path("docs/reference/mistakes.html")}
    assert "opt-only-weights" in (site / "docs" / "reference" / "mistakes.html").read_text(encoding="utf-8")
    texts = {path: path.read_text(encoding="utf-8") for path in (*html_of(theirs), theirs / "searchindex.js")}
    assert [path for path, text in texts.items() if "mistakes.html" in text or "opt-only-weights" in text] == []


def test_first_page_is_found(site: Path) -> None:
    """Whoever opens the folder comes to the index."""
    assert 'content="0; url=docs/index.html"' in (site / "index.html").read_text(encoding="utf-8")


_CUT = """[...document.querySelectorAll("article *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".table-wrapper, pre"))
  .map(e => e.tagName + " " + e.textContent.slice(0, 60))"""


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_nothing_is_cut(site: Path, browser: Any, width: int) -> None:
    """Every page fits into the window, on a phone too: what is wider scrolls by itself. No page complains."""
    folder = (site / "docs").resolve().as_uri()
    with browser.open(site / "docs" / "index.html", viewport={"width": width, "height": 900}) as opened:
        for page in (page for page in html_of(site) if page != site / "index.html"):
            opened.page.goto(page.resolve().as_uri())
            assert opened.page.evaluate(_CUT) == [], page
        assert opened.complaints == []
        assert [request for request in opened.requests if not request.startswith(folder.removesuffix("/docs"))] == []


def test_search_works_from_a_disk(site: Path, browser: Any) -> None:
    """Opened from the disk, without a network, the search finds the page that a word is on."""
    with browser.open(site / "docs" / "index.html", viewport={"width": 1280, "height": 900}) as opened:
        opened.page.fill("input.sidebar-search", "on_forbidden")
        opened.page.press("input.sidebar-search", "Enter")
        opened.page.get_by_text("Search finished").wait_for()
        found = opened.page.locator("#search-results li a").all_inner_texts()
        opened.page.locator("#search-results li a", has_text="assignment.toml").click()
        opened.page.get_by_role("heading", name="assignment.toml").wait_for()
        assert "For authors of assignments" in found
        assert opened.complaints == []


def test_pages_keep_nobody_out(site: Path, browser: Any) -> None:
    """axe-core finds nothing serious in a page of each kind."""
    for name in ("index", "students", "reference/cli"):
        assert browser.barriers(site / "docs" / f"{name}.html") == [], name
