"""The data sets: the embedded subsets as they are, the full ones from a folder or a clear refusal."""

from __future__ import annotations

import gzip
import re
import struct
from pathlib import Path

import pytest
import torch

from grader.data import STATISTICS, load_dataset
from grader.errors import UsageError
from grader.idx import FILES

NAMES = ("mnist", "fashion_mnist")


def idx(tensor: torch.Tensor) -> bytes:
    """`tensor` uint8 in the format of the original MNIST files."""
    header = bytes([0, 0, 8, tensor.dim()]) + struct.pack(f">{tensor.dim()}I", *tensor.shape)
    return header + bytes(tensor.reshape(-1).tolist())


IMAGES = torch.arange(3 * 28 * 28).remainder(256).to(torch.uint8).reshape(3, 28, 28)
LABELS = torch.tensor([3, 1, 2], dtype=torch.uint8)
SET = (IMAGES, LABELS, IMAGES[1:], LABELS[1:])


def write_set(folder: Path, packed: bool = False, tensors: tuple[torch.Tensor, ...] = SET) -> Path:
    """Put a small set into the folder, as the four files that the full ones come as."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, tensor in zip(FILES, tensors, strict=True):
        if packed:
            (folder / f"{file}.gz").write_bytes(gzip.compress(idx(tensor)))
        else:
            (folder / file).write_bytes(idx(tensor))
    return folder


def refusal(name: str, root: Path) -> str:
    """What is said of a set that can't be used: one line."""
    with pytest.raises(UsageError) as caught:
        load_dataset(name, root)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", NAMES)
