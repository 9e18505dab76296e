"""The pictures of a student's page, drawn by pure functions: each is XML, small, told in words, and true to its numbers."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.figures import curve_svg, image_svg, matrix_svgs, sparkline_svg
from grader.results import Curve, Matrix, Misclassified

NAN, INF = math.nan, math.inf
NAME = "{http://www.w3.org/2000/svg}"


def matrix(rows: int = 2, columns: int = 3, *, wrong: str = "", got: float | None = None, name: str = "dW") -> Matrix:
    """A matrix of distinct numbers; got is expected and 1 in the cells that are wrong."""
    marks = tuple((wrong or "." * columns)[:columns] for _ in range(rows))
    expected = tuple(tuple(float(y * columns + x) for x in range(columns)) for y in range(rows))
    off = tuple(tuple(float(mark == "x") for mark in row) for row in marks)
    seen = tuple(
        tuple(value + by if got is None or not by else got for value, by in zip(row, bys, strict=True))
        for row, bys in zip(expected, off, strict=True)
    )
    return Matrix(name, (rows, columns), (1, 1), seen, expected, off, marks, "Column 1 is wrong.")


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg) if element.tag == f"{NAME}text"]


def fills(svg: str) -> dict[str, str]:
    """The colour of each stroke of cells, by where it starts."""
    (group,) = [element for element in ElementTree.fromstring(svg) if element.tag == f"{NAME}g"]
    return {
        start: element.attrib["stroke"]
        for element in group
        for start in re.findall(r"M(\d+ \d+)\.5", element.attrib["d"])
    }


def test_heat_maps_are_three_and_told_in_words() -> None:
    """Got, expected and difference, each with the name, its span and where it is wrong."""
    maps = matrix_svgs(matrix(wrong=".x."))
    assert [heading for heading, _ in maps] == ["Got", "Expected", "Difference"]
    assert [ElementTree.fromstring(svg)[0].text for _, svg in maps] == [
        "dW, Got: 2 by 3 cells, from 0 to 5. Column 1 is wrong.",
        "dW, Expected: 2 by 3 cells, from 0 to 5. Column 1 is wrong.",
        "dW, Difference: 2 by 3 cells, from 0 to 1. Column 1 is wrong.",
    ]
    assert {ElementTree.fromstring(svg).attrib["role"] for _, svg in maps} == {"img"}


def test_small_heat_map_has_its_indices_and_numbers() -> None:
    """Columns are numbered above, rows on the left, and every cell has its number."""
    _, (_, expected), _ = matrix_svgs(matrix())
    assert texts(expected) == ["0", "1", "2", "0", "1", "0", "1", "2", "3", "4", "5"]


def test_got_and_expected_share_a_scale() -> None:
    """The same number has the same colour in both, also where the other one reaches further."""
    got, expected, _ = (fills(svg) for _, svg in matrix_svgs(matrix(wrong="..x", got=50.0)))
    assert got["0 1"] == expected["0 1"]
    assert expected["0 0"] != got["2 0"]


def test_difference_has_its_zero_in_the_middle() -> None:
    """What agrees is white; too small and too large lie on either side, and the largest is the end of its side."""
    off = Matrix("x", (1, 3), (1, 1), ((0.0,) * 3,), ((0.0,) * 3,), ((-2.0, 0.0, 1.0),), ("x.x",), "")
    colours = fills(matrix_svgs(off)[2][1])
    assert colours == {"0 0": "#054894", "1 0": "#f7f7f7", "2 0": "#f2b672"}


@pytest.mark.parametrize("columns", [3, 12])
def test_wrong_cells_are_marked_beside_their_colour(columns: int) -> None:
    """In all three maps each wrong cell has a mark, and no right one has."""
    for _, svg in matrix_svgs(matrix(2, columns, wrong=".x" + "." * columns)):
        marks = [
            element.attrib["d"]
            for element in ElementTree.fromstring(svg)
            if element.tag == f"{NAME}path" and element.attrib.get("class") != "cells"
        ]
        assert "".join(marks).count("M") == 2
        assert ">?<" not in svg


@pytest.mark.parametrize(("value", "small", "large"), [(NAN, "nan", "?"), (INF, "∞", "∞"), (-INF, "-∞", "∞")])
def test_what_is_no_number_is_written_as_what_it_is(value: float, small: str, large: str) -> None:
    """NaN and infinities have no colour of the scale, but a sign."""
    for columns, told in ((3, small), (12, large)):
        (_, got), *_ = matrix_svgs(odd(columns, value))
        assert told in texts(got)
        assert "1 not finite" in (ElementTree.fromstring(got)[0].text or "")


def odd(columns: int, value: float) -> Matrix:
    row = (value, *map(float, range(columns - 1)))
    return Matrix("x", (1, columns), (1, 1), (row,), (row,), (row,), ("x" + "." * (columns - 1),), "")


def test_indices_of_blocks_are_those_of_their_first_entry() -> None:
    """Where a cell stands for a block, the axes have the indices of the tensor."""
    large = Matrix("W", (120, 60), (5, 3), *(((0.0,) * 20,) * 24,) * 3, ("." * 20,) * 24, "")
    shown = texts(matrix_svgs(large)[0][1])
    assert shown[:3] == ["0", "6", "12"]
    assert "115" in shown


@given(
    st.integers(1, 24),
    st.integers(1, 24),
    st.lists(st.floats() | st.sampled_from([0.0, 1e300, -1e308, 5e-324]), min_size=1, max_size=9),
)
def test_any_matrix_is_drawn(rows: int, columns: int, values: list[float]) -> None:
    """Whatever the numbers and sizes, each map is XML within its frame, and small."""
    table = tuple(tuple(values[(y * columns + x) % len(values)] for x in range(columns)) for y in range(rows))
    drawn = Matrix("<b>&", (rows, columns), (1, 1), table, table, table, ("x." * columns,)[:1] * rows, "<i>")
    for _, svg in matrix_svgs(drawn):
        root = ElementTree.fromstring(svg)
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
        for element in root:
            if element.tag == f"{NAME}text":
                assert 0 <= float(element.attrib["x"]) <= width
                assert 0 <= float(element.attrib["y"]) <= height
        assert len(svg) < 60_000


def test_band_is_drawn_below_the_lines() -> None:
    """The band reaches from its low to its high values, comes before the lines, and is told in words and in the legend."""
    svg = curve_svg(Curve("loss", (4.0, 4.0), (2.0, 2.0), "epoch", (0.0, 0.0), (4.0, 2.0), "20 runs"))
    band = re.search(r'class="band" d="(M[^"hv]*)"', svg)
    assert band is not None
    assert band[1] == "M58.0 34.0L408.0 111.0L408.0 188.0L58.0 188.0"
    assert svg.index('class="band"') < svg.index('class="expected"') < svg.index('class="got"')
    assert "right ones end between 0 and 2 (20 runs)" in (ElementTree.fromstring(svg)[0].text or "")
    assert texts(svg)[-3:] == ["yours", "reference", "right runs"]


@pytest.mark.parametrize(
    ("low", "high"), [((1.0,), (2.0,)), ((NAN, 1.0), (2.0, 3.0)), ((), (1.0,)), ((-1e308, 0.0), (1e308, INF))]
)
def test_odd_band_is_drawn_or_left_out(low: tuple[float, ...], high: tuple[float, ...]) -> None:
    """A band of one point is a bar, one with a border that is no number is left out."""
    svg = curve_svg(Curve("loss", (1.0, 2.0), (), "epoch", low, high))
    root = ElementTree.fromstring(svg)
    assert all(0 <= float(n) <= 421 for n in re.findall(r"-?\d+\.\d", " ".join(e.attrib.get("d", "") for e in root)))


def test_digit_is_drawn_and_told() -> None:
    """An image of greys is a picture, and the words say what it is and what it was taken for."""
    svg = image_svg(Misclassified(("00f", "0f0", "000"), "4", "9"), "4, taken for <9>")
    root = ElementTree.fromstring(svg)
    assert root[0].text == "4, taken for <9>"
    strokes = {(element.attrib["d"], element.attrib["stroke"]) for element in root[1] if "d" in element.attrib}
    assert strokes == {("M2 0.5h1M1 1.5h1", "#ffffff")}
    ElementTree.fromstring(image_svg(Misclassified((), "4", "9"), "empty"))


def test_sparkline_rises_with_its_shares() -> None:
    """A dot a submission, higher where the share is; told in words."""
    root = ElementTree.fromstring(sparkline_svg((0.0, 0.5, 1.0), "3 submissions: 0 → 5 → 10"))
    heights = [float(element.attrib["cy"]) for element in root if element.tag == f"{NAME}circle"]
    assert heights == [30.0, 18.0, 6.0]
    assert root[0].text == "3 submissions: 0 → 5 → 10"
