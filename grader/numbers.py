"""Random inputs for checks: seeded, generic, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Generator, Tensor

_SEEDS_KEPT = 256  # more than a rubric has checks
_MOST_KEPT = 2**18  # numbers of one seed


class Numbers:
    """A source of random tensors. Two with the same seed give the same tensors in the same order.

    A check draws the same for each submission, so what was drawn is kept: to copy it takes a tenth of the time.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._generator: Generator | None = None
        self._copied: list[_Request] = []  # since the generator was used
        self._at = self._first = _first_draw(seed)

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Standard normal numbers times `scale`, float32."""
        values = self._draw(_normal, shape)
        return values if scale == 1 else values.mul_(scale)

    def away_from_zero(self, *shape: int, least: float = 0.1) -> Tensor:
        """Normal numbers, each at least `least` from 0, so that rounding decides no kink."""
        return self._draw(_away_from_zero, shape, least)

    def labels(self, count: int, classes: int) -> Tensor:
        """Labels int64 (count,) in [0, classes), the first and the last class among them if there is room."""
        return self._draw(_labels, count, classes)

    def order(self, count: int) -> list[int]:
        """The numbers from 0 to count - 1, shuffled."""
        order: list[int] = self._draw(_order, count).tolist()
        return order

    def whole(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, both included."""
        return int(self._draw(_whole, least, most))

    def images(self, count: int) -> Tensor:
        """Pictures of noise, float32 (count, 1, 28, 28)."""
        return self.normal(count, 1, 28, 28)

    def _draw(self, make: Callable[..., Tensor], *arguments: object) -> Tensor:
        """What `make` makes of the generator and the arguments, or a copy of what it made after the same draws before."""
        request = make, arguments
        known = self._at.following.get(request)
        if known is not None:
            self._copied.append(request)
            self._at = known
            return known.values.clone()
        if self._generator is None:
            self._generator = Generator().manual_seed(self.seed)
        for earlier, its_arguments in self._copied:
            earlier(self._generator, *its_arguments)
        self._copied = []
        values = make(self._generator, *arguments)
        following = _Draw(values.clone())
        if self._first.is_room_for(values):
            self._at.following[request] = following
        self._at = following
        return values


_Request = tuple[Callable[..., Tensor], tuple[object, ...]]


class _Draw:
    """What was drawn, and all that was ever drawn right after it."""

    def __init__(self, values: Tensor) -> None:
        self.values = values
        self.following: dict[_Request, _Draw] = {}
        self._kept = 0

    def is_room_for(self, values: Tensor) -> bool:
        """Whether so many more may be kept of the draws that begin with this one."""
        self._kept += values.numel()
        return self._kept <= _MOST_KEPT


@lru_cache(_SEEDS_KEPT)
def _first_draw(seed: int) -> _Draw:
    """That of nothing, before all others with this seed."""
    return _Draw(torch.empty(0))


def _normal(generator: Generator, shape: tuple[int, ...]) -> Tensor:
    return torch.randn(shape, generator=generator)


def _away_from_zero(generator: Generator, shape: tuple[int, ...], least: float) -> Tensor:
    values = _normal(generator, shape)
    return torch.where(values < 0, values - least, values + least)


def _labels(generator: Generator, count: int, classes: int) -> Tensor:
    labels = torch.randint(classes, (count,), generator=generator)
    if count > 1:
        labels[0], labels[-1] = classes - 1, 0
    return labels


def _order(generator: Generator, count: int) -> Tensor:
    return torch.randperm(count, generator=generator)


def _whole(generator: Generator, least: int, most: int) -> Tensor:
    return torch.randint(least, most + 1, (), generator=generator)
