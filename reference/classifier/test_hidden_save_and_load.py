"""Hidden checks of save and load: several nets, other names, and files that don't fit at their end."""

from itertools import pairwise

import pytest
from torch import Tensor

from grader.compare import assert_close, assert_dict, assert_unchanged
from grader.errors import CheckFailed

pytestmark = pytest.mark.exercise("save_and_load")


def tensors(numbers, *sizes: int, prefix: str = "fc") -> dict[str, Tensor]:
    """Parameters of a net with layers of these sizes."""
    made = {}
    for place, (dim_in, dim_out) in enumerate(pairwise(sizes), 1):
        made[f"{prefix}{place}.W"] = numbers.normal(dim_out, dim_in)
        made[f"{prefix}{place}.b"] = numbers.away_from_zero(dim_out)
    return made


def saved(submission, provided, net):
    """A file in which the submission saved the net, open where it begins."""
    file = provided.new_file()
    submission.save(net, file)
    return provided.rewound(file)


def assert_parameters(what: str, got: object, expected: dict[str, Tensor]) -> None:
    """These are the parameters, to the last digit."""
    found = assert_dict(what, got, list(expected))
    for name, tensor in expected.items():
        assert_close(f"{what}: {name}", found[name], tensor, relative=0.0)


@pytest.mark.points(1)
@pytest.mark.hint("Which names and sizes do save and load know of, and what do they keep from one call to the next?")
def test_several_nets(submission, provided, numbers):
    """Nets of other sizes and names are saved and loaded in turn, each from its own file, also twice from one."""
    first, second = tensors(numbers, 3, 5, 2), tensors(numbers, 4, 2, 3, 6, prefix="layer")
    net, other = provided.SharingNet(first), provided.SharingNet(second)
    file, file_of_other = saved(submission, provided, net), saved(submission, provided, other)
    net.move(1.0)
    other.move(-2.0)
    again = provided.rewound(file)
    submission.load(other, file_of_other)
    submission.load(net, file)
    assert_parameters("the first net", net.now(), first)
    assert_parameters("the second net", other.now(), second)
    net.move(3.0)
    submission.load(net, again)
    assert_parameters("the first net, loaded again,", net.now(), first)
    order = dict(reversed(tensors(numbers, 3, 5, 2).items()))
    submission.load(net, provided.file_of(order))
    assert_parameters("the first net, from a file in another order,", net.now(), order)


@pytest.mark.points(1)
@pytest.mark.hint("When does your code find out that something doesn't fit, and what has it copied by then?")
def test_refused_as_a_whole(submission, provided, numbers):
    """A file that doesn't fit at its very end, or in two places, raises ValueError before anything has changed."""
    start, content = tensors(numbers, 5, 5, 4), tensors(numbers, 5, 5, 4)
    last = list(content)[-1]
    files = [
        content | {last: numbers.normal(4, 1)},
        content | {last: numbers.normal(5)},
        {name: tensor for name, tensor in content.items() if name != last} | {"fc3.b": numbers.normal(4)},
        {name.upper(): tensor for name, tensor in content.items()},
    ]
    ends = []
    for wrong in files:
        net = provided.SharingNet(start)
        ends.append((provided.refusal(submission.load, net, provided.file_of(wrong)), net.now()))
    for raised, after in ends:
        if raised != "ValueError":
            raise CheckFailed("A file that doesn't fit was not refused with ValueError.")
        for name, tensor in start.items():
            assert_unchanged(name, after[name], tensor)
