"""What a submission gave, judged in one order, told in plain words, and what it has to do with the right answer."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from grader.compare import (
    as_number,
    assert_at_least,
    assert_change,
    assert_close,
    assert_dict,
    assert_number,
    assert_numbers,
    assert_scalar,
    assert_tensor,
    assert_tuple,
    assert_unchanged,
    show_tensor,
    tolerance,
    use_device,
)
from grader.errors import CheckFailed
from grader.relations import Compared, relation_of

NAN, INF = math.nan, math.inf
RETURNS = "Does the function return its result?"
OVERFLOW = "Does exp() get a large number, log() a zero, or a division a zero?"
EXPECTED = torch.tensor([[1.5, -2.25, 0.5], [3.125, 0.75, -1.0]])


def failure(check: Callable[..., object], *arguments: object, **keywords: object) -> CheckFailed:
    """How the check failed."""
    with pytest.raises(CheckFailed) as caught:
        check(*arguments, **keywords)
    return caught.value


def relation(got: Tensor, expected: Tensor = EXPECTED, **factors: float) -> str | None:
    named = {name.replace("_", " "): value for name, value in factors.items()}
    return failure(assert_close, "dW", got, expected, factors=named).evidence.relation


# -- assert_tensor: type, shape, dtype, finite -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "summary"),
    [
        (None, "dW is None, expected a tensor."),
        (3.5, "dW is the number 3.5, expected a tensor."),
        (True, "dW is True, expected a tensor."),
        ([1.0, 2.0], "dW is a list of 2, expected a tensor."),
        ("x\x1b", r"dW is the text 'x\\u001b', expected a tensor."),
        (torch.tensor([[NAN]], dtype=torch.float16), "dW has shape (1, 1), expected (2, 3), the shape of W."),
        (torch.full((2, 3), 7), "dW has dtype int64, expected float32."),
        (torch.ones(2, 3) > 0, "dW has dtype bool, expected float32."),
        (torch.ones(2, 3) * 1j, "dW has dtype complex64, expected float32."),
        (torch.full((2, 3), NAN).half(), "dW has dtype float16, which is too coarse; expected float32."),
        (torch.full((2, 3), NAN).bfloat16(), "dW has dtype bfloat16, which is too coarse; expected float32."),
        (torch.full((2, 3), NAN), "dW: 6 of 6 entries are nan (not a number)."),
        (torch.tensor([[1, INF, 3], [4, 5, -INF]]), "dW: 2 of 6 entries are infinite."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tensor_is_judged_in_order(got: object, summary: str) -> None:
    """Type, then shape, then dtype, then finite: the first that is wrong is told, with what was expected."""
    for check in (assert_tensor, assert_close):
        arguments = ((2, 3),) if check is assert_tensor else (EXPECTED,)
        assert failure(check, "dW", got, *arguments, like="the shape of W").summary == summary


def test_right_tensor_is_handed_back() -> None:
    """A float32 or float64 tensor of the right shape is returned as it is; without a shape any shape will do."""
    for dtype in (torch.float32, torch.float64):
        got = torch.ones(2, 3, dtype=dtype)
        assert assert_tensor("dW", got, (2, 3)) is got
        assert assert_tensor("dW", got) is got


def test_hints_of_a_wrong_kind() -> None:
    """None leads to the question about return, an overflow to the one about exp and log; anything else to none."""
    hints = [failure(assert_tensor, "z", got).hint for got in (None, 3, torch.tensor([NAN]))]
    assert hints == [RETURNS, None, OVERFLOW]


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        ((3, 2), (2, 3), "It is transposed."),
        ((), (2, 3), "It was summed or averaged to a single number."),
        ((6,), (2, 3), "The number of entries is right, their arrangement is not."),
        ((5, 1), (5,), "The number of entries is right, their arrangement is not."),
        ((2, 4), (2, 3), None),
    ],
)
def test_wrong_shape_is_explained(got: tuple[int, ...], expected: tuple[int, ...], words: str | None) -> None:
    """A wrong shape that has something simple to do with the right one is explained."""
    evidence = failure(assert_tensor, "z", torch.ones(got), expected).evidence
    assert (evidence.got, evidence.expected, evidence.relation) == (f"shape {got}", f"shape {expected}", words)


@pytest.mark.parametrize(
    ("got", "expected"), [((5, 1), (5,)), ((5,), (5, 1)), ((1, 5), (5,)), ((1,), ()), ((1,), (5,))]
)
def test_nothing_is_broadcast(got: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """Equal numbers in a shape that could be broadcast are refused."""
    failure(assert_close, "z", torch.zeros(got), torch.zeros(expected))


# -- assert_close: value -----------------------------------------------------------------------------------------------

sizes = st.lists(st.integers(1, 5), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(sizes, st.integers(0, 999), st.sampled_from([1e-6, 1.0, 1e4]), st.sampled_from([1, -1]), st.booleans())
def test_tolerance_is_sharp(shape: list[int], seed: int, scale: float, sign: int, is_float64: bool) -> None:
    """An error of 0.9 of what is allowed passes in any one entry; one of 1.1 fails there."""
    generator = torch.Generator().manual_seed(seed)
    expected = torch.randn(shape, generator=generator, dtype=torch.float64) * scale
    allowed = 1e-3 * float(expected.abs().max())
    place = int(torch.randint(expected.numel(), (1,), generator=generator))
    dtype = torch.float64 if is_float64 else torch.float32
    for factor, passes in ((0.9, True), (1.1, False)):
        got = expected.clone()
        got.view(-1)[place] += sign * factor * allowed
        if passes:
            assert_close("z", got.to(dtype), expected, relative=1e-3)
        else:
            failure(assert_close, "z", got.to(dtype), expected, relative=1e-3)


@pytest.mark.parametrize(("device", "allowed"), [("cpu", 1e-5), ("cuda", 1e-4)])
def test_default_tolerance(device: str, allowed: float) -> None:
    """By default 1e-5 of the largest entry is allowed, ten times as much for a GPU's other order of sums."""
    assert tolerance(device=device) == pytest.approx(allowed)
    expected = torch.tensor([100.0, 0.0], dtype=torch.float64)
    use_device(device)
    try:
        assert_close("z", expected + torch.tensor([0.0, 90 * allowed]), expected)
        failure(assert_close, "z", expected + torch.tensor([0.0, 110 * allowed]), expected)
    finally:
        use_device("cpu")


