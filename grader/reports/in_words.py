"""What a report shows as a picture, for formats that have none: tables of text, and sentences."""

from __future__ import annotations

from collections.abc import Sequence

from grader.reports import wording
from grader.results import Curve, Figure, Location, Matrix, Predictions


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns of text, each as wide as its widest cell; the first one to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def curve_table(curve: Curve, limit: int = 12) -> str:
    """The first `limit` points of a curve as columns of text: the place from 1, the value got, the one expected, the band."""

    def at(values: tuple[float, ...], place: int) -> str:
        return f"{values[place]:.5g}" if place < len(values) else ""

    length = max(len(curve.got), len(curve.expected))
    columns = [("yours", curve.got), ("reference", curve.expected), ("right from", curve.low), ("to", curve.high)]
    columns = [(name, values) for name, values in columns if values or name == "yours"]
    rows = [(curve.unit[:12], *(name for name, _ in columns))]
    rows += [(str(place + 1), *(at(values, place) for _, values in columns)) for place in range(min(length, limit))]
    text = table(rows)
    return text if length <= limit else f"{text}\n{wording.more_lines(length - limit)}"


def entries_table(matrix: Matrix) -> list[tuple[str, str, str]]:
    """The first wrong entries of a tensor: a head, then index, got and expected."""
    head = (wording.INDEX, wording.GOT.lower(), wording.EXPECTED.lower())
    return [head, *((f"[{entry.index}]", entry.got, entry.expected) for entry in matrix.entries)]


def confusion_table(predictions: Predictions) -> str:
    """How often each class was taken for which, as columns of text."""
    names = [name[:7] for name in predictions.classes]
    rows = [(wording.LABEL_AND_PREDICTION, *names)]
    rows += [
        (name, *(str(count) if count else "." for count in row))
        for name, row in zip(names, predictions.counts, strict=True)
    ]
    return table(rows)


def confusions(predictions: Predictions) -> str:
    """In a sentence: how many were right, and what was most often taken for what."""
    total = sum(map(sum, predictions.counts))
    right = sum(row[place] for place, row in enumerate(predictions.counts))
    wrong = [
        (count, predictions.classes[label], predictions.classes[prediction])
        for label, row in enumerate(predictions.counts)
        for prediction, count in enumerate(row)
        if count and label != prediction
    ]
    wrong.sort(key=lambda entry: -entry[0])
    return wording.recognised(right, total, wrong[:3])


def numbered_lines(location: Location) -> list[tuple[int, str, bool]]:
    """The lines of a student's source to show: each with its number, and whether it is the one meant."""
    if not location.context:
        return [(location.line, location.source, True)] if location.source else []
    return [
        (number, text, number == location.line) for number, text in enumerate(location.context, location.first_line)
    ]


def source_in_text(location: Location) -> str:
    """The lines around a place with their numbers, the line itself marked."""
    lines = numbered_lines(location)
    width = max((len(str(number)) for number, _, _ in lines), default=0)
    return "\n".join(
        f"{'>' if is_meant else ' '} {number:>{width}} | {text}".rstrip() for number, text, is_meant in lines
    )


def figure_in_words(figure: Figure) -> str:
    """A figure where none can be drawn: how large the picture is, and the longest bar."""
    parts = [f"a picture of {len(figure.image)} x {len(figure.image[0])}"] if figure.image else []
    if figure.bars:
        label, length = max(figure.bars, key=lambda bar: bar[1])
        parts.append(f"{len(figure.bars)} bars, the longest at {label} ({length:.4g})")
    return ", ".join(parts) or "empty"
