"""What a wrong answer has to do with the right one, in one sentence with the student's own numbers.

"Not close" helps nobody; "5 times too large, and 5 is the batch size" does. A relation is found from the values alone, or
from the calls that led to them: an answer may equal an input, or the result of the call before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from grader.text import short_number

_CLOSE = 1e-4  # of the other's entries: nearer than any two different things come by chance
_VERY_LARGE = 1000.0  # an input that may overflow on its way
_LARGE = 20.0  # times larger: an input of another order of magnitude
_MOST_ROWS = 256
_MOST_ENTRIES = 1_000_000
_ORDINALS = ("first", "second", "third", "fourth")


class Relation(NamedTuple):
    """What is to be seen, and the question that it asks."""

    sentence: str
    question: str


@dataclass(frozen=True)
class Compared:
    """Two values that were compared: `allowed` is how far an entry may be off, `factors` what it may be off by."""

    name: str
    got: Tensor
    expected: Tensor
    allowed: float
    factors: Mapping[str, float] = field(default_factory=dict)

    def is_close(self, left: Tensor, right: Tensor) -> bool:
        """Whether two tensors are the same, but for rounding."""
        return _is_close(left, right, self.allowed)


class Call(NamedTuple):
    """A call of the submission: the object it went to, its tensors by the names of its parameters, the result."""

    function: str
    target: int
    inputs: Mapping[str, Tensor]
    answer: object

    @property
    def largest(self) -> float:
        """The largest size of any number that went in."""
        return max((_largest(tensor) for tensor in self.inputs.values()), default=0.0)

    @property
    def images(self) -> int | None:
        """The length of the first tensor, which is that of the batch."""
        first = next(iter(self.inputs.values()), None)
        return len(first) if first is not None and first.dim() else None


# -- from the values -------------------------------------------------------------------------------------------------------


def relation_of(compared: Compared) -> Relation | None:
    """What the values alone say; None if it is nothing simple."""
    if compared.got.numel() > _MOST_ENTRIES or compared.got.is_complex():  # nothing of ours is as large, or complex
        return None
    got, expected = compared.got.detach().double(), compared.expected.double()
    finders = _SAME_SHAPE if got.shape == expected.shape else _OTHER_SHAPE
    if got.shape == expected.shape and _largest(expected) == 0:
        return None
    found = (finder(got, expected, compared) for finder in finders)
    return next((relation for relation in found if relation is not None), None)


def _zero(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    if _largest(got) != 0:
        return None
    return Relation("All of it is zero.", "Is it ever filled, or multiplied with something that is 0?")


def _sign(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    if not compared.is_close(got, -expected):
        return None
    return Relation("Right size, opposite sign.", "Follow the sign through your formula: where does it turn around?")


def _factor(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    ratio = float((got * expected).sum() / (expected * expected).sum())
    if not (1e-6 < abs(ratio) < 1e6 and compared.is_close(got, ratio * expected)):
        return None
    sign = " and has the opposite sign" if ratio < 0 else ""
    for what, factor in {**compared.factors, "": round(abs(ratio)), " ": round(1 / abs(ratio))}.items():
        for size, word in ((abs(ratio), "large"), (1 / abs(ratio), "small")):
            if factor not in (0, 1) and math.isclose(size, factor, rel_tol=1e-3):
                number = short_number(factor)
                if not what.strip():
                    return Relation(f"It is {number} times too {word}{sign}.", "Which factor is in it once too often?")
                return Relation(
                    f"It is {number} times too {word}{sign}; {number} is {what}.",
                    f"Where does your code multiply or divide by {what}, and how often should it?",
                )
    return None


def _transpose(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    if expected.dim() != 2 or not compared.is_close(got, expected.T):
        return None
    return Relation("It is the transpose of what it should be.", "Which index counts rows, and which one columns?")


def _order(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    if expected.dim() < 1 or not 1 < expected.shape[0] <= _MOST_ROWS:
        return None
    if compared.is_close(got, expected.flip(0)):
        return Relation("The rows are in reverse order.", "Which row belongs to which image?")
    if _is_permuted(got, expected, compared):
        return Relation("The rows are right, their order is not.", "Which row belongs to which image?")
    if expected.dim() == 2 and 1 < expected.shape[1] <= _MOST_ROWS and _is_permuted(got.T, expected.T, compared):
        return Relation("The columns are right, their order is not.", "What does each column stand for?")
    return None


def _is_permuted(got: Tensor, expected: Tensor, compared: Compared) -> bool:
    """Whether every row of `got` is a row of `expected`, each once."""
    left = list(range(len(expected)))
    for row in got:
        place = next((index for index in left if compared.is_close(row, expected[index])), None)
        if place is None:
            return False
        left.remove(place)
    return True


def _some_rows(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    if expected.dim() < 1 or expected.shape[0] < 3:
        return None
    right = ((got - expected).abs() - _CLOSE * expected.abs() <= compared.allowed).reshape(len(got), -1)
    telling = (expected.abs() > compared.allowed).reshape(len(got), -1)  # a 0 is easily right
    for place, word in ((0, "first"), (len(got) - 1, "last")):
        others = [row for row in range(len(got)) if row != place]
        if bool(right[place].all() and telling[place].any()) and not bool((right & telling)[others].any()):
            return Relation(f"Only the {word} row is right.", "What happens to the other images of the batch?")
    return None


def _offset(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    offset = got - expected
    if got.numel() < 2 or not compared.is_close(offset, offset.mean().expand_as(offset)):
        return None
    return Relation(
        f"Every entry is off by the same amount, {short_number(float(offset.mean()))}.",
        "What is added to, or missing from, every entry alike?",
    )


def _one_number(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    if got.dim() != 0 or expected.dim() == 0:
        return None
    return Relation("It was summed or averaged to a single number.", "Which indices should be left in the result?")


def _summed(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    """One axis too few or too many: a sum or mean too much, or one that is missing."""
    for axis, size in enumerate(expected.shape):
        if size == 1:
            continue  # an axis that is only written differently
        for word, part in (("sum", expected.sum(axis)), ("mean", expected.mean(axis))):
            if got.dim() > 0 and compared.is_close(got, part):
                return Relation(
                    f"It is the {word} over the {_ordinal(axis)} axis, whose {size} entries should all be there.",
                    "Over which index do you sum, and does the result still need it?",
                )
    for axis, size in enumerate(got.shape):
        if size == 1:
            continue
        for word, part in (("summed", got.sum(axis)), ("averaged", got.mean(axis))):
            if compared.is_close(part, expected):
                return Relation(
                    f"{word.capitalize()} over its {_ordinal(axis)} axis, which has {size} entries, it would be right.",
                    "Which index should be gone in the result?",
                )
    return None


def _turned(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    if expected.dim() < 2 or tuple(got.shape) != tuple(reversed(expected.shape)):
        return None
    question = "Write down the shape of every factor: which index should vanish in the product?"
    if compared.is_close(got, expected.permute(*reversed(range(expected.dim())))):
        return Relation("It is transposed: with rows and columns exchanged, it would be right.", question)
    return Relation("It is transposed.", question)


def _extra_axis(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    if got.numel() != expected.numel():
        return None
    if got.squeeze().shape == expected.squeeze().shape and compared.is_close(got.squeeze(), expected.squeeze()):
        word = "has an axis of size 1 too many" if got.dim() > expected.dim() else "lacks an axis of size 1"
        return Relation(f"The values are right; it {word}.", "What does keepdim do to the shape of a sum?")
    return Relation(
        "The number of entries is right, their arrangement is not.", "What does each axis of the result stand for?"
    )


def _broadcast(got: Tensor, expected: Tensor, compared: Compared) -> Relation | None:
    if expected.dim() == 0 or got.dim() <= expected.dim() - 1 or got.numel() <= expected.numel():
        return None
    sizes = set(got.shape)
    if got.dim() == 2 and len(sizes) == 1 and sizes <= set(expected.shape):
        size = got.shape[0]
        return Relation(
            f"Shapes ({size},) and ({size}, 1) were combined, which torch broadcasts to ({size}, {size}).",
            "Print the shapes of both sides of every operation: where do they differ in the number of axes?",
        )
    return None


_SAME_SHAPE = (_zero, _sign, _factor, _transpose, _order, _some_rows, _offset)
_OTHER_SHAPE = (_one_number, _summed, _turned, _extra_axis, _broadcast)


def relation_of_dtype(got: Tensor, expected: Tensor) -> Relation | None:
    """Whether a tensor of whole numbers holds what is expected, cut or rounded."""
    if got.shape != expected.shape or got.dtype is torch.bool or got.is_complex():
        return None
    wide = expected.double()
    if not any(torch.equal(got.double(), part) for part in (wide.trunc(), wide.round(), wide.floor())):
        return None
    return Relation(
        "The values are those expected, cut to whole numbers.", "Where does a tensor of integers enter your formula?"
    )


# -- from the calls --------------------------------------------------------------------------------------------------------


def relation_to_calls(compared: Compared, calls: Sequence[Call]) -> Relation | None:
    """What the calls of this check say: the answer equals an input of the last call, or an earlier answer."""
    if not calls or compared.got.numel() > _MOST_ENTRIES:
        return None
    got = compared.got.detach().double()
    for name, tensor, call in _inputs(calls):
        for what, value in _made_of(tensor):
            if compared.is_close(got, value.double()) and _largest(got) > 0:
                return Relation(
                    f"It equals {what.format(name)}, which {call.function} was given.",
                    f"What should happen to {name} before it is part of the result?",
                )
    last, place = calls[-1], _place_in(calls[-1].answer, compared.got)
    for call in reversed(calls[:-1]):
        if call.function == last.function:
            earlier = _entry(call.answer, place)
            if isinstance(earlier, Tensor) and compared.is_close(got, earlier.double()):
                return Relation(
                    f"It is what {call.function} gave at an earlier call, for other numbers.",
                    "What does your code keep from one call to the next, and when is it renewed?",
                )
    return None


def _inputs(calls: Sequence[Call]) -> Iterator[tuple[str, Tensor, Call]]:
    """The tensors that went in, the newest call first, up to the calls of one object."""
    for call in reversed(calls[-4:]):
        for name, tensor in call.inputs.items():
            if tensor.is_floating_point() and tensor.numel() > 1:
                yield name, tensor, call


def _made_of(tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
    yield "{}", tensor
    if tensor.dim() == 2:
        yield "{} transposed", tensor.T
        for axis in (0, 1):
            yield f"the sum of {{}} over its {_ordinal(axis)} axis", tensor.sum(axis)
            yield f"the mean of {{}} over its {_ordinal(axis)} axis", tensor.mean(axis)


def _place_in(answer: object, part: Tensor) -> object:
    """The index or key of a tensor in the answer it came with; None for the answer itself."""
    if isinstance(answer, list | tuple):
        return next((index for index, entry in enumerate(answer) if entry is part), None)
    if isinstance(answer, dict):
        return next((key for key, entry in answer.items() if entry is part), None)
    return None


def _entry(answer: object, place: object) -> object:
    if isinstance(answer, list | tuple) and isinstance(place, int):
        return answer[place] if place < len(answer) else None
    if isinstance(answer, dict):
        return answer.get(place)
    return answer


def relation_to_approved(call: Call, approved: Sequence[Call], largest_right: float) -> Relation | None:
    """What right answers before this wrong one say: another batch, or smaller numbers."""
    if call.largest >= _VERY_LARGE and 0 < largest_right * _LARGE <= call.largest:
        return Relation(
            f"{call.function} is right for numbers up to {_roughly(largest_right)}, and wrong for numbers as large "
            f"as {_roughly(call.largest)}.",
            "Which value on the way becomes too large, or too small, for float32?",
        )
    same = [other for other in approved if other.function == call.function and other.target == call.target]
    if same:
        sizes = f", with {same[-1].images} rows," if same[-1].images != call.images and same[-1].images else ""
        return Relation(
            f"The call before{sizes} was answered right; this one is not.",
            "What does your code keep from an earlier batch?",
        )
    return None


def _is_close(left: Tensor, right: Tensor, allowed: float) -> bool:
    return left.shape == right.shape and bool(((left - right).abs() - _CLOSE * right.abs() <= allowed).all())


def _largest(tensor: Tensor) -> float:
    if tensor.dtype is torch.bool:
        tensor = tensor.int()
    return float(tensor.abs().max()) if tensor.numel() else 0.0


def _roughly(value: float) -> str:
    return short_number(float(f"{value:.2g}"))


def _ordinal(axis: int) -> str:
    return _ORDINALS[axis] if axis < len(_ORDINALS) else f"{axis + 1}th"


Listener = Callable[[Compared], None]