def test_absolute_tolerance_is_added() -> None:
    """`absolute` is allowed on top, also where everything expected is 0."""
    zeros = torch.zeros(3, dtype=torch.float64)
    assert_close("z", zeros + 0.9e-3, zeros, absolute=1e-3)
    failure(assert_close, "z", zeros + 1.1e-3, zeros, absolute=1e-3)
    failure(assert_close, "z", zeros + 1e-30, zeros)


@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_nan_and_infinity_never_pass(value: float) -> None:
    """No check lets NaN or an infinity through, whatever the tolerance."""
    tensor = torch.tensor([[1.0, value]])
    failure(assert_tensor, "z", tensor)
    failure(assert_close, "z", tensor, torch.ones(1, 2), relative=INF, absolute=INF)
    failure(assert_close, "z", tensor, tensor)
    failure(assert_number, "z", value, 1.0, relative=INF)
    failure(assert_number, "z", value, value)
    failure(assert_scalar, "z", torch.tensor(value))
    failure(assert_numbers, "z", [1.0, value], 2)
    failure(assert_change, "z", {"W": torch.zeros(1, 2)}, {"W": tensor}, {"W": torch.ones(1, 2)}, threshold=INF)
    failure(assert_unchanged, "z", tensor, torch.ones(1, 2))


def test_empty_tensors_are_close() -> None:
    """Of no entries none differs."""
    assert assert_close("z", torch.zeros(0, 3), torch.zeros(0, 3)).shape == (0, 3)


def test_message_of_a_wrong_value() -> None:
    """A wrong value is told by its name, how many entries differ and by how much; both are shown whole if small."""
    got = EXPECTED.clone()
    got[1, 0] = 0.125
    end = failure(assert_close, "dW", got, EXPECTED)
    assert end.summary == "dW is not what it should be: 1 of 6 entries differ, by up to 3."
    assert end.evidence.got == "[     1.5,    -2.25,      0.5]\n[   0.125,     0.75,       -1]"
    assert end.evidence.expected == "[     1.5,    -2.25,      0.5]\n[   3.125,     0.75,       -1]"
    assert failure(assert_close, "loss", torch.tensor(2.0), torch.tensor(1.0)).summary == (
        "loss is not what it should be: the value differs, by up to 1."
    )


