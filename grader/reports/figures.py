"""Figures as inline SVG, drawn by pure functions: a curve beside the one expected, a picture with bars, and a histogram.

Colours and fonts come from the page (`_base.css`); without it the figures are black on white and still readable.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence

from grader.results import Curve, Figure

WIDTH, HEIGHT = 420, 230
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 34, 42
MOST_POINTS = 400
_HUGE, _TINY = 1e150, 1e-250
_LOG_FROM = 1e3

Scale = Callable[[float], float]


def curve_svg(curve: Curve) -> str:
    """`curve` as an `<svg>`: got solid, expected dashed. Points that are not finite leave a gap and a note."""
    length = max(len(curve.got), len(curve.expected))
    finite = [_held(value) for value in (*curve.got, *curve.expected) if math.isfinite(value)]
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


def _pixels(image: Sequence[Sequence[float]], side: int) -> list[str]:
    """A picture as strokes: for each of 32 greys the runs of its pixels, row by row, on a ground of the commonest."""
    levels = [[round(31 * min(max(value, 0.0), 1.0)) for value in row] for row in image]
    rows, columns = len(levels), len(levels[0])
    everything = [level for row in levels for level in row] or [0]
    ground = max(sorted(set(everything)), key=everything.count)
    runs: dict[int, list[str]] = {}
    for y, row in enumerate(levels):
        x = 0
        while x < columns:
            end = next((place for place in range(x, columns) if row[place] != row[x]), columns)
            if row[x] != ground:
                runs.setdefault(row[x], []).append(f"M{x} {y}.5h{end - x}")
            x = end
    scale = side / max(rows, columns, 1)
    drawn = [
        f'<g class="picture" transform="translate({RIGHT} {RIGHT}) scale({scale:.4f})" shape-rendering="crispEdges">'
    ]
    drawn.append(f'<rect x="0" y="0" width="{columns}" height="{rows}" fill="{_grey(ground)}"/>')
    drawn += [
        f'<path d="{"".join(found)}" stroke="{_grey(level)}" fill="none"/>' for level, found in sorted(runs.items())
    ]
    return [*drawn, "</g>"]


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


def _legend(curve: Curve) -> str:
    drawn = f'<path class="got" d="M{LEFT} 12h26" {_STROKES["got"]}/>' + _text(LEFT + 32, 16, _yours(curve), "start")
    if curve.expected:
        x = min(315, max(230, LEFT + 52 + 7 * len(_yours(curve))))
        drawn += f'<path class="expected" d="M{x} 12h26" {_STROKES["expected"]}/>' + _text(
            x + 32, 16, "reference", "start"
        )
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
    return f"{curve.title}, {max(len(curve.got), len(curve.expected))} points ({curve.unit}): " + "; ".join(
        ends or ["no values"]
    )
