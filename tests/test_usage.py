"""What a worker uses, as the kernel counts it, and what the grader does about it."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.errors import WorkerCrashed, WorkerTimedOut
from grader.isolation import usage
from grader.isolation.usage import Usage, seconds_waited, usage_in
from grader.isolation.workers import Worker
from grader.untrusted import wire
from grader.untrusted.sandbox import Limits

LIMITS = Limits(memory_mib=1000, cpu_seconds=60, threads=8)


def test_own_figures() -> None:
    """A process's own file says what it uses: threads exactly, memory and time of the right size."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    before = usage_in(Path("/proc/self/stat").read_bytes())
    thread.start()
    after = usage_in(Path("/proc/self/stat").read_bytes())
    done.set()
    thread.join()
    assert after.threads == before.threads + 1
    assert 20 < after.memory_mib < 8_000
    spent = sum(os.times()[:2])
    assert abs(after.cpu_seconds - spent) < 0.2


@pytest.mark.parametrize("name", ["x", ") R 1 2 3", "a b c", ")" * 15])
def test_name_of_the_process_is_no_figure(name: str) -> None:
    """A name that looks like fields changes none of them."""
    fields = ["R", *map(str, range(1, 50))]
    stat = f"123 ({name}) {' '.join(fields)}".encode()
    found = usage_in(stat)
    assert found.threads == 17
    assert found.memory_mib == 21 * os.sysconf("SC_PAGESIZE") // 2**20
    assert found.cpu_seconds == (11 + 12) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("stat", [b"", b"1 (x) R", b")"])
def test_no_figures(stat: bytes) -> None:
    """Of a process that is gone nothing is known."""
    assert usage_in(stat) == Usage()


def test_waiting_is_counted_by_the_kernel() -> None:
    """More threads than processors wait for one another; who is gone waits for nothing."""
    before = seconds_waited("thread-self")
    ends = time.monotonic() + 0.3

    def spin() -> None:
        while time.monotonic() < ends:
            pass

    pids = [
        os.posix_spawn("/bin/sh", ["sh", "-c", "while :; do :; done"], {}) for _ in range(2 * (os.cpu_count() or 1))
    ]
    spin()
    waited = seconds_waited("thread-self") - before
    for pid in pids:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    assert 0 < waited < 10
    assert seconds_waited(pids[0]) == 0


@dataclass
class Told:
    """A process of which the test says what it uses."""

    usages: list[Usage] = field(default_factory=lambda: [Usage()])
    waited: float = 0.0
    waits_a_second: float = 0.0
    started: float = field(default_factory=time.monotonic)
    killed: bool = False

    def kill(self, *, wait: bool) -> None:
        self.killed = True

    def ends_within(self, seconds: float) -> bool:
        return True

    def wait_status(self) -> int | None:
        return 0

    def usage(self) -> Usage:
        return self.usages.pop(0) if len(self.usages) > 1 else self.usages[0]

    def seconds_waited(self) -> float:
        return self.waits_a_second * (time.monotonic() - self.started)


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a worker's channel."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def theirs(sockets: tuple[socket.socket, socket.socket]) -> socket.socket:
    """The worker's end."""
    return sockets[1]


@pytest.fixture
def silent(sockets: tuple[socket.socket, socket.socket]) -> Iterator[tuple[Worker, Told]]:
    """A worker that never answers by itself."""
    told = Told()
    with tempfile.TemporaryFile() as output:
        worker = Worker(sockets[0], output, told, LIMITS)
        yield worker, told
        worker.close()


def end_of(worker: Worker, seconds: float) -> tuple[str, float]:
    """How an exchange ends, and after how long."""
    started = time.monotonic()
    with pytest.raises((WorkerTimedOut, WorkerCrashed)) as caught:
        worker.ask(wire.Notes(), [], started + seconds, lambda handle: handle)
    return caught.value.summary, time.monotonic() - started


@pytest.mark.parametrize(
    ("used", "message"),
    [
        (Usage(memory_mib=1001), "Your code used 1,001 MiB of memory; the limit is 1,000 MiB, so it was stopped."),
        (Usage(threads=9), "Your code ran 9 threads at once; the limit is 8, so it was stopped."),
        (Usage(cpu_seconds=70.0), "Your code used 60.0 s of processor time; the limit of this check is 20.0 s"),
    ],
)
def test_limits_are_named_with_the_figure(silent: tuple[Worker, Told], used: Usage, message: str) -> None:
    """What is over its limit is stopped at once, and the message has what was used and what may be."""
    worker, told = silent
    told.usages = [Usage(cpu_seconds=10.0), used]
    summary, seconds = end_of(worker, 10)
    assert message in summary
    assert seconds < 5
    assert told.killed


def test_at_the_limit_is_within_it(silent: tuple[Worker, Told]) -> None:
    """The limit itself may be used."""
    worker, told = silent
    told.usages = [Usage(), Usage(memory_mib=1000, threads=8, cpu_seconds=0.5)]
    summary, _ = end_of(worker, 0.3)
    assert summary.startswith("Your code gave no answer within 0.3 s")


def test_busy_machine_is_excused(silent: tuple[Worker, Told], monkeypatch: pytest.MonkeyPatch) -> None:
    """Time in which the worker could have run and had no processor does not count, up to a limit of its own."""
    monkeypatch.setattr(usage, "seconds_waited", lambda pid: 0.0)
    worker, told = silent
    told.waits_a_second = 0.5  # half of the time it waits: the deadline comes after twice the time
    _, seconds = end_of(worker, 0.4)
    assert 0.7 < seconds < 1.2


def test_patience_has_an_end(silent: tuple[Worker, Told]) -> None:
    """A worker that only ever waits is given up after four times its deadline."""
    worker, told = silent
    told.waits_a_second = 1.0
    _, seconds = end_of(worker, 0.3)
    assert 1.1 < seconds < 2


def test_deadline_of_a_check_is_shared_by_its_exchanges(silent: tuple[Worker, Told], theirs: socket.socket) -> None:
    """Processor time counts from the check's first exchange on, not anew in each."""
    worker, told = silent
    told.usages = [Usage(cpu_seconds=5.0), Usage(cpu_seconds=8.0)]
    deadline = time.monotonic() + 1

    def answer() -> None:
        stream = wire.FdStream(theirs.fileno())
        header, _ = stream.read(*wire.LENGTHS.unpack(stream.read(wire.LENGTHS.size)[0]))
        stream.write(wire.encode(wire.Reply(wire.decode_ask(header).number, 5), []))

    thread = threading.Thread(target=answer)
    thread.start()
    assert worker.ask(wire.Notes(), [], deadline, lambda handle: handle) == 5
    thread.join()
    with pytest.raises(WorkerCrashed, match=r"used 3\.0 s of processor time"):
        worker.ask(wire.Notes(), [], deadline, lambda handle: handle)
