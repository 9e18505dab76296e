"""Make foreign text safe to keep and numbers good to read."""

from __future__ import annotations

import math
import re
import unicodedata

MAX_TEXT = 2_000

# C0 and C1 controls but newline and tab; surrogates; what reorders or hides text (bidi, zero width, tags).
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """`text` cut to `limit` characters, with every control, bidi and invisible character shown as `\\u....`.

    Done once, where text of a student's enters; each report format escapes again for its own syntax.
    """
    text = text.replace("\r\n", "\n")
    if len(text) > limit:
        text = f"{text[:limit]} […]"
    return _HARMFUL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def clean_name(text: str) -> str:
    """`text` as one line of at most 100 characters, for names of students and files."""
    return clean(unicodedata.normalize("NFC", text), 100).replace("\n", "\\u000a").replace("\t", " ")


def short_number(value: float) -> str:
    """A number with the digits that matter: `0.1234`, `1.5e-07`, `64`, `nan`."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.4g}"
