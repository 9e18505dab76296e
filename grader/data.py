"""MNIST and Fashion-MNIST: subsets of 5,000 pictures that come with the package, the full sets from a folder of their files
or through torchvision.
"""

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
from grader.idx import FILES, find_files, read_set
from grader.text import did_you_mean

_EMBEDDED = {"mnist": "mnist5k.npz", "fashion_mnist": "fashion5k.npz"}
_TORCHVISION = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}
_TITLES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
_SAME_BRIGHTNESS = 0.002  # the means of the full sets are known to 0.0001, and lie 0.15 apart

STATISTICS = {"mnist": (0.1307, 0.3081), "fashion_mnist": (0.2860, 0.3530)}
"""Mean and standard deviation of the training pictures, scaled to [0, 1]."""

CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion_mnist": ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
}
"""What the labels 0 to 9 stand for, in few letters."""


@dataclass(frozen=True)
class Dataset:
    """Pictures uint8 (N, 28, 28) and labels int64 (N,), for training and for the test."""

    name: str
    """The set's name, as in the assignment.toml."""
    train_images: Tensor
    """The pictures for training."""
    train_labels: Tensor
    """What is on them."""
    test_images: Tensor
    """Those for the test."""
    test_labels: Tensor
    """What is on these, which a worker must not learn."""

    def standardised(self, images: Tensor) -> Tensor:
        """`images` uint8 (N, 28, 28) as float32 (N, 1, 28, 28) with mean 0 and deviation 1 over the data set."""
        mean, deviation = STATISTICS[self.name]
        return ((images.to(torch.float32) / 255 - mean) / deviation).unsqueeze(1)


@cache
def load_dataset(name: str, root: Path | None = None) -> Dataset:
    """The data set `name`: the embedded subset, or with `root` the full one, downloaded there if it is missing.

    Its four files are looked for where torchvision puts them (`root/FashionMNIST/raw`), in a folder of the set's name
    (`root/fashion-mnist`), and in `root` itself, which may hold one set only: the files of all sets have the same names.

    Raises `UsageError` for an unknown name, for damaged files, and when the full set is neither there nor can be downloaded.
    """
    if name not in _EMBEDDED:
        raise UsageError(f"there is no data set {name!r}. {did_you_mean(name, _EMBEDDED)}")
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
    own_folder = root / _TORCHVISION[name] / "raw"
    for folder in (own_folder, root / name.replace("_", "-"), root / name, root):
        found = find_files(folder)
        if len(found) == len(FILES):
            return _read_full(name, folder, found)
        if found and folder != own_folder:  # there, torchvision completes it
            missing = [file for file in FILES if not any(path.name.startswith(file) for path in found)]
            raise UsageError(
                f"{folder} holds {', '.join(path.name for path in found)}, but not {', '.join(missing)}. Put all four files "
                "there, plain or as .gz, or leave --dataset-root out to use the embedded subset."
            )
    return _download(name, root)


def _read_full(name: str, folder: Path, paths: list[Path]) -> Dataset:
    train_images, train_labels, test_images, test_labels = (torch.tensor(array) for array in read_set(paths))
    brightness = float(train_images.mean(dtype=torch.float64)) / 255
    for other, (mean, _) in STATISTICS.items():
        if other != name and abs(brightness - mean) < _SAME_BRIGHTNESS:
            raise UsageError(
                f"{folder} seems to hold {_TITLES[other]}, expected {_TITLES[name]}: the mean of its pictures is "
                f"{brightness:.4f}, not {STATISTICS[name][0]:.4f}. Name another folder with --dataset-root."
            )
    return Dataset(name, train_images, train_labels.long(), test_images, test_labels.long())


def _download(name: str, root: Path) -> Dataset:
    datasets = _import_torchvision_datasets()
    kind = getattr(datasets, _TORCHVISION[name])
    try:
        train, test = (kind(str(root), train=is_train, download=True) for is_train in (True, False))
    except (OSError, RuntimeError) as error:
        why = " ".join(str(error).split()).rstrip(".")
        raise UsageError(
            f"the full {_TITLES[name]} is not in {root} and can't be downloaded: {why}. "
            "Put its four files there, or leave --dataset-root out to use the embedded subset."
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
