"""Hidden checks of Optimizer: other tensors, other gradients in every step, and optimizers beside each other."""

import pytest
from torch import Tensor

from grader.compare import assert_close, assert_dict, assert_tensor, assert_unchanged

pytestmark = pytest.mark.exercise("optimizer")

SHAPES = {"fc1.W": (4, 3), "fc1.b": (4,), "fc2.W": (5, 4), "fc2.b": (5,), "fc3.W": (2, 5), "fc3.b": (2,)}
OTHER_SHAPES = {"scale": (1,), "kernel": (2, 3, 4), "offset": (6,), "table": (1, 3), "b": (2, 1, 2, 2)}


def tensors(numbers, shapes: dict[str, tuple[int, ...]], scale: float = 1.0) -> dict[str, Tensor]:
    """A tensor of each shape, with entries of about that size; none is 0."""
    return {name: numbers.away_from_zero(*shape) * scale for name, shape in shapes.items()}


def check_moved(worker, kept, start: dict[str, Tensor], lr: float, steps: list[dict[str, Tensor]]) -> None:
    """The tensors kept in the worker moved by -lr times the sum of the gradients of all steps."""
    got = assert_dict("parameters after the steps", worker.fetch(kept), list(start))
    for name, before in start.items():
        change = assert_tensor(f"parameters[{name!r}]", got[name], before.shape).double() - before.double()
        moves = [-lr * gradients[name].double() for gradients in steps]
        # float32 keeps 7 digits of the parameter, at each step: a small change of it is less exact than a large one
        largest = float(before.abs().max()) + sum(float(move.abs().max()) for move in moves)
        assert_close(f"the change of {name}", change, sum(moves), absolute=4e-7 * len(steps) * largest)


@pytest.mark.points(1)
@pytest.mark.hint("Which names and shapes does step know of? It may use those that it was given, and no others.")
def test_other_tensors(submission, worker, numbers):
    """Parameters may have any names and shapes, and two optimizers with their own learning rates don't disturb each other."""
    runs = []
    for shapes, lr in ((OTHER_SHAPES, 0.3), (dict(list(SHAPES.items())[:3]), 0.02)):
        start, gradients = tensors(numbers, shapes), tensors(numbers, shapes)
        kept = worker.put(start, "parameters")
        runs.append((submission.Optimizer(kept, lr=lr), kept, start, lr, gradients))
    for _ in range(2):
        for optimizer, *_, gradients in runs:
            optimizer.step(gradients)
    for _, kept, start, lr, gradients in runs:
        check_moved(worker, kept, start, lr, [gradients] * 2)


@pytest.mark.points(1)
@pytest.mark.hint(
    "p becomes p - lr * g with the g of this step, however large it is: nothing else goes into the change."
)
def test_new_gradients(submission, worker, numbers):
    """Every step uses its own gradients alone, as they are: small ones, large ones, and none of an earlier step."""
    start = tensors(numbers, SHAPES)
    steps = [tensors(numbers, SHAPES, scale) for scale in (1.0, 300.0, 1.0)]
    kept = worker.put(start, "parameters")
    optimizer = submission.Optimizer(kept, lr=0.05)
    for gradients in steps:
        optimizer.step(gradients)
    check_moved(worker, kept, start, 0.05, steps)


@pytest.mark.points(1)
@pytest.mark.hint("step changes the parameters in place. What else does it change?")
def test_gradients_stay(submission, worker, numbers):
    """step leaves the gradients as they are: a second step with the very same tensors moves just as far."""
    start, gradients = tensors(numbers, SHAPES), tensors(numbers, SHAPES)
    kept, handed = worker.put(start, "parameters"), worker.put(gradients, "gradients")
    optimizer = submission.Optimizer(kept, lr=0.05)
    for _ in range(2):
        optimizer.step(handed)
    check_moved(worker, kept, start, 0.05, [gradients] * 2)
    after = assert_dict("gradients after the steps", worker.fetch(handed), list(gradients))
    for name, before in gradients.items():
        assert_unchanged(f"gradients[{name!r}]", after[name], before)
