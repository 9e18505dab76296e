"""Change cells of a CSV file in place: what is not changed keeps its bytes - quotes, line ends, mark, delimiter and all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from grader.errors import UsageError

MAX_BYTES = 50_000_000
_DELIMITERS = (b",", b";", b"\t")
_QUOTE, _CR, _LF = b'"'[0], b"\r"[0], b"\n"[0]
_WITH_COMMA = re.compile(r"-?\d+,\d{1,2}")  # three digits after it may be thousands
_WITH_POINT = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: where it lies in the file, quotes included, and what it says."""

    start: int
    end: int
    text: str


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A CSV file, its rows, and what separates their cells."""

    content: bytes
    rows: tuple[Row, ...]
    delimiter: str
    encoding: str

    def changed(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """The file with other texts in the cells of these rows and columns, counted from 0; all other bytes are as before."""
        pieces: list[bytes] = []
        end = 0
        for row, column in sorted(cells):
            cell = self.rows[row][column]
            pieces += [self.content[end : cell.start], self._encoded(cell, cells[row, column])]
            end = cell.end
        return b"".join([*pieces, self.content[end:]])

    def _encoded(self, cell: Cell, text: str) -> bytes:
        was_quoted = self.content[cell.start : cell.start + 1] == b'"'
        if was_quoted or any(character in text for character in f'{self.delimiter}"\r\n'):
            text = '"' + text.replace('"', '""') + '"'
        return text.encode(self.encoding, errors="xmlcharrefreplace")

    def decimal_mark(self, column: int) -> str:
        """What this file writes before hundredths: as in the column, else as in any cell, else what goes with its delimiter."""
        for cells in (
            [row[column].text for row in self.rows if column < len(row)],
            [cell.text for row in self.rows for cell in row],
        ):
            with_comma = any(_WITH_COMMA.fullmatch(text.strip()) for text in cells)
            with_point = any(_WITH_POINT.fullmatch(text.strip()) for text in cells)
            if with_comma != with_point:
                return "," if with_comma else "."
        return "," if self.delimiter == ";" else "."


def read_table(content: bytes, what: str, has_header: Callable[[list[str]], bool], expected: str) -> Table:
    """The table in a file's bytes. `has_header` says of the first row's texts whether they are those looked for.

    `expected` says which those are, for the instructor.

    Raises `UsageError`, which calls the file `what`, if that holds with no delimiter.
    """
    if len(content) > MAX_BYTES:
        raise UsageError(f"{what} is too large: it may have {MAX_BYTES:,} bytes. Is it the file that you meant?")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content:
        raise UsageError(f"{what} is UTF-16 or no text at all. Download it again, as CSV, and don't save it anew.")
    encoding = "utf-8"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "cp1252"
    seen = ""
    for delimiter in _DELIMITERS:
        rows = _rows(content, delimiter[0], encoding)
        header = [cell.text for cell in rows[0]] if rows else []
        seen = max(seen, ", ".join(header), key=len)
        if has_header(header):
            return Table(content, rows, delimiter.decode(), encoding)
    raise UsageError(
        f"{what}: its first row is {seen[:200]!r}; expected {expected}. Download it again, and name it as it is."
    )


def _rows(content: bytes, delimiter: int, encoding: str) -> tuple[Row, ...]:
    rows: list[Row] = []
    row: list[Cell] = []
    at = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    end_of_plain = re.compile(b"[\r\n" + re.escape(bytes([delimiter])) + b"]")
    while at < len(content):
        start = at
        if content[at] == _QUOTE:
            at = _after_quoted(content, at)
        found = end_of_plain.search(content, at)
        at = found.start() if found else len(content)
        row.append(Cell(start, at, _text(content[start:at], encoding)))
        if at < len(content) and content[at] == delimiter:
            at += 1
            if at == len(content) or content[at] in (_CR, _LF):  # an empty cell at the end of a row
                row.append(Cell(at, at, ""))
        if at == len(content) or content[at] in (_CR, _LF):
            at += 2 if content[at : at + 2] == b"\r\n" else 1
            rows.append(tuple(row))
            row = []
    return tuple(rows)


def _after_quoted(content: bytes, at: int) -> int:
    """Where a quoted text ends, after its closing quote; a quote that is never closed reaches to the end."""
    at += 1
    while (quote := content.find(b'"', at)) >= 0:
        if content[quote + 1 : quote + 2] != b'"':
            return quote + 1
        at = quote + 2
    return len(content)


def _text(raw: bytes, encoding: str) -> str:
    text = raw.decode(encoding, errors="replace")
    if not text.startswith('"'):
        return text
    inside, _, rest = text[1:].replace('""', "\0").partition('"')
    return (inside + rest).replace("\0", '"')


def number_in(text: str) -> Decimal | None:
    """The number that a cell holds, with a point or a comma before hundredths; None if it holds none."""
    text = text.strip().replace("\N{NO-BREAK SPACE}", "")
    if _WITH_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def written(number: Decimal, mark: str) -> str:
    """The number in at most two decimals, without trailing zeros."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", mark)
