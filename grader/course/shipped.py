"""The course that comes with the grader: in a checkout beside the package, installed beside it under a name of its own.

It holds model answers and hidden checks, so it is no part of the package: that is what students get, and what workers may
never read.
"""

from __future__ import annotations

from pathlib import Path

from grader import PACKAGE
from grader.errors import UsageError

INSTALLED = PACKAGE.parent / "backgrade_course"


def shipped_course() -> Path:
    """Its folder. Raises `UsageError` where there is none, as in what students have."""
    for folder in (PACKAGE.parent, INSTALLED):
        if (folder / "assignments").is_dir() and (folder / "reference").is_dir():
            return folder
    raise UsageError(
        "the course that comes with the grader is not installed here: what students get has no model answers. "
        "Install backgrade itself, or work in a clone of its repository."
    )
