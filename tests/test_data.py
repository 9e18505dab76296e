"""The data sets: the embedded subsets as they are, the full ones from a folder or a clear refusal."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import torch

from grader.data import STATISTICS, load_dataset
from grader.errors import UsageError

NAMES = ("mnist", "fashion_mnist")
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def write_idx(path: Path, tensor: torch.Tensor) -> None:
    """Write `tensor` uint8 in the format of the original MNIST files."""
    header = bytes([0, 0, 8, tensor.dim()]) + struct.pack(f">{tensor.dim()}I", *tensor.shape)
    path.write_bytes(header + bytes(tensor.reshape(-1).tolist()))


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
    with pytest.raises(UsageError, match=r"^there is no data set 'cifar'; there are: mnist, fashion_mnist$"):
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
    assert message.endswith("Leave --dataset-root out to use the embedded subset.")
    assert "\n" not in message


def test_full_set_from_a_folder(tmp_path: Path) -> None:
    """A full set that lies in its folder is read from there, without a network."""
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    images = torch.arange(3 * 28 * 28).remainder(256).to(torch.uint8).reshape(3, 28, 28)
    labels = torch.tensor([3, 1, 2], dtype=torch.uint8)
    for file, tensor in zip(FILES, (images, labels, images[:2], labels[:2]), strict=True):
        write_idx(folder / file, tensor)
    dataset = load_dataset("mnist", tmp_path)
    assert torch.equal(dataset.train_images, images)
    assert torch.equal(dataset.test_labels, torch.tensor([3, 1]))
