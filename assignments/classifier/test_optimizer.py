"""Checks of Optimizer: one step of gradient descent, in place."""

import pytest
from torch import Tensor

from grader.compare import assert_close, assert_tensor
from grader.errors import CheckFailed

pytestmark = pytest.mark.exercise("optimizer")

SHAPES = {"fc1.W": (4, 3), "fc1.b": (4,), "fc2.W": (5, 4), "fc2.b": (5,), "fc3.W": (2, 5), "fc3.b": (2,)}


def tensors(numbers) -> dict[str, Tensor]:
    """Six tensors under the names of a net's parameters."""
    return {name: numbers.away_from_zero(*shape) for name, shape in SHAPES.items()}


def check_steps(submission, worker, numbers, steps: int, reverse: bool = False, **settings: float) -> None:
    """The tensors that the optimizer was made with move by -lr times the gradient in every step."""
    start, gradients = tensors(numbers), tensors(numbers)
    kept = {name: worker.put(tensor, f"parameters[{name!r}]") for name, tensor in start.items()}
    optimizer = submission.Optimizer(worker.put(kept, "parameters"), **settings)
    handed = dict(reversed(gradients.items())) if reverse else gradients
    for _ in range(steps):
        optimizer.step(handed)
    lr = settings.get("lr", 1e-3)
    for name, before in start.items():
        after = worker.fetch(kept[name])  # the tensor itself: a new one in the dict would be of no use to a layer
        change = assert_tensor(f"parameters[{name!r}]", after, before.shape).double() - before.double()
        if not bool(change.any()):
            raise CheckFailed(
                f"After {steps} step{'s' * (steps > 1)} the tensor parameters[{name!r}] has not moved.",
                hint="A step must change the tensors that the optimizer was given, not make new ones in their place.",
            )
        expected = -lr * steps * gradients[name].double()
        # float32 keeps 7 digits of the parameter, so a small change of it is less exact than a large one
        rounding = 4e-7 * steps * float(before.abs().max() + expected.abs().max())
        factors = {"1 / lr": 1 / lr, "the number of steps": steps}
        assert_close(f"the change of {name}", change, expected, absolute=rounding, factors=factors)


@pytest.mark.points(2)
@pytest.mark.hint("The gradient points uphill.")
def test_step(submission, worker, numbers):
    """step(gradients) moves every parameter, in place, by -lr times its gradient."""
    check_steps(submission, worker, numbers, steps=1, lr=0.3)


@pytest.mark.points(1)
def test_several_steps(submission, worker, numbers):
    """Three steps with the same gradients move three times as far; nothing is remembered in between."""
    check_steps(submission, worker, numbers, steps=3, lr=1e-2)


@pytest.mark.points(1)
def test_default_learning_rate(submission, worker, numbers):
    """Without lr, the learning rate is 1e-3."""
    check_steps(submission, worker, numbers, steps=1)


@pytest.mark.points(1)
@pytest.mark.hint("Which gradient belongs to which parameter? Not their order says it.")
def test_pairs_by_name(submission, worker, numbers):
    """Parameters and gradients belong together by their names, in whatever order they come."""
    check_steps(submission, worker, numbers, steps=1, reverse=True, lr=0.3)
