"""Notices when the submission calls autograd, where its assignment forbids that. Student code could remove it again.

Whatever way leads there - `backward`, `grad`, `torch.func`, a name that no reading of the text finds - ends in few places:
the engine that runs backwards, the making of dual numbers, the switch that turns recording on. Each is wrapped, and the
nearest caller decides: a file of the submission is noted, the course's own parts are not. So is the function that was called
from outside, since what one exercise may do, another may not have done for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Set
from types import FrameType
from typing import Any

import torch
from torch.autograd import forward_ad, grad_mode
from torch.autograd.variable import Variable

_MOST_CALLS = 20
_MOST_FRAMES = 2_000
_TORCH = os.path.dirname(torch.__file__) + os.sep  # noqa: PTH120 - as code objects have it
_HOST = os.path.join(os.path.dirname(__file__), "host.py")  # noqa: PTH118, PTH120


class Tripwire:
    """Set when it is made. `calls` are (file, line, what was called), each once.

    `through` are (file, line, what was called, file, line): the function that the grader called, and where the call is.
    """

    def __init__(self, watched: Set[str], trusted: Set[str]) -> None:
        """Calls are noted if the nearest caller is a file in `watched`, unless one in `trusted` is nearer."""
        self.calls: list[tuple[str, int, str]] = []
        self.through: list[tuple[str, int, str, str, int]] = []
        self._watched = watched
        self._trusted = trusted
        self._replaced: list[tuple[Any, str, Any]] = []
        engine = _Engine(Variable._execution_engine, self._note)
        self._replace(Variable, "_execution_engine", engine)
        make_dual = self._noting(forward_ad.make_dual, "")
        self._replace(forward_ad, "make_dual", make_dual)
        enter = self._noting(grad_mode.enable_grad.__enter__, "torch.enable_grad")
        self._replace(grad_mode.enable_grad, "__enter__", enter)
        switch = grad_mode.set_grad_enabled.__init__

        def switched(self_: Any, mode: bool) -> None:
            # no_grad and its kin put the switch back by this: not the doing of who uses them
            if mode and sys._getframe(1).f_code.co_filename != grad_mode.__file__:
                self._note("torch.set_grad_enabled")
            switch(self_, mode)

        self._replace(grad_mode.set_grad_enabled, "__init__", switched)

    def remove(self) -> None:
        """Put everything back."""
        while self._replaced:
            owner, name, before = self._replaced.pop()
            setattr(owner, name, before)

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        self._replaced.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def _noting(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def noting(*arguments: Any, **keywords: Any) -> Any:
            self._note(name)
            return function(*arguments, **keywords)

        return noting

    def _note(self, name: str = "") -> None:
        """Note `name`, or else the function of torch's that was called, at the nearest line outside torch.

        What the grader called may have got there through other code: then its line is noted with that one. Not while a file
        is being loaded.
        """
        frame: FrameType | None = sys._getframe(2)
        called = "torch.autograd"
        nearest = first = None
        for _ in range(_MOST_FRAMES):
            if frame is None or frame.f_code.co_filename in {*self._trusted, _HOST}:
                break
            file = frame.f_code.co_filename
            if file in self._watched:
                first = (file, frame.f_lineno or 0, name or called)
                nearest = nearest or first
                if frame.f_code.co_name == "<module>":
                    first = None
                    break
            elif nearest is None and file.startswith(_TORCH):
                called = _public_name(frame)
            frame = frame.f_back
        if nearest is None:
            return
        if nearest not in self.calls and len(self.calls) < _MOST_CALLS:
            self.calls.append(nearest)
        if first is not None and first != nearest:
            through = (*first, *nearest[:2])
            if through not in self.through and len(self.through) < _MOST_CALLS:
                self.through.append(through)


def _public_name(frame: FrameType) -> str:
    """The function of a frame in torch, under the name that people call it by."""
    module = str(frame.f_globals.get("__name__"))
    function = frame.f_code.co_qualname.split(".<locals>")[0]
    if "_functorch" in module:
        return f"torch.func.{function}"
    return f"torch.{function}" if "._" in module else f"{module}.{function}"


class _Engine:
    """The engine that runs backwards, with a note of who asked it to."""

    def __init__(self, engine: Any, note: Callable[..., None]) -> None:
        self._engine = engine
        self._note = note

    def run_backward(self, *arguments: Any, **keywords: Any) -> Any:
        """Run backwards."""
        self._note()
        return self._engine.run_backward(*arguments, **keywords)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)
