"""Fingerprints of answers: alike for what is alike up to rounding and names, different for everything else."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor

from grader.checks.traces import (
    Difference,
    Trace,
    Value,
    are_equal,
    differing,
    fingerprint,
    is_equal,
    merged,
    rounded,
    trace_of,
)
from grader.errors import CheckFailed, NotAttempted, StudentCodeRaised, WorkerTimedOut
from grader.untrusted.wire import Raised

shapes = st.lists(st.integers(1, 6), max_size=3)
NOISE = torch.tensor([[0.3, 1.7, -2.2, 0.1], [0.9, -0.4, 1.1, 0.6], [-1.3, 0.2, 0.8, 2.4]])


def is_same(one: object, other: object) -> bool:
    return is_equal(fingerprint(one), fingerprint(other))


def noise(shape: Sequence[int], seed: int) -> Tensor:
    return torch.randn(tuple(shape), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# -- what is alike -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NOISE, NOISE.double()),
        (NOISE[:1], NOISE[:1].double()),
        (torch.tensor(2.5), 2.5),
        (torch.tensor(3), 3.0),
        (3, 3.0),
        ((1.0, NOISE), [1.0, NOISE]),
        ({"W": 1.0, "b": 2.0}, {"b": 2.0, "W": 1.0}),
        (torch.tensor([1, 2]), torch.tensor([1, 2], dtype=torch.int32)),
        ("no 'fc1' here", "no 'layer_one' here"),
        (Raised("KeyError", "'fc1'"), Raised("KeyError", "'layers'")),
        (Raised("NameError", 'name `x` and "y"'), Raised("NameError", 'name `z` and "w"')),
        (0.0, 1e-6),
        (NOISE.T.contiguous(), NOISE.T),
    ],
)
def test_alike(one: object, other: object) -> None:
    """Precision, kind of sequence, order of keys and names in quotes make no difference."""
    assert is_same(one, other)
    assert is_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NOISE, NOISE * 1.01),
        (NOISE, -NOISE),
        (NOISE, NOISE.flip(0)),
        (NOISE, NOISE[[1, 0, 2]]),
        (NOISE, NOISE[:, [1, 0, 2, 3]]),
        (NOISE, NOISE.T),
        (NOISE, NOISE.reshape(4, 3)),
        (NOISE, NOISE[None]),
        (NOISE, NOISE.long()),
        (NOISE, NOISE > 0),
        (NOISE.long(), NOISE > 0),
        (NOISE, NOISE.index_fill(0, torch.tensor(1), math.nan)),
        (NOISE.index_fill(0, torch.tensor(1), math.inf), NOISE.index_fill(0, torch.tensor(1), math.nan)),
        (torch.zeros(2, 3), torch.zeros(2, 4)),
        (torch.tensor([2.5]), 2.5),
        (torch.tensor(True), 1),
        (1.0, 1.01),
        (1.0, -1.0),
        (math.inf, -math.inf),
        (math.inf, math.nan),
        (None, 0.0),
        (None, False),
        (True, False),
        (True, 1),
        ("yes", "no"),
        ([1.0], [1.0, 1.0]),
        ([1.0, 2.0], [2.0, 1.0]),
        ({"W": 1.0}, {"b": 1.0}),
        ({"W": 1.0}, {"W": 2.0}),
        ({"W": 1.0}, [1.0]),
        (Raised("KeyError", "'fc1'"), Raised("IndexError", "'fc1'")),
        (Raised("ValueError", "too long"), Raised("ValueError", "too short")),
        (CheckFailed("a"), WorkerTimedOut("a")),
        ([1.0] * 64 + [2.0], [1.0] * 64),
        (10**400, 1.0),
        (torch.full((2, 4), 1e200, dtype=torch.float64) * NOISE[:2].sign(), NOISE[:2]),
        (torch.zeros(1, 300_000), torch.zeros(300_000, 1)),
    ],
)  # fmt: skip
def test_different(one: object, other: object) -> None:
    """Other values, order, shape, kind, keys, type of exception or end are not taken for the same."""
    assert not is_same(one, other)
    assert not is_same(other, one)


@settings(max_examples=80, deadline=None)
@given(shapes, st.integers(0, 999), st.sampled_from([1e-3, 1.0, 1e5]))
def test_rounding_makes_no_difference(shape: list[int], seed: int, scale: float) -> None:
    """Noise of a millionth of the values, as other sums in float32 have it, is within the tolerance."""
    tensor = noise(shape, seed) * scale
    other = tensor * (1 + 1e-6 * noise(shape, seed + 1).clamp(-3, 3))
    assert is_same(tensor, other.float())


@settings(max_examples=80, deadline=None)
@given(shapes, st.integers(0, 999), st.sampled_from([1e-2, 1.0, 1e5]))
def test_a_hundredth_makes_a_difference(shape: list[int], seed: int, scale: float) -> None:
    """A difference of a hundredth of the tensor's size, wherever it lies, is seen."""
    tensor, other = noise(shape, seed) * scale, noise(shape, seed + 1)
    other *= 0.02 * tensor.norm() / other.norm()
    assume(float(other.norm()) > 1e-5)  # less is a rounded zero
    assert not is_same(tensor, tensor + other)