def test_large_tensor_shows_what_differs() -> None:
    """Of a large tensor the worst entry and the first wrong ones are shown, the same ones on both sides."""
    expected = torch.ones(10, 20)
    got = expected.clone()
    got[0, 3], got[9, 19] = 1.5, -7.0
    evidence = failure(assert_close, "dW", got, expected).evidence
    assert evidence.got == "dW[9, 19] = -7\ndW[0, 3] = 1.5"
    assert evidence.expected == "dW[9, 19] = 1\ndW[0, 3] = 1"


# -- relations ---------------------------------------------------------------------------------------------------------


def test_relation_is_the_batch_size() -> None:
    """An answer off by a named factor says how much, in which direction, and what the number is."""
    assert relation(EXPECTED * 64, the_batch_size=64) == "It is 64 times too large; 64 is the batch size."
    assert relation(EXPECTED / 64, the_batch_size=64) == "It is 64 times too small; 64 is the batch size."
    assert relation(EXPECTED * -64, the_batch_size=64) == (
        "It is 64 times too large and has the opposite sign; 64 is the batch size."
    )


def test_relation_is_a_whole_factor() -> None:
    """A whole factor nobody named is told without a meaning; one that is no whole number says nothing."""
    assert relation(EXPECTED * 2) == "It is 2 times too large."
    assert relation(EXPECTED / 3) == "It is 3 times too small."
    assert relation(EXPECTED * 2.37, the_batch_size=5) is None


def test_relation_is_a_sign() -> None:
    """The negative of what is right is told as such."""
    assert relation(-EXPECTED) == "Right size, opposite sign."


def test_relation_is_a_transpose() -> None:
    """Of a square matrix the transpose is recognised by its entries."""
    square = torch.tensor([[1.5, -2.25], [3.125, 0.75]])
    assert relation(square.T.clone(), square) == "It is the transpose of what it should be."


def test_other_relations() -> None:
    """All zero, rows reversed, one offset: each has its sentence; noise has none."""
    noise = torch.tensor([[0.3, 1.7, -2.2], [0.9, -0.4, 1.1]])
    assert [relation(got) for got in (EXPECTED * 0, EXPECTED.flip(0), EXPECTED + 0.25, noise)] == [
        "All of it is zero.",
        "The rows are in reverse order.",
        "Every entry is off by the same amount, 0.25.",
        None,
    ]


def test_one_number_has_no_chance_relation() -> None:
    """Of two single numbers only a whole factor or the sign is worth a word."""
    assert relation(torch.tensor(0.7), torch.tensor(1.9)) is None
    assert relation(torch.tensor(3.8), torch.tensor(1.9)) == "It is 2 times too large."


@settings(max_examples=150, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=6, max_size=6), st.floats(0.1, 10))
def test_relation_of_any_numbers(entries: list[float], scale: float) -> None:
    """Whatever finite numbers come, there is a sentence of real numbers or none, and nothing is raised."""
    got, expected = torch.tensor(entries, dtype=torch.float64).reshape(2, 3), EXPECTED.double() * scale
    found = relation_of(Compared("dW", got, expected, 1e-5, {"the batch size": 64}))
    assert found is None or ("inf" not in found.sentence and "nan" not in found.sentence)


@pytest.mark.parametrize("extreme", [1e308, -1e308, 1e-310, 5e-324, 1.7e308])
def test_extreme_answers_are_only_wrong(extreme: float) -> None:
    """Answers at the ends of float64 fail like others: no overflow turns them into a fault of the grader."""
    for got in (EXPECTED.double().sign() * extreme, torch.full((2, 3), extreme, dtype=torch.float64)):
        assert failure(assert_close, "dW", got, EXPECTED).summary.startswith("dW is not what it should be: 6 of 6")


# -- numbers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "got", [2.0, 2, torch.tensor(2.0), torch.tensor([2.0]), torch.tensor(2), torch.tensor([[2.0]])]
)
def test_what_counts_as_a_number(got: object) -> None:
    """A float, an int and a tensor of one entry are numbers."""
    assert as_number("loss", got) == 2.0
    assert type(as_number("loss", got)) is float


@pytest.mark.parametrize(
    ("got", "summary"),
    [
        (None, "loss is None, expected a number."),
        (True, "loss is True, expected a number."),
        (torch.tensor(True), "loss is a tensor of shape (), expected a number."),
        ("2", "loss is the text '2', expected a number."),
        ([2.0], "loss is a list of 1, expected a number."),
        (torch.ones(2), "loss is a tensor of shape (2,), expected a number."),
        (torch.tensor(NAN), "loss is nan, which is no finite number."),
        (-INF, "loss is -inf, which is no finite number."),
    ],
    ids=str,
)
def test_what_is_no_number(got: object, summary: str) -> None:
    """Anything else is named in a few words."""
    end = failure(as_number, "loss", got)
    assert end.summary == summary
    assert end.hint == (RETURNS if got is None else OVERFLOW if "finite" in summary else None)


