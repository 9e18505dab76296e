"""Random inputs of checks: the same for the same seed, and generic where checks rely on it."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.numbers import Numbers


def draw(numbers: Numbers) -> list[torch.Tensor]:
    return [numbers.normal(3, 4), numbers.away_from_zero(5), numbers.labels(6, 10), numbers.images(2)]


def test_same_seed_gives_same_numbers() -> None:
    """Two sources with one seed give the same tensors in the same order."""
    assert all(map(torch.equal, draw(Numbers(7)), draw(Numbers(7))))


def test_other_seed_gives_other_numbers() -> None:
    """Another seed gives other numbers, and one source never gives the same tensor twice."""
    one = Numbers(7)
    assert not torch.equal(Numbers(7).normal(8), Numbers(8).normal(8))
    assert not torch.equal(one.normal(8), one.normal(8))


def test_first_numbers_of_a_seed_are_pinned() -> None:
    """The numbers are these on every machine; recorded values of checks rest on them."""
    expected = torch.tensor([1.5409961, -0.2934289, -2.1787894])
    assert torch.allclose(Numbers(0).normal(3), expected, rtol=1e-6, atol=0)


def test_what_is_kept_changes_nothing() -> None:
    """Whatever another source with this seed has drawn before, the numbers are those of torch's generator."""
    generator = torch.Generator().manual_seed(11)
    expected = [torch.randn(2, generator=generator), torch.randperm(9, generator=generator)]
    expected += [torch.randn(3, 1, generator=generator), torch.randn(4, generator=generator) * 2]
    for others in ([], [(2,), (5,)], [(2,)], [(7,)]):
        other, numbers = Numbers(11), Numbers(11)
        for shape in others:
            other.normal(*shape)
        got = [numbers.normal(2), torch.tensor(numbers.order(9)), numbers.normal(3, 1), numbers.normal(4, scale=2)]
        assert all(map(torch.equal, expected, got)), others


def test_more_than_is_kept() -> None:
    """A check that draws a lot, more than is kept of a seed, gets the same each time too."""
    first = [Numbers(12).normal(700, 700) for _ in range(2)]
    again = Numbers(12)
    assert torch.equal(*first)
    assert torch.equal(again.normal(700, 700), first[0])
    assert not torch.equal(again.normal(700, 700), first[0])


def test_changed_in_place() -> None:
    """Who changes a tensor changes it for nobody else."""
    first = Numbers(13).normal(5)
    expected = first.clone()
    first += 1
    second = Numbers(13).normal(5)
    assert torch.equal(second, expected)
    second += 1
    assert torch.equal(Numbers(13).normal(5), expected)
    assert torch.equal(Numbers(13).normal(5, scale=3.0), expected * 3)
    assert torch.equal(Numbers(13).normal(5), expected)


def test_global_generator_is_left_alone() -> None:
    """What student code does with torch's own seed does not change them, nor they it."""
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = draw(Numbers(3))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert all(map(torch.equal, first, draw(Numbers(3))))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.05, 0.1, 1.0]))
def test_away_from_zero(seed: int, least: float) -> None:
    """Every number is at least `least` from 0, and both signs occur."""
    values = Numbers(seed).away_from_zero(20, 10, least=least)
    assert float(values.abs().min()) >= least
    assert 0 < int((values < 0).sum()) < values.numel()


@pytest.mark.parametrize(("count", "classes"), [(2, 10), (5, 3), (64, 10), (7, 7)])
def test_labels(count: int, classes: int) -> None:
    """Labels are whole numbers below `classes`, the first and the last class among them."""
    labels = Numbers(4).labels(count, classes)
    assert (labels.dtype, tuple(labels.shape)) == (torch.int64, (count,))
    assert (int(labels.min()), int(labels.max())) == (0, classes - 1)


def test_single_label_is_in_range() -> None:
    """One label alone is any class."""
    assert 0 <= int(Numbers(1).labels(1, 3)) < 3


def test_shapes_and_dtypes() -> None:
    """Numbers are float32 of the shape asked for; `scale` stretches them; pictures have one channel of 28 × 28."""
    assert [(tuple(tensor.shape), tensor.dtype) for tensor in (Numbers(0).normal(2, 3), Numbers(0).images(4))] == [
        ((2, 3), torch.float32),
        ((4, 1, 28, 28), torch.float32),
    ]
    assert torch.equal(Numbers(5).normal(4, scale=100.0), Numbers(5).normal(4) * 100)
