"""Make foreign text safe to keep and numbers good to read."""

from __future__ import annotations

import codecs
import difflib
import math
import re
import unicodedata
from collections.abc import Iterable

MAX_TEXT = 2_000
_MEANT = 3  # names that one may have meant, and of those that there are
_LISTED = 12

# C0 and C1 controls but newline and tab; surrogates and U+FFFE, U+FFFF, which XML forbids too; what reorders or hides text
# (bidi, zero width, fillers, tags).
# The selectors U+FE00 to U+FE0F stay: they are part of ordinary emoji.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


# A line that begins so, after white space, is a command of GitHub's runner, such as ::error::. Of GitHub's and Azure's
# older form, ##[error], and of TeamCity's it is one anywhere in a line. A lone carriage return ends a line for them as well.
_COMMAND = re.compile(r"(?<![^\n\r])([^\S\n\r]*:)(?=:)|(##)(?=\w*\[)")


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """`text` cut to `limit` characters, with every control, bidi and invisible character shown as `\\u....`.

    Done once, where text of a student's enters; each report format escapes again for its own syntax.
    """
    text = text.replace("\r\n", "\n")
    if len(text) > limit:
        text = f"{text[:limit]} […]"
    return _HARMFUL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def clean_name(text: str, limit: int = 100) -> str:
    """`text` as one line of at most `limit` characters, for names of students and files."""
    text = text[: 8 * limit]  # more could not be left of it, and normalising takes the square of a run of accents
    name = clean(unicodedata.normalize("NFC", text)).replace("\n", "\\u000a").replace("\t", " ")
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


def inert(text: str) -> str:
    """`text` for a terminal or a log, in which no line is a command to the service that reads the log."""
    return _COMMAND.sub(r"\g<0> ", text)


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that is most like `name`: the same but for case and underscores, the same letters in another order, or
    spelt nearly so; None if none is.

    `cutoff` is how much of both has to be the same, from 0 to 1.
    """
    names = list(known)
    for form in (_letters, lambda text: sorted(_letters(text))):
        for other in names:
            if form(other) == form(name):
                return other
    close = difflib.get_close_matches(name, names, n=1, cutoff=cutoff)
    return close[0] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The next step for somebody who gave a name that is not there: `Did you mean "linear"?`, else what there is."""
    names = list(dict.fromkeys(known))
    close = nearest(name, names)
    meant = [close] if close is not None else [other for other in names if name and other.startswith(name)][:_MEANT]
    if meant:
        quoted = [f'"{other}"' for other in meant]
        return f"Did you mean {' or '.join(quoted)}?"
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"There are: {', '.join(names[:_LISTED]) or 'none'}{more}."


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


# What stands for a sign that an encoding lacks. Letters are not among them: a name must not become another one.
_PLAIN = str.maketrans(
    {
        "×": "x", "·": ".", "−": "-", "–": "-", "—": "-", "…": "...", "→": "->", "←": "<-", "↔": "<->", "‖": "||",
        "≤": "<=", "≥": ">=", "≠": "!=", "±": "+-", "²": "^2", "³": "^3", "∞": "inf", "∑": "sum", "√": "sqrt",
        "✓": "v", "✗": "x", "■": "#", "○": "o", "◷": "@", "•": "*",
        "─": "-", "│": "|", "├": "|", "└": "`", "━": "-",
        "‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ",
    }
)  # fmt: skip


def sayable(text: str, encoding: str | None) -> str:
    """`text` in what a stream of that encoding can hold: signs such as an arrow as ASCII, letters as `\\u....`."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "grader.sayable").decode(encoding)


def _without(error: UnicodeError) -> tuple[str | bytes, int]:
    """What is written in place of characters that can't be encoded, as `codecs` asks for it."""
    assert isinstance(error, UnicodeEncodeError)
    lost = error.object[error.start : error.end]
    return lost.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii"), error.end


codecs.register_error("grader.sayable", _without)


def columns_of(text: str) -> int:
    """How many columns of a terminal the text takes: two for a Chinese character or an emoji, none for an accent."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(sign) in ("Mn", "Me") else 1 + (unicodedata.east_asian_width(sign) in ("W", "F"))
        for sign in text
    )


def padded(text: str, columns: int) -> str:
    """The text with spaces behind it, to so many columns."""
    return text + " " * (columns - columns_of(text))


def short_number(value: float, digits: int = 4) -> str:
    """A number with the digits that matter: `0.1234`, `1.5e-07`, `64`, `nan`."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.{digits}g}"


def anchor(heading: str) -> str:
    """What a link to a heading of a Markdown page ends with: `8. Accuracy per class` is at `#8-accuracy-per-class`."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def cell(text: str) -> str:
    """The text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")
