"""Runs inside the worker: loads student code and answers requests about it.

Nothing here decides anything. Every exception of the student's becomes data, objects that are not plain stay here behind a
number, and the grader judges the values that come back.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import linecache
import os
import random
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, assert_never

import torch

from . import wire
from .courtesies import pass_over_what_no_worker_can
from .live import Live
from .output import Output
from .tripwire import Tripwire

__tracebackhide__ = True  # a debugger shows the student's frames
_PARTS_FILE = "parts.py"


class Host:
    """The submission, loaded on demand, and the objects that the grader holds handles on."""

    def __init__(self, output: Output | None = None, live: Live | None = None) -> None:
        self.output = output
        self.live = live
        self.handles: dict[int, Any] = {}
        self._handles_given = 0
        self._found: set[int] = set()  # the handles that outlast a check
        self.submission: Submission | Live | None = None
        self.parts: types.ModuleType | None = None
        self.tripwire: Tripwire | None = None
        self.device = "cpu"
        self.last_error: BaseException | None = None

    def answer(self, ask: wire.Ask, payload: bytearray) -> tuple[wire.Reply, list[memoryview]]:
        """The reply to a request. Whatever student code raises is in the reply."""
        packer = wire.Packer(self._keep)
        unpacker = wire.Unpacker(payload, self._resolve, self.device)
        try:
            self._do_before(ask.before, unpacker)
            value = self._do(ask.request, unpacker)
            if isinstance(ask.request, wire.Find):
                self._found.add(self._handles_given)  # the number of the handle that this answer gets
            return wire.Reply(ask.number, packer.pack(value)), packer.tensors
        except (
            BaseException
        ) as error:  # SystemExit and KeyboardInterrupt too: student code ends a check, not the worker
            if self.live is not None and isinstance(error, KeyboardInterrupt):
                raise  # the student stops the check
            self.last_error = error
            return wire.Reply(ask.number, self.describe(error)), []

    def _do_before(self, requests: list[tuple[wire.Request, int]], unpacker: wire.Unpacker) -> None:
        """Do them all, whatever becomes of one: the grader takes them for done. Raises the first exception."""
        errors: list[BaseException] = []
        for request, number in requests:
            try:
                value = self._do(request, unpacker)
            except BaseException as error:
                errors.append(error)
                continue
            if number:
                self.handles[number] = value.value if isinstance(value, _Kept) else value
            if isinstance(request, wire.Find):
                self._found.add(number)
        if errors:
            raise errors[0]

    def _do(self, request: wire.Request, unpacker: wire.Unpacker) -> object:
        unpack = unpacker.unpack
        match request:
            case wire.Load():
                self._load(request)
                return None
            case wire.Provide(parts):
                self._provide(parts)
                return None
            case wire.Begin(seed):
                self.handles = {number: value for number, value in self.handles.items() if number in self._found}
                _seed_everything(seed)
                if self.output is not None:
                    self.output.begin()
                return None
            case wire.Find(name, file, provided):
                return self._find(name, file, provided)
            case wire.Hold(name, file):
                value = self._find(name, file, False)
                return [_Kept(value), type(value).__name__]
            case wire.Get(target, name):
                return getattr(self.handles[target], name)
            case wire.Set(target, name, value):
                setattr(self.handles[target], name, unpack(value))
                return None
            case wire.Call(target, arguments, keywords):
                function = self.handles[target]
                result = _call(function, arguments, keywords, unpack)
                return _Kept(result) if isinstance(function, type) else result  # an object, be it a dict's subclass
            case wire.CallMethod(target, name, arguments, keywords):
                return _call(getattr(self.handles[target], name), arguments, keywords, unpack)
            case wire.Item(target, key):
                return self.handles[target][unpack(key)]
            case wire.Put(value):
                return _Kept(unpack(value))
            case wire.Fetch(target):
                return self.handles[target]
            case wire.Notes():
                return self._notes()
            case _ as unreachable:
                assert_never(unreachable)

    def _load(self, request: wire.Load) -> None:
        self.device = request.device
        if request.device != "cpu":
            _choose_device(request.device, request.visible_device, request.device_memory_mib)
        torch.set_grad_enabled(request.autograd)
        self.parts = types.ModuleType("parts")
        self._provide(request.parts)
        stand_ins = {name: getattr(self.parts, name) for name in request.stand_ins}
        self.submission = self.live or Submission(dict(request.files), request.definitions_only)
        self.submission.install(stand_ins)
        if request.watch_autograd:
            self.tripwire = Tripwire(self.submission.code_files, {_PARTS_FILE})

    def _provide(self, parts: str) -> None:
        assert self.parts is not None
        exec(compile(parts, _PARTS_FILE, "exec"), self.parts.__dict__)  # the course's own code

    def unload(self) -> None:
        """Take the submission out of this process again; only a host that shares the grader's process needs it."""
        if self.submission is not None:
            self.submission.unload()
            self.submission = None
        if self.tripwire is not None:
            self.tripwire.remove()
            self.tripwire = None
        self.handles.clear()

    def _find(self, name: str, file: str, provided: bool) -> object:
        assert self.submission is not None
        owner = self.parts if provided else self.submission.owner_of(name, file)
        return getattr(owner, name)

    def _notes(self) -> dict[str, list[list[object]]]:
        errors = self.submission.errors if self.submission is not None else {}
        notes = [(file, self.describe(error)) for file, error in errors.items()]
        return {
            "errors": [
                [file, note.frames[0].line if note.frames else 0, f"{note.type_name}: {note.text}"]
                for file, note in notes
            ],
            "uses": [
                [*(self._locate(file, line) or (file, line)), what]
                for file, line, what in (self.tripwire.calls if self.tripwire is not None else ())
            ],
            "through": [
                [*(self._locate(file, line) or (file, line)), what, *(self._locate(near, at) or (near, at))]
                for file, line, what, near, at in (self.tripwire.through if self.tripwire is not None else ())
            ],
        }

    def _keep(self, value: object) -> wire.HandleValue:
        number = self._handles_given
        self._handles_given += 1
        self.handles[number] = held = value.value if isinstance(value, _Kept) else value
        named: Any = held if isinstance(held, type | types.FunctionType) else type(held)
        owner = "provided " if self.parts is not None and named.__module__ == self.parts.__name__ else ""
        return wire.HandleValue(number, wire.sendable(f"{owner}{named.__name__}")[:200])

    def _resolve(self, handle: wire.HandleValue) -> object:
        held: object = self.handles[handle.number]
        return held

    def _locate(self, code_file: str, line: int) -> tuple[str, int] | None:
        return self.submission.locate(code_file, line) if self.submission is not None else None

    def describe(self, error: BaseException) -> wire.Raised:
        """An exception as data: the name of its class, its text, and the submission's lines it went through."""
        frames = []
        traceback = error.__traceback__
        while traceback is not None:
            code = traceback.tb_frame.f_code
            place = self._locate(code.co_filename, traceback.tb_lineno or 0)
            if place is not None:
                frames.append(wire.Frame(*place, wire.sendable(code.co_qualname)[:500]))
            traceback = traceback.tb_next
        place = self._locate(str(error.filename), error.lineno or 0) if isinstance(error, SyntaxError) else None
        if place is not None:
            frames.append(wire.Frame(*place, ""))
        try:
            text = str(error.msg if isinstance(error, SyntaxError) else error)
        except BaseException:
            text = "(its text can't be shown: __str__ raised an exception)"
        return wire.Raised(wire.sendable(type(error).__name__)[:200], wire.sendable(text), frames[-50:])


