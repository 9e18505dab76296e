"""The fingerprint of what a submission answered in one check: small, comparable with a tolerance, fit for a file.

A rubric meets a submission only through its answers. Two submissions that answer alike made the same mistake, however
differently they are written. A tensor is told by its shape, its kind, its structure and a few weighted sums of its entries;
what differs between two runs with other random numbers of its own is told by its form alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec
import torch
from torch import Tensor

from grader.errors import CheckEnd, StudentCodeRaised
from grader.untrusted.wire import Raised

TOLERANCE = 5e-4  # of a tensor's norm: rounding stays below 1e-5, different mistakes differ by more than 1e-2
_ABSOLUTE = 2e-6
_RANDOM = "random"
_SUMS = 4
_FEW = 6
_MOST_ENTRIES = 64
_DEEPEST = 2
_MOST_SUMMED = 200_000  # entries of a tensor: none of a course's is as large, and the weights would fill the memory
_LARGEST = 1e100  # beyond it, sums of squares overflow
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?|\bnan\b|\binf\b")


class Value(msgspec.Struct, frozen=True, array_like=True):
    """One value. `form` is what must agree exactly; `numbers` agree within the tolerance of `scale`.

    Without numbers (None) the value is random, or very large, and its form is all that counts.
    """

    form: str
    numbers: tuple[float, ...] | None = ()
    scale: float = 0.0
    entries: tuple[Value, ...] = ()
    text: str = ""  # with the names that `form` leaves out; it decides only between what is equal otherwise

    @property
    def has_numbers(self) -> bool:
        """Whether any number in it is certain, or there is none to be."""
        return self.numbers is not None and all(entry.has_numbers for entry in self.entries)


class Trace(msgspec.Struct, frozen=True):
    """All answers of a check, and how it ended: the words of its summary, without what differs between submissions."""

    answers: tuple[Value, ...]
    end: str


def trace_of(answers: Sequence[object], error: BaseException | None) -> Trace:
    """The fingerprint of a check's answers and of its end."""
    return Trace(tuple(fingerprint(answer) for answer in answers), _end_of(error))


def _end_of(error: BaseException | None) -> str:
    if error is None:
        return ""
    if isinstance(error, StudentCodeRaised):
        return f"raised {error.type_name}"
    summary = error.summary if isinstance(error, CheckEnd) else type(error).__name__
    outcome = error.outcome.value if isinstance(error, CheckEnd) else "broke"
    return f"{outcome} {_NUMBER.sub('#', _QUOTED.sub('_', summary))[:200]}"


def fingerprint(value: object, depth: int = 0) -> Value:
    """The fingerprint of one answer. What is nested deeper than any right answer is told by no more than that."""
    if depth > _DEEPEST:
        return Value("deep")
    match value:
        case Tensor():
            is_number = value.dim() == 0 and value.dtype is not torch.bool and not value.is_complex()
            return _number(value.item()) if is_number else _tensor(value)
        case None | bool():
            return Value(str(value))
        case int() | float():
            return _number(value)
        case str():
            return Value(f"text {_masked(value)}")
        case list() | tuple():
            entries = tuple(fingerprint(entry, depth + 1) for entry in value[:_MOST_ENTRIES])
            return Value(f"list {len(value)}", entries=entries)
        case dict():
            keys = sorted(value, key=str) if len(value) <= _MOST_ENTRIES else []
            entries = tuple(fingerprint(value[key], depth + 1) for key in keys)
            return Value(f"dict {len(value)} {' '.join(str(key)[:40] for key in keys)}", entries=entries)
        case Raised(type_name, text):
            return Value(f"raised {type_name} {_masked(text)}", text=text[:160])
        case CheckEnd():
            return Value(value.outcome.value)
    return Value("object")


def _masked(text: str) -> str:
    """A text without the names in it: another student has other names."""
    return _QUOTED.sub("_", text)[:160]


def _number(value: float) -> Value:
    if abs(value) <= _LARGEST:
        return Value("number", (float(value),), float(abs(value)))
    word = "inf" if abs(value) > _LARGEST else "nan"
    return Value(f"number {'-' if value < 0 else ''}{word}")


def _tensor(tensor: Tensor) -> Value:
    kind = "float" if tensor.is_floating_point() else "bool" if tensor.dtype is torch.bool else "whole"
    if tensor.is_complex():
        return Value(f"complex {tuple(tensor.shape)}")
    if tensor.numel() > _MOST_SUMMED:
        return Value(f"{kind} {tuple(tensor.shape)}", None)
    wide = tensor.detach().double()
    finite = wide.abs() <= _LARGEST
    lost = ""
    if not bool(finite.all()):
        lost = f" nan{int(torch.isnan(wide).sum())} inf{int((wide.abs() > _LARGEST).sum())}"
        wide = torch.where(finite, wide, torch.zeros((), dtype=torch.float64))
    form = f"{kind} {tuple(tensor.shape)}{lost}{_structure(wide)}"
    flat = wide.reshape(-1)
    if len(flat) <= _FEW:
        return Value(form, tuple(flat.tolist()), float(flat.norm()))
    return Value(form, tuple((_weights(len(flat)) @ flat).tolist()), float(flat.norm()))


