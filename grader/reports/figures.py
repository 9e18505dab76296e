"""Figures as inline SVG, drawn by pure functions: a curve beside the one expected, a picture with bars, a histogram, a heat
map, an image, and a small line of scores.

Colours and fonts come from the page (`_base.css`); without it the figures are black on white and still readable.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from grader.reports import wording
from grader.results import Curve, Figure, Matrix, Misclassified

WIDTH, HEIGHT = 420, 230
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 34, 42
MOST_POINTS = 400
_HUGE, _TINY = 1e150, 1e-250
_LOG_FROM = 1e3

Scale = Callable[[float], float]


def curve_svg(curve: Curve) -> str:
    """`curve` as an `<svg>`: got solid, expected dashed. Points that are not finite leave a gap and a note."""
    length = max(len(curve.got), len(curve.expected), len(curve.low))
    values = (*curve.got, *curve.expected, *curve.low, *curve.high)
    finite = [_held(value) for value in values if math.isfinite(value)]
    is_log = bool(finite) and min(finite) > _TINY and max(finite) / min(finite) > _LOG_FROM
    low, high, ticks = _axis([math.log10(value) for value in finite] if is_log else finite, whole=is_log)
    parts = [_opening(_spoken(curve))]

    def x_of(place: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (0.5 if length < 2 else place / (length - 1))

    def y_at(level: float) -> float:
        return HEIGHT - BOTTOM - (level - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def y_of(value: float) -> float:
        return y_at(math.log10(_held(value)) if is_log else _held(value))

    for tick, label in ticks:
        y = y_at(tick)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" {_GRID}/>')
        parts.append(_text(LEFT - 7, y + 4, f"10^{label}" if is_log else label, "end"))
    for place in _places(length):
        x = x_of(place)
        parts.append(
            f'<line class="axis" x1="{x:.1f}" y1="{HEIGHT - BOTTOM}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM + 4}" {_AXIS}/>'
        )
        parts.append(_text(x, HEIGHT - BOTTOM + 17, str(place + 1), "middle"))
    base = HEIGHT - BOTTOM
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{base}H{WIDTH - RIGHT}" {_AXIS}/>')
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, curve.unit, "middle"))
    parts.append(_band(curve, x_of, y_of))
    if curve.expected:
        parts.append(_line("expected", curve.expected, x_of, y_of))
    parts.append(_line("got", curve.got, x_of, y_of))
    parts.append(_legend(curve))
    return "".join(parts) + "</svg>"


def figure_svg(figure: Figure) -> str:
    """`figure` as an `<svg>`: the picture on the left, the bars on the right, each between its label and its length."""
    parts = [_opening(_spoken_figure(figure))]
    side = HEIGHT - 2 * RIGHT
    if figure.image:
        parts += _pixels(figure.image, side)
    if figure.bars:
        left = (RIGHT + side + 18 if figure.image else RIGHT) + 8 * min(12, max(len(label) for label, _ in figure.bars))
        full = max(1.0, *(length for _, length in figure.bars))
        height = min(side / len(figure.bars), 24.0)
        size = min(13.0, height * 0.7)
        for place, (label, length) in enumerate(figure.bars):
            middle = RIGHT + (place + 0.5) * height
            width = (WIDTH - RIGHT - 46 - left) * length / full
            y = middle + size * 0.35
            parts.append(_text(left - 6, y, label if len(label) <= 12 else label[:11] + "…", "end", size))
            parts.append(
                f'<rect class="length" x="{left:.1f}" y="{middle - height * 0.36:.1f}" width="{width:.1f}" '
                f'height="{height * 0.72:.1f}"/>'
            )
            parts.append(
                _text(left + width + 5, y, f"{length:.3g}" if length >= 0.001 else f"{length:.3f}", "start", size)
            )
        base = RIGHT + height * len(figure.bars)
        parts.append(f'<path class="axis" d="M{left:.1f} {RIGHT}V{base:.1f}" {_AXIS}/>')
    return "".join(parts) + "</svg>"


# -- heat maps -------------------------------------------------------------------------------------------------------------

# Cividis, which looks the same to almost everybody, dark to light; and from blue over white to orange.
_SEQUENTIAL = ((0, 34, 78), (53, 69, 108), (102, 105, 112), (148, 142, 119), (198, 180, 100), (254, 232, 56))
_DIVERGING = (
    (5, 72, 148),
    (92, 153, 205),
    (196, 219, 236),
    (247, 247, 247),
    (250, 214, 170),
    (235, 150, 58),
    (166, 78, 6),
)
_NO_NUMBER = "#ffffff", "#a01010"
_CELL, _NARROW_CELL, _EDGE = 42, 13, 26
_MOST_COLUMNS_WITH_NUMBERS, _MOST_ROWS_WITH_NUMBERS = 6, 12


def matrix_svgs(matrix: Matrix) -> list[tuple[str, str]]:
    """Three heat maps as `<svg>`, each behind its heading: got and expected on one scale, and their difference on its own.

    What is wrong is crossed in each, so that it is not told by colour alone; in a small one every cell has its number.
    """
    both = (*matrix.got, *matrix.expected)
    known = [_held(value) for row in both for value in row if math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    largest = max((abs(value) for row in matrix.difference for value in row if math.isfinite(value)), default=0.0)

    def shade(value: float) -> float:
        return 0.5 if high <= low else (_held(value) - low) / (high - low)

    def lean(value: float) -> float:
        return 0.5 + _held(value) / (2 * _held(largest)) if largest else 0.5

    return [
        (wording.GOT, _heat_map(matrix, wording.GOT, matrix.got, _SEQUENTIAL, shade)),
        (wording.EXPECTED, _heat_map(matrix, wording.EXPECTED, matrix.expected, _SEQUENTIAL, shade)),
        (wording.DIFFERENCE, _heat_map(matrix, wording.DIFFERENCE, matrix.difference, _DIVERGING, lean)),
    ]


def _heat_map(
    matrix: Matrix,
    heading: str,
    values: Sequence[Sequence[float]],
    colours: Sequence[tuple[int, int, int]],
    place_of: Scale,
) -> str:
    rows, columns = len(values), len(values[0])
    has_numbers = columns <= _MOST_COLUMNS_WITH_NUMBERS and rows <= _MOST_ROWS_WITH_NUMBERS
    width, height = (_CELL, 26) if has_numbers else (_NARROW_CELL, _NARROW_CELL)
    across, down = _EDGE + columns * width + 1, _HEAD + rows * height + 1
    spoken = html.escape(f"{matrix.name}, {heading}: {_span(values)}. {matrix.where}")
    parts = [
        f'<svg class="figure heat" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {across} {down}" '
        f'width="{across}" height="{down}" font-size="11"><title>{spoken}</title>'
    ]
    indices = _shown_places(columns, width, 4 + 6 * len(str(columns * matrix.block[1])))
    parts += [_text(_EDGE + (at + 0.5) * width, 12, str(at * matrix.block[1]), "middle", 10) for at in indices]
    parts += [
        _text(_EDGE - 4, _HEAD + (at + 0.5) * height + 3.5, str(at * matrix.block[0]), "end", 10)
        for at in _shown_places(rows, height, 12)
    ]
    levels = [
        [round(_LEVELS * min(max(place_of(value), 0.0), 1.0)) if math.isfinite(value) else -1 for value in row]
        for row in values
    ]
    inks = {level: _colour(colours, level / _LEVELS) for row in levels for level in row if level >= 0}
    inks[-1] = _NO_NUMBER
    parts.append(
        f'<g transform="translate({_EDGE} {_HEAD}) scale({width} {height})" shape-rendering="crispEdges" fill="none">'
    )
    parts += [f'<path d="{found}" stroke="{inks[level][0]}"/>' for level, found in sorted(_runs(levels).items())]
    parts.append("</g>")
    marks: dict[str, list[str]] = {}
    for y, row in enumerate(values):
        for x, value in enumerate(row):
            left, top, ink = _EDGE + x * width, _HEAD + y * height, inks[levels[y][x]][1]
            is_wrong = matrix.wrong[y][x] == "x"
            if has_numbers or not math.isfinite(value):
                bold = ' font-weight="700"' if is_wrong and has_numbers else ""
                told = _in_a_cell(value) if has_numbers else "?" if math.isnan(value) else "∞"
                parts.append(
                    f'<text x="{left + width / 2:g}" y="{top + (17 if has_numbers else 10)}" text-anchor="middle" '
                    f'style="fill:{ink}"{bold}>{told}</text>'
                )
            if is_wrong and has_numbers:  # a corner, which leaves the number readable
                marks.setdefault(ink, []).append(f"M{left + width - 9} {top}h9v9z")
            elif is_wrong and math.isfinite(value):
                marks.setdefault(ink, []).append(f"M{left + 3} {top + 3}l7 7m0-7l-7 7")
    parts += [
        f'<path d="{"".join(found)}" {"fill" if has_numbers else "stroke"}="{ink}"{"" if has_numbers else _UNFILLED}/>'
        for ink, found in sorted(marks.items())
    ]
    lines = [f"M{_EDGE + at * width} {_HEAD}v{rows * height}" for at in range(columns + 1)]
    lines += [f"M{_EDGE} {_HEAD + at * height}h{columns * width}" for at in range(rows + 1)]
    return "".join([*parts, f'<path class="cells" d="{"".join(lines)}" {_CELL_EDGE}/>', "</svg>"])


_LEVELS = 24
_HEAD = 18
_UNFILLED = ' fill="none"'
_CELL_EDGE = 'stroke="#808080" stroke-opacity="0.6" stroke-width="0.5" fill="none"'


def _colour(colours: Sequence[tuple[int, int, int]], share: float) -> tuple[str, str]:
    """The colour at a place from 0 to 1 along a scale, and black or white to write on it."""
    along = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    at = min(int(along), len(colours) - 2)
    red, green, blue = (
        round(one + (other - one) * (along - at)) for one, other in zip(colours[at], colours[at + 1], strict=True)
    )
    light = [(part / 255) ** 2.2 for part in (red, green, blue)]
    is_light = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] > 0.18
    return f"#{red:02x}{green:02x}{blue:02x}", "#000000" if is_light else "#ffffff"


def _shown_places(count: int, size: int, needed: int) -> list[int]:
    """The places along an axis whose index is written: as many as there is room for."""
    step = next(
        step for power in range(20) for step in (10**power, 2 * 10**power, 5 * 10**power) if step * size >= needed
    )
    return list(range(0, count, step))


def _in_a_cell(value: float) -> str:
    if not math.isfinite(value):
        return str(value).replace("inf", "∞")
    if 99.5 <= abs(value) < 10_000:
        return f"{value:.0f}"
    return f"{value:.1g}" if abs(value) < 0.01 else f"{value:.2g}"


def _span(values: Sequence[Sequence[float]]) -> str:
    known = [value for row in values for value in row if math.isfinite(value)]
    odd = sum(len(row) for row in values) - len(known)
    span = f"from {min(known):.3g} to {max(known):.3g}" if known else "no finite number"
    return f"{len(values)} by {len(values[0])} cells, {span}" + (f", {odd} not finite" if odd else "")


# -- images, scores ------------------------------------------------------------------------------------------------------


def image_svg(entry: Misclassified, words: str) -> str:
    """An image as an `<svg>`, told in `words`."""
    title = html.escape(words)
    return (
        f'<svg class="digit" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" '
        f'height="{SIDE}"><title>{title}</title>{_picture(entry.image)}</svg>'
    )


@lru_cache(maxsize=1024)
def _picture(image: tuple[str, ...]) -> str:
    """The strokes of an image. Kept, since the same images are hard for most of a class."""
    rows = [[int(grey, 16) / 15 for grey in row] for row in image] or [[0.0]]
    return "".join(_pixels(rows, SIDE, 0))


def sparkline_svg(shares: Sequence[float], words: str) -> str:
    """Shares from 0 to 1 as a small line in an `<svg>`, told in `words`."""
    width, height = 160, 36
    step = (width - 12) / max(1, len(shares) - 1)
    points = [
        f"{6 + place * step:.1f} {height - 6 - (height - 12) * min(max(share, 0.0), 1.0):.1f}"
        for place, share in enumerate(shares)
    ]
    dots = "".join('<circle class="got-dot" cx="{}" cy="{}" r="{}"/>'.format(*point.split(), 3) for point in points)
    return (
        f'<svg class="sparkline" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><title>{html.escape(words)}</title>'
        f'<path class="axis" d="M2 {height - 6}H{width - 2}" {_AXIS} stroke-opacity="0.4"/>'
        f'<path class="got" d="M{"L".join(points)}" {_STROKES["got"]}/>{dots}</svg>'
    )


SIDE = 56


def _pixels(image: Sequence[Sequence[float]], side: int, margin: int = RIGHT) -> list[str]:
    """A picture as strokes: for each of 32 greys the runs of its pixels, row by row, on a ground of the commonest."""
    levels = [[round(31 * min(max(value, 0.0), 1.0)) for value in row] for row in image]
    rows, columns = len(levels), len(levels[0])
    everything = [level for row in levels for level in row] or [0]
    ground = max(sorted(set(everything)), key=everything.count)
    runs = _runs(levels)
    runs.pop(ground, None)
    scale = side / max(rows, columns, 1)
    drawn = [
        f'<g class="picture" transform="translate({margin} {margin}) scale({scale:.4f})" shape-rendering="crispEdges">'
    ]
    drawn.append(f'<rect x="0" y="0" width="{columns}" height="{rows}" fill="{_grey(ground)}"/>')
    drawn += [f'<path d="{found}" stroke="{_grey(level)}" fill="none"/>' for level, found in sorted(runs.items())]
    return [*drawn, "</g>"]


def _runs(levels: Sequence[Sequence[int]]) -> dict[int, str]:
    """For each level the strokes, one high, that fill its cells, neighbours in a row with one stroke."""
    runs: dict[int, list[str]] = {}
    for y, row in enumerate(levels):
        x = 0
        while x < len(row):
            end = x + 1
            while end < len(row) and row[end] == row[x]:
                end += 1
            runs.setdefault(row[x], []).append(f"M{x} {y}.5h{end - x}")
            x = end
    return {level: "".join(found) for level, found in runs.items()}


def _grey(level: int) -> str:
    return "#" + f"{round(255 * level / 31):02x}" * 3


def _spoken_figure(figure: Figure) -> str:
    bars = ", ".join(f"{label}: {length:.3g}" for label, length in figure.bars)
    picture = f"a picture of {len(figure.image)} by {len(figure.image[0])} pixels" if figure.image else ""
    return f"{figure.title}: " + ("; ".join(part for part in (picture, bars) if part) or "empty")


def histogram_svg(title: str, counts: Sequence[int], labels: Sequence[str], unit: str) -> str:
    """Bars of `counts` as an `<svg>`: the count above each, below it its label, of a range `10–19` only the start."""
    top, base = 26, HEIGHT - BOTTOM
    width = (WIDTH - 2 * RIGHT) / max(1, len(counts))
    highest = max([*counts, 1])
    parts = [_opening(f"{title}: " + ", ".join(f"{label}: {n}" for label, n in zip(labels, counts, strict=True)))]
    for place, (count, label) in enumerate(zip(counts, labels, strict=True)):
        x, height = RIGHT + place * width, (base - top) * count / highest
        middle = x + width / 2
        parts.append(
            f'<rect class="bar" x="{x + 2:.1f}" y="{base - height:.1f}" width="{width - 4:.1f}" height="{height:.1f}"/>'
        )
        if count:
            parts.append(_text(middle, base - height - 5, str(count), "middle"))
        parts.append(_text(middle, base + 16, label.split("–")[0], "middle"))
    parts.append(f'<path class="axis" d="M{RIGHT} {base}H{WIDTH - RIGHT}" {_AXIS}/>')
    parts.append(_text(WIDTH / 2, HEIGHT - 6, unit, "middle"))
    return "".join(parts) + "</svg>"


_GRID = 'stroke="#ddd" fill="none"'
_AXIS = 'stroke="#777" fill="none"'
_BAND = 'fill="#2a8f6a" fill-opacity="0.25" stroke="none"'
_BAND_LINE = 'stroke="#2a8f6a" stroke-opacity="0.4" stroke-width="8" fill="none"'
_STROKES = {
    "got": 'stroke="#1f5fbf" stroke-width="2" fill="none"',
    "expected": 'stroke="#555" stroke-width="2" stroke-dasharray="6 4" fill="none"',
}


def _opening(title: str) -> str:
    return (
        f'<svg class="figure" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-size="13"><title>{html.escape(title)}</title>'
    )


def _text(x: float, y: float, text: str, anchor: str, size: float = 13.0) -> str:
    shown = text if len(text) <= 60 else text[:59] + "…"
    other = f' font-size="{size:.1f}"' if size != 13.0 else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{other}>{html.escape(shown)}</text>'


def _held(value: float) -> float:
    """`value`, kept where differences and ratios of two such numbers don't overflow."""
    return max(-_HUGE, min(_HUGE, value))


