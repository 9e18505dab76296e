"""Which check fails for which known mistake: a table for the terminal, a page for the browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.reports.html import page
from grader.results import Outcome

_SYMBOLS = {Outcome.FAILED: "✗", Outcome.RAISED: "!", Outcome.TIMED_OUT: "◷", Outcome.CRASHED: "■"}
_MOST_SHOWN = 40


@dataclass(frozen=True)
class Cell:
    """What a check said of a mistake: how it ended, the mistake it named, what relation it saw."""

    outcome: Outcome
    named: str | None
    relation: str

    @property
    def symbol(self) -> str:
        """How it ended, as one character."""
        return _SYMBOLS.get(self.outcome, "·")


@dataclass(frozen=True)
class Row:
    """A mistake: what it is, and the cell of every check of the table, None where the check passes."""

    name: str
    line: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Table:
    """The checks of an exercise against the mistakes that fail any of them."""

    exercise: str
    checks: tuple[str, ...]
    rows: tuple[Row, ...]

    def failing(self, column: int) -> int:
        """How many mistakes fail a check."""
        return sum(row.cells[column] is not None for row in self.rows)

    def naming(self, column: int) -> int:
        """How many mistakes a check names."""
        return sum((cell := row.cells[column]) is not None and cell.named is not None for row in self.rows)


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with an assignment: what kind of thing, where, and what to do about it."""

    kind: str
    where: str
    detail: str


def matrix_text(
    tables: Sequence[Table], findings: Sequence[Finding], standing: Sequence[str], columns: int | None = None
) -> str:
    """The table for a terminal: for each check, how many mistakes fail it and how many of them it names.

    Where it is wider than so many columns, the figures come first.
    """
    return "\n".join(_lines(tables, findings, standing, columns)) + "\n"


def _lines(
    tables: Sequence[Table], findings: Sequence[Finding], standing: Sequence[str], columns: int | None
) -> Iterator[str]:
    width = max((len(check) for table in tables for check in table.checks), default=0) + 4
    is_narrow = columns is not None and width + 14 > columns
    yield "fails  names  check" if is_narrow else f"{'check':<{width}}{'fails':>7}{'names':>7}"
    for table in tables:
        yield table.exercise
        for column, check in enumerate(table.checks):
            fails, names = table.failing(column), table.naming(column)
            yield f"{fails:>5}{names:>7}  {check}" if is_narrow else f"{'  ' + check:<{width}}{fails:>7}{names:>7}"
    yield ""
    yield from standing
    yield from finding_lines(findings)


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """What is wrong, a line each, and how much more there is."""
    for finding in findings[:_MOST_SHOWN]:
        yield f"  {finding.kind}: {finding.where}: {finding.detail}"
    if len(findings) > _MOST_SHOWN:
        yield f"  ... and {len(findings) - _MOST_SHOWN} more"


def matrix_html(title: str, tables: Sequence[Table], findings: Sequence[Finding], standing: Sequence[str]) -> str:
    """The page: a table an exercise, a row a mistake, a column a check."""
    return page("kill_matrix.html.j2", title=title, tables=tables, findings=findings, standing=standing)
