"""The pinned training runs are safe: rounding decides nothing in them, so right code can't lose a point by chance."""

from __future__ import annotations

import ast
import importlib.util
import itertools
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grader.course.assignments import find_assignment
from grader.course.calibration import Calibration
from grader.data import Dataset, load_dataset

ROOT = Path(__file__).parent.parent
Run = tuple[str, int, int, int]  # the rubric, the number of images, the batch size, the epochs
KINK = 2e-5  # pre-activations of a right float32 run are within 1e-6 of those in float64
AGREEMENT = 1e-5  # of a parameter's change; the checks allow 1e-3


def imported(path: str) -> ModuleType:
    """The module at a path of the repository."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RUBRICS = {
    "public": imported("assignments/classifier/test_training.py"),
    "hidden": imported("reference/classifier/test_hidden_training.py"),
}
TOGETHER = imported("assignments/classifier/test_together.py")
PARTS = imported("assignments/classifier/parts.py")


def pinned_runs(rubric: str) -> list[Run]:
    """Every run that the rubric asks `follow` for."""
    source = Path(str(RUBRICS[rubric].__file__)).read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "follow"]
    return sorted({(rubric, *(ast.literal_eval(argument) for argument in call.args[2:])) for call in named})


RUNS = [run for rubric in RUBRICS for run in pinned_runs(rubric)]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """The embedded images."""
    return load_dataset("mnist")


def trained(dataset: Dataset, run: Run, dtype: torch.dtype) -> tuple[dict[str, Tensor], float]:
    """The parameters after a run of gradient descent, and how near any pre-activation came to 0."""
    rubric, images, batch_size, epochs = run
    pictures = dataset.standardised(dataset.train_images[:images]).to(dtype)
    labels = dataset.train_labels[:images]
    p = {
        name: tensor.to(dtype, copy=True).requires_grad_()
        for name, tensor in RUBRICS[rubric].start_parameters().items()
    }
    nearest = float("inf")
    for _ in range(epochs):
        for x, y in zip(pictures.split(batch_size), labels.split(batch_size), strict=True):
            z1 = functional.linear(x.flatten(1), p["fc1.W"], p["fc1.b"])
            z2 = functional.linear(z1.relu(), p["fc2.W"], p["fc2.b"])
            loss = functional.cross_entropy(functional.linear(z2.relu(), p["fc3.W"], p["fc3.b"]), y)
            gradients = torch.autograd.grad(loss, list(p.values()))
            nearest = min(nearest, float(z1.detach().abs().min()), float(z2.detach().abs().min()))
            with torch.no_grad():
                for parameter, gradient in zip(p.values(), gradients, strict=True):
                    parameter -= RUBRICS[rubric].LR * gradient
    return {name: tensor.detach() for name, tensor in p.items()}, nearest


def test_runs_are_found() -> None:
    """The runs are read off the rubric, so that a new one is looked at here too."""
    assert len(pinned_runs("public")) >= 4
    assert len(pinned_runs("hidden")) >= 2


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_no_pre_activation_is_near_the_kink(dataset: Dataset, run: Run) -> None:
    """In no step of a pinned run does rounding decide what ReLU lets through."""
    assert trained(dataset, run, torch.float64)[1] > KINK


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_precision_hardly_matters(dataset: Dataset, run: Run) -> None:
    """Runs in float32 and float64 move every parameter by the same amount, within 1e-5 of it."""
    narrow, wide = trained(dataset, run, torch.float32)[0], trained(dataset, run, torch.float64)[0]
    for name, start in RUBRICS[run[0]].start_parameters().items():
        change = wide[name] - start.double()
        assert float((narrow[name].double() - wide[name]).norm() / change.norm()) < AGREEMENT, name


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_expected_values_are_those_of_gradient_descent(dataset: Dataset, run: Run) -> None:
    """What the rubric compares with, made by the course's parts, is what autograd gives in float64."""
    expected = RUBRICS[run[0]].follow(PARTS, dataset, *run[1:])[2]
    wide = trained(dataset, run, torch.float64)[0]
    for name, start in RUBRICS[run[0]].start_parameters().items():
        change = wide[name] - start.double()
        assert float((expected[name].double() - wide[name]).norm() / change.norm()) < AGREEMENT, name


# -- the free run at the end ---------------------------------------------------------------------------------------------


def he(dim_out: int, dim_in: int) -> Tensor:
    return torch.randn(dim_out, dim_in) * (2 / dim_in) ** 0.5


def xavier(dim_out: int, dim_in: int) -> Tensor:
    return torch.randn(dim_out, dim_in) * (2 / (dim_in + dim_out)) ** 0.5


def uniform(dim_out: int, dim_in: int) -> Tensor:
    return (torch.rand(dim_out, dim_in) * 2 - 1) / dim_in**0.5


def narrow(dim_out: int, dim_in: int) -> Tensor:
    return torch.randn(dim_out, dim_in) * 0.05


def free_run(dataset: Dataset, start: dict[str, Tensor]) -> tuple[list[float], float, float]:
    """The losses of the epochs, then the accuracy and the loss on test images, after the training of the last exercise."""
    pictures = dataset.standardised(dataset.train_images[: TOGETHER.IMAGES])
    labels = TOGETHER.NEW_LABELS[dataset.train_labels[: TOGETHER.IMAGES]]
    truth = TOGETHER.NEW_LABELS[dataset.test_labels]
    net, loss = PARTS.Net(start), PARTS.NLLLoss()
    optimizer = PARTS.Optimizer(net.parameters, TOGETHER.LR)
    losses = []
    for _ in range(TOGETHER.EPOCHS):
        total = 0.0
        for x, y in PARTS.make_loader(pictures, labels, TOGETHER.BATCH_SIZE):
            outputs = net.forward(x)
            total += float(loss.forward(outputs, y)) * len(y)
            net.backward(loss.backward(outputs, y))
            optimizer.step(net.gradients)
        losses.append(total / TOGETHER.IMAGES)
    outputs = net.forward(dataset.standardised(dataset.test_images))
    return losses, TOGETHER.accuracy(outputs, truth), float(loss.forward(outputs, truth))


def assert_has_margin(end: tuple[list[float], float, float]) -> None:
    """The losses fall clearly, and the accuracy and the loss clear what is asked with room to spare."""
    losses, accuracy, loss = end
    assert all(after < 0.9 * before for before, after in itertools.pairwise(losses))
    calibration = Calibration.read(find_assignment(ROOT, "classifier"))
    assert calibration is not None
    assert accuracy >= calibration.quantities[TOGETHER.ACCURACY].threshold + 0.02
    assert loss <= calibration.quantities[TOGETHER.LOSS].threshold - 0.02


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("spread", [he, xavier, uniform, narrow])
def test_free_run_reaches_what_is_asked(dataset: Dataset, spread: object, seed: int) -> None:
    """From usual initial weights, right code is well above the least accuracy."""
    assert callable(spread)
    torch.manual_seed(seed)
    sizes = TOGETHER.SIZES.items()
    start = {f"{name}.W": spread(*shape) for name, shape in sizes}
    start |= {f"{name}.b": torch.zeros(shape[0]) for name, shape in sizes}
    assert_has_margin(free_run(dataset, start))


def test_course_start_reaches_what_is_asked(dataset: Dataset) -> None:
    """The initial weights that help out where a submission's own learn too little are good ones."""
    assert_has_margin(free_run(dataset, TOGETHER.course_start()))