def _structure(wide: Tensor) -> str:
    """What stays the same when the numbers are random: all zero, all alike, equal rows, equal columns."""
    if wide.numel() < 2:
        return ""
    first = wide.reshape(-1)[0]
    if bool((wide == first).all()):
        return " zero" if float(first) == 0 else " constant"
    if wide.dim() == 2:
        if len(wide) > 1 and bool((wide == wide[:1]).all()):
            return " rows"
        if wide.shape[1] > 1 and bool((wide == wide[:, :1]).all()):
            return " columns"
    return ""


@lru_cache(maxsize=32)
def _weights(count: int) -> Tensor:
    """Weights (sums, count) of either sign and of no pattern that a tensor would have."""
    place = torch.arange(count, dtype=torch.float64)
    return torch.stack([torch.cos(place * (1.7 + 0.37 * k * math.sqrt(2 + k)) + k) for k in range(_SUMS)])


def is_equal(recorded: Value, seen: Value) -> bool:
    """Whether a value seen is the one recorded, as far as that one is not random."""
    if recorded.form == _RANDOM:
        return True
    if recorded.form != seen.form or len(recorded.entries) != len(seen.entries):
        return False
    if recorded.numbers is not None:
        if seen.numbers is None or len(recorded.numbers) != len(seen.numbers):
            return False
        allowed = TOLERANCE * max(recorded.scale, seen.scale) + _ABSOLUTE
        if any(abs(one - other) > allowed for one, other in zip(recorded.numbers, seen.numbers, strict=True)):
            return False
    return all(map(is_equal, recorded.entries, seen.entries))


def are_equal(recorded: Sequence[Value], seen: Sequence[Value]) -> bool:
    """Whether values seen are those recorded, one by one."""
    return len(recorded) == len(seen) and all(map(is_equal, recorded, seen))


def merged(one: Value, other: Value) -> Value:
    """What two runs with different random numbers have in common."""
    if one.form != other.form or len(one.entries) != len(other.entries):
        return Value(_RANDOM)
    entries = tuple(map(merged, one.entries, other.entries))
    numbers = one.numbers
    if not is_equal(Value(one.form, one.numbers, one.scale), Value(other.form, other.numbers, other.scale)):
        numbers = None
    return Value(one.form, numbers, one.scale, entries, one.text if one.text == other.text else "")


def rounded(value: Value) -> Value:
    """The value with as many digits as a recording keeps: far more than the tolerance asks for."""
    numbers = None if value.numbers is None else tuple(float(f"{number:.6g}") for number in value.numbers)
    return Value(value.form, numbers, float(f"{value.scale:.3g}"), tuple(map(rounded, value.entries)), value.text)


class Difference(msgspec.Struct, frozen=True):
    """A failed check of a known mistake: where its answers differ from the model answer's, and how it ended.

    It is vague where all that differs are random numbers in the right form: those could be anybody's.
    """

    length: int
    end: str
    answers: Mapping[int, Value]
    is_vague: bool = False

    @classmethod
    def between(cls, trace: Trace, reference: Sequence[Value]) -> Difference:
        """What of `trace` is not as in the model answer."""
        places = differing(trace, reference)
        telling = [
            place
            for place in places
            if place >= len(reference)
            or trace.answers[place].has_numbers
            or not is_equal(trace.answers[place], reference[place])
        ]
        answers = {place: trace.answers[place] for place in places}
        return cls(len(trace.answers), trace.end, answers, bool(places) and not telling)

    def is_same(self, other: Difference) -> bool:
        """Whether the two are one, but for rounding."""
        return (
            (self.length, self.end, self.is_vague, self.answers.keys())
            == (other.length, other.end, other.is_vague, other.answers.keys())
        ) and are_equal(tuple(self.answers.values()), tuple(other.answers[place] for place in self.answers))

    def explains(self, trace: Trace, differing: Sequence[int]) -> bool:
        """Whether `trace` differs in all these places in just this way, and ended like it.

        `differing` are all places at which it differs from the model answer. Where the mistake differs at none - what is
        wrong are random numbers, and the check said so - `trace` must not either.
        """
        return (
            not self.is_vague
            and len(trace.answers) == self.length
            and trace.end == self.end
            and (bool(self.answers) or not differing)
            and all(is_equal(value, trace.answers[place]) for place, value in self.answers.items())
        )

    def other_texts(self, trace: Trace) -> int:
        """At how many of these places the exact text is another."""
        return sum(value.text != trace.answers[place].text for place, value in self.answers.items() if value.text)


def differing(trace: Trace, reference: Sequence[Value]) -> list[int]:
    """The places at which the answers of `trace` are not those of the model answer."""
    return [
        place
        for place, answer in enumerate(trace.answers)
        if place >= len(reference) or not is_equal(reference[place], answer)
    ]
