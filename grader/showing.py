"""How values and arguments read in messages: tensors by their shape, the rest in a few words."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from grader.text import clean, short_number


class InWorker:
    """Something that lives in a worker and is known here by name only."""

    __slots__ = ()

    def _as_argument(self) -> str:
        raise NotImplementedError

    def _as_value(self) -> str:
        raise NotImplementedError


def shown_argument(value: object) -> str:
    """An argument as it stands in a list of calls: tensors by their shape, objects in the worker by their label."""
    if isinstance(value, InWorker):
        return value._as_argument()
    if isinstance(value, torch.Tensor):
        return f"tensor {tuple(value.shape)}"
    if isinstance(value, Mapping):
        shown = [f"{key!r}: {shown_argument(entry)}" for key, entry in value.items()]
        return "{" + ", ".join(_some(shown)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_some([shown_argument(entry) for entry in value])) + "]"
    return repr(value)


def _some(shown: list[str]) -> list[str]:
    return shown if len(shown) <= 2 else [shown[0], f"... {len(shown)} entries"]


def shown_value(value: object) -> str:
    """What a value is, in a few words: `None`, `the number 0.5`, `a tensor of shape (3, 4)`, `a list of 3`."""
    if value is None:
        return "None"
    if isinstance(value, InWorker):
        return value._as_value()
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return f"the number {short_number(value)}"
    if isinstance(value, str):
        return f"the text {clean(value, 60)!r}"
    if isinstance(value, list | tuple | dict):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"
