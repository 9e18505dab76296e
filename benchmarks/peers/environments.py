"""A virtual environment for each peer, made when it is first needed and kept in a cache.

It sees what the running environment has - torch above all, which would be gigabytes a second time - behind what it has
itself, by a line in a .pth file.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from measuring import ROOT, CannotMeasure


def environment_of(name: str, requirement: str, cache: Path) -> Path:
    """The interpreter of an environment that has this requirement. Raises `CannotMeasure` if it can't be installed."""
    version = requirement.rpartition("==")[2]
    folder = cache / f"{name}-{version}-python{sys.version_info.major}.{sys.version_info.minor}"
    python = folder / "bin" / "python"
    complete = folder / "complete"
    if complete.is_file():
        return python
    venv.create(folder, with_pip=True, clear=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "running.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    command = [str(python), "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), requirement]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        last = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise CannotMeasure(f"{requirement} can't be installed into {folder}: {last}")
    complete.touch()
    return python
