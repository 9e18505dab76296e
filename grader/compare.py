"""Judge what came back from a worker: type, shape, dtype, finite, value, in that order. Ours, never the student's.

Every function here takes plain values (a worker's answers hold nothing else), raises `CheckFailed` with evidence that a
student can act on, and returns the value it approved. Elements are compared, never norms or sums; nothing is broadcast.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from grader.errors import CheckFailed
from grader.isolation.devices import kind_of
from grader.matrices import matrix_of, told_apart
from grader.relations import Compared, Listener, relation_of, relation_of_dtype
from grader.results import Evidence, Matrix
from grader.showing import shown_value
from grader.text import short_number

__tracebackhide__ = True  # a debugger or traceback shows the check and the student's code, not the way between

# The relative error of one operation, in parts of the largest entry. Right float32 code stays below 1.1e-6 on a CPU
# (elements near zero lose up to 0.13 of their own size by cancellation, so the largest entry is the scale).
_TOLERANCE = {torch.float64: 1e-5, torch.float32: 1e-5}
# How much more it may be where it was computed on another kind of device: a GPU adds in another order. TF32 stays off in
# the worker. This is the only place in which a verdict knows of devices.
_DEVICE_FACTOR = {"cpu": 1.0, "cuda": 10.0}
_device = "cpu"
_listener: Listener | None = None
_SHOWN_ENTRIES = 4
_SMALL = 36


def use_device(device: str) -> None:
    """From now on, judge what was computed on that device: `cpu`, `cuda` or one of several, as `cuda:1`."""
    global _device
    _device = device


def listen(listener: Listener | None) -> None:
    """From now on, tell `listener` of every comparison that ends well; None is told nothing."""
    global _listener
    _listener = listener


def tolerance(dtype: torch.dtype = torch.float32, device: str | None = None) -> float:
    """The relative error that a right implementation of one operation may have, in parts of the largest entry.

    `device` is where it was computed, without it the device of this run.
    """
    return _TOLERANCE.get(dtype, 1e-5) * _factor(device or _device)


def _factor(device: str) -> float:
    return _DEVICE_FACTOR[kind_of(device)]


def assert_tensor(name: str, got: object, shape: Sequence[int] | None = None, *, like: str = "") -> Tensor:
    """`got` as a finite float tensor of that shape. `like` says what gives the shape: "the shape of W"."""
    value = _assert_tensor(name, got, shape, like, None)
    _assert_finite(name, value, None)
    return value


def _assert_tensor(name: str, got: object, shape: Sequence[int] | None, like: str, expected: Tensor | None) -> Tensor:
    """The same, finite or not; with the `expected` values, more can be said of a wrong shape or dtype."""
    if not isinstance(got, Tensor):
        hint = "Does the function return its result?" if got is None else None
        raise CheckFailed(f"{name} is {shown_value(got)}, expected a tensor.", hint=hint)
    if shape is not None and tuple(got.shape) != tuple(shape):
        compared = Compared(name, got, torch.full(tuple(shape), math.nan) if expected is None else expected, 1e-6)
        raise CheckFailed(
            f"{name} has shape {tuple(got.shape)}, expected {tuple(shape)}{', ' + like if like else ''}.",
            evidence=Evidence(got=f"shape {tuple(got.shape)}", expected=f"shape {tuple(shape)}"),
            compared=compared,
            relation=relation_of(compared),
        )
    if not got.dtype.is_floating_point:
        raise CheckFailed(
            f"{name} has dtype {_dtype(got)}, expected float32.",
            relation=None if expected is None else relation_of_dtype(got, expected),
        )
    if got.dtype not in _TOLERANCE:
        raise CheckFailed(f"{name} has dtype {_dtype(got)}, which is too coarse; expected float32.")
    return got


def _assert_finite(name: str, got: Tensor, expected: Tensor | None) -> None:
    """Raise `CheckFailed` if an entry is infinite or no number; with `expected`, both are shown."""
    if not bool(torch.isfinite(got).all()):
        bad = got[~torch.isfinite(got)].reshape(-1)[0].item()
        word = "nan (not a number)" if math.isnan(bad) else "infinite"
        count = int((~torch.isfinite(got)).sum())
        raise CheckFailed(
            f"{name}: {count} of {got.numel()} entries are {word}.",
            evidence=Evidence(
                got=show_tensor(got),
                matrices=() if expected is None else _matrices(name, got, expected, ~torch.isfinite(got)),
            ),
            hint="Does exp() get a large number, log() a zero, or a division a zero?",
        )


def _matrices(name: str, got: Tensor, expected: Tensor, wrong: Tensor) -> tuple[Matrix, ...]:
    """The two beside each other for the report, if there is anything to look at."""
    matrix = matrix_of(name, got, expected, wrong)
    return () if matrix is None else (matrix,)


def assert_close(
    name: str,
    got: object,
    expected: Tensor,
    *,
    relative: float | None = None,
    absolute: float = 0.0,
    like: str = "",
    factors: Mapping[str, float] | None = None,
) -> Tensor:
    """`got`, where every entry is within `relative` × the largest expected entry + `absolute` of `expected`.

    `relative` defaults to `tolerance()` of float32. `factors` are what a wrong answer may be off by, with the meaning:
    `{"the batch size": 5}`.
    """
    value = _assert_tensor(name, got, expected.shape, like, expected)
    wide, target = value.double(), expected.double()
    part = tolerance() if relative is None else relative * _factor(_device)
    allowed = part * _largest(target) + absolute
    difference = (wide - target).abs()
    compared = Compared(name, value, expected, allowed, factors or {})
    is_close = bool((difference <= allowed).all())
    if not is_close or not math.isfinite(allowed):  # what is close to finite numbers is finite
        _assert_finite(name, value, expected)
    if is_close:
        if _listener is not None:
            _listener(compared)
        return value
    worst = int(difference.reshape(-1).argmax()) if value.numel() else 0
    count = int((difference > allowed).sum())
    share = f"{count} of {value.numel()} entries differ" if value.dim() else "the value differs"
    raise CheckFailed(
        f"{name} is not what it should be: {share}, by up to {short_number(float(difference.max()))}.",
        evidence=Evidence(
            got=_shown_beside(name, wide, worst, difference > allowed),
            expected=_shown_beside(name, target, worst, difference > allowed),
            matrices=_matrices(name, wide, target, difference > allowed),
        ),
        compared=compared,
        relation=relation_of(compared),
    )


def assert_number(name: str, got: object, expected: float, *, relative: float = 1e-4, absolute: float = 2e-6) -> float:
    """`got` as a finite number within `relative` × |expected| + `absolute` of `expected`; a 0-dim tensor is one."""
    value = as_number(name, got)
    wide, target = torch.tensor(value).double(), torch.tensor(expected).double()
    compared = Compared(name, got if isinstance(got, Tensor) else wide, target, 1e-6 + absolute)
    if not abs(value - expected) <= relative * abs(expected) + absolute:
        got_text, expected_text = told_apart(value, expected)
        raise CheckFailed(
            f"{name} is {got_text}, expected {expected_text}.",
            evidence=Evidence(got=f"{value:.8g}", expected=f"{expected:.8g}"),
            compared=compared,
            relation=relation_of(Compared(name, wide, target, compared.allowed)),
        )
    if _listener is not None:
        _listener(compared)
    return value


def as_number(name: str, got: object) -> float:
    """`got` as a finite float. A 0-dim or one-element tensor counts as a number, a bool does not."""
    if isinstance(got, Tensor) and got.numel() == 1 and got.dtype is not torch.bool:
        got = got.item()
    if isinstance(got, bool) or not isinstance(got, int | float):
        hint = "Does the function return its result?" if got is None else None
        raise CheckFailed(f"{name} is {shown_value(got)}, expected a number.", hint=hint)
    if not math.isfinite(got):
        raise CheckFailed(
            f"{name} is {got}, which is no finite number.",
            evidence=Evidence(got=str(got)),
            hint="Does exp() get a large number, log() a zero, or a division a zero?",
        )
    return float(got)


def assert_scalar(name: str, got: object) -> float:
    """`got` as a number that came as a 0-dim tensor, the shape of a loss."""
    if isinstance(got, Tensor) and got.dim() != 0:
        raise CheckFailed(
            f"{name} has shape {tuple(got.shape)}, expected a single number (a tensor of shape ()).",
            evidence=Evidence(
                got=show_tensor(got), relation="It was not averaged to one number." if got.numel() > 1 else None
            ),
        )
    return as_number(name, got)


def assert_numbers(name: str, got: object, length: int, *, of: str = "") -> list[float]:
    """`got` as a list of `length` finite numbers; a tuple or a 1-dim tensor counts as one. `of` says what each is."""
    if not isinstance(got, list | tuple) and not (isinstance(got, Tensor) and got.dim() == 1):
        hint = "Does the function return its result?" if got is None else None
        raise CheckFailed(f"{name} is {shown_value(got)}, expected a list of {length} numbers.", hint=hint)
    if len(got) != length:
        some = got[:100].tolist() if isinstance(got, Tensor) else got  # a list of millions of tensors fills the memory
        raise CheckFailed(
            f"{name} has {len(got)} entries, expected {length}{', ' + of if of else ''}.",
            evidence=Evidence(got=_shown_numbers(some), expected=f"{length} numbers"),
        )
    return [as_number(f"{name}[{index}]", entry) for index, entry in enumerate(got)]


def assert_tuple(name: str, got: object, parts: Sequence[str]) -> list[Any]:
    """`got` as its parts, one for each name in `parts`; a list counts as a tuple."""
    wanted = f"({', '.join(parts)})"
    if not isinstance(got, tuple | list):
        hint = "Does the function return its result?" if got is None else None
        raise CheckFailed(f"{name} returned {shown_value(got)}, expected {wanted}.", hint=hint)
    if len(got) != len(parts):
        raise CheckFailed(f"{name} returned {len(got)} values, expected {len(parts)}: {wanted}.")
    return list(got)


def assert_dict(name: str, got: object, keys: Sequence[str]) -> dict[str, Any]:
    """`got` as a dict with exactly these keys."""
    if not isinstance(got, dict):
        raise CheckFailed(f"{name} is {shown_value(got)}, expected a dict with the keys {', '.join(keys)}.")
    missing = [key for key in keys if key not in got]
    extra = [str(key) for key in got if key not in keys]
    if missing or extra:
        problems = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has {', '.join(extra[:6])} besides"] * bool(
            extra
        )
        raise CheckFailed(
            f"{name} {' and '.join(problems)}.",
            evidence=Evidence(got=", ".join(map(str, got)), expected=", ".join(keys)),
        )
    return got


def assert_change(
    name: str,
    start: Mapping[str, Tensor],
    got: Mapping[str, object],
    expected: Mapping[str, Tensor],
    *,
    threshold: float = 1e-3,
) -> None:
    """The parameters `got` moved from `start` as `expected` did: each one's change is off by at most `threshold` of it.

    From given parameters over given batches, right implementations differ by at most 1.1e-5 of the change after 189
    steps, and wrong ones that touch training at all by at least 3.2e-2; 1e-3 lies a factor of 30 or more from both.
    """
    for key, target in expected.items():
        value = assert_tensor(f"{name} {key}", got.get(key), target.shape).double()
        change, wanted = value - start[key].double(), target.double() - start[key].double()
        error = float((change - wanted).norm() / wanted.norm().clamp_min(1e-12))
        if not error <= threshold:
            raise CheckFailed(
                f"{name} {key} moved differently: the change is off by {error:.1%} of what it should be.",
                evidence=Evidence(
                    got="change " + show_tensor(change),
                    expected="change " + show_tensor(wanted),
                    matrices=_matrices(
                        f"the change of {key}", change, wanted, (change - wanted).abs() > threshold * _largest(wanted)
                    ),
                ),
                relation=relation_of(Compared(f"{name} {key}", change, wanted, 1e-4 * _largest(wanted))),
            )


def assert_unchanged(name: str, got: object, before: Tensor) -> None:
    """`got`, which student code had in hand, still equals `before`."""
    value = assert_tensor(name, got, before.shape) if before.is_floating_point() else got
    if not (isinstance(value, Tensor) and torch.equal(value.double(), before.double())):
        shown = show_tensor(value) if isinstance(value, Tensor) else shown_value(value)
        raise CheckFailed(
            f"{name} was changed; it must stay as it is.",
            evidence=Evidence(
                got=shown,
                expected=show_tensor(before),
                matrices=_matrices(name, value, before, value.double() != before.double())
                if isinstance(value, Tensor) and value.shape == before.shape
                else (),
            ),
            hint="Operations that end in an underscore, and x -= ..., change their tensor in place.",
        )


def assert_at_least(name: str, got: float, least: float) -> None:
    """`got` reaches `least`. NaN does not."""
    if not got >= least:
        got_text, least_text = told_apart(got, least)
        raise CheckFailed(
            f"{name} is {got_text}, expected at least {least_text}.",
            evidence=Evidence(got=got_text, expected=f"at least {least_text}"),
        )


def show_tensor(tensor: Tensor) -> str:
    """A tensor as a person reads it: whole if it is small, else its shape and first entries."""
    if tensor.numel() <= _SMALL:
        if tensor.dim() == 0:
            return short_number(tensor.item())
        if tensor.dim() == 1:
            return _row(tensor.tolist())
        if tensor.dim() == 2:
            return "\n".join(_row(row) for row in tensor.tolist())
    first = ", ".join(short_number(entry) for entry in tensor.reshape(-1)[:6].tolist())
    return f"{tuple(tensor.shape)}: {first}, ..."


def _row(entries: Sequence[float]) -> str:
    return "[" + ", ".join(f"{short_number(entry):>8}" for entry in entries) + "]"


def _shown_beside(name: str, tensor: Tensor, worst: int, wrong: Tensor) -> str:
    """The tensor whole if it is small, else the worst entry and the first that differ."""
    if tensor.numel() <= _SMALL:
        return show_tensor(tensor)
    indices = [worst, *wrong.reshape(-1).nonzero().reshape(-1)[:_SHOWN_ENTRIES].tolist()]
    flat = tensor.reshape(-1)
    return "\n".join(
        f"{name}[{_place(index, tensor.shape)}] = {short_number(float(flat[index]))}"
        for index in dict.fromkeys(indices)
    )


def _place(index: int, shape: Sequence[int]) -> str:
    """Where entry `index` of a flattened tensor stands; torch's own function for it imports sympy first, for 0.3 s."""
    places = []
    for size in reversed(shape):
        index, place = divmod(index, size)
        places.append(str(place))
    return ", ".join(reversed(places))


def _shown_numbers(entries: Sequence[object]) -> str:
    shown = [short_number(entry) if isinstance(entry, int | float) else shown_value(entry) for entry in entries[:12]]
    return "[" + ", ".join(shown) + (", ...]" if len(entries) > 12 else "]")


def _largest(tensor: Tensor) -> float:
    return float(tensor.abs().max()) if tensor.numel() else 0.0


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
