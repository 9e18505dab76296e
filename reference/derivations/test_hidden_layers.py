"""Hidden checks of the gradients of layers: other sizes, and what is left of the arguments."""

import pytest
import torch

from grader.compare import assert_close, assert_tuple, assert_unchanged


@pytest.mark.exercise("linear_gradients")
@pytest.mark.points(1)
@pytest.mark.hint("Which sizes are 1 here, and what does squeeze, or a sum without a dimension, make of them?")
def test_sizes_of_one(answers, worker, numbers):
    """The three gradients are right where a size is 1, and leave x, W and dz as they are."""
    for n, dim_in, dim_out in ((1, 4, 3), (5, 1, 3), (5, 3, 1), (9, 6, 2)):
        given = {"x": numbers.normal(n, dim_in), "W": numbers.normal(dim_out, dim_in), "dz": numbers.normal(n, dim_out)}
        kept = {name: worker.put(tensor, name) for name, tensor in given.items()}
        x, W, dz = (tensor.double() for tensor in given.values())
        expected = {"dx": dz @ W, "dW": dz.T @ x, "db": dz.sum(0)}
        for _ in range(2):
            got = answers.linear_gradients(*kept.values())
            if not isinstance(got, dict):  # which is as good as a tuple
                got = dict(zip(expected, assert_tuple("linear_gradients", got, list(expected)), strict=True))
            for name, target in expected.items():
                assert_close(name, got.get(name), target)
        for name, tensor in given.items():
            assert_unchanged(name, worker.fetch(kept[name]), tensor)


@pytest.mark.exercise("relu_gradient")
@pytest.mark.points(1)
@pytest.mark.hint("Should the size of x, or the number of its dimensions, play any part? And what is in dz afterwards?")
def test_any_x(answers, worker, numbers):
    """dx is right for x of any shape and size, with zeros among them, and x and dz stay as they are."""
    for shape, scale in (((2, 3, 4), 0.01), ((5,), 100.0), ((1, 1), 1.0)):
        x, dz = numbers.away_from_zero(*shape) * scale, numbers.away_from_zero(*shape)
        if x.dim() == 3:
            x[1, 2] = 0.0
        kept_x, kept_dz = worker.put(x, "x"), worker.put(dz, "dz")
        for _ in range(2):
            got = answers.relu_gradient(kept_x, kept_dz)
            assert_close("dx", got, torch.where(x > 0, dz, 0.0), like="the shape of x", absolute=1e-9)
        assert_unchanged("x", worker.fetch(kept_x), x)
        assert_unchanged("dz", worker.fetch(kept_dz), dz)
