"""The author's tutorial, followed literally: its files are written, its commands run, and they say what it says."""

from __future__ import annotations

from pathlib import Path

from desk import ROOT, Desk, follow

PAGE = ROOT / "docs" / "tutorial.md"


def test_followed_literally(tmp_path: Path) -> None:
    """From an empty folder to an assignment with nothing to be mended, and to what its students see."""
    desk = Desk(tmp_path / "desk")
    desk.folder.mkdir()
    # Nothing of the skeleton is attempted yet, and the page shows that.
    assert follow(PAGE.read_text(encoding="utf-8"), desk, status={"pytest assignments/batch-norm -q": 1}) == []
    assert desk.place == desk.folder / "my-course"
