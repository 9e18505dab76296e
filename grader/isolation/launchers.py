"""Start the processes that hold student code: forked from a warm zygote on Linux, fresh interpreters elsewhere.

Nothing here imports torch, so that a zygote can be started, and import it, while the grader still does the same.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

import msgspec

from grader.errors import IsolationError
from grader.isolation.levels import Level
from grader.isolation.usage import Usage, seconds_waited, usage_in
from grader.isolation.walls import UNTRUSTED, Start
from grader.text import clean
from grader.untrusted.sandbox import Limits

if TYPE_CHECKING:
    from grader.isolation.workers import Worker

_START_SECONDS = 120.0

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
_KEPT_VARIABLES = ("PYTHONPATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "SYSTEMROOT")
_SET_VARIABLES = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",  # the order of a set must not change a verdict
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # huge pages: a worker's memory is new, and each page costs a fault
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # asks for devices without making this process unfit to fork
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}


class Launcher(Protocol):
    """Something that starts workers."""

    @property
    def level(self) -> Level:
        """How well they are walled in."""

    def spawn(self, limits: Limits) -> Worker:
        """A new worker. Raises `IsolationError`."""

    def close(self) -> None:
        """End everything it started."""


class Zygote:
    """The warm process that forks workers, as seen from the grader. One serves every process of a run."""

    def __init__(self, start: Start = Start(Level.PROCESS)) -> None:
        """Start it; it is not waited for. Raises `IsolationError` if it can't even begin, as where bubblewrap is refused."""
        self.start = start
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._messages: IO[bytes] = _output()
        with theirs:
            self._process: subprocess.Popen[bytes] | None = _start_interpreter(
                "zygote", theirs, self._messages, self._messages, start
            )
        self._is_ready = False
        self._hear(b"started")
        self.control.send(msgspec.msgpack.encode(start.walls))

    def __getstate__(self) -> dict[str, object]:
        """Other processes of the run get the control socket, not the process; requests wait there until it is ready."""
        return {"control": self.control, "start": self.start, "_process": None, "_messages": None, "_is_ready": True}

    @property
    def level(self) -> Level:
        """How well its workers are walled in."""
        return self.start.level

    def wait_until_ready(self) -> None:
        """Return when the next spawn will be quick. Raises `IsolationError` if the zygote does not start."""
        if not self._is_ready:
            self._hear(b"ready")
            self._is_ready = True

    def _hear(self, word: bytes) -> None:
        """Wait until the zygote says this. Raises `IsolationError`, with its own last words, if it does not."""
        try:
            self.control.settimeout(_START_SECONDS)
            heard = self.control.recv(16)
        except OSError:
            heard = b""
        if heard != word:
            last_words = self._last_words()
            self.close()
            raise IsolationError(f"the process that forks workers did not start: {last_words.rstrip('.')}.")
        self.control.settimeout(None)

    def _last_words(self) -> str:
        """The last line that it wrote to standard error."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)  # it ends by itself, and says why
        if self._messages is None or self._messages.closed:
            return "no message"
        raw = os.pread(self._messages.fileno(), 4_000, max(0, os.fstat(self._messages.fileno()).st_size - 4_000))
        lines = clean(raw.decode("utf-8", "replace")).strip().splitlines()
        return lines[-1].strip() if lines else "no message"

    def spawn(self, limits: Limits) -> Worker:
        """A worker, forked and locked down. Raises `IsolationError` if the zygote is gone."""
        self.wait_until_ready()
        with contextlib.ExitStack() as undo:  # whatever fails leaves nothing behind
            channel, theirs = map(undo.enter_context, _channel())
            status, their_status = map(undo.enter_context, socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
            output = undo.enter_context(_output())
            try:
                request = msgspec.msgpack.encode(limits)
                socket.send_fds(self.control, [request], [theirs.fileno(), output.fileno(), their_status.fileno()])
                theirs.close()
                their_status.close()
                status.settimeout(_START_SECONDS)
                _, descriptors, _, _ = socket.recv_fds(status, 1, 1)
            except OSError:
                descriptors = []
            if not descriptors:
                raise IsolationError("the process that forks workers is gone.")
            undo.pop_all()
        from grader.isolation.workers import Worker

        return Worker(channel, output, _Forked(descriptors[0], status), limits)

    def close(self) -> None:
        """End the zygote; workers end with it."""
        self.control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._messages is not None:
            self._messages.close()


class FreshInterpreters:
    """One new interpreter a worker: slower by the time `import torch` takes, and works where `fork` does not."""

    level = Level.PROCESS

    def spawn(self, limits: Limits) -> Worker:
        """A worker in an interpreter of its own."""
        channel, theirs = _channel()
        output = _output()
        with theirs:
            process = _start_interpreter("fresh", theirs, output, output)
        channel.sendall(msgspec.msgpack.encode(limits).ljust(4096, b"\xc1"))
        from grader.isolation.workers import Worker

        return Worker(channel, output, _Interpreter(process), limits)

    def close(self) -> None:
        """Nothing outlives its worker."""


class Replaceable:
    """A zygote that others share; if it is gone, one of its own takes its place, behind the same walls."""

    def __init__(self, shared: Launcher) -> None:
        self._launcher = shared
        self._is_own = False

    @property
    def level(self) -> Level:
        """How well its workers are walled in."""
        return self._launcher.level

    def spawn(self, limits: Limits) -> Worker:
        """A worker. Raises `IsolationError` if a new zygote can't start one either."""
        try:
            return self._launcher.spawn(limits)
        except IsolationError:
            if not isinstance(self._launcher, Zygote):
                raise
            self.close()
            self._launcher, self._is_own = Zygote(self._launcher.start), True
            return self._launcher.spawn(limits)

    def close(self) -> None:
        """End what is its own."""
        if self._is_own:
            self._launcher.close()


