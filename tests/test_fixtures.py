"""What a check puts into the report is kept within what the report can draw."""

from __future__ import annotations

import math

import pytest

from grader.fixtures import as_figure
from grader.results import Figure


def test_figure_of_good_numbers_is_kept() -> None:
    """Grey values and lengths stay what they are, with four digits."""
    figure = as_figure("A", [[0.0, 0.12345], [1, 0.5]], [("0", 0.25), ("1", 3)])
    assert figure == Figure("A", ((0.0, 0.1235), (1.0, 0.5)), (("0", 0.25), ("1", 3.0)))


def test_figure_of_bad_numbers_is_clamped() -> None:
    """What lies outside, or is no number, can't spoil the picture."""
    figure = as_figure("A", [[-1.0, 2.0, math.nan, math.inf]], [("a", -1.0), ("b", math.inf), ("c", math.nan)])
    assert figure == Figure("A", ((0.0, 1.0, 0.0, 1.0),), (("a", 0.0), ("b", 1e6), ("c", 0.0)))


def test_figure_is_cut() -> None:
    """A picture beyond 64 x 64, more than 32 bars and long labels are cut."""
    figure = as_figure("A", [[0.5] * 100] * 100, [("x" * 100, 1.0)] * 100)
    assert (len(figure.image), len(figure.image[0]), len(figure.bars)) == (64, 64, 32)
    assert len(figure.bars[0][0]) < 40


def test_figure_has_rows_of_one_length() -> None:
    """Rows of different lengths are the rubric's mistake."""
    with pytest.raises(ValueError, match="not equally long"):
        as_figure("A", [[0.0], [0.0, 1.0]])
