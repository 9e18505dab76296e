"""Make the pages in docs/reference/ of the code that they are about; with --check say which are out of date."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from making.commands import commands_page
from making.grades import grade_page, grade_schema_text
from making.known import mistakes_page
from making.manifest import manifest_page
from making.rubrics import rubrics_page

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": commands_page,
    "assignment-toml.md": manifest_page,
    "fixtures-and-markers.md": rubrics_page,
    "grade-json.md": grade_page,
    "grade.schema.json": grade_schema_text,
    "mistakes.md": lambda: mistakes_page(ROOT),
}


def main() -> int:
    """Write the pages that have changed, or with --check only say so; then the exit status is 1 if any has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if a page is out of date")
    is_check = parser.parse_args().check
    stale = 0
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if is_check:
            print(f"{path} is out of date. Make it anew: python docs/make.py")
        else:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{path}: written")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
