"""What a wrong answer has to do with the right one: each relation with the student's numbers, and none by chance."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from grader.grading.grade import grade_each
from grader.isolation.launchers import Launcher
from grader.relations import (
    Call,
    Compared,
    relation_of,
    relation_of_dtype,
    relation_to_approved,
    relation_to_calls,
)
from grader.results import CheckResult
from grader.submissions.submission import make_submission

if TYPE_CHECKING:
    from tests.conftest import MiniCourse

RIGHT = torch.tensor([[1.5, -2.25, 0.5, 4.0], [3.125, 0.75, -1.0, 2.5], [-0.25, 1.25, 6.0, -3.5]])
SQUARE = RIGHT[:, :3]
CUBE = torch.arange(24.0).reshape(2, 3, 4) ** 2 + 1
ROW = torch.tensor([1.5, -2.25, 0.5])


def compared(got: Tensor, expected: Tensor, **factors: float) -> Compared:
    allowed = 1e-5 * float(expected.abs().max()) if expected.numel() else 0.0
    return Compared("dW", got, expected, allowed, {name.replace("_", " "): value for name, value in factors.items()})


def said(got: Tensor, expected: Tensor = RIGHT, **factors: float) -> str | None:
    found = relation_of(compared(got, expected, **factors))
    assert found is None or found.question.endswith("?")
    return None if found is None else found.sentence


# -- from the values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (RIGHT * 0, RIGHT, "All of it is zero."),
        (-RIGHT, RIGHT, "Right size, opposite sign."),
        (RIGHT * 7, RIGHT, "It is 7 times too large."),
        (RIGHT / 7, RIGHT, "It is 7 times too small."),
        (RIGHT * -7, RIGHT, "It is 7 times too large and has the opposite sign."),
        (SQUARE.T, SQUARE, "It is the transpose of what it should be."),
        (RIGHT.T, RIGHT, "It is transposed: with rows and columns exchanged, it would be right."),
        (RIGHT.T + 1, RIGHT, "It is transposed."),
        (RIGHT.flip(0), RIGHT, "The rows are in reverse order."),
        (RIGHT[[1, 0, 2]], RIGHT, "The rows are right, their order is not."),
        (RIGHT[:, [1, 0, 2, 3]], RIGHT, "The columns are right, their order is not."),
        (ROW[[1, 2, 0]], ROW, "The rows are right, their order is not."),
        (CUBE.flip(0), CUBE, "The rows are in reverse order."),
        (torch.cat([RIGHT[:1], RIGHT[1:] * 2.5]), RIGHT, "Only the first row is right."),
        (torch.cat([RIGHT[:2] * 2.5, RIGHT[2:]]), RIGHT, "Only the last row is right."),
        (torch.cat([RIGHT[:1], RIGHT[1:2] * 2.5, RIGHT[2:]]), RIGHT, None),
        (torch.cat([RIGHT[:1], RIGHT[1:2] * 2.5]), RIGHT[:2], None),
        (RIGHT + 0.25, RIGHT, "Every entry is off by the same amount, 0.25."),
        (RIGHT - 3, RIGHT, "Every entry is off by the same amount, -3."),
        (RIGHT.sum(), RIGHT, "It was summed or averaged to a single number."),
        (RIGHT.sum(0), RIGHT, "It is the sum over the first axis, whose 3 entries should all be there."),
        (RIGHT.mean(1), RIGHT, "It is the mean over the second axis, whose 4 entries should all be there."),
        (CUBE.sum(2), CUBE, "It is the sum over the third axis, whose 4 entries should all be there."),
        (RIGHT, RIGHT.sum(0), "Summed over its first axis, which has 3 entries, it would be right."),
        (RIGHT, RIGHT.mean(1), "Averaged over its second axis, which has 4 entries, it would be right."),
        (ROW, ROW.mean(), "Averaged over its first axis, which has 3 entries, it would be right."),
        (RIGHT[None], RIGHT, "The values are right; it has an axis of size 1 too many."),
        (ROW[:, None], ROW, "The values are right; it has an axis of size 1 too many."),
        (ROW, ROW[:, None], "The values are right; it lacks an axis of size 1."),
        (RIGHT.reshape(4, 3) + 0.1, RIGHT[None], "The number of entries is right, their arrangement is not."),
        (RIGHT.reshape(2, 6), RIGHT, "The number of entries is right, their arrangement is not."),
        (ROW - ROW[:, None], ROW, "Shapes (3,) and (3, 1) were combined, which torch broadcasts to (3, 3)."),
        (torch.ones(2, 4), RIGHT, None),
    ],
)
def test_relation(got: Tensor, expected: Tensor, sentence: str | None) -> None:
    """A wrong answer that has something simple to do with the right one is told what, with its own numbers."""
    assert said(got, expected) == sentence


@pytest.mark.parametrize(
    ("scale", "sentence"),
    [
        (5, "It is 5 times too large; 5 is the batch size."),
        (1 / 5, "It is 5 times too small; 5 is the batch size."),
        (-5, "It is 5 times too large and has the opposite sign; 5 is the batch size."),
        (10, "It is 10 times too large; 10 is the number of classes."),
        (0.1, "It is 10 times too small; 10 is the number of classes."),
        (0.02, "It is 0.02 times too large; 0.02 is the learning rate."),
        (50, "It is 0.02 times too small; 0.02 is the learning rate."),
        (2.37, None),
    ],
)
def test_meaning_of_a_factor(scale: float, sentence: str | None) -> None:
    """A factor that means something is told with its meaning; one that is not whole and means nothing is not told."""
    factors = {"the_batch_size": 5, "the_number_of_classes": 10, "the_learning_rate": 0.02}
    assert said(RIGHT * scale, RIGHT, **factors) == sentence


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (RIGHT * 0, RIGHT, "All of it is zero."),  # also 0 times what it should be
        (-torch.ones(2, 2), torch.ones(2, 2), "Right size, opposite sign."),  # also off by -2
        (torch.ones(2, 2) * 4, torch.ones(2, 2), "It is 4 times too large."),  # also off by 3
        (SQUARE[[2, 1, 0]][:, [0, 1, 2]], SQUARE, "The rows are in reverse order."),  # also a permutation
        (torch.tensor([[1.0, 2], [3, 1]]), torch.tensor([[1.0, 3], [2, 1]]), "It is the transpose of what it should be."),
        (RIGHT.sum(0)[None].sum(), RIGHT, "It was summed or averaged to a single number."),
    ],
)  # fmt: skip
def test_simplest_relation_comes_first(got: Tensor, expected: Tensor, sentence: str) -> None:
    """Where two would hold, the one that says more is told."""
    assert said(got, expected) == sentence


def test_expected_zeros_have_no_relation() -> None:
    """Where everything should be 0, no factor, sign or order means anything."""
    assert said(torch.ones(2, 3), torch.zeros(2, 3)) is None


@pytest.mark.parametrize(
    ("got", "is_told"),
    [
        (RIGHT.long(), True),
        (RIGHT.round().int(), True),
        (RIGHT.floor().long(), True),
        (RIGHT.long() + 1, False),
        (RIGHT.long()[:1], False),
        (RIGHT > 0, False),
        (RIGHT.trunc() + 2j, False),
    ],
)
def test_whole_numbers(got: Tensor, is_told: bool) -> None:
    """Values that were cut or rounded to whole numbers are recognised, other whole numbers are not."""
    cut = (
        "The values are those expected, cut to whole numbers.",
        "Where does a tensor of integers enter your formula?",
    )
    assert relation_of_dtype(got, RIGHT) == (cut if is_told else None)


# -- no relation by chance, and no exception ---------------------------------------------------------------------------

shapes = st.lists(st.integers(2, 6), min_size=2, max_size=3)


@settings(max_examples=80, deadline=None)
@given(shapes, st.integers(0, 10**6), st.sampled_from([1e-4, 1.0, 1e4]))
def test_noise_has_no_relation(shape: list[int], seed: int, scale: float) -> None:
    """Two tensors of noise have nothing to do with each other, nor with noise that went in or came out before."""
    generator = torch.Generator().manual_seed(seed)
    got, expected, first, second = (torch.randn(shape, generator=generator) * scale for _ in range(4))
    calls = [Call("f", 1, {"x": first}, second), Call("f", 1, {"x": second}, got)]
    pair = compared(got, expected, the_batch_size=shape[0])
    assert (relation_of(pair), relation_of_dtype(got, expected), relation_to_calls(pair, calls)) == (None, None, None)


DTYPES = [
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.uint8,
    torch.bool,
    torch.complex64,
]
values = st.sampled_from([0.0, -0.0, 1.0, -2.5, 1e-30, 1e30, 255.0, float("nan"), float("inf"), -float("inf")])


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    """Tensors of any kind: empty ones, of no axis or many, of few or equal or not finite numbers."""
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    count = int(torch.tensor(shape).prod()) if shape else 1
    entries = torch.tensor(draw(st.lists(values, min_size=count, max_size=count)), dtype=torch.float64)
    return entries.reshape(shape).to(draw(st.sampled_from(DTYPES)))


@pytest.mark.filterwarnings("ignore:Casting complex")
@settings(max_examples=300, deadline=None)
@given(tensors(), tensors(), st.booleans(), st.booleans(), st.sampled_from([0.0, 1.0, 3.0, float("inf")]))
def test_any_tensors_raise_nothing(
    got: Tensor, expected: Tensor, is_same_shape: bool, is_same_call: bool, factor: float
) -> None:
    """Whatever tensors come, there is a sentence of finite numbers or none, and nothing is raised."""
    if expected.is_complex() or not expected.is_floating_point():
        expected = expected.float()  # rubrics expect floats
    if is_same_shape and got.numel() >= expected.numel():
        got = got.reshape(-1)[: expected.numel()].reshape(expected.shape)
    pair = Compared("dW", got, expected, 1e-5, {"the batch size": factor})
    calls = [Call("f", 1, {"x": expected, "y": got}, got if is_same_call else [expected]), Call("f", 1, {}, (1, got))]
    found = [
        relation_of(pair),
        relation_of_dtype(got, expected),
        relation_to_calls(pair, calls),
        relation_to_approved(calls[0], calls, 0.1),
    ]
    assert [
        relation for relation in found if relation is not None and "off by the same amount, nan" in relation.sentence
    ] == []


def test_huge_tensors_are_left_alone() -> None:
    """Of an answer with billions of entries nothing is said, at once: taken apart, it would fill the memory."""
    started = time.monotonic()
    huge = torch.zeros(()).expand(2**16, 2**16)
    for expected in (RIGHT, torch.ones(()).expand(2**16, 2**16)):
        pair = Compared("z", huge, expected, 1e-5)
        assert (relation_of(pair), relation_to_calls(pair, [Call("f", 1, {"x": RIGHT}, huge)])) == (None, None)
    assert time.monotonic() - started < 1


# -- from the calls ----------------------------------------------------------------------------------------------------

WRONG = torch.full((3, 4), 0.37) * torch.arange(12.0).reshape(3, 4).cos()


def of_calls(got: Tensor, *calls: Call) -> str | None:
    found = relation_to_calls(compared(got, WRONG), calls)
    return None if found is None else found.sentence


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda x: x, "It equals x, which Layer.forward was given."),
        (lambda x: x.T, "It equals x transposed, which Layer.forward was given."),
        (lambda x: x.sum(0), "It equals the sum of x over its first axis, which Layer.forward was given."),
        (lambda x: x.sum(1), "It equals the sum of x over its second axis, which Layer.forward was given."),
        (lambda x: x.mean(0), "It equals the mean of x over its first axis, which Layer.forward was given."),
        (lambda x: 2 * x, None),
        (lambda x: 0 * x, None),
    ],
)
def test_answer_equals_an_input(made: Callable[[Tensor], Tensor], sentence: str | None) -> None:
    """An answer that is an input, its transpose, or its sum or mean over an axis, is told so, with the input's name."""
    got = made(RIGHT)
    assert of_calls(got, Call("Layer.forward", 7, {"labels": torch.tensor([3, 1, 2]), "x": RIGHT}, got)) == sentence


