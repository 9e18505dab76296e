"""What is wrong with a tensor, to be looked at: few enough numbers to draw, the first wrong entries, and where they are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from grader.results import Matrix, WrongEntry
from grader.text import short_number

_MOST_CELLS = 24  # along a side; beyond, a cell stands for a block of entries
_MOST_ENTRIES = 1_000_000  # nothing of a course's is as large
_MOST_TOLD = 6
_MOST_LISTED = 3


def matrix_of(name: str, got: Tensor, expected: Tensor, wrong: Tensor) -> Matrix | None:
    """Two tensors of one shape beside each other; `wrong` says which entries are.

    None if that is none of them, for a single number, and for far too many.
    """
    if got.dim() == 0 or not 1 < got.numel() <= _MOST_ENTRIES or not bool(wrong.any()):
        return None
    table = (1, -1) if got.dim() == 1 else (got.shape[0], -1)
    left, right, mask = (tensor.reshape(table) for tensor in (got.double(), expected.double(), wrong))
    off = torch.where(mask, (left - right).abs().nan_to_num(math.inf, math.inf), torch.zeros(()).double())
    block = math.ceil(off.shape[0] / _MOST_CELLS), math.ceil(off.shape[1] / _MOST_CELLS)
    worst = _in_blocks(off, block, -1.0).argmax(2, keepdim=True)
    shown_left, shown_right = (_in_blocks(tensor, block, 0.0).gather(2, worst)[..., 0] for tensor in (left, right))
    return Matrix(
        name,
        tuple(got.shape),
        block,
        _rounded(shown_left),
        _rounded(shown_right),
        _rounded(shown_left - shown_right),
        tuple("".join("x" if cell else "." for cell in row) for row in _in_blocks(mask, block, 0).any(2).tolist()),
        where(mask, got.dim()),
        tuple(_entries(got, expected, wrong)),
    )


def _in_blocks(table: Tensor, block: tuple[int, int], filling: float) -> Tensor:
    """(rows, columns) as (rows of blocks, columns of blocks, entries of a block); the last blocks are filled up."""
    rows, columns = (math.ceil(size / step) for size, step in zip(table.shape, block, strict=True))
    full = torch.full((rows * block[0], columns * block[1]), filling, dtype=table.dtype)
    full[: table.shape[0], : table.shape[1]] = table
    return full.reshape(rows, block[0], columns, block[1]).transpose(1, 2).reshape(rows, columns, -1)


def _rounded(table: Tensor) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(f"{value:.3g}") for value in row) for row in table.tolist())


def _entries(got: Tensor, expected: Tensor, wrong: Tensor) -> list[WrongEntry]:
    """The first wrong entries in the order of the tensor."""
    return [
        WrongEntry(", ".join(map(str, place)), *told_apart(float(got[tuple(place)]), float(expected[tuple(place)])))
        for place in wrong.nonzero()[:_MOST_TOLD].tolist()
    ]


def told_apart(got: float, expected: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to tell them apart, four at least."""
    texts = ((short_number(got, digits), short_number(expected, digits)) for digits in range(4, 18))
    return next((pair for pair in texts if pair[0] != pair[1]), (repr(got), repr(expected)))


def where(wrong: Tensor, dimensions: int = 2) -> str:
    """In a sentence which entries of a table (rows, columns) are wrong: all of some rows or columns, or which ones.

    A tensor of more than two `dimensions` was laid out with the first one as its rows.
    """
    rows, columns = wrong.any(1), wrong.any(0)
    total, count = wrong.numel(), int(wrong.sum())
    if count == total:
        return f"All {total} entries are wrong."
    if dimensions == 1:
        return _listed("entry", "entries", columns)
    row, several = (
        ("row", "rows") if dimensions == 2 else ("index {} of the first dimension", "indices {} of the first")
    )
    if not bool(rows.all()) and bool((wrong == rows[:, None]).all()):
        return _listed(row, several, rows)
    if dimensions == 2 and not bool(columns.all()) and bool((wrong == columns[None, :]).all()):
        return _listed("column", "columns", columns)
    if dimensions == 2 and len(set(wrong.shape)) == 1:
        diagonal = torch.eye(len(wrong), dtype=torch.bool)
        if bool((wrong == diagonal).all()):
            return "The diagonal is wrong, the rest agrees."
        if bool((wrong == ~diagonal).all()):
            return "The diagonal is right, the rest is wrong."
    if dimensions == 2 and count <= _MOST_LISTED:
        places = _and([f"[{at}, {beside}]" for at, beside in wrong.nonzero().tolist()])
        return f"Only {places} {'is' if count == 1 else 'are'} wrong, the rest agrees."
    share = f"{count} of {total} entries are wrong"
    if not bool(rows.all()) and int(rows.sum()) <= len(rows) // 2:
        return f"{share}, all of them in {_named(row, several, rows)}."
    if dimensions == 2 and not bool(columns.all()) and int(columns.sum()) <= len(columns) // 2:
        return f"{share}, all of them in {_named('column', 'columns', columns)}."
    return f"{share}, all over it."


def _listed(one: str, many: str, wrong: Tensor) -> str:
    """`Row 2 is wrong, the rest agrees.`, or where most are wrong, which ones agree."""
    right = ~wrong
    if 2 * int(right.sum()) < int(wrong.sum()) and len(_runs(right)) <= len(_runs(wrong)):
        agreeing = _named(one, many, right)
        return f"Only {agreeing} {'agrees' if int(right.sum()) == 1 else 'agree'}, the rest is wrong."
    named = _named(one, many, wrong)
    return f"{named[0].upper()}{named[1:]} {'is' if int(wrong.sum()) == 1 else 'are'} wrong, the rest agrees."


def _named(one: str, many: str, chosen: Tensor) -> str:
    """`row 2`, `rows 0 to 3 and 7`, or if they are many, how many."""
    runs = _runs(chosen)
    count = int(chosen.sum())
    if len(runs) > _MOST_LISTED:
        return f"{count} of {len(chosen)} {many.replace('{} ', '')}"
    places = _and([f"{first}" if first == last else f"{first} to {last}" for first, last in runs])
    word = one if count == 1 else many
    return word.format(places) if "{}" in word else f"{word} {places}"


def _runs(chosen: Tensor) -> list[tuple[int, int]]:
    """The first and last place of each stretch that is chosen without a gap; two neighbours are two of one."""
    runs: list[tuple[int, int]] = []
    for place in chosen.nonzero().reshape(-1).tolist():
        if runs and runs[-1][1] == place - 1:
            runs[-1] = runs[-1][0], place
        else:
            runs.append((place, place))
    return runs


def _and(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