class _Forked:
    """A worker that the zygote forked, held by its pidfd: no other process can ever be meant."""

    def __init__(self, pidfd: int, status: socket.socket) -> None:
        self.pidfd = pidfd
        self.status = status
        self.pid = _pid_of(pidfd)
        self._stat: int | None = None

    def kill(self, *, wait: bool) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        if wait:
            self.wait_status()  # the zygote answers when the session is gone too
        self.status.close()
        if self._stat is not None:
            os.close(self._stat)
            self._stat = None
        os.close(self.pidfd)

    def ends_within(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self.pidfd, select.POLLIN)
        return bool(poll.poll(1000 * seconds))

    def wait_status(self) -> int | None:
        if self.status.fileno() < 0:
            return None
        self.status.settimeout(5)
        try:
            raw = self.status.recv(4)
        except OSError:
            return None
        return int.from_bytes(raw, "big") if len(raw) == 4 else None

    def usage(self) -> Usage:
        try:
            if self._stat is None:
                self._stat = os.open(f"/proc/{self.pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
            return usage_in(os.pread(self._stat, 4_000, 0))
        except OSError:  # it has ended
            return Usage()

    def seconds_waited(self) -> float:
        return seconds_waited(self.pid)


class _Interpreter:
    """A worker that is an interpreter of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def kill(self, *, wait: bool) -> None:
        if os.name == "posix":
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def ends_within(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def wait_status(self) -> int | None:
        try:
            code = self.process.wait(5)
        except subprocess.TimeoutExpired:
            return None
        return -code if code < 0 else code << 8

    def usage(self) -> Usage:
        try:
            return usage_in(Path(f"/proc/{self.process.pid}/stat").read_bytes())
        except OSError:  # it has ended, or this system has no such file
            return Usage()

    def seconds_waited(self) -> float:
        return seconds_waited(self.process.pid)


def _channel() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**22)
    return ours, theirs


def _output() -> IO[bytes]:
    return tempfile.TemporaryFile()  # it has no name, and it is gone with its last descriptor


def _start_interpreter(
    module: str, channel: socket.socket, output: IO[bytes], errors: IO[bytes], start: Start = Start(Level.PROCESS)
) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ} | _SET_VARIABLES
    interpreter = [sys.executable, "-P", "-s", "-B", "-c", _BOOTSTRAP, str(UNTRUSTED), module, str(channel.fileno())]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        [*start.prefix, *interpreter],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        pass_fds=[channel.fileno()],
        cwd="/",
        start_new_session=True,  # Ctrl-C is for the grader, which then ends its workers
        user=start.user,
        group=start.user,
        extra_groups=None if start.user is None else [],
    )


def _pid_of(pidfd: int) -> int:
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii").splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1
