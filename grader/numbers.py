"""Random inputs for checks: seeded, generic, the same on every machine."""

from __future__ import annotations

import torch
from torch import Tensor


class Numbers:
    """A source of random tensors. Two with the same seed give the same tensors in the same order."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Standard normal numbers times `scale`, float32."""
        return torch.randn(shape, generator=self._generator) * scale

    def away_from_zero(self, *shape: int, least: float = 0.1) -> Tensor:
        """Normal numbers, each at least `least` from 0, so that rounding decides no kink."""
        values = self.normal(*shape)
        return torch.where(values < 0, values - least, values + least)

    def labels(self, count: int, classes: int) -> Tensor:
        """Labels int64 (count,) in [0, classes), the first and the last class among them if there is room."""
        labels = torch.randint(classes, (count,), generator=self._generator)
        if count > 1:
            labels[0], labels[-1] = classes - 1, 0
        return labels

    def order(self, count: int) -> list[int]:
        """The numbers from 0 to count - 1, shuffled."""
        return [int(number) for number in torch.randperm(count, generator=self._generator)]

    def whole(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, both included."""
        return int(torch.randint(least, most + 1, (), generator=self._generator))

    def images(self, count: int) -> Tensor:
        """Pictures of noise, float32 (count, 1, 28, 28)."""
        return self.normal(count, 1, 28, 28)
