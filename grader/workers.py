"""Start, watch and kill the processes that hold student code. Trusted side; nothing of a student's is run here.

A `Zygote` (Linux) forks warm workers; elsewhere `FreshInterpreters` starts one interpreter a worker. Both give `Worker`s:
a channel with one deadline for a whole exchange, what the worker printed, and an end by SIGKILL.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

import msgspec

from grader.errors import IsolationError, WorkerCrashed, WorkerTimedOut
from grader.untrusted import wire
from grader.untrusted.sandbox import Limits

_UNTRUSTED = Path(__file__).parent / "untrusted"
_WATCH_SECONDS = 0.05
_START_SECONDS = 120.0
_PRINTED_SHOWN = 2_000

# The package is registered under a name of its own, so that a worker can't import the rest of the grader through it.
_BOOTSTRAP = """
import importlib.util, sys
folder, module, descriptor = sys.argv[1:]
spec = importlib.util.spec_from_file_location("untrusted", folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules["untrusted"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["untrusted"])
importlib.import_module("untrusted." + module).main(int(descriptor))
"""
# What a worker may know of the grader's environment: where libraries and devices are. Nothing else goes in.
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "SYSTEMROOT")
_SET_VARIABLES = {
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",  # the order of a set must not change a verdict
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # asks for devices without making this process unfit to fork
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}


class Connection(Protocol):
    """What a session talks to: a worker, or for debugging the grader's own process."""

    is_alive: bool

    def ask(
        self,
        request: wire.Request,
        tensors: list[memoryview],
        deadline: float,
        handle: Callable[[wire.HandleValue], object],
    ) -> object:
        """The answer to a request."""

    def printed_bytes(self) -> int:
        """How much was printed so far."""

    def printed(self, since: int = 0) -> str:
        """What was printed after the first `since` bytes."""

    def close(self) -> None:
        """End it."""


class Launcher(Protocol):
    """Something that starts workers."""

    def spawn(self, limits: Limits) -> Worker:
        """A new worker. Raises `IsolationError`."""

    def close(self) -> None:
        """End everything it started."""


class Worker:
    """One process with student code, and the only way to talk to it."""

    def __init__(
        self, channel: socket.socket, output: IO[bytes], scratch: Path, process: _Process, memory_limit_mib: int
    ) -> None:
        self.channel = channel
        self.output = output
        self.memory_limit_mib = memory_limit_mib
        self.is_alive = True
        self._scratch = scratch
        self._process = process
        self._number = 0
        channel.setblocking(False)

    def ask(
        self,
        request: wire.Request,
        tensors: list[memoryview],
        deadline: float,
        handle: Callable[[wire.HandleValue], object],
    ) -> object:
        """The answer: a plain value, what `handle` makes of a handle, or `wire.Raised`.

        `deadline` is a `time.monotonic()` for the whole exchange. Raises `WorkerTimedOut` or `WorkerCrashed`, and the
        worker is gone.
        """
        self._number += 1
        try:
            self._send(wire.encode(wire.Ask(self._number, request), tensors), deadline)
            header_length, payload_length = wire.LENGTHS.unpack(self._receive(wire.LENGTHS.size, deadline))
            if header_length > wire.MAX_HEADER_BYTES or payload_length > wire.MAX_PAYLOAD_BYTES + 2**20:
                raise wire.WireError("an answer larger than any answer may be")
            header = self._receive(header_length, deadline)
            number, answer = wire.decode_reply(header, self._receive(payload_length, deadline), handle)
            if number != self._number:
                raise wire.WireError("an answer to another question")
        except wire.WireError as error:
            self.kill()
            raise WorkerCrashed(
                f"Your code's process sent what is not an answer ({error}), so it was stopped.",
                hint="Code that writes to open file descriptors can do this.",
            ) from None
        except (EOFError, ConnectionError):
            raise self._death() from None
        return answer

    def _send(self, pieces: list[bytes | memoryview], deadline: float) -> None:
        for piece in pieces:
            view = memoryview(piece).cast("B")
            while view:
                try:
                    view = view[self.channel.send(view) :]
                except BlockingIOError:
                    self._wait(deadline, for_writing=True)

    def _receive(self, length: int, deadline: float) -> bytearray:
        buffer = bytearray(length)
        view = memoryview(buffer)
        while view:
            try:
                received = self.channel.recv_into(view)
            except BlockingIOError:
                self._wait(deadline)
                continue
            if received == 0:
                raise EOFError
            view = view[received:]
        return buffer

    def _wait(self, deadline: float, for_writing: bool = False) -> None:
        """Until the channel is ready; kills the worker at the deadline, or when it uses too much memory."""
        waiting = ([], [self.channel]) if for_writing else ([self.channel], [])
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                self.kill()
                raise WorkerTimedOut(
                    "Your code gave no answer in time, so it was stopped.",
                    hint="Does every loop come to an end? Is something computed again and again that could be computed once?",
                )
            if any(select.select(*waiting, [], min(left, _WATCH_SECONDS))):
                return
            used = self._process.memory_mib()
            if used > self.memory_limit_mib:
                self.kill()
                raise WorkerCrashed(
                    f"Your code used {used:,} MiB of memory; the limit is {self.memory_limit_mib:,} MiB, so it was stopped.",
                    hint="Does a list or a tensor grow in a loop? Is a tensor larger than its docstring says?",
                )

    def _death(self) -> WorkerCrashed:
        """What is known of a worker that ended by itself."""
        status = self._process.wait_status()
        self.kill()
        if status is None:
            return WorkerCrashed("Your code's process ended without an answer.")
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
            causes = {
                "SIGSEGV": "it touched memory that is not its own",
                "SIGABRT": "a library gave up",
                "SIGXCPU": "it used all the processor time it may have",
                "SIGKILL": "the system ended it, most often for using too much memory",
            }
            cause = f": {causes[name]}" if name in causes else ""
            return WorkerCrashed(f"Your code's process was ended by {name}{cause}.")
        return WorkerCrashed(
            f"Your code ended its process with exit status {os.WEXITSTATUS(status)} instead of returning.",
            hint="Is there a call of exit() or os._exit()? A function hands its result back with return.",
        )

    def printed_bytes(self) -> int:
        """How much the worker has printed so far."""
        return os.fstat(self.output.fileno()).st_size

    def printed(self, since: int = 0) -> str:
        """What the worker printed after its first `since` bytes; the first and the last part if it is long."""
        raw = os.pread(self.output.fileno(), 1_000_000, since)
        text = raw.decode("utf-8", "replace")
        if len(text) > _PRINTED_SHOWN:
            half = _PRINTED_SHOWN // 2
            return f"{text[:half]}\n[... {len(text) - 2 * half:,} characters left out ...]\n{text[-half:]}"
        return text

    def kill(self) -> None:
        """End the worker and everything in its session, now. Harmless if it is dead."""
        if self.is_alive:
            self.is_alive = False
            self._process.kill()
            self.channel.close()
            shutil.rmtree(self._scratch, ignore_errors=True)

    def close(self) -> None:
        """Kill the worker and forget what it printed."""
        self.kill()
        self.output.close()


class _Process(Protocol):
    def kill(self) -> None: ...
    def wait_status(self) -> int | None: ...
    def memory_mib(self) -> int: ...


class _Forked:
    """A worker that the zygote forked, held by its pidfd: no other process can ever be meant."""

    def __init__(self, pidfd: int, status: socket.socket) -> None:
        self.pidfd = pidfd
        self.status = status
        self.pid = _pid_of(pidfd)
        self._statm: int | None = None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        self.wait_status()  # the zygote answers when the session is gone too
        self.status.close()
        if self._statm is not None:
            os.close(self._statm)
            self._statm = None
        os.close(self.pidfd)

    def wait_status(self) -> int | None:
        if self.status.fileno() < 0:
            return None
        self.status.settimeout(5)
        try:
            raw = self.status.recv(4)
        except OSError:
            return None
        return int.from_bytes(raw, "big") if len(raw) == 4 else None

    def memory_mib(self) -> int:
        try:
            if self._statm is None:
                self._statm = os.open(f"/proc/{self.pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
            resident_pages = int(os.pread(self._statm, 200, 0).split()[1])
        except (OSError, IndexError):
            return 0
        return resident_pages * os.sysconf("SC_PAGESIZE") // 2**20


class _Interpreter:
    """A worker that is an interpreter of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def kill(self) -> None:
        if os.name == "posix":
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def wait_status(self) -> int | None:
        try:
            code = self.process.wait(5)
        except subprocess.TimeoutExpired:
            return None
        return -code if code < 0 else code << 8

    def memory_mib(self) -> int:
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGESIZE") // 2**20


class Zygote:
    """The warm process that forks workers, as seen from the grader. One serves every process of a run."""

    def __init__(self) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process: subprocess.Popen[bytes] | None = _start_interpreter("zygote", theirs)
        self._is_ready = False

    def __getstate__(self) -> dict[str, object]:
        """Other processes of the run get the control socket, not the process; requests wait there until it is ready."""
        return {"control": self.control, "_process": None, "_is_ready": True}

    def wait_until_ready(self) -> None:
        """Return when the next spawn will be quick. Raises `IsolationError` if the zygote does not start."""
        if self._is_ready:
            return
        self.control.settimeout(_START_SECONDS)
        try:
            self._is_ready = self.control.recv(16) == b"ready"
        except OSError:
            self._is_ready = False
        if not self._is_ready:
            self.close()
            raise IsolationError("the process that forks workers did not start; its messages are above")
        self.control.settimeout(None)

    def spawn(self, limits: Limits) -> Worker:
        """A worker, forked and locked down. Raises `IsolationError` if the zygote is gone."""
        self.wait_until_ready()
        channel, theirs = _channel()
        status, their_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        output, limits = _output(), _with_scratch(limits)
        with theirs, their_status:
            try:
                request = msgspec.msgpack.encode(limits)
                socket.send_fds(self.control, [request], [theirs.fileno(), output.fileno(), their_status.fileno()])
            except OSError as error:
                raise IsolationError(f"the process that forks workers is gone: {error.strerror}") from None
        status.settimeout(_START_SECONDS)
        try:
            _, descriptors, _, _ = socket.recv_fds(status, 1, 1)
        except OSError:
            descriptors = []
        if not descriptors:
            raise IsolationError("the process that forks workers is gone")
        return Worker(channel, output, Path(limits.scratch), _Forked(descriptors[0], status), limits.memory_mib)

    def close(self) -> None:
        """End the zygote; workers end with it."""
        self.control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class FreshInterpreters:
    """One new interpreter a worker: slower by the time `import torch` takes, and works where `fork` does not."""

    def spawn(self, limits: Limits) -> Worker:
        """A worker in an interpreter of its own."""
        channel, theirs = _channel()
        output, limits = _output(), _with_scratch(limits)
        with theirs:
            process = _start_interpreter("fresh", theirs, output)
        channel.sendall(msgspec.msgpack.encode(limits).ljust(4096, b"\xc1"))
        return Worker(channel, output, Path(limits.scratch), _Interpreter(process), limits.memory_mib)

    def close(self) -> None:
        """Nothing outlives its worker."""


class InProcess:
    """Student code in this very process, for `--pdb`: no deadline, no isolation, one's own code only."""

    def __init__(self) -> None:
        from grader.untrusted.host import Host

        self.is_alive = True
        self.host = Host()
        self.last_error: BaseException | None = None
        self._autograd = True

    def ask(
        self,
        request: wire.Request,
        tensors: list[memoryview],
        deadline: float,
        handle: Callable[[wire.HandleValue], object],
    ) -> object:
        """The answer, through the same format as over a socket."""
        import torch

        _, header, *payload = wire.encode(wire.Ask(1, request), tensors)
        with torch.set_grad_enabled(self._autograd):  # student code's switch is its own, the rubric's stays as it was
            reply, answers = self.host.answer(wire.decode_ask(bytes(header)), bytearray(b"".join(payload)))
            self._autograd = torch.is_grad_enabled()
        self.last_error = self.host.last_error
        _, header, *payload = wire.encode(reply, answers)
        return wire.decode_reply(bytes(header), bytearray(b"".join(payload)), handle)[1]

    def printed_bytes(self) -> int:
        """Pytest shows what is printed here."""
        return 0

    def printed(self, since: int = 0) -> str:
        """Pytest shows what is printed here."""
        return ""

    def close(self) -> None:
        """Take the submission out of this process."""
        self.is_alive = False
        self.host.unload()


def best_launcher() -> Launcher:
    """The fastest way to start workers on this system."""
    return Zygote() if sys.platform == "linux" else FreshInterpreters()


def _channel() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**22)
    return ours, theirs


def _output() -> IO[bytes]:
    return tempfile.TemporaryFile()  # it has no name, and it is gone with its last descriptor


def _with_scratch(limits: Limits) -> Limits:
    return msgspec.structs.replace(limits, scratch=tempfile.mkdtemp(prefix="grader-"))


def _start_interpreter(module: str, channel: socket.socket, output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ} | _SET_VARIABLES
    return subprocess.Popen(
        [sys.executable, "-P", "-s", "-B", "-c", _BOOTSTRAP, str(_UNTRUSTED), module, str(channel.fileno())],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output if output is not None else subprocess.DEVNULL,
        stderr=output,
        pass_fds=[channel.fileno()],
        cwd="/",
        start_new_session=True,  # Ctrl-C is for the grader, which then ends its workers
    )


def _pid_of(pidfd: int) -> int:
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii").splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1