def _call(
    function: Any,
    arguments: list[wire.Value],
    keywords: list[tuple[str, wire.Value]],
    unpack: Callable[[wire.Value], Any],
) -> object:
    values = [unpack(value) for value in arguments]  # positional first: the payload is in this order
    return function(*values, **{key: unpack(value) for key, value in keywords})


class _Kept:
    """Keeps a plain value in the worker: wrapped, it is not plain, so a handle is given for it."""

    def __init__(self, value: object) -> None:
        self.value = value


class Submission(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Student modules out of memory. A statement at the top level that fails does not take the rest of its file along.

    With `definitions_only`, statements that only do something (calls, loops, results of the submission's own functions) are
    left out.
    """

    def __init__(self, files: dict[str, str], definitions_only: bool) -> None:
        self.files = files
        self.stand_ins: Mapping[str, object] = {}
        self.definitions_only = definitions_only
        self.modules: dict[str, types.ModuleType] = {}
        importable = (file for file in files if file.endswith(".py"))
        self.names = {
            _module_name(file): file for file in importable if _module_name(file) not in sys.stdlib_module_names
        }
        self.packages = {name.rsplit(".", depth)[0] for name in self.names for depth in range(1, name.count(".") + 1)}
        self.errors: dict[str, BaseException] = {}
        for file, text in files.items():
            linecache.cache[file] = (len(text), None, text.splitlines(True), file)

    @property
    def code_files(self) -> set[str]:
        """The file names that its code is compiled with."""
        return set(self.files)

    def install(self, stand_ins: Mapping[str, object]) -> None:
        """Make the modules importable. The stand-ins replace names in every one of them."""
        self.stand_ins = stand_ins
        sys.meta_path.insert(0, self)

    def locate(self, code_file: str, line: int) -> tuple[str, int] | None:
        """The file and the line that a line of compiled code came from; None if it is not of this submission."""
        return (code_file, line) if code_file in self.files else None

    def owner_of(self, name: str, file: str) -> types.ModuleType:
        """The module that defines `name`: that of `file`, else the first other one. Raises what kept it from being read."""
        others = [other for other in self.files if other != file]
        candidates = [file, *others] if file in self.files else others
        for candidate in candidates:
            module = self._module(candidate)
            if name in module.__dict__:
                return module
        if self.errors:
            raise self.errors.get(file) or next(iter(self.errors.values()))
        raise NameError(f"{name} is not defined in {file if file in self.files else 'any file'}")

    def _module(self, file: str) -> types.ModuleType:
        if file not in self.modules:
            name = _module_name(file)
            module = types.ModuleType(name if name in self.names else file)  # code.py must not take Python's own place
            module.__file__ = file
            module.__package__ = name.rpartition(".")[0]
            if file.endswith("__init__.py"):
                module.__package__, module.__path__ = name, []
            sys.modules[module.__name__] = module  # where dataclasses look
            self._run(file, module)
        return self.modules[file]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Importlib asks whether this module is one of the submission's."""
        if fullname in self.names:
            spec = importlib.machinery.ModuleSpec(fullname, self, origin=self.names[fullname])
            if self.names[fullname].endswith("__init__.py"):
                spec.submodule_search_locations = []
            return spec
        if fullname in self.packages:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        """Leave it to importlib, but never run a file twice."""
        return self.modules.get(self.names.get(spec.name, ""))

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the file of the module."""
        file = self.names.get(module.__name__)
        if file is not None and file not in self.modules:
            module.__file__ = file
            self._run(file, module)

    def _run(self, file: str, module: types.ModuleType) -> None:
        self.modules[file] = module
        try:
            tree = ast.parse(self.files[file], file)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.errors[file] = error
            return
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        future = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
        for statement in tree.body:
            if self.definitions_only and _only_acts(statement, functions):
                continue
            try:
                block = ast.Module([*future, statement] if statement not in future else [statement], [])
                exec(compile(block, file, "exec"), module.__dict__)
            except BaseException as error:  # a later cell of a notebook runs too after one that failed
                self.errors.setdefault(file, error)
        for name, stand_in in self.stand_ins.items():
            module.__dict__[name] = stand_in

    def unload(self) -> None:
        """Undo what loading did to this process."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for name in [*self.names, *self.packages, *self.files]:
            sys.modules.pop(name, None)


def _module_name(file: str) -> str:
    name = file.removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")


def _only_acts(statement: ast.stmt, functions: set[str]) -> bool:
    if isinstance(statement, ast.Expr | ast.For | ast.While | ast.With):
        return True
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        called = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
        return any(isinstance(function, ast.Name) and function.id in functions for function in called)
    return False


def _choose_device(device: str, visible: str, memory_mib: int) -> None:
    """Make tensors where the grader's are, compute there as exactly and repeatably as torch can, and try it.

    Raises what the device does if it can't be used: before the first line of student code, so it is no fault of that.
    """
    if visible:  # before the first call of the driver, which never asks again
        os.environ["CUDA_VISIBLE_DEVICES"] = visible
    torch.set_default_device(device)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.set_deterministic_debug_mode("warn")  # what has no such algorithm is still right: only its last digits vary
    warnings.filterwarnings("ignore", message=".*does not have a deterministic implementation")
    if torch.device(device).type == "cuda":
        torch.cuda.set_device(torch.device(device).index or 0)
        if memory_mib:
            total = torch.cuda.get_device_properties(device).total_memory
            torch.cuda.set_per_process_memory_fraction(_share(memory_mib, total))
        float((torch.ones(64, 64) @ torch.ones(64, 64)).sum())  # now, not in the time of the first check


def _share(memory_mib: int, total_bytes: int) -> float:
    """The part of a device that so much memory is."""
    return min(1.0, memory_mib * 2**20 / total_bytes)


def _seed_everything(seed: int) -> None:
    """Seed what student code may draw from; `torch.manual_seed` would look for every kind of device, each time."""
    random.seed(seed)
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.manual_seed_all(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)


def serve(descriptor: int, preloaded: Sequence[str] = ()) -> None:
    """Answer requests on `descriptor` until the grader hangs up."""
    torch.set_num_threads(1)
    sys.argv[:] = [""]
    sys.stdout = sys.stderr = output = Output(1)
    pass_over_what_no_worker_can(preloaded)
    host = Host(output)
    stream = wire.FdStream(descriptor)
    for ask, payload in _asks(stream):
        reply, tensors = host.answer(ask, payload)
        try:
            pieces = wire.encode(reply, tensors)
            if len(pieces[1]) > wire.MAX_HEADER_BYTES:
                raise wire.WireError("a value too large to be sent")
        except Exception as error:
            pieces = wire.encode(wire.Reply(ask.number, host.describe(error)), [])
        output.flush()
        stream.write(pieces)


def _asks(stream: wire.FdStream) -> Iterator[tuple[wire.Ask, bytearray]]:
    frames = wire.FrameReader(stream.receive)
    while True:
        try:
            header, payload = frames.read()
        except (EOFError, ConnectionError):
            return
        yield wire.decode_ask(header), payload
