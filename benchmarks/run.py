"""Measure what docs/performance.md says: `python benchmarks/run.py [FAMILY ...] [--write docs/performance.md]`.

Both sides of every ratio are measured in the same run on the same machine, the medians are compared, and nothing is
asserted: what a machine does besides changes absolute times, ratios much less. Linux.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from measuring import COLUMNS, ROOT, CannotMeasure, Options, Quietness, Row, adopt_orphans, machine, markdown_table

FAMILIES = ("throughput", "cluster", "peers", "student_loop", "walls", "class_page")
_END = "<!-- end of figures -->"


def chosen_of(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for on the command line; ends the program if that can't be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=f"{', '.join(FAMILIES)}; all without any")
    parser.add_argument("--class-size", type=int, nargs="+", metavar="N", default=list(Options.class_sizes))
    parser.add_argument("--jobs", type=int, default=Options.jobs)
    parser.add_argument("--rounds", type=int, default=Options.rounds, help="repetitions; medians are compared")
    parser.add_argument("--without-peers", action="store_true", help="install and measure no other grader")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where the environments of other graders are kept")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="put the tables into this file, between their markers"
    )
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.families if name not in FAMILIES]
    if unknown:
        parser.error(f"there is no family {unknown[0]}; there are {', '.join(FAMILIES)}")
    if chosen.write is not None:
        try:
            for family in chosen.families or FAMILIES:
                with_figures(chosen.write.read_text("utf-8"), family, "")
        except (OSError, CannotMeasure) as problem:
            parser.error(f"--write {chosen.write}: {problem}")
    return chosen


def main() -> int:
    """Measure the chosen families and print their tables; 1 if one of them could not be measured."""
    chosen = chosen_of()
    sys.path.insert(0, str(ROOT))  # this clone is measured, whatever is installed
    adopt_orphans()
    options = Options(tuple(chosen.class_size), chosen.jobs, chosen.rounds, with_peers=not chosen.without_peers)
    if chosen.cache is not None:
        options = Options(options.class_sizes, options.jobs, options.rounds, chosen.cache, options.with_peers)
    families = tuple(chosen.families) or FAMILIES
    all_measured = True
    for family in families:
        module = importlib.import_module(family)
        print(f"\n{family}: {(module.__doc__ or '').splitlines()[0]}\n", flush=True)
        quietness = Quietness()
        try:
            rows = list(module.measure(options))
        except CannotMeasure as reason:
            print(f"Not measured: {reason}", flush=True)
            all_measured = all_measured and family == "peers" and not options.with_peers
            continue
        text = figures(rows, getattr(module, "COLUMNS", COLUMNS), options.rounds, quietness)
        print(text, flush=True)
        if chosen.write is not None:
            chosen.write.write_text(with_figures(chosen.write.read_text("utf-8"), family, text), encoding="utf-8")
    return 0 if all_measured else 1


def figures(rows: list[Row], columns: tuple[str, ...], rounds: int, quietness: Quietness) -> str:
    """The table of a family, and where it was measured."""
    how_often = f"{rounds} rounds" if rounds > 1 else "1 round"
    return f"{markdown_table(columns, rows)}\nMeasured in {how_often} on {machine()}; meanwhile {quietness}.\n"


def with_figures(page: str, family: str, text: str) -> str:
    """The page with this text between the markers of the family. Raises `CannotMeasure` if it has none."""
    begin = f"<!-- figures: {family} -->"
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(_END)
    if not found or not ended:
        raise CannotMeasure(f"the page has no {begin} with {_END} after it")
    return f"{before}{begin}\n{text}{_END}{after}"


if __name__ == "__main__":
    sys.exit(main())
