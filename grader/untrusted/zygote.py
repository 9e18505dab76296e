"""A warm process that forks workers: everything slow is imported once, then each worker costs milliseconds.

It never runs student code, and no torch operation: a child forked after OpenMP threads exist hangs. On its control socket
it says that it has started, is told which walls stand around every worker, and says when it is ready. Requests come there
too, one datagram each, with three descriptors: the worker's channel, its output file, and a status socket. On the status
socket go back the worker's pidfd and, when it has ended, its wait status; the worker never has it.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from .preload import preload
from .sandbox import Limits, Walls, become_subreaper, hide_from_workers, lock_down, make_rules

WORKER_CHANNEL = 3
MAX_DATAGRAM = 2**17
_OUT_OF_THE_WAY = 100  # of the small numbers that a worker's descriptors get
_decoder = msgspec.msgpack.Decoder(Limits)


def main(control_descriptor: int) -> None:
    """Serve spawn requests until the control socket closes."""
    control = socket.socket(fileno=control_descriptor)
    control.send(b"started")
    walls = msgspec.msgpack.decode(control.recv(MAX_DATAGRAM), type=Walls)
    if walls.system_calls:
        hide_from_workers()
    gc.disable()  # an import leaves little garbage, and to look for it takes a tenth of the time
    from . import courtesies, host  # imports torch

    _import_what_workers_import_late()
    courtesies.change_torch()
    rules = make_rules(walls)
    if rules is not None:
        rules = fcntl.fcntl(rules, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    gc.freeze()  # the collector must not touch, and so copy, the pages that workers share
    gc.enable()
    become_subreaper()
    with contextlib.suppress(BrokenPipeError):  # who started us is gone already, and the loop will see it
        control.send(b"ready")
    Zygote(control, walls, rules, host.serve).run()


class Zygote:
    """The loop that forks workers and reports their ends."""

    def __init__(
        self, control: socket.socket, walls: Walls, rules: int | None, serve: Callable[[int, Sequence[str]], None]
    ) -> None:
        self.control = control
        self.walls = walls
        self.rules = rules
        self.serve = serve
        self.preloaded: set[str] = set()
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)
        self.workers: dict[int, tuple[int, socket.socket]] = {}  # pidfd -> pid, status socket

    def run(self) -> None:
        """Until the other side of the control socket is gone."""
        while True:
            for descriptor, _ in self.poll.poll():
                if descriptor != self.control.fileno():
                    self._reap(descriptor)
                elif not self._spawn():
                    return

    def _spawn(self) -> bool:
        size = array.array("i").itemsize
        try:
            request, ancillary, _, _ = self.control.recvmsg(65536, socket.CMSG_SPACE(3 * size))
        except ConnectionResetError:  # the other side ended before it had read that we are ready
            return False
        descriptors = array.array("i")
        for _, _, raw in ancillary:
            descriptors.frombytes(raw[: len(raw) - len(raw) % size])
        if not request:
            return False
        channel, output, status_descriptor = descriptors
        limits = _decoder.decode(request)
        self._preload(limits.preload)
        zygote_pid = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_worker(limits, channel, output, zygote_pid)
        status = socket.socket(fileno=status_descriptor)
        pidfd = os.pidfd_open(pid)
        with contextlib.suppress(OSError):  # the grader may be gone already
            socket.send_fds(status, [b"s"], [pidfd])
        os.close(channel)
        os.close(output)
        self.workers[pidfd] = (pid, status)
        self.poll.register(pidfd, select.POLLIN)
        return True

    def _preload(self, modules: tuple[str, ...]) -> None:
        """Import what the workers of this assignment need. What can't be imported is missed by who uses it, and said there."""
        if not self.preloaded.issuperset(modules):
            self.preloaded.update(modules)
            with contextlib.suppress(ImportError):
                preload(modules)
            gc.freeze()

    def _become_worker(self, limits: Limits, channel: int, output: int, zygote_pid: int) -> NoReturn:
        """The forked child serves requests and ends."""
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.dup2(channel, WORKER_CHANNEL)
            rules = None if self.rules is None else os.dup2(self.rules, WORKER_CHANNEL + 1)
            os.closerange(WORKER_CHANNEL + 1 if rules is None else rules + 1, 4096)
            lock_down(limits, self.walls, rules)
            if os.getppid() == zygote_pid:  # else it ended before it was known that this process is to end with it
                self.serve(WORKER_CHANNEL, limits.preload)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _reap(self, pidfd: int) -> None:
        pid, status = self.workers.pop(pidfd)
        self.poll.unregister(pidfd)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # before the wait: until then no one else can have this number
        _, wait_status = os.waitpid(pid, 0)
        self._end_orphans()
        with contextlib.suppress(OSError):
            status.send(wait_status.to_bytes(4, "big"))
        status.close()
        os.close(pidfd)

    def _end_orphans(self) -> None:
        """Kill what a worker left behind in a session of its own: children of ours that we never forked."""
        known = {pid for pid, _ in self.workers.values()}
        with contextlib.suppress(OSError):
            children = Path("/proc/thread-self/children").read_text(encoding="ascii")
            orphans = {int(pid) for pid in children.split()} - known
            for pid in orphans:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)


def _import_what_workers_import_late() -> None:
    """Modules that torch or students import on first use: here once, they cost no worker anything.

    Where the filter lets no worker open a file, these are all there are.
    """
    for module in (
        *(
            "bisect",
            "collections",
            "copy",
            "csv",
            "dataclasses",
            "datetime",
            "decimal",
            "enum",
            "fractions",
            "functools",
        ),
        *("heapq", "inspect", "itertools", "json", "logging", "math", "operator", "pathlib", "pprint", "random", "re"),
        *("statistics", "string", "textwrap", "time", "typing", "unittest", "warnings"),
        *("numpy", "numpy.random", "numpy.linalg"),
        *(
            "torch.nn.functional",
            "torch.utils.data",
            "torch.utils.serialization",
            "torch.profiler._cupti_monitor",
            "torch._subclasses.schema_check_mode",
        ),
    ):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)


if __name__ == "__main__":
    main(int(sys.argv[1]))
