"""The provided parts of `cnn`: Adam is torch's, without its compiler, and rounding decides nothing in the pinned runs."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.checks.proxy import Names
from grader.checks.session import Session
from grader.course.assignments import find_assignment
from grader.data import load_dataset
from grader.isolation.launchers import Zygote
from grader.isolation.levels import Level
from grader.isolation.walls import way_to
from grader.submissions.submission import make_submission

ROOT = Path(__file__).parent.parent
MARGIN = 1e-4  # between the largest score and the next: right float32 runs differ by less than 1e-5


def imported(path: str) -> ModuleType:
    """The module at a path of the repository."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PARTS = imported("assignments/cnn/parts.py")
RUBRICS = {
    "public": imported("assignments/cnn/test_training.py"),
    "hidden": imported("reference/cnn/test_hidden_training.py"),
}


@pytest.mark.parametrize(("lr", "eps"), [(0.001, 1e-8), (0.05, 0.02)])
def test_adam_is_torchs(lr: float, eps: float) -> None:
    """Over six steps, Adam moves parameters as torch.optim.Adam does; one without a gradient stays."""
    generator = torch.Generator().manual_seed(1)
    start = [torch.randn(shape, generator=generator) for shape in ((4, 3), (5,), (2,))]
    ours, theirs = ([tensor.clone().requires_grad_() for tensor in start] for _ in range(2))
    optimizers = PARTS.Adam(ours, lr=lr, eps=eps), torch.optim.Adam(theirs, lr=lr, eps=eps)
    for step in range(6):
        gradients = [torch.randn(tensor.shape, generator=generator) * 10.0**-step for tensor in start[:2]]
        for optimizer, tensors in zip(optimizers, (ours, theirs), strict=True):
            optimizer.zero_grad()
            for tensor, gradient in zip(tensors, gradients, strict=False):
                tensor.grad = gradient.clone()
            optimizer.step()
    for one, other, before in zip(ours, theirs, start, strict=True):
        assert torch.allclose(one - before, other - before, rtol=1e-4, atol=1e-7)
    assert torch.equal(ours[2], start[2])


CODE = """
import sys
import torch

def step(network, optimizer, images):
    optimizer.zero_grad()
    network(images).sum().backward()
    optimizer.step()
    found = {name: module for name, module in sys.modules.items() if name.startswith(("torch._dynamo", "sympy"))}
    return [name for name, module in found.items() if getattr(module, "__file__", None)]
"""


@pytest.fixture
def names() -> Iterator[tuple[Names, Names]]:
    """The submission's names and the course's, in a worker."""
    launcher = Zygote(way_to(Level.PROCESS))
    session = Session(make_submission("ada", {"step.py": CODE}), find_assignment(ROOT, "cnn"), launcher, "cpu")
    session.begin(0, 20.0)
    yield Names(session), Names(session, provided=True)
    session.close()
    launcher.close()


def test_no_compiler(names: tuple[Names, Names]) -> None:
    """A step of Adam in a worker imports nothing of torch's compiler."""
    submission, provided = names
    network = provided.SmallNetwork(RUBRICS["public"].start_parameters())
    assert submission.step(network, provided.adam_of(network, 0.1), torch.zeros(2, 1, 28, 28)) == []


RUNS = [  # the rubric, first picture, number of pictures, batch size, epochs
    *[("public", first, count, count, 1) for first, count in ((0, 23), (30, 20), (55, 7), (70, 1))],
    *[
        ("public", *run, 1)
        for run in ((300, 23, 5), (330, 13, 5), (340, 40, 8), (370, 9, 9), (380, 4, 1), (400, 18, 6))
    ],
    *[("public", *run) for run in ((500, 30, 8, 3), (700, 53, 12, 4), (600, 11, 4, 1))],
    *[("hidden", *run) for run in ((0, 26, 9, 1), (40, 17, 6, 3), (80, 19, 8, 8))],
]


@pytest.mark.parametrize("run", RUNS)
def test_rounding_decides_no_count(run: tuple[str, int, int, int, int]) -> None:
    """In the pinned runs no prediction is so close that rounding decides it."""
    kind, first, count, batch_size, epochs = run
    rubric, dataset = RUBRICS[kind], load_dataset("fashion_mnist")
    images, labels = rubric.pictures_of(dataset, first, count)
    right = rubric.Follower(PARTS)
    nearest = []

    def scores(x: Tensor) -> Tensor:
        with torch.no_grad():
            outputs: Tensor = right.network(x)
        return outputs

    for _ in range(epochs):
        for x, y in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            best = scores(x).topk(2).values
            nearest.append(float((best[:, 0] - best[:, 1]).min()))
            right.epoch(x, y, len(y))
    assert min(nearest) > MARGIN


def test_stand_ins_are_right() -> None:
    """What stands in for a failed function of a submission does what it should."""
    rubric, dataset = RUBRICS["public"], load_dataset("fashion_mnist")
    images, labels = rubric.pictures_of(dataset, 0, 13)
    right = rubric.Follower(PARTS)
    network = PARTS.SmallNetwork(rubric.start_parameters())
    optimizer = PARTS.adam_of(network, rubric.LR, rubric.EPS)
    got = PARTS.train_epoch(network, optimizer, PARTS.make_loader(images, labels, 5))
    assert got == pytest.approx(right.epoch(images, labels, 5))
    outputs = PARTS.outputs_of(network, images)
    assert PARTS.get_num_correct(outputs, labels) == int((outputs.argmax(1) == labels).sum())
    assert float(functional.cross_entropy(outputs, labels)) < 2.3