def test_input_of_an_earlier_call() -> None:
    """An answer may be the input of a call before; of the inputs alike, the newest is named."""
    forward = Call("Layer.forward", 7, {"x": RIGHT}, WRONG)
    assert of_calls(RIGHT, forward, Call("Layer.backward", 7, {"dz": WRONG * 2}, RIGHT)) == (
        "It equals x, which Layer.forward was given."
    )
    assert of_calls(RIGHT, forward, Call("Layer.backward", 7, {"dz": RIGHT}, RIGHT)) == (
        "It equals dz, which Layer.backward was given."
    )


EARLIER = "It is what Layer.backward gave at an earlier call, for other numbers."


@pytest.mark.parametrize(
    ("old", "new", "got", "sentence"),
    [
        (RIGHT.clone(), RIGHT, RIGHT, EARLIER),
        ((SQUARE, RIGHT.clone()), (SQUARE, RIGHT), RIGHT, EARLIER),
        ({"W": RIGHT.clone()}, {"W": RIGHT}, RIGHT, EARLIER),
        ((RIGHT.clone(), SQUARE), (SQUARE, RIGHT), RIGHT, None),
        ({"b": RIGHT.clone()}, {"W": RIGHT}, RIGHT, None),
        ([], [RIGHT], RIGHT, None),
        (None, RIGHT, RIGHT, None),
    ],
)
def test_answer_is_an_earlier_one(old: object, new: object, got: Tensor, sentence: str | None) -> None:
    """What the same function gave before is recognised, in the same place of a tuple or a dict."""
    inputs = {"dz": torch.ones(2, 2) * 0.1}
    assert of_calls(got, Call("Layer.backward", 7, inputs, old), Call("Layer.backward", 7, inputs, new)) == sentence
    assert of_calls(got, Call("Layer.forward", 7, inputs, old), Call("Layer.backward", 7, inputs, new)) is None


