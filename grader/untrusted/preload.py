"""Import, once and before any worker starts, what an assignment says its students import: later it would take each worker
as long again, and where the filter lets no worker open a file, it could not be done at all.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def preload(modules: Iterable[str]) -> None:
    """Import these. Raises `ImportError` for what is not installed."""
    for module in modules:
        if module not in sys.modules:
            if module.partition(".")[0] == "matplotlib":
                _make_matplotlib_importable()
            importlib.import_module(module)


def _make_matplotlib_importable() -> None:
    """Without a window, and without a folder to write to: it wants one for its settings and for a list of fonts."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None or "matplotlib" in sys.modules:
        return
    os.environ["MPLBACKEND"] = "Agg"
    os.environ["MATPLOTLIBRC"] = str(Path(found.origin).parent / "mpl-data" / "matplotlibrc")
    module: Any = importlib.import_module("matplotlib")
    module.get_cachedir = module.get_configdir = lambda: "/nonexistent"
