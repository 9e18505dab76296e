"""What a page shows as code: its blocks, its commands, the words in its text, and how an output is compared.

A block's language says what becomes of it: `sh` are commands, `console` commands behind `$ ` with what they say below them,
`output` is what the `sh` before it says, `text` is a drawing, and anything else is a file or a piece of one.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from markdown_it import MarkdownIt

LEFT_OUT = "..."
LANGUAGES = {"sh", "console", "output", "text", "python", "toml", "yaml", "csv", "ini", "dockerfile", "markdown"}
# What differs from run to run and is not compared: seconds, and the digits of a hash.
_VARIES = re.compile(r"\b\d+(?:\.\d+)?(?= ?m?s\b)|\b(?=[a-f]*\d)[0-9a-f]{7,64}\b")
_PROGRAMS = r"grader|pytest|python3?|pip|dask|git|docker|kubectl|helm|systemctl|tox|ruff|mypy"
_COMMAND = re.compile(rf"\s*(?:\$ |(?:{_PROGRAMS}) +[\w./-])")
_TITLE = re.compile(r'title="([^"]+)"')


class Block(NamedTuple):
    """A block: where it begins, below which heading, its language, the file that it is, its text."""

    line: int
    heading: str
    language: str
    title: str
    text: str


class Command(NamedTuple):
    """A command, and the lines that the page shows below it, if any."""

    line: int
    text: str
    said: tuple[str, ...] = ()


def _tokens(page: str) -> list[Any]:
    return MarkdownIt("commonmark").enable("table").parse(page)


def headings_of(page: str) -> list[str]:
    """The headings of a page."""
    tokens = _tokens(page)
    return [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"]


def blocks_of(page: str) -> list[Block]:
    """The blocks of a page in their order; one that is indented in place of fenced has no language."""
    found, heading, tokens = [], "", _tokens(page)
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[place + 1].content
        elif token.type in ("fence", "code_block"):
            language, _, rest = token.info.partition(" ")
            title = _TITLE.search(rest)
            found.append(Block(token.map[0] + 1, heading, language, title[1] if title else "", token.content))
    return found


def words_of(page: str) -> list[str]:
    """What stands between backticks in the text and in the tables of a page."""
    children = [child for token in _tokens(page) for child in token.children or ()]
    return [child.content for child in children if child.type == "code_inline"]


def faults_of(blocks: Sequence[Block]) -> list[str]:
    """Blocks that nothing would look into."""
    faults, before = [], ""
    for block in blocks:
        if block.language not in LANGUAGES:
            faults.append(
                f"line {block.line}: a block of the language {block.language!r}; expected {sorted(LANGUAGES)}"
            )
        if block.language == "output" and before != "sh":
            faults.append(f"line {block.line}: an output, and no block of sh before it")
        if block.language == "text":
            lines = [line for line in block.text.split("\n") if _COMMAND.match(line)]
            faults += [f"line {block.line}: a command in a drawing: {line.strip()}" for line in lines]
        before = block.language
    return faults


def commands_of(block: Block) -> list[Command]:
    """The commands of a block of `sh` or `console`."""
    if block.language == "sh":
        return list(_joined(block))
    found: list[Command] = []
    for number, line in enumerate(block.text.rstrip("\n").split("\n"), block.line + 1):
        if line.startswith("$ "):
            found.append(Command(number, line.removeprefix("$ ")))
        else:
            assert found, f"line {number}: an output, and no command before it"
            found[-1] = found[-1]._replace(said=(*found[-1].said, line))
    return found


def _joined(block: Block) -> Iterator[Command]:
    """The commands; one goes on over several lines where a shell would read on."""
    begun = ""
    for number, line in enumerate(block.text.rstrip("\n").split("\n"), block.line + 1):
        begun += line
        try:
            is_something = bool(shlex.split(begun, comments=True)) and not begun.endswith("\\")
        except ValueError:  # a quote is open
            is_something = False
        if is_something:
            yield Command(number, begun)
        if is_something or begun.lstrip().startswith("#"):
            begun = ""
        elif begun:
            begun += "\n"
    assert not begun.strip(), f"line {block.line}: a command that does not end: {begun}"


def differences(shown: Sequence[str], said: str) -> str:
    """How the lines of a page differ from what was said; nothing if they don't.

    All of it must be there, line by line. A line of three dots stands for any lines, three dots within a line for anything.
    """
    pattern = ""
    for line in shown:
        if line.strip() == LEFT_OUT:
            pattern += r"(?:.*\n)*?"
        else:
            pattern += re.escape(_steady(line)).replace(re.escape(LEFT_OUT), ".*") + r" *\n"
    if re.fullmatch(pattern, _steady(said.rstrip("\n")) + "\n"):
        return ""
    return "\n".join(["the page shows", *shown, "but what is said is", said.rstrip("\n")])


def _steady(text: str) -> str:
    return _VARIES.sub("#", text)


def is_excerpt(text: str, whole: str) -> bool:
    """Whether these lines stand in a file as they are here, one below the other; `...` stands for lines left out."""
    pattern = "(?P<indent> *)(?!$)"
    for line in filter(str.strip, text.split("\n")):
        words = re.escape(line.rstrip()).replace(re.escape(LEFT_OUT), ".*")
        pattern += r"(?:.*\n)*?(?P=indent)" if line.strip() == LEFT_OUT else rf"{words} *\n(?P=indent)"
    pattern = pattern.removesuffix("(?P=indent)")
    return bool(re.search(f"^{pattern}", "\n".join(filter(str.strip, whole.split("\n"))) + "\n", re.MULTILINE))


def tensors_of(text: str) -> dict[str, list[Any]]:
    """The numbers of a drawing in which tensors stand beside and below each other, each behind its name: `W = [[1, 0],`."""
    lines, found = [re.sub(r"\(.*\)", "", line) for line in text.split("\n")], {}
    for number, line in enumerate(lines):
        begins = [*re.finditer(r"(\w+)\s*= (?=\[)", line)]
        for begin, after in zip(begins, [*begins[1:], None], strict=False):
            columns, rows = slice(begin.end(), after.start() if after else None), ""
            for below in lines[number:]:
                rows += below[columns]
                if rows.count("[") == rows.count("]"):
                    break
            found[begin[1]] = json.loads(rows)
    return found
