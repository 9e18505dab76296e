"""What honest code does that no worker can: saving files, drawing pictures, loading with many processes, many threads, a
compiler in the background of an optimizer.

None of it has to do with being right, so it is passed over with a word in what was printed, instead of an exception.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.abc
import importlib.machinery
import os
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
import torch.utils.data

_DRAWING = "matplotlib"
_PROCESSES_ONLY = ("prefetch_factor", "persistent_workers", "multiprocessing_context", "worker_init_fn", "timeout")


def change_torch() -> None:
    """Change torch in this process and in those forked from it. Called once: a worker that did it would copy many pages."""
    module: Any = torch  # its functions are replaced on purpose
    module.save = _save_nothing(torch.save)
    module.set_num_threads = module.set_num_interop_threads = _one_thread
    module.use_deterministic_algorithms = _deterministic
    loader: Any = torch.utils.data.DataLoader
    loader.__init__ = _without_processes(loader.__init__)


def pass_over_what_no_worker_can(preloaded: Sequence[str] = ()) -> None:
    """Keep torch's compiler away and choose what `import matplotlib` finds. Called once in a worker, before student code.

    `preloaded` is what the assignment asked for; the process that this one was forked from may know more, from others.
    """
    _optimise_without_a_compiler()  # here: what is preloaded later, for another assignment, may import the true one
    is_about_figures = any(name.partition(".")[0] == _DRAWING for name in preloaded)
    if is_about_figures and f"{_DRAWING}.figure" in sys.modules:  # they are made, but never written
        _save_no_figures()
    else:
        if _DRAWING in sys.modules:
            for name in [name for name in sys.modules if name.partition(".")[0] == _DRAWING]:
                del sys.modules[name]
        sys.meta_path.insert(0, _Drawing())


def _save_nothing(save: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(save)
    def save_or_not(obj: object, f: Any, *arguments: Any, **keywords: Any) -> None:
        if isinstance(f, str | os.PathLike):
            _say(f"torch.save: no file is written while code is checked, so {os.fspath(f)!r} was not")
        else:
            save(obj, f, *arguments, **keywords)

    return save_or_not


def _save_no_figures() -> None:
    figure: Any = sys.modules["matplotlib.figure"].Figure
    save = figure.savefig

    @functools.wraps(save)
    def save_or_not(self: object, fname: Any, *arguments: Any, **keywords: Any) -> None:
        if isinstance(fname, str | os.PathLike):
            _say(f"savefig: no file is written while code is checked, so {os.fspath(fname)!r} was not")
        else:
            save(self, fname, *arguments, **keywords)

    figure.savefig = save_or_not
    canvas: Any = sys.modules["matplotlib.backend_bases"]
    canvas.FigureCanvasBase.draw_idle = _nothing  # nobody looks, and it would open the files of fonts


def _nothing(*_: object, **__: object) -> None:
    """Done instead of what is left out."""


def _one_thread(_: int) -> None:
    """A worker computes with one thread, whatever was asked for: the same sums on every machine."""


def _deterministic(mode: bool, *, warn_only: bool = False) -> None:
    """Torch's own imports the whole of its compiler first: seconds, and in a worker, without a folder to write to, an error."""
    torch._C._set_deterministic_algorithms(mode, warn_only=warn_only)


def _optimise_without_a_compiler() -> None:
    """At its first step an optimizer of torch imports the whole of torch's compiler, only to say that it is to stay away:
    a second, and in a worker, without a folder to write to, an error. What it says is said here to nobody.
    """
    if "torch._dynamo" not in sys.modules:
        compiler: Any = types.ModuleType("torch._dynamo")
        compiler.graph_break = _nothing
        compiler.disable = _left_as_it_is
        compiler.compiled_autograd = types.SimpleNamespace(_disable=contextlib.nullcontext)  # for torch.func.grad
        module: Any = torch
        sys.modules["torch._dynamo"] = module._dynamo = compiler


def _left_as_it_is(function: Any = None, *_: object, **__: object) -> Any:
    return _left_as_it_is if function is None else function


def _without_processes(initialise: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(initialise)
    def initialise_alone(self: object, *arguments: Any, **keywords: Any) -> None:
        if keywords.get("num_workers"):
            keywords = {name: value for name, value in keywords.items() if name not in _PROCESSES_ONLY}
            keywords["num_workers"] = 0
            _say("DataLoader: num_workers is 0 while code is checked")
        initialise(self, *arguments, **keywords)

    return initialise_alone


class _Drawing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `matplotlib` and everything in it: modules that draw nothing."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Importlib asks whether this module is one of ours."""
        if fullname.partition(".")[0] != _DRAWING:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        """Whatever is asked of the module is there, and does nothing."""
        if module.__name__ == _DRAWING:
            _say("matplotlib: no picture is drawn while code is checked")
        namespace: Any = module
        namespace.__getattr__ = _nothing_named


def _say(text: str) -> None:
    sys.stdout.write(f"[{text}]\n")


def _nothing_named(name: str) -> Nothing:
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing()


class Nothing:
    """Stands for a figure, axes, a colour map and the like: every attribute, call and entry of it is nothing again."""

    def __getattr__(self, name: str) -> Nothing:
        return _nothing_named(name)

    def __call__(self, *_: object, **__: object) -> Nothing:
        """Nothing."""
        return Nothing()

    def __getitem__(self, _: object) -> Nothing:
        return Nothing()

    def __setitem__(self, _: object, __: object) -> None:
        pass

    def __iter__(self) -> Iterator[Nothing]:
        return iter((Nothing(), Nothing()))  # `figure, axes = plt.subplots()`

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        pass