@given(st.floats(-1e6, 1e6), st.sampled_from([1, -1]))
def test_tolerance_of_a_number(expected: float, sign: int) -> None:
    """An error of 0.9 of what is allowed passes, one of 1.1 fails."""
    allowed = 1e-4 * abs(expected) + 2e-6
    assert assert_number("loss", expected + sign * 0.9 * allowed, expected) == expected + sign * 0.9 * allowed
    failure(assert_number, "loss", expected + sign * 1.1 * allowed, expected)


@pytest.mark.parametrize(
    ("got", "expected", "summary"),
    [
        (1.0, 2.302585, "loss is 1, expected 2.303."),
        (2.30295, 2.302585, "loss is 2.303, expected 2.3026."),
        (1.0002, 1.0, "loss is 1.0002, expected 1."),
    ],
)
def test_numbers_in_a_message_differ(got: float, expected: float, summary: str) -> None:
    """Two numbers are shown with as many digits as it takes to tell them apart."""
    found = failure(assert_number, "loss", got, expected).summary
    shown = found.removeprefix("loss is ").removesuffix(".").split(", expected ")
    assert shown[0] != shown[1]
    if len(summary) < 30:
        assert found == summary


def test_relation_of_a_number() -> None:
    """A number that is a whole factor off says so."""
    assert failure(assert_number, "loss", 23.02585, 2.302585).evidence.relation == "It is 10 times too large."


def test_scalar_is_one_number() -> None:
    """A loss is a tensor of shape (); one with entries was not averaged."""
    assert assert_scalar("loss", torch.tensor(0.5)) == 0.5
    end = failure(assert_scalar, "loss", torch.ones(4))
    assert end.summary == "loss has shape (4,), expected a single number (a tensor of shape ())."
    assert end.evidence.relation == "It was not averaged to one number."
    assert failure(assert_scalar, "loss", torch.ones(1)).evidence.relation is None


@pytest.mark.parametrize("got", [[1.0, 2], (1, 2.0), torch.tensor([1.0, 2.0]), [torch.tensor(1.0), 2]])
def test_list_of_numbers(got: object) -> None:
    """A list, a tuple and a 1-dim tensor of numbers come back as a list of floats."""
    assert assert_numbers("losses", got, 2) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("got", "summary"),
    [
        (None, "losses is None, expected a list of 2 numbers."),
        (1.0, "losses is the number 1, expected a list of 2 numbers."),
        (torch.ones(2, 1), "losses is a tensor of shape (2, 1), expected a list of 2 numbers."),
        ([1.0], "losses has 1 entries, expected 2, one for each epoch."),
        (torch.zeros(3), "losses has 3 entries, expected 2, one for each epoch."),
        ([1.0, None], "losses[1] is None, expected a number."),
        ([NAN, 1.0], "losses[0] is nan, which is no finite number."),
    ],
    ids=str,
)
def test_wrong_list_of_numbers(got: object, summary: str) -> None:
    """What is no such list is told with its length, or with the entry that is no number."""
    assert failure(assert_numbers, "losses", got, 2, of="one for each epoch").summary == summary


def test_millions_of_numbers() -> None:
    """A tensor of any length is refused by its length alone: taken apart, these entries would need a terabyte."""
    end = failure(assert_numbers, "losses", torch.zeros(1).expand(2**31), 2)
    assert end.summary == "losses has 2147483648 entries, expected 2."
    assert end.evidence.got == "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...]"


# -- containers --------------------------------------------------------------------------------------------------------


def test_tuple_has_its_parts() -> None:
    """A tuple or list of the right length comes back as a list; anything else names what was expected."""
    parts = ("dx", "dW", "db")
    assert assert_tuple("backward", (1, 2, 3), parts) == assert_tuple("backward", [1, 2, 3], parts) == [1, 2, 3]
    assert [failure(assert_tuple, "backward", got, parts).summary for got in (None, (1, 2), torch.ones(3))] == [
        "backward returned None, expected (dx, dW, db).",
        "backward returned 2 values, expected 3: (dx, dW, db).",
        "backward returned a tensor of shape (3,), expected (dx, dW, db).",
    ]


