"""Cells of a CSV file, changed in place."""

from __future__ import annotations

import csv
import io
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.lms.csv_cells import Table, number_in, read_table, written

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


def table(content: bytes, columns: int = 2) -> Table:
    return read_table(content, "the file", lambda header: len(header) == columns, f"{columns} columns")


@given(
    rows=st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=5),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_reads_what_python_writes(rows: list[list[str]], delimiter: str, end: str, quoting: int) -> None:
    """Whatever the standard library writes is read as the same cells, and no change gives the same bytes."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    content = stream.getvalue().encode()
    found = read_table(content, "the file", lambda header: header == rows[0], "the same")
    assert [[cell.text for cell in row] for row in found.rows] == rows
    assert found.changed({}) == content


@given(content=st.binary(max_size=60))
def test_no_change_keeps_any_bytes(content: bytes) -> None:
    """Any bytes at all come out as they went in, or are refused."""
    try:
        found = read_table(content, "the file", lambda header: True, "anything")
    except UsageError:
        assert b"\0" in content or content.startswith((b"\xff\xfe", b"\xfe\xff"))
        return
    assert found.changed({}) == content
    cells = [cell for row in found.rows for cell in row]
    assert all(cell.end <= other.start for cell, other in itertools.pairwise(cells))


@pytest.mark.parametrize(
    ("content", "text", "expected"),
    [
        (b"a,b\n1,2", "3", b"a,b\n1,3"),
        (b'a,b\n1,"2"\n', "3", b'a,b\n1,"3"\n'),
        (b"a,b\n1,\r\n", "3", b"a,b\n1,3\r\n"),
        (b"a,b\n1,", "3", b"a,b\n1,3"),
        (b"a,b\n1,2\n", "2,5", b'a,b\n1,"2,5"\n'),
        (b"a;b\n1;2\n", "2,5", b"a;b\n1;2,5\n"),
        (b"a,b\n1,2\n", 'x"y', b'a,b\n1,"x""y"\n'),
        (b"\xef\xbb\xbfa,b\n1,2\n", "é", "\ufeffa,b\n1,é\n".encode()),
        ("a,b\né,2\n".encode("cp1252"), "ü", "a,b\né,ü\n".encode("cp1252")),
    ],
)
def test_changed(content: bytes, text: str, expected: bytes) -> None:
    """A cell keeps its quotes, gets them where its text needs them, and is written in the file's encoding."""
    assert table(content).changed({(1, 1): text}) == expected


def test_quote_that_never_closes() -> None:
    """A quote that is never closed reaches to the end."""
    assert [[cell.text for cell in row] for row in table(b'a,b\n1,"2\n3').rows] == [["a", "b"], ["1", "2\n3"]]


@pytest.mark.parametrize(
    ("content", "mark"),
    [
        (b"a,b\n1,2\n", "."),
        (b"a;b\n1;2\n", ","),
        (b"a;b\n1;2.5\n", "."),
        (b'a,b\n1,"2,5"\n', ","),
        (b'a,b\n"1,000",2\n', "."),
        (b'a,b\n1.5,"2,5"\n', ","),
        (b'a,b\n"1,5",2.5\n', "."),
    ],
)
def test_decimal_mark(content: bytes, mark: str) -> None:
    """As in the column, else as anywhere in the file, else as goes with the delimiter; a thousand is no fraction."""
    assert table(content).decimal_mark(1) == mark


@pytest.mark.parametrize(
    ("text", "number"),
    [("2.5", "2.5"), (" 2,50 ", "2.50"), ("7", "7"), ("1,000", None), ("", None), ("EX", None), ("nan", None)],
)
def test_number_in(text: str, number: str | None) -> None:
    """The number of a cell, or none."""
    assert number_in(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("number", "mark", "text"),
    [("2.50", ".", "2.5"), ("82.00", ".", "82"), ("0", ".", "0"), ("100", ",", "100"), ("1.05", ",", "1,05")],
)
def test_written(number: str, mark: str, text: str) -> None:
    """At most two decimals, and none that say nothing."""
    assert written(Decimal(number), mark) == text
