"""Run pytest on what is installed, with the source tree gone: in a copy of this checkout that has no `grader/`.

    python tests/away.py -W error -n auto tests

All arguments go to pytest, and its exit status comes back. The copy lies in the folder for temporary files, which is
nowhere near the checkout, and is removed at the end.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def copy_of_the_rest(destination: Path) -> None:
    """Everything of this checkout but the package, what Git ignores and Git's own folder."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    names = shutil.ignore_patterns(".git", *(pattern.strip("/") for pattern in ignored))

    def left_out(folder: str, entries: list[str]) -> set[str]:
        return names(folder, entries) | ({"grader"} if Path(folder) == ROOT else set())

    shutil.copytree(ROOT, destination, ignore=left_out)


def main() -> int:
    """Copy, then test."""
    found = importlib.util.find_spec("grader")
    if found is None or found.origin is None:
        print("No grader is installed here. Install the wheel: pip install .", file=sys.stderr)
        return 2
    package = Path(found.origin).resolve().parent
    if package.parent == ROOT:
        print(
            f"What would be tested is {package}, not what is installed. Install the wheel, not with -e (pip install .), "
            "and leave the checkout out of PYTHONPATH.",
            file=sys.stderr,
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="away-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - some tests are run as another user
        copy = Path(folder, "backgrade")
        copy_of_the_rest(copy)
        return subprocess.run([sys.executable, "-P", "-m", "pytest", *sys.argv[1:]], cwd=copy, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