def test_dict_has_exactly_its_keys() -> None:
    """A dict with these keys in any order passes; missing keys and keys besides are both named."""
    assert assert_dict("gradients", {"b": 1, "W": 2}, ["W", "b"]) == {"b": 1, "W": 2}
    found = [
        failure(assert_dict, "gradients", got, ["W", "b"]) for got in ([], {"W": 1}, {"W": 1, "b": 2, 3: 4}, {"c": 1})
    ]
    assert [end.summary for end in found] == [
        "gradients is a list of 0, expected a dict with the keys W, b.",
        "gradients lacks b.",
        "gradients has 3 besides.",
        "gradients lacks W, b and has c besides.",
    ]
    assert (found[-1].evidence.got, found[-1].evidence.expected) == ("c", "W, b")


# -- training ----------------------------------------------------------------------------------------------------------

START = {"W": torch.ones(2, 3), "b": torch.zeros(2)}
END = {"W": torch.ones(2, 3) + 0.01 * EXPECTED, "b": torch.tensor([0.25, -0.5])}


@pytest.mark.parametrize(("factor", "passes"), [(0.9, True), (1.1, False)])
@pytest.mark.parametrize("key", ["W", "b"])
def test_change_of_parameters(key: str, factor: float, passes: bool) -> None:
    """A change that is off by less than a thousandth of itself passes, by more fails, in each parameter."""
    start = {name: tensor.double() for name, tensor in START.items()}
    expected = {name: tensor.double() for name, tensor in END.items()}
    got = dict(expected)
    got[key] = expected[key] + (expected[key] - start[key]) * 1e-3 * factor
    if passes:
        assert_change("after 3 steps", start, got, expected)
    else:
        end = failure(assert_change, "after 3 steps", start, got, expected)
        assert end.summary == f"after 3 steps {key} moved differently: the change is off by 0.1% of what it should be."


def test_change_in_the_wrong_direction() -> None:
    """Parameters that moved the other way are told so; missing ones are no tensor; unmoved ones are zero."""
    backwards = {key: 2 * START[key] - END[key] for key in END}
    assert failure(assert_change, "W", START, backwards, END).evidence.relation == "Right size, opposite sign."
    assert failure(assert_change, "W", START, START, END).evidence.relation == "All of it is zero."
    assert failure(assert_change, "net", START, {"W": END["W"]}, END).summary == "net b is None, expected a tensor."


def test_unchanged() -> None:
    """What student code had in hand must equal what it was, entry by entry; so must labels, which are whole numbers."""
    labels = torch.tensor([3, 0, 2])
    assert_unchanged("x", EXPECTED.clone(), EXPECTED)
    assert_unchanged("labels", labels.clone(), labels)
    for got, before in ((EXPECTED + 1e-6, EXPECTED), (labels - 1, labels), (labels[:2], labels), (None, labels)):
        end = failure(assert_unchanged, "x", got, before)
        assert end.summary == "x was changed; it must stay as it is."
        assert end.hint is not None


@pytest.mark.parametrize(
    ("got", "summary"),
    [
        (0.31237, "The accuracy is 0.3124, expected at least 0.85."),
        (0.84996, "The accuracy is 0.84996, expected at least 0.85."),
        (NAN, "The accuracy is nan, expected at least 0.85."),
        (-INF, "The accuracy is -inf, expected at least 0.85."),
    ],
)
def test_at_least(got: float, summary: str) -> None:
    """A number below fails and is shown as one that is below; the least itself passes."""
    assert_at_least("The accuracy", 0.85, 0.85)
    assert failure(assert_at_least, "The accuracy", got, 0.85).summary == summary


@pytest.mark.parametrize(
    ("tensor", "shown"),
    [
        (torch.tensor(0.5), "0.5"),
        (torch.tensor([1.0, 2.5]), "[       1,      2.5]"),
        (torch.zeros(0), "[]"),
        (torch.arange(40.0), "(40,): 0, 1, 2, 3, 4, 5, ..."),
        (torch.ones(1, 2, 4), "(1, 2, 4): 1, 1, 1, 1, 1, 1, ..."),
    ],
)
def test_tensor_is_shown(tensor: Tensor, shown: str) -> None:
    """A small tensor is shown whole, a large one by its shape and first entries."""
    assert show_tensor(tensor) == shown
