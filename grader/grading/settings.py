"""How a run grades: light enough to be known by processes that never import torch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from grader.isolation.levels import Level

PATIENCE_SECONDS = 120.0  # how long a run on a cluster waits while there is nobody to grade


@dataclass(frozen=True)
class Settings:
    """Where student code runs (`auto`, `cpu`, `cuda` or one GPU, `cuda:1`), on which data (the embedded subset without a
    folder), how well it must be walled in at least, and how well at best: a lower one than the machine has is for trying
    that level out. `why_cpu` is why it runs on the CPU although there is a GPU.
    """

    device: str = "auto"
    dataset_root: Path | None = None
    least_isolation: Level = Level.PROCESS
    best_isolation: Level = Level.FULL
    why_cpu: str = ""


def default_jobs() -> int:
    """As many processes as there are processors for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
