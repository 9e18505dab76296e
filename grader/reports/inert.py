"""Texts of a report that act on nothing: without control, bidi or invisible characters, and with a limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from grader.reports import wording
from grader.results import number

INLINE_LIMIT = 600
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,30}m")
_INERT = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "\u2421"}
_UNSEEN = re.compile(
    "[\x80-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\U000e0000-\U000e0fff]"
)
_BROKEN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_CODE = re.compile(r"`([^`]+)`")


def printable(text: str) -> str:
    """`text` with every control or invisible character replaced by a visible one; tabs and line ends stay."""
    text = _COLOUR.sub("", text).translate(_INERT)
    return _BROKEN.sub("\ufffd", _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text))


def line(text: str) -> str:
    """`text` on one line, printable, at most `INLINE_LIMIT` characters."""
    text = _SPACE.sub(" ", printable(_SPACE.sub(" ", text[: 8 * INLINE_LIMIT]))).strip()
    return text if len(text) <= INLINE_LIMIT else text[: INLINE_LIMIT - 1] + "…"


def block(text: str, limit: int) -> str:
    """`text` with its lines, printable; beyond `limit` characters it says how many more there are."""
    kept = printable("\n".join(text[:limit].splitlines()))
    return f"{kept}\n{wording.more_characters(len(text) - limit)}" if len(text) > limit else kept


def code_spans(text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of `text`, each with whether it stands between backticks and so is code."""
    for place, piece in enumerate(_CODE.split(text)):
        if piece:
            yield place % 2 == 1, piece


def shown(value: Decimal) -> str:
    """`value` as people read it: `3`, `2.5`."""
    return str(number(value))


def moment(iso: str) -> str:
    """A time as people read it: `3 March 2026, 14:05 UTC`; what is none stays what it is."""
    try:
        time = datetime.fromisoformat(iso)
    except ValueError:
        return line(iso)
    return f"{time.day} {wording.MONTHS[time.month - 1]} {time.year}, {time:%H:%M} {time.tzname() or ''}".rstrip()
