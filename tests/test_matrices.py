"""What is wrong with a tensor: few numbers, and in a sentence where."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from grader.compare import assert_change, assert_close, assert_unchanged
from grader.errors import CheckFailed
from grader.matrices import matrix_of, where
from grader.results import Matrix, WrongEntry

INF, NAN = math.inf, math.nan


def marked(shape: tuple[int, int], *places: tuple[object, object]) -> Tensor:
    """A table of this shape in which these places are wrong."""
    wrong = torch.zeros(shape, dtype=torch.bool)
    for row, column in places:
        wrong[row, column] = True
    return wrong


EVERYWHERE = slice(None)


@pytest.mark.parametrize(
    ("wrong", "dimensions", "told"),
    [
        (marked((3, 5), (EVERYWHERE, EVERYWHERE)), 2, "All 15 entries are wrong."),
        (marked((6, 3), (slice(0, 4), EVERYWHERE)), 2, "Rows 0 to 3 are wrong, the rest agrees."),
        (marked((6, 3), (2, EVERYWHERE)), 2, "Row 2 is wrong, the rest agrees."),
        (marked((6, 3), ([0, 2, 3], EVERYWHERE)), 2, "Rows 0 and 2 to 3 are wrong, the rest agrees."),
        (marked((4, 5), (EVERYWHERE, 2)), 2, "Column 2 is wrong, the rest agrees."),
        (marked((9, 3), (slice(1, 9), EVERYWHERE)), 2, "Only row 0 agrees, the rest is wrong."),
        (marked((20, 3), (slice(0, 20, 2), EVERYWHERE)), 2, "10 of 20 rows are wrong, the rest agrees."),
        (marked((4, 5), (1, 3)), 2, "Only [1, 3] is wrong, the rest agrees."),
        (marked((4, 5), (1, 3), (2, 0)), 2, "Only [1, 3] and [2, 0] are wrong, the rest agrees."),
        (marked((4, 4), (range(4), range(4))), 2, "The diagonal is wrong, the rest agrees."),
        (~marked((4, 4), (range(4), range(4))), 2, "The diagonal is right, the rest is wrong."),
        (marked((8, 5), (0, slice(0, 4)), (1, 2)), 2, "5 of 40 entries are wrong, all of them in rows 0 to 1."),
        (marked((5, 8), (slice(0, 4), 0), (2, 1)), 2, "5 of 40 entries are wrong, all of them in columns 0 to 1."),
        (marked((3, 4), (0, 0), (1, 1), (2, 2), (0, 3)), 2, "4 of 12 entries are wrong, all over it."),
        (marked((1, 9), (0, slice(0, 4))), 1, "Entries 0 to 3 are wrong, the rest agrees."),
        (marked((1, 9), (0, 7)), 1, "Entry 7 is wrong, the rest agrees."),
        (marked((3, 8), (1, EVERYWHERE)), 3, "Index 1 of the first dimension is wrong, the rest agrees."),
        (marked((3, 8), (EVERYWHERE, 1)), 3, "3 of 24 entries are wrong, all over it."),
    ],
)
def test_where(wrong: Tensor, dimensions: int, told: str) -> None:
    """Whole rows, columns, a diagonal and single entries are told as such; else how many there are."""
    assert where(wrong, dimensions) == told


def test_small_tensor_is_kept_whole() -> None:
    """Every entry of a small tensor is a cell, with three digits; the difference is that of the exact numbers."""
    expected = torch.tensor([[1.00001, 2.0], [3.0, 4.0]], dtype=torch.float64)
    got = expected + torch.tensor([[0.0, 0.0], [0.000123456, -1.0]], dtype=torch.float64)
    assert matrix_of("dW", got, expected, got != expected) == Matrix(
        "dW",
        (2, 2),
        (1, 1),
        ((1.0, 2.0), (3.0, 3.0)),
        ((1.0, 2.0), (3.0, 4.0)),
        ((0.0, 0.0), (0.000123, -1.0)),
        ("..", "xx"),
        "Row 1 is wrong, the rest agrees.",
        (WrongEntry("1, 0", "3.0001", "3"), WrongEntry("1, 1", "3", "4")),
    )


def test_cell_of_a_large_tensor_is_the_entry_of_its_block_that_is_off_most() -> None:
    """A side of more than 24 is cut into blocks; the last block may be smaller, and what fills it up is never shown."""
    expected = torch.full((50, 10), 5.0)
    got = expected.clone()
    got[48, 9], got[49, 9], got[4, 0] = 6.0, 3.0, 7.0
    found = matrix_of("W", got, expected, got != expected)
    assert found is not None
    assert (found.block, len(found.got), len(found.got[0])) == ((3, 1), 17, 10)
    assert (found.got[16][9], found.expected[16][9], found.difference[16][9]) == (3.0, 5.0, -2.0)
    assert [(row, line.index("x")) for row, line in enumerate(found.wrong) if "x" in line] == [(1, 0), (16, 9)]
    assert {value for row in found.expected for value in row} == {5.0}
    assert [entry.index for entry in found.entries] == ["4, 0", "48, 9", "49, 9"]


@pytest.mark.parametrize(("shape", "table"), [((4,), (1, 4)), ((2, 3, 4), (2, 12)), ((2, 1, 5, 5), (2, 13))])
def test_tensors_of_other_dimensions_are_laid_out(shape: tuple[int, ...], table: tuple[int, int]) -> None:
    """A vector is one row; beyond two dimensions the rows are the first one. Indices stay those of the tensor."""
    got = torch.zeros(shape)
    got.reshape(-1)[1] = 1.0
    found = matrix_of("x", got, torch.zeros(shape), got != 0)
    assert found is not None
    assert (found.shape, (len(found.got), len(found.got[0]))) == (shape, table)
    assert found.entries[0].index == ", ".join("0" * (len(shape) - 1) + "1")


def test_what_is_no_number_stays_what_it_is() -> None:
    """NaN and infinities are shown in their cells, and count as furthest off in their block."""
    got = torch.zeros(1, 48)
    got[0, 1], got[0, 2], got[0, 47] = NAN, INF, 9.0
    found = matrix_of("z", got, torch.zeros(1, 48), got != 0)
    assert found is not None
    assert [str(value) for value in found.got[0]][:2] == ["nan", "inf"]
    assert found.entries[:2] == (WrongEntry("0, 1", "nan", "0"), WrongEntry("0, 2", "inf", "0"))


@pytest.mark.parametrize("shape", [(), (1,), (0,), (0, 3), (2000, 1000)])
def test_nothing_to_look_at(shape: tuple[int, ...]) -> None:
    """A single number, an empty tensor and one that is far too large have no picture, and neither has what is all right."""
    assert matrix_of("x", torch.ones(shape), torch.zeros(shape), torch.ones(shape, dtype=torch.bool)) is None
    assert matrix_of("x", torch.ones(2, 2), torch.ones(2, 2), torch.zeros(2, 2, dtype=torch.bool)) is None


@pytest.mark.parametrize(
    ("fail", "told"),
    [
        (lambda: assert_close("dW", torch.eye(3) * 2, torch.eye(3)), "The diagonal is wrong, the rest agrees."),
        (
            lambda: assert_close("z", torch.tensor([[1.0, NAN]]), torch.ones(1, 2)),
            "Column 1 is wrong, the rest agrees.",
        ),
        (lambda: assert_unchanged("x", torch.ones(2, 2), torch.eye(2)), "The diagonal is right, the rest is wrong."),
        (
            lambda: assert_change("W", {"W": torch.zeros(2, 2)}, {"W": torch.eye(2)}, {"W": 2 * torch.eye(2)}),
            "The diagonal is wrong, the rest agrees.",
        ),
    ],
)
def test_every_comparison_that_fails_has_its_matrix(fail: object, told: str) -> None:
    """Whatever compares tensors puts them into its evidence."""
    with pytest.raises(CheckFailed) as caught:
        fail()  # type: ignore[operator]
    assert [matrix.where for matrix in caught.value.evidence.matrices] == [told]
