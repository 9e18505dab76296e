"""Read the four IDX files that MNIST and Fashion-MNIST come as, plain or packed with gzip: all of a file, or a refusal."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import UsageError

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_SIDE = 28  # pixels of a picture, each way
_CLASSES = 10
_UINT8 = 8  # the format's number for bytes without a sign, the only kind these files have
_ANEW = "Get the file anew."


def find_files(folder: Path) -> list[Path]:
    """Those of the four files that lie in the folder, in the order of `FILES`; a plain one goes before its packed twin."""
    found = []
    for name in FILES:
        candidates = (folder / name, folder / f"{name}.gz")
        found += [path for path in candidates if path.is_file()][:1]
    return found


def read_set(paths: list[Path]) -> list[np.ndarray[Any, Any]]:
    """Pictures and labels for training, pictures and labels for the test, all uint8, from the four files of `find_files`.

    Raises `UsageError`, which names the file, for whatever is not just that.
    """
    arrays = []
    for images_path, labels_path in (paths[:2], paths[2:]):
        images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
        if images.shape[1:] != (_SIDE, _SIDE):
            height, width = images.shape[1:]
            raise UsageError(
                f"{images_path}: pictures of {height} x {width} pixels, expected {_SIDE} x {_SIDE}. {_ANEW}"
            )
        if len(images) != len(labels):
            raise UsageError(
                f"{labels_path}: {len(labels)} labels, expected {len(images)}, the number of pictures in "
                f"{images_path.name}. Get both files from the same place."
            )
        if labels.max(initial=0) >= _CLASSES:
            raise UsageError(f"{labels_path}: a label is {labels.max()}, expected 0 to {_CLASSES - 1}. {_ANEW}")
        arrays += [images, labels]
    return arrays


def read_idx(path: Path, dimensions: int) -> np.ndarray[Any, Any]:
    """The array uint8 in an IDX file of so many dimensions. Raises `UsageError` for a file that is no such, or damaged."""
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: can't be read: {error}. {_ANEW}") from None
    magic, size_of_header = bytes([0, 0, _UINT8, dimensions]), 4 + 4 * dimensions
    if content[:4] != magic:
        raise UsageError(
            f"{path}: begins with the bytes {content[:4].hex(' ') or '(none)'}, expected {magic.hex(' ')}, which an IDX "
            f"file of bytes in {dimensions} dimension{'s' * (dimensions > 1)} begins with. {_ANEW}"
        )
    if len(content) < size_of_header:
        raise UsageError(f"{path}: {len(content)} bytes, expected a header of {size_of_header}. {_ANEW}")
    shape = [int(size) for size in np.frombuffer(content, ">u4", dimensions, offset=4)]
    expected = size_of_header + math.prod(shape)
    if len(content) != expected:
        raise UsageError(
            f"{path}: {len(content)} bytes{' unpacked' if path.suffix == '.gz' else ''}, expected {expected} for the "
            f"sizes {' x '.join(map(str, shape))} in its header. {_ANEW}"
        )
    if 0 in shape:
        raise UsageError(f"{path}: holds nothing: its sizes are {' x '.join(map(str, shape))}. {_ANEW}")
    return np.frombuffer(content, np.uint8, offset=size_of_header).reshape(shape)