@settings(max_examples=60, deadline=None)
@given(shapes, st.integers(0, 999), st.data())
def test_one_entry_makes_a_difference(shape: list[int], seed: int, data: st.DataObject) -> None:
    """One entry that is off by a tenth of the tensor's size is seen, whichever it is."""
    tensor = noise(shape, seed)
    other = tensor.clone()
    other.view(-1)[data.draw(st.integers(0, tensor.numel() - 1))] += 0.1 * float(tensor.norm())
    assert not is_same(tensor, other)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.builds(
        lambda shape, seed: noise(shape, seed).float(), st.lists(st.integers(0, 3), max_size=3), st.integers(0, 9)
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(anything)
def test_anything_has_a_fingerprint(value: object) -> None:
    """Whatever a worker may answer has a fingerprint, equal to itself, also as text in a file and rounded as there."""
    seen = fingerprint(value)
    kept = msgspec.json.decode(msgspec.json.encode(rounded(seen)), type=Value)
    assert is_equal(seen, seen)
    assert kept == rounded(seen)
    assert is_equal(kept, seen)


@pytest.mark.parametrize(
    "value", [10**400, -(10**400), torch.tensor(1j), torch.full((9,), 1e300, dtype=torch.float64), object()]
)
def test_odd_values(value: object) -> None:
    """A number beyond all floats, a complex one and an object of no known kind have fingerprints too."""
    assert is_same(value, value)


def test_large_tensor_is_told_by_its_form() -> None:
    """A tensor larger than any of a course's is told by its form: the sums would need gigabytes."""
    assert fingerprint(torch.ones(()).expand(2**14, 2**14)) == Value("float (16384, 16384)", None)


# -- what is random ----------------------------------------------------------------------------------------------------


def common(*answers: object) -> Value:
    first, second = map(fingerprint, answers)
    return merged(first, second)


def test_random_values_are_compared_by_form() -> None:
    """What differs between two runs may have any numbers in a third, but not another shape or kind."""
    seen = common(noise((4, 3), 1), noise((4, 3), 2))
    assert is_equal(seen, fingerprint(noise((4, 3), 3)))
    assert not is_equal(seen, fingerprint(noise((3, 4), 3)))
    assert not is_equal(seen, fingerprint(noise((4, 3), 3) > 0))


@pytest.mark.parametrize(
    "told_apart",
    [torch.zeros(4, 3), torch.ones(4, 3), torch.ones(4, 1) * noise((1, 3), 1), noise((4, 1), 1) * torch.ones(1, 3)],
    ids=["zeros", "constant", "equal rows", "equal columns"],
)
def test_structure_of_random_values(told_apart: Tensor) -> None:
    """Zeros, one constant, equal rows and equal columns are told from random numbers, and from each other."""
    forms = {
        fingerprint(tensor.double()).form
        for tensor in (
            told_apart,
            noise((4, 3), 1),
            torch.zeros(4, 3),
            torch.ones(4, 3) * 2,
            torch.ones(4, 1) * noise((1, 3), 2),
            noise((4, 1), 2) * torch.ones(1, 3),
        )
    }
    assert len(forms) == 5
    assert not is_equal(common(noise((4, 3), 1), noise((4, 3), 2)), fingerprint(told_apart))


def test_merged_keeps_what_is_certain() -> None:
    """In a tuple only the random entry loses its numbers; what is not even of one form may be anything."""
    seen = common((1.0, noise((4, 3), 1)), (1.0, noise((4, 3), 2)))
    assert is_equal(seen, fingerprint((1.0, noise((4, 3), 3))))
    assert not is_equal(seen, fingerprint((2.0, noise((4, 3), 3))))
    assert is_equal(common(1.0, None), fingerprint("anything"))
    assert common(NOISE, NOISE) == fingerprint(NOISE)


# -- traces and differences --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (None, ""),
        (CheckFailed("z is 2.5, expected -3e-05."), "failed z is #, expected #."),
        (CheckFailed("z has shape (4, 3), expected (4,)."), "failed z has shape (#, #), expected (#,)."),
        (CheckFailed("'fc1.W' is nan in `parameters`"), "failed _ is # in _"),
        (StudentCodeRaised("KeyError", "'fc1'"), "raised KeyError"),
        (NotAttempted("forward is not written"), "not_attempted forward is not written"),
        (RuntimeError("ours"), "broke RuntimeError"),
    ],
)
def test_end_of_a_check(error: BaseException | None, end: str) -> None:
    """The end is told without the numbers and names that differ between submissions; of an exception its type counts."""
    assert trace_of([1.0], error) == Trace((fingerprint(1.0),), end)


