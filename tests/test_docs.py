"""The pages: each can be reached from the README, and each link leads to a file, and to a heading, that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.release.cut import anchor

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md"))]
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
