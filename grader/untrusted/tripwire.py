"""Notice when student code calls torch's autograd. The course's own parts may; the answer is a place in the submission.

Whoever looks for it can step around it: what is noticed is a finding, and that nothing was noticed proves nothing.
"""

from __future__ import annotations

import functools
import os
import sys
import types
from collections.abc import Callable, Collection
from typing import Any

import torch
import torch.func

_TORCH = os.path.dirname(torch.__file__) + os.sep  # noqa: PTH120
_MAX_USES = 100
_FUNCTIONS = {
    "torch.autograd.grad": (torch.autograd, "grad"),
    "torch.autograd.backward": (torch.autograd, "backward"),
    "torch.Tensor.backward": (torch.Tensor, "backward"),
    "torch.Tensor.requires_grad_": (torch.Tensor, "requires_grad_"),
    "torch.enable_grad": (torch.enable_grad, "__enter__"),
    "torch.set_grad_enabled": (torch.set_grad_enabled, "__init__"),
    **{
        f"torch.func.{name}": (torch.func, name)
        for name in ("grad", "grad_and_value", "vjp", "jvp", "jacrev", "jacfwd")
    },
}


class Tripwire:
    """Stands around the functions that lead into autograd. `uses` are (file, line, name) of calls out of `files`."""

    def __init__(self, files: Collection[str]) -> None:
        self.uses: dict[tuple[str, int, str], None] = {}
        self._files = files
        self._originals: list[tuple[Any, str, Any]] = []
        for name, (owner, attribute) in _FUNCTIONS.items():
            original = getattr(owner, attribute)
            self._originals.append((owner, attribute, original))
            setattr(owner, attribute, self._watched(name, original))

    def remove(self) -> None:
        """Leave everything as it was; only a process that goes on without student code needs it."""
        for owner, attribute, original in self._originals:
            setattr(owner, attribute, original)

    def _watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*arguments: Any, **keywords: Any) -> Any:
            if not (name == "torch.set_grad_enabled" and arguments[1:] == (False,)):  # to switch it off is no use of it
                self._note(name, sys._getframe(1))
            return function(*arguments, **keywords)

        del call.__wrapped__  # no need to show the way around
        return call

    def _note(self, name: str, frame: types.FrameType | None) -> None:
        """Note the call if the nearest code outside of torch is the submission's."""
        while frame is not None and frame.f_code.co_filename.startswith(_TORCH):
            frame = frame.f_back
        if frame is not None and frame.f_code.co_filename in self._files and len(self.uses) < _MAX_USES:
            self.uses[frame.f_code.co_filename, frame.f_lineno, name] = None
