"""MNIST and Fashion-MNIST: subsets of 5,000 pictures that come with the package, the full sets through torchvision."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from grader.errors import UsageError

_EMBEDDED = {"mnist": "mnist5k.npz", "fashion_mnist": "fashion5k.npz"}
_TORCHVISION = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}

# Mean and standard deviation of the training pictures, scaled to [0, 1].
STATISTICS = {"mnist": (0.1307, 0.3081), "fashion_mnist": (0.2860, 0.3530)}


@dataclass(frozen=True)
class Dataset:
    """Pictures uint8 (N, 28, 28) and labels int64 (N,), for training and for the test."""

    name: str
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor

    def standardised(self, images: Tensor) -> Tensor:
        """`images` uint8 (N, 28, 28) as float32 (N, 1, 28, 28) with mean 0 and deviation 1 over the data set."""
        mean, deviation = STATISTICS[self.name]
        return ((images.to(torch.float32) / 255 - mean) / deviation).unsqueeze(1)


@cache
def load_dataset(name: str, root: Path | None = None) -> Dataset:
    """The data set `name`: the embedded subset, or with `root` the full one, downloaded there if it is missing.

    Raises `UsageError` for an unknown name, and when the full set is neither in `root` nor can be downloaded.
    """
    if name not in _EMBEDDED:
        raise UsageError(f"there is no data set {name!r}; there are: {', '.join(_EMBEDDED)}")
    return _load_embedded(name) if root is None else _load_full(name, root)


def _load_embedded(name: str) -> Dataset:
    import numpy as np

    path = Path(__file__).parent / "datasets" / _EMBEDDED[name]
    with np.load(path, allow_pickle=False) as arrays:
        return Dataset(
            name,
            *(torch.from_numpy(arrays[key]) for key in ("train_images", "train_labels", "test_images", "test_labels")),
        )


def _load_full(name: str, root: Path) -> Dataset:
    datasets = _import_torchvision_datasets()
    kind = getattr(datasets, _TORCHVISION[name])
    try:
        train, test = (kind(str(root), train=is_train, download=True) for is_train in (True, False))
    except (OSError, RuntimeError) as error:
        why = " ".join(str(error).split())
        raise UsageError(
            f"the full {_TORCHVISION[name]} is not in {root} and can't be downloaded: {why} "
            "Leave --dataset-root out to use the embedded subset."
        ) from None
    return Dataset(name, train.data, train.targets, test.data, test.targets)


def _import_torchvision_datasets() -> ModuleType:
    """`torchvision.datasets`. A torchvision built for CUDA beside a CPU-only torch misses two operators at import:
    declaring their schemas is enough for data sets, which never call them."""
    try:
        return importlib.import_module("torchvision.datasets")
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
    for module in [key for key in sys.modules if key.split(".")[0] == "torchvision"]:
        del sys.modules[module]
    library: Any = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _KEPT.append(library)
    return importlib.import_module("torchvision.datasets")


_KEPT: list[torch.library.Library] = []  # a library's definitions last as long as the object
