"""Classes to be graded: right submissions in four styles, or the sample class, as often as a class of that size needs."""

from __future__ import annotations

import shutil
from pathlib import Path

from measuring import ROOT

SAMPLE_CLASS = ROOT / "examples" / "inbox"
RIGHT = ("ada-brennan", "bruno-castell.py", "chiara-dogan", "daniel-eriksen.zip")
WRONG = "elif-fontaine"
_HANGS = "nora-okafor"  # on purpose, to its deadlines: it would be all that is measured


def right_class(inbox: Path, size: int) -> Path:
    """A class of right submissions in four styles: the easy case."""
    return _filled(inbox, size, [SAMPLE_CLASS / name for name in RIGHT])


def mixed_class(inbox: Path, size: int) -> Path:
    """A class of right, wrong, half finished and crashing submissions: the sample class without the one that hangs."""
    return _filled(inbox, size, [path for path in sorted(SAMPLE_CLASS.iterdir()) if path.stem != _HANGS])


def _filled(inbox: Path, size: int, sources: list[Path]) -> Path:
    inbox.mkdir(parents=True)
    for number in range(size):
        source = sources[number % len(sources)]
        target = inbox / f"student{number:05}{source.suffix}"
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    return inbox
