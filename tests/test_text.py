"""Foreign text made safe to keep, and numbers good to read."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.text import (
    MAX_TEXT,
    anchor,
    clean,
    clean_name,
    columns_of,
    did_you_mean,
    inert,
    nearest,
    padded,
    sayable,
    short_number,
)

any_text = st.text(st.characters(categories=["L", "N", "P", "Zs", "Cc", "Cf", "Cs", "So", "Mn"]), max_size=60)


def is_harmful(character: str) -> bool:
    """A control, half a character, a line separator, or a format character that moves or hides its neighbours."""
    category, direction = unicodedata.category(character), unicodedata.bidirectional(character)
    # category Cf with a direction of its own (L, AN, AL) are visible signs: numbers in Arabic and Kaithi, hieroglyphs
    return category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and direction not in ("L", "AN", "AL", "NSM"))


def test_every_harmful_character_is_spelt_out() -> None:
    """Of all code points, no control, surrogate, bidi or zero-width character passes, newline and tab aside."""
    kept = [code for code in range(0x110000) if is_harmful(chr(code)) and clean(chr(code)) == chr(code)]
    assert kept == [ord("\t"), ord("\n")]


@pytest.mark.parametrize(
    "code", [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x61C, 0x3164, 0xE0041]
)
def test_no_hidden_character_passes(code: int) -> None:
    """Marks of direction, zero-width characters, fillers and tags are listed here, whatever their category."""
    assert chr(code) not in clean(f"a{chr(code)}b")


@pytest.mark.parametrize(
    "character", "\x1b\r\x85\xad\u061c\u180e\u200b\u200f\u202e\u2028\u2066\u206f\u3164\ufeff\ud800"
)
def test_harmful_character_is_shown_by_its_number(character: str) -> None:
    """A harmful character stands as backslash, u and its number."""
    assert clean(f"a{character}b") == f"a\\u{ord(character):04x}b"


@pytest.mark.parametrize("text", ["Žofie", "李雷", "naïve\tx\ny", "2 × 3 – 4", "❤\ufe0f 🙂", "שלום"])
def test_ordinary_text_is_kept(text: str) -> None:
    """Letters of any language, emoji, newlines and tabs stay as they are."""
    assert clean(text) == text


def test_windows_line_ends_become_newlines() -> None:
    """A carriage return before a newline goes; one alone is spelt out."""
    assert clean("a\r\nb\rc") == "a\nb\\u000dc"


def test_long_text_is_cut_with_a_mark() -> None:
    """Text beyond the limit ends in a mark that says so; text at the limit does not."""
    assert clean("x" * MAX_TEXT) == "x" * MAX_TEXT
    assert clean("x" * (MAX_TEXT + 1)) == "x" * MAX_TEXT + " […]"
    assert clean("abcdef", 3) == "abc […]"


@given(any_text)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Clean text is left alone, and UTF-8 can hold it."""
    once = clean(text)
    assert clean(once) == once
    assert once.encode("utf-8").decode("utf-8") == once


@given(any_text, st.integers(5, 100))
def test_name_is_one_short_line(text: str, limit: int) -> None:
    """A name is one line of at most `limit` characters, also when all of it had to be spelt out."""
    name = clean_name(text * 3, limit)
    assert len(name) <= limit
    assert name.splitlines() in ([], [name])
    assert "\t" not in name


def test_name_in_either_unicode_form_is_the_same() -> None:
    """Composed and decomposed accents, as different systems store them, give one name."""
    assert clean_name("Zoe\u0308") == clean_name("Zo\xeb") == "Zo\xeb"


def test_endless_name_is_cut_before_it_is_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    """To normalise a run of accents takes the square of its length: a zip of such names keeps the grader busy for minutes."""
    seen: list[int] = []
    normalize = unicodedata.normalize

    def counted(form: Literal["NFC"], text: str) -> str:
        seen.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    clean_name("a" + "\u0301\u0316" * 16_000)
    monkeypatch.undo()
    assert seen == [800]


def test_newline_in_a_name_is_spelt_out() -> None:
    """A file name may hold a newline; the name of a student shows it."""
    assert clean_name("a\nb\tc") == "a\\u000ab c"


def test_clean_text_is_legal_in_xml() -> None:
    """Every code point, once clean, is a character that XML 1.0 allows, and comes back from a parser as it went in."""
    whole = [clean(chr(code)) for code in range(0x110000)]
    allowed = {0x9, 0xA, *range(0x20, 0xD800), *range(0xE000, 0xFFFE), *range(0x10000, 0x110000)}
    assert {ord(character) for text in whole for character in text} <= allowed
    for start in range(0, 0x110000, 0x1000):
        text = "".join(whole[start : start + 0x1000])
        assert ElementTree.fromstring(f"<a>{escape(text)}</a>").text == text


# -- logs --------------------------------------------------------------------------------------------------------------

WHITE = ["", " ", "\t", "    ", "\u00a0", "\u2003\u3000", "\x0b\x0c", "\x1c\x85"]


def is_command(line: str) -> bool:
    """Whether a runner would obey: what GitHub's does with a line, old form and new, and TeamCity's."""
    return line.lstrip().startswith("::") or re.search(r"##\w*\[", line) is not None