def batch(rows: int, scale: float, target: int = 7, function: str = "f") -> Call:
    return Call(function, target, {"x": torch.full((rows, 2), scale)}, None)


@pytest.mark.parametrize(
    ("call", "approved", "largest", "sentence"),
    [
        (batch(4, 1200), [], 2.0, "f is right for numbers up to 2, and wrong for numbers as large as 1200."),
        (batch(4, 1000), [], 50.0, "f is right for numbers up to 50, and wrong for numbers as large as 1000."),
        (batch(4, 999), [], 2.0, None),
        (batch(4, 1200), [], 60.1, None),
        (batch(4, 1200), [], 0.0, None),
        (batch(6, 1), [batch(4, 1)], 1.0, "The call before, with 4 rows, was answered right; this one is not."),
        (batch(4, 1), [batch(4, 1)], 1.0, "The call before was answered right; this one is not."),
        (batch(4, 1), [batch(4, 1, target=8)], 1.0, None),
        (batch(4, 1), [batch(4, 1, function="g")], 1.0, None),
        (batch(4, 1200), [batch(4, 2)], 2.0, "f is right for numbers up to 2, and wrong for numbers as large as 1200."),
    ],
)
def test_what_was_right_before(call: Call, approved: list[Call], largest: float, sentence: str | None) -> None:
    """Right answers for smaller numbers, or for the batch before, say where a wrong one comes from."""
    found = relation_to_approved(call, approved, largest)
    assert (None if found is None else found.sentence) == sentence