def test_shapes_and_dtypes(name: str) -> None:
    """An embedded set has 4,000 pictures uint8 for training and 1,000 for the test, with labels int64."""
    dataset = load_dataset(name)
    tensors = (dataset.train_images, dataset.train_labels, dataset.test_images, dataset.test_labels)
    assert [(tuple(tensor.shape), tensor.dtype) for tensor in tensors] == [
        ((4000, 28, 28), torch.uint8),
        ((4000,), torch.int64),
        ((1000, 28, 28), torch.uint8),
        ((1000,), torch.int64),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_classes_are_balanced(name: str) -> None:
    """Each of the ten classes has 400 pictures for training and 100 for the test."""
    dataset = load_dataset(name)
    assert dataset.train_labels.bincount().tolist() == [400] * 10
    assert dataset.test_labels.bincount().tolist() == [100] * 10


@pytest.mark.parametrize("name", NAMES)
def test_standardised(name: str) -> None:
    """Standardised pictures are float32 (N, 1, 28, 28) with mean 0 and standard deviation 1, to a hundredth."""
    dataset = load_dataset(name)
    images = dataset.standardised(dataset.train_images)
    assert (tuple(images.shape), images.dtype) == ((4000, 1, 28, 28), torch.float32)
    assert abs(float(images.mean())) < 0.01
    assert abs(float(images.std()) - 1) < 0.01


@pytest.mark.parametrize("name", NAMES)
def test_standardising_is_the_formula(name: str) -> None:
    """Black and white become (0 - mean) / deviation and (1 - mean) / deviation."""
    mean, deviation = STATISTICS[name]
    ends = torch.tensor([0, 255], dtype=torch.uint8).reshape(2, 1, 1).expand(2, 28, 28)
    found = load_dataset(name).standardised(ends)[:, 0, 0, 0].tolist()
    assert found == pytest.approx([-mean / deviation, (1 - mean) / deviation], rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_no_test_picture_is_a_training_picture(name: str) -> None:
    """Training and test pictures are different ones."""
    dataset = load_dataset(name)
    training = {bytes(image.reshape(-1).tolist()) for image in dataset.train_images}
    assert sum(bytes(image.reshape(-1).tolist()) in training for image in dataset.test_images) == 0


def test_loaded_once() -> None:
    """Asked for again, the same data set is given."""
    assert load_dataset("mnist") is load_dataset("mnist")


def test_unknown_name() -> None:
    """An unknown name is refused with the names there are."""
    with pytest.raises(UsageError, match=r"^there is no data set 'cifar'\. There are: mnist, fashion_mnist\.$"):
        load_dataset("cifar")


@pytest.mark.parametrize("name", NAMES)
def test_full_set_without_network(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full set that is neither in its folder nor can be downloaded is refused in one line with the way out."""
    for variable in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")  # nobody listens there
        monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(UsageError) as caught:
        load_dataset(name, tmp_path / "full")
    message = str(caught.value)
    assert f"is not in {tmp_path / 'full'} and can't be downloaded" in message
    assert message.endswith("leave --dataset-root out to use the embedded subset.")
    assert "\n" not in message


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("name", "inside"),
    [("mnist", "MNIST/raw"), ("mnist", "mnist"), ("mnist", "."), ("fashion_mnist", "FashionMNIST/raw"),
     ("fashion_mnist", "fashion-mnist"), ("fashion_mnist", "fashion_mnist"), ("fashion_mnist", ".")],
)  # fmt: skip
def test_full_set_from_a_folder(tmp_path: Path, name: str, inside: str, packed: bool) -> None:
    """A full set is read from where torchvision puts it, from a folder of its name, or from the folder itself."""
    write_set(tmp_path / inside, packed)
    dataset = load_dataset(name, tmp_path)
    got = (dataset.train_images, dataset.train_labels, dataset.test_images, dataset.test_labels)
    assert all(torch.equal(one, other) for one, other in zip(got, SET, strict=True))
    assert [tensor.dtype for tensor in got] == [torch.uint8, torch.int64] * 2


def test_sets_beside_each_other(tmp_path: Path) -> None:
    """The files of both sets have the same names; each is found in its own folder."""
    write_set(tmp_path / "MNIST" / "raw", tensors=(IMAGES, LABELS, IMAGES, LABELS))
    write_set(tmp_path / "fashion-mnist", packed=True)
    assert [len(load_dataset(name, tmp_path).test_labels) for name in NAMES] == [3, 2]


def test_the_plain_file_goes_before_its_packed_twin(tmp_path: Path) -> None:
    """Torchvision keeps both; the packed one is then not looked at."""
    write_set(tmp_path)
    (tmp_path / f"{FILES[0]}.gz").write_bytes(b"not this one")
    assert torch.equal(load_dataset("mnist", tmp_path).train_images, IMAGES)


@pytest.mark.parametrize(("name", "other"), [NAMES, NAMES[::-1]])
def test_the_other_set(tmp_path: Path, name: str, other: str) -> None:
    """A folder with the other set is noticed by the mean of its pictures, and refused."""
    theirs = load_dataset(other)
    pictures = theirs.train_images.clone()
    light = round(STATISTICS[other][0] * 255 * pictures.numel()) - int(pictures.sum(dtype=torch.int64))
    flat = pictures.reshape(
        -1
    )  # the subset's mean differs a little from the full set's: so many pixels are changed by 1
    places = ((flat < 255) if light > 0 else (flat > 0)).nonzero()[: abs(light), 0]
    flat[places] = (flat[places].int() + (1 if light > 0 else -1)).to(torch.uint8)
    labels = theirs.train_labels.to(torch.uint8)
    write_set(tmp_path, tensors=(pictures, labels, pictures[:9], labels[:9]))
    titles = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
    assert refusal(name, tmp_path).startswith(
        f"{tmp_path} seems to hold {titles[other]}, expected {titles[name]}: the mean"
    )


def test_files_are_missing(tmp_path: Path) -> None:
    """A folder that holds some of the files is refused with what it has and what it lacks."""
    write_set(tmp_path, packed=True)
    (tmp_path / f"{FILES[1]}.gz").unlink()
    (tmp_path / f"{FILES[2]}.gz").unlink()
    message = refusal("fashion_mnist", tmp_path)
    assert message.startswith(f"{tmp_path} holds {FILES[0]}.gz, {FILES[3]}.gz, but not {FILES[1]}, {FILES[2]}. Put all")


WHOLE, WHOLE_LABELS = idx(IMAGES), idx(LABELS)
DAMAGED: dict[str, tuple[int, bytes, str]] = {
    "empty": (0, b"", "begins with the bytes (none), expected 00 00 08 03"),
    "labels for pictures": (0, WHOLE_LABELS, "begins with the bytes 00 00 08 01, expected 00 00 08 03"),
    "pictures for labels": (3, WHOLE, "begins with the bytes 00 00 08 03, expected 00 00 08 01"),
    "floats": (0, b"\0\0\x0d" + WHOLE[3:], "begins with the bytes 00 00 0d 03, expected 00 00 08 03"),
    "a page": (2, b"<html>not found</html>", "begins with the bytes 3c 68 74 6d, expected 00 00 08 03"),
    "half a header": (0, WHOLE[:9], "9 bytes, expected a header of 16"),
    "too short": (0, WHOLE[:-1], "expected 2368 for the sizes 3 x 28 x 28 in its header"),
    "too long": (1, WHOLE_LABELS + b"\0", "expected 11 for the sizes 3 in its header"),
    "other pixels": (0, idx(torch.zeros(3, 32, 28, dtype=torch.uint8)), "pictures of 32 x 28 pixels, expected 28 x 28"),
    "other counts": (3, idx(LABELS), f"3 labels, expected 2, the number of pictures in {FILES[2]}"),
    "no such label": (1, idx(torch.tensor([3, 10, 2], dtype=torch.uint8)), "a label is 10, expected 0 to 9"),
    "nothing in it": (0, idx(torch.zeros(0, 28, 28, dtype=torch.uint8)), "holds nothing: its sizes are 0 x 28 x 28"),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_files(tmp_path: Path, damage: str, packed: bool) -> None:
    """Whatever is wrong with a file is said with its name, what it holds, what it should, and what to do."""
    number, content, expected = DAMAGED[damage]
    write_set(tmp_path, packed)
    path = tmp_path / (f"{FILES[number]}.gz" if packed else FILES[number])
    path.write_bytes(gzip.compress(content) if packed else content)
    message = refusal("mnist", tmp_path)
    assert message.startswith(f"{path}: ")
    assert expected in message
    assert re.search(r"\. Get (the file anew|both files from the same place)\.$", message)


@pytest.mark.parametrize(
    "content", [b"", b"no gzip", gzip.compress(WHOLE)[:-9], gzip.compress(WHOLE)[:40] + b"\xff" * 400]
)
def test_damaged_packing(tmp_path: Path, content: bytes) -> None:
    """A packed file that can't be unpacked is named too."""
    write_set(tmp_path, packed=True)
    path = tmp_path / f"{FILES[0]}.gz"
    path.write_bytes(content)
    message = refusal("mnist", tmp_path)
    assert message.startswith(f"{path}: ")
    assert message.endswith("Get the file anew.")