def is_obeyed(text: str) -> bool:
    """A runner's lines end at a newline, a carriage return, or both."""
    return any(map(is_command, re.split(r"\r\n|\n|\r", text)))


@pytest.mark.parametrize("white", WHITE)
@pytest.mark.parametrize(
    "command",
    ["::error file=a.py,line=1::no", "::stop-commands::x", "##[error]no", "##[group]", "##teamcity[x]", ":::::"],
)
@pytest.mark.parametrize("before", ["", "a\n", "a\r", "a\r\n", "\n\n"])
def test_no_line_is_a_command(white: str, command: str, before: str) -> None:
    """White space in front, an earlier line or a carriage return hides no command; the text can still be read."""
    text = f"{before}{white}{command}"
    assert is_obeyed(text)
    assert not is_obeyed(inert(text))
    assert inert(text).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", ["x[::2]", "a ::error::b", "## A heading", "# [link]", "##", ": :", "C::D", "", "\n"])
def test_ordinary_lines_are_left_alone(text: str) -> None:
    """What no runner obeys stays as it is."""
    assert inert(text) == text


@given(st.text(" :#[]\n\r\tax", max_size=30))
def test_inert_text_is_never_obeyed(text: str) -> None:
    """Whatever the text, no line of it is a command afterwards, and doing it twice changes nothing."""
    assert not is_obeyed(inert(text))
    assert inert(inert(text)) == inert(text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "0.1235"),
        (1.5e-7, "1.5e-07"),
        (64.0, "64"),
        (-3, "-3"),
        (-0.0, "0"),
        (999_999.0, "999999"),
        (1e6, "1e+06"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (2.30259, "2.303"),
    ],
)
def test_short_number(value: float, shown: str) -> None:
    """A number shows the digits that matter; a whole one shows no point."""
    assert short_number(value) == shown


def test_short_number_with_more_digits() -> None:
    """More digits can be asked for."""
    assert short_number(2.302585, 6) == "2.30259"


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("8. Accuracy per class", "8-accuracy-per-class"),
        ("3. Q & A: what's `next_step`?", "3-q--a-whats-next_step"),
        ("Größe - und Maß", "größe---und-maß"),
    ],
)
def test_anchor(heading: str, expected: str) -> None:
    """The anchor that GitHub gives to a heading."""
    assert anchor(heading) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("liner", "linear"),
        ("linera", "linear"),
        ("lniare", "linear"),
        ("aerlin", "linear"),
        ("LINEAR", "linear"),
        ("nllloss", "nll_loss"),
        ("nll-loss", "nll_loss"),
        ("xyz", None),
        ("", None),
    ],
)
def test_nearest(name: str, expected: str | None) -> None:
    """The same letters are nearest, then the same in another order, then a likeness; what is like nothing has no nearest."""
    assert nearest(name, ["linear", "liners_all", "nll_loss"]) == expected


def test_nearest_can_be_stricter() -> None:
    """How like two names must be is the caller's to say."""
    assert [nearest("timeout", ["timeout_seconds"], cutoff) for cutoff in (0.6, 0.7)] == ["timeout_seconds", None]


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("liner", ["linear", "relu"], 'Did you mean "linear"?'),
        ("ada", ["ada-brennan", "ada-castell", "bo"], 'Did you mean "ada-brennan" or "ada-castell"?'),
        ("xyz", ["linear", "relu"], "There are: linear, relu."),
        ("xyz", ["linear", "linear"], "There are: linear."),
        ("", ["linear"], "There are: linear."),
        ("xyz", [], "There are: none."),
        (
            "xyz",
            [f"s{number}" for number in range(14)],
            f"There are: {', '.join(f's{n}' for n in range(12))} and 2 more.",
        ),
    ],
)
def test_did_you_mean(name: str, known: list[str], expected: str) -> None:
    """Who gave a name that is not there is told the nearest one, else those that there are, but not hundreds."""
    assert did_you_mean(name, known) == expected


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "Jürgen → 3 × 漢 …"),
        (None, "Jürgen → 3 × 漢 …"),
        ("cp1252", "Jürgen -> 3 × \\u6f22 …"),
        ("latin-1", "Jürgen -> 3 × \\u6f22 ..."),
        ("ascii", "J\\xfcrgen -> 3 x \\u6f22 ..."),
    ],
)
def test_signs_that_an_encoding_lacks(encoding: str | None, expected: str) -> None:
    """A sign is written as ASCII does, a letter as its number: a name becomes no other name."""
    assert sayable("Jürgen → 3 × 漢 …", encoding) == expected


@given(any_text, st.sampled_from(["ascii", "cp1252", "latin-1", "cp437", "koi8-r", "shift-jis", "utf-8"]))
def test_everything_can_be_said(text: str, encoding: str) -> None:
    """Whatever is in a text, the stream can hold what is left, and nothing changes that it can hold as it is."""
    said = sayable(text, encoding)
    assert said.encode(encoding).decode(encoding) == said
    assert sayable(said, encoding) == said


def test_columns() -> None:
    """Chinese characters and emoji take two columns, accents of their own none: a table of them is straight."""
    names = ["ada", "Zoe\u0308", "漢字", "🎓"]
    assert [columns_of(name) for name in names] == [3, 3, 4, 2]
    assert {columns_of(padded(name, 6)) for name in names} == {6}