def test_call_without_tensors() -> None:
    """A call that was given no tensor has no largest number and no rows."""
    assert (Call("f", 1, {}, None).largest, Call("f", 1, {}, None).images) == (0.0, None)
    assert Call("f", 1, {"x": torch.tensor(-3.0)}, None).images is None


# -- on the way through a rubric and a worker --------------------------------------------------------------------------

RUBRIC = '''
import pytest

from grader.compare import assert_close

pytestmark = pytest.mark.exercise("layer")


@pytest.mark.hint("The author's hint.")
def test_batches(submission, numbers):
    """forward and backward, twice."""
    layer = submission.Layer()
    for n in (4, 6):
        x, dz = numbers.normal(n, 3), numbers.normal(n, 3)
        assert_close("z", layer.forward(x), x.exp())
        assert_close("dx", layer.backward(dz), dz * x.exp())


def test_large(submission, numbers):
    """forward, for large numbers too."""
    x = numbers.normal(4, 3)
    assert_close("z", submission.Layer().forward(x), x.exp())
    assert_close("z", submission.Layer().forward(x - 1000), (x - 1000).exp(), absolute=1.0)
'''
LAYER = """
class Layer:
    def forward(self, x):
        self.z = x.exp()
        return self.z

    def backward(self, dz):
        return dz * self.z
"""