def _axis(values: Sequence[float], whole: bool) -> tuple[float, float, list[tuple[float, str]]]:
    """The lowest and highest value of an axis that holds `values`, and its labelled ticks at round numbers."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if high - low <= max(1e-9 * max(abs(low), abs(high)), _TINY):
        margin = abs(low) / 10 if abs(low) > _TINY else 1.0
        low, high = low - margin, high + margin
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    if whole:
        step = max(1.0, float(math.ceil(step)))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9) + (abs(step / power - 2.5) < 1e-9))
    ticks = [(place * step, _label(place * step, step, decimals)) for place in range(first, last + 1)]
    return first * step, last * step, ticks


def _label(value: float, step: float, decimals: int) -> str:
    if decimals > 5 or abs(value) >= 1e6 or step >= 1e6:
        return f"{value:.3g}"
    return f"{value:.{decimals}f}"


def _places(length: int) -> list[int]:
    """The places of at most eight ticks along a series of `length` points."""
    step = next(step for power in range(20) for step in (10**power, 2 * 10**power, 5 * 10**power) if length <= 8 * step)
    return [place for place in range(length) if (place + 1) % step == 0 or length == 1]


def _line(name: str, values: Sequence[float], x_of: Scale, y_of: Scale) -> str:
    """The path through the finite `values`, with dots where there are few of them or one stands alone."""
    stride = max(1, math.ceil(len(values) / MOST_POINTS))
    places = [place for place in range(len(values)) if place % stride == 0 or place == len(values) - 1]
    pieces: list[list[str]] = [[]]
    for place in places:
        if math.isfinite(values[place]):
            pieces[-1].append(f"{x_of(place):.1f} {y_of(values[place]):.1f}")
        else:
            pieces.append([])
    path = "".join("M" + "L".join(piece) for piece in pieces if len(piece) > 1)
    dotted = [point for piece in pieces for point in piece if len(piece) == 1 or (name == "got" and len(places) <= 12)]
    drawn = f'<path class="{name}" d="{path}" {_STROKES[name]}/>' if path else ""
    for point in dotted:
        x, y = point.split()
        drawn += f'<circle class="{name}-dot" cx="{x}" cy="{y}" r="3"/>'
    return drawn


def _band(curve: Curve, x_of: Scale, y_of: Scale) -> str:
    """The area of what is right, where both of its borders are numbers; in a single point, a bar."""
    pairs = list(zip(curve.low, curve.high, strict=False))
    if not pairs or not all(math.isfinite(value) for pair in pairs for value in pair):
        return ""
    stride = max(1, math.ceil(len(pairs) / MOST_POINTS))
    places = [place for place in range(len(pairs)) if place % stride == 0 or place == len(pairs) - 1]
    if len(places) == 1:
        x, low, high = x_of(0), y_of(pairs[0][0]), y_of(pairs[0][1])
        return f'<path class="band-line" d="M{x:.1f} {low:.1f}L{x:.1f} {high:.1f}" {_BAND_LINE}/>'
    upper = [f"{x_of(place):.1f} {y_of(pairs[place][1]):.1f}" for place in places]
    lower = [f"{x_of(place):.1f} {y_of(pairs[place][0]):.1f}" for place in reversed(places)]
    return f'<path class="band" d="M{"L".join([*upper, *lower])}" {_BAND}/>'


def _legend(curve: Curve) -> str:
    drawn = f'<path class="got" d="M{LEFT} 12h26" {_STROKES["got"]}/>' + _text(LEFT + 32, 16, _yours(curve), "start")
    x = min(225 if curve.low else 315, max(150 if curve.low else 230, LEFT + 52 + 7 * len(_yours(curve))))
    if curve.expected:
        drawn += f'<path class="expected" d="M{x} 12h26" {_STROKES["expected"]}/>' + _text(
            x + 32, 16, "reference", "start"
        )
        x += 110
    if curve.low:
        drawn += f'<path class="band" d="M{x} 6h26v12h-26" {_BAND}/>'
        drawn += _text(x + 32, 16, wording.RIGHT_RUNS, "start")
    return drawn


def _yours(curve: Curve) -> str:
    broken = next((place for place, value in enumerate(curve.got, 1) if not math.isfinite(value)), None)
    if not curve.got:
        return "yours: no values"
    return "yours" if broken is None else f"yours: {curve.got[broken - 1]} at {curve.unit[:12]} {broken}"


def _spoken(curve: Curve) -> str:
    """The figure in words."""
    ends = [
        f"{whose} from {values[0]:.4g} to {values[-1]:.4g}"
        for whose, values in (("yours", curve.got), ("the reference", curve.expected))
        if values
    ]
    if curve.low and curve.high:
        ends.append(
            f"right ones end between {curve.low[-1]:.4g} and {curve.high[-1]:.4g}"
            + (f" ({curve.band})" if curve.band else "")
        )
    return f"{curve.title}, {max(len(curve.got), len(curve.expected))} points ({curve.unit}): " + "; ".join(
        ends or ["no values"]
    )