REFERENCE = tuple(map(fingerprint, (1.0, NOISE, "done")))
MISTAKEN = trace_of([1.0, -NOISE, "done"], CheckFailed("z is wrong by 2"))


def test_difference_is_what_is_not_as_it_should_be() -> None:
    """Only the answers that are not the model answer's are kept, with their places, also those it never came to."""
    assert differing(MISTAKEN, REFERENCE) == [1]
    difference = Difference.between(MISTAKEN, REFERENCE)
    assert difference == Difference(3, "failed z is wrong by #", {1: fingerprint(-NOISE)})
    assert list(Difference.between(MISTAKEN, REFERENCE[:2]).answers) == [1, 2]


@pytest.mark.parametrize(
    ("answers", "summary", "is_explained"),
    [
        ([1.0, -NOISE, "done"], "z is wrong by 2", True),
        ([1.0, -NOISE * (1 + 1e-6), "done"], "z is wrong by 1.9", True),
        ([5.0, -NOISE, "done"], "z is wrong by 2", True),
        ([1.0, NOISE * 2, "done"], "z is wrong by 2", False),
        ([1.0, -NOISE], "z is wrong by 2", False),
        ([1.0, -NOISE, "done", 1.0], "z is wrong by 2", False),
        ([1.0, -NOISE, "done"], "dz is wrong by 2", False),
    ],
)
def test_difference_explains_what_differs_alike(answers: list[object], summary: str, is_explained: bool) -> None:
    """A trace is explained that has these answers in these places, is as long, and ended alike; others may differ."""
    difference = Difference.between(MISTAKEN, REFERENCE)
    trace = trace_of(answers, CheckFailed(summary))
    assert difference.explains(trace, differing(trace, REFERENCE)) is is_explained


def explained(recorded: Trace, seen: Trace, reference: tuple[Value, ...]) -> bool:
    return Difference.between(recorded, reference).explains(seen, differing(seen, reference))


def test_wrong_random_numbers() -> None:
    """Where the model answer is random and only the check can say what is wrong, what differs nowhere is explained."""
    reference = (common(noise((4, 3), 1), noise((4, 3), 2)),)
    large, other = (trace_of([noise((4, 3), seed) * 9], CheckFailed("too large")) for seed in (3, 4))
    assert explained(large, other, reference)
    assert not explained(large, trace_of([noise((4, 2), 5)], CheckFailed("too large")), reference)
    assert not explained(large, trace_of([noise((4, 3), 5)], CheckFailed("too small")), reference)


def test_random_numbers_where_certain_ones_are_due() -> None:
    """Random numbers in the right form, where the model answer has certain ones, could be anybody's mistake."""
    random = Trace((fingerprint(1.0), common(noise((3, 4), 1), noise((3, 4), 2)), fingerprint("done")), "failed")
    seen = trace_of([1.0, noise((3, 4), 3), "done"], CheckFailed(""))
    assert Difference.between(random, REFERENCE).is_vague
    assert not explained(random, Trace(seen.answers, "failed"), REFERENCE)


def test_exact_texts() -> None:
    """Texts that differ in names only are equal; at how many places they differ is known."""
    recorded, seen = (
        trace_of([Raised("KeyError", name)], StudentCodeRaised("KeyError", name)) for name in ("'W'", "'b'")
    )
    difference = Difference.between(recorded, (fingerprint(1.0),))
    assert difference.explains(seen, [0])
    assert (difference.other_texts(recorded), difference.other_texts(seen)) == (0, 1)


def test_difference_in_a_file() -> None:
    """A difference comes back from its text as it was."""
    difference = Difference.between(MISTAKEN, REFERENCE)
    kept = msgspec.json.decode(msgspec.json.encode(difference), type=Difference)
    assert kept == difference
    assert kept.is_same(difference)
    assert not kept.is_same(Difference(3, difference.end, {1: fingerprint(NOISE)}))
    assert not kept.is_same(Difference(3, "failed", difference.answers))


def test_as_many_answers() -> None:
    """Two lists of answers of different length are not equal."""
    assert are_equal(REFERENCE, REFERENCE)
    assert not are_equal(REFERENCE, REFERENCE[:2])