@pytest.fixture
def judged(mini: MiniCourse, zygote: Launcher) -> Callable[[str, str], dict[str, CheckResult]]:
    """Changes right code in one place, and gives the results of the checks of a small course."""
    mini.write({"assignments/mini/test_layer.py": RUBRIC})
    for name in ("assignments/mini/test_together.py", "assignments/mini/test_total.py"):
        (mini.root / name).unlink()
    Path(mini.root / "reference/mini/test_hidden_total.py").unlink()

    def judge(old: str, new: str) -> dict[str, CheckResult]:
        assert old in LAYER
        found: dict[str, CheckResult] = {}
        submission = make_submission("ada", {"layer.py": LAYER.replace(old, new)})
        grade_each(
            mini.assignment,
            [submission],
            lambda grade: found.update({check.name: check for check in grade.checks}),
            launcher=zygote,
        )
        return found

    yield judge
    mini.forget_rubrics()


Judge = Callable[[str, str], dict[str, CheckResult]]


def relation_and_hints(check: CheckResult) -> tuple[str | None, str | None, tuple[str, ...]]:
    assert check.evidence is not None
    return check.evidence.relation, check.hint, check.further_hints


def test_rubric_tells_of_an_input(judged: Judge) -> None:
    """What is handed back as it came is told by the parameter's name; the author's hint comes after the question."""
    assert relation_and_hints(judged("return dz * self.z", "return dz")["batches"]) == (
        "It equals dz, which Layer.backward was given.",
        "What should happen to dz before it is part of the result?",
        ("The author's hint.",),
    )


def test_rubric_tells_of_a_stale_answer(judged: Judge) -> None:
    """A result that is kept from the first call is told as what it is."""
    kept = "self.kept = getattr(self, 'kept', dz * self.z)\n        return self.kept"
    assert relation_and_hints(judged("return dz * self.z", kept)["batches"])[:2] == (
        EARLIER,
        "What does your code keep from one call to the next, and when is it renewed?",
    )


def test_rubric_tells_of_a_factor(judged: Judge) -> None:
    """What the values say comes before what the calls say: the worker's numbers are those of the sentence."""
    assert relation_and_hints(judged("return self.z", "return self.z * 3")["batches"])[0] == "It is 3 times too large."


def test_rubric_tells_of_the_batch_before(judged: Judge) -> None:
    """An object that is right for one batch and wrong for the next is told so, with the rows of the first."""
    wrong = "return (dz * self.z).cos() if len(dz) == 6 else dz * self.z"
    assert relation_and_hints(judged("return dz * self.z", wrong)["batches"])[0] == (
        "The call before, with 4 rows, was answered right; this one is not."
    )


def test_rubric_gives_a_mask(mini: MiniCourse, judged: Judge) -> None:
    """A call that is given truth values may go wrong like any other."""
    mini.replace("assignments/mini/test_layer.py", "layer.forward(x), x.exp()", "layer.forward(x > 0), x.exp()")
    assert judged("self.z = x.exp()", "self.z = x + 0.5")["batches"].outcome == "failed"


def test_rubric_tells_of_large_numbers(judged: Judge) -> None:
    """Code that is right until numbers get large is told up to where."""
    results = judged("self.z = x.exp()", "self.z = x.exp() + (x < -500) * (2 + x.cos())")
    relation, hint, _ = relation_and_hints(results["large"])
    assert relation is not None
    assert relation.startswith("Layer.forward is right for numbers up to ")
    assert relation.endswith(", and wrong for numbers as large as 1000.")
    assert hint == "Which value on the way becomes too large, or too small, for float32?"
    assert results["batches"].outcome == "passed"


def test_rubric_uses_the_parts_of_the_course(mini: MiniCourse, judged: Judge) -> None:
    """What the course's own parts were given or gave is no explanation of a student's answer."""
    mini.write({"assignments/mini/parts.py": "def triple(x):\n    return 3 * x\n"})
    mini.replace(
        "assignments/mini/test_layer.py", "def test_large(submission, ", "def test_large(submission, provided, "
    )
    call = 'x = numbers.normal(4, 3)\n    provided.triple(x.cos())\n    assert_close("z", submission'
    mini.replace("assignments/mini/test_layer.py", 'x = numbers.normal(4, 3)\n    assert_close("z", submission', call)
    check = judged("self.z = x.exp()", "self.z = x.cos()")["large"]
    assert check.outcome == "failed"
    assert relation_and_hints(check) == (None, None, ())
