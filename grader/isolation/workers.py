"""What a session talks to: a worker process with student code in it, or for debugging this very process.

Trusted side; nothing that comes from a worker is believed before its format and type are known.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NoReturn, Protocol

from grader.errors import IsolationError, WorkerCrashed, WorkerTimedOut
from grader.isolation.usage import Usage, seconds_waited
from grader.text import short_number
from grader.untrusted import wire
from grader.untrusted.output import direct_bytes, read_output
from grader.untrusted.sandbox import Limits

if TYPE_CHECKING:
    from grader.untrusted.live import Live

__tracebackhide__ = True  # a debugger or traceback shows the check and the student's code, not the way between

_WATCH_SECONDS = 0.05
_PRINTED_SHOWN = 2_000
_ENDING_SECONDS = 1.0  # between the end of a process's channel and its own
_PATIENCE = 4  # a worker that gets no processor is given up after this many times its deadline
_PROCESSORS = 2  # that a check may keep busy all of its time


class Connection(Protocol):
    """What a session talks to: a worker, or for debugging the grader's own process."""

    is_alive: bool
    answer_is_tracked: bool  # whether autograd had recorded how a tensor of the last answer was computed

    def ask(
        self,
        request: wire.Request,
        tensors: list[memoryview],
        deadline: float,
        handle: Callable[[wire.HandleValue], object],
    ) -> object:
        """The answer to a request."""

    def later(self, request: wire.Request, tensors: list[memoryview], number: int = 0) -> None:
        """Have it done before the next request; nobody waits for it. Its result gets this number of a handle, unless 0.

        It must be one that no code of the student's has a part in: a failure would be taken for the next one's.
        """

    def printed(self) -> str:
        """What was printed in this check."""

    def close(self) -> None:
        """End it."""


class Process(Protocol):
    """A process as a worker needs it."""

    def kill(self, *, wait: bool) -> None:
        """End it and all it started; with `wait`, return when that is done."""

    def ends_within(self, seconds: float) -> bool:
        """Whether it has ended, or does so in this time."""

    def wait_status(self) -> int | None:
        """How it ended, as `os.wait` says it; None if that can't be known."""

    def usage(self) -> Usage:
        """What it uses now; nothing if that can't be known."""

    def seconds_waited(self) -> float:
        """How long it could have run and had no processor."""


class Worker:
    """One process with student code, and the only way to talk to it."""

    def __init__(self, channel: socket.socket, output: IO[bytes], process: Process, limits: Limits) -> None:
        self.channel = channel
        self.output = output
        self.limits = limits
        self.is_alive = True
        self.answer_is_tracked = False
        self.is_wanted: Callable[[], bool] = _always  # asked often; where it says no the worker is stopped
        self._process = process
        self._number = 0
        self._later = _Later()
        self._span = _Span(0.0, 0.0, 0.0, 0.0)
        self._direct_before = 0
        self._frames = wire.FrameReader(self._receive, wire.MAX_HEADER_BYTES, wire.MAX_PAYLOAD_BYTES + 2**20)
        self._is_answering = False  # some of the answer is there
        channel.settimeout(_WATCH_SECONDS)  # how often a worker that says nothing is looked at

    def ask(
        self,
        request: wire.Request,
        tensors: list[memoryview],
        deadline: float,
        handle: Callable[[wire.HandleValue], object],
    ) -> object:
        """The answer: a plain value, what `handle` makes of a handle, or `wire.Raised`.

        `deadline` is a `time.monotonic()`; exchanges with the same one, those of a check, share what it leaves of time and
        of processor time. Raises `WorkerTimedOut` or `WorkerCrashed`, and the worker is gone.
        """
        self._number += 1
        self.answer_is_tracked = self._is_answering = False
        self._stop_if_unwanted()
        if deadline != self._span.deadline:
            self._direct_before = direct_bytes(self.output.fileno())
            self._span = _Span(time.monotonic(), deadline, self._process.usage().cpu_seconds, self._seconds_waited())
        elif time.monotonic() > deadline:  # of many quick answers none is waited for
            self._watch()
        try:
            before, tensors_before = self._later.take()
            self._send(wire.encode(wire.Ask(self._number, request, before), [*tensors_before, *tensors]))
            header, payload = self._frames.read()
            number, answer = wire.decode_reply(header, payload, handle, self._note_tracked)
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

    def later(self, request: wire.Request, tensors: list[memoryview], number: int = 0) -> None:
        """Have it done before the next request."""
        self._later.add(request, tensors, number)

    def _note_tracked(self) -> None:
        self.answer_is_tracked = True

    def _send(self, pieces: list[bytes | memoryview]) -> None:
        for piece in wire.joined(pieces):
            view = memoryview(piece).cast("B")
            while view:
                try:
                    view = view[self.channel.send(view) :]
                except TimeoutError:
                    self._watch()

    def _receive(self, buffer: memoryview) -> int:
        """What there is, into the buffer; how many bytes."""
        if self._is_answering:
            self._watch()  # one byte now and then does not stretch the deadline
        self._is_answering = True
        while True:
            try:
                received = self.channel.recv_into(buffer)
            except TimeoutError:
                self._watch()
                continue
            if received == 0:
                raise EOFError
            return received

    def _watch(self) -> None:
        """Kill the worker if its time is over, if it uses more than it may, or if nobody waits for it any more."""
        self._stop_if_unwanted()
        span, usage, limits = self._span, self._process.usage(), self.limits
        now, allowed = time.monotonic(), span.deadline - span.started
        if now > span.deadline:
            excused = self._seconds_waited() - span.waited_before  # a busy machine is no fault of the student's
            if now > span.deadline + min(excused, (_PATIENCE - 1) * allowed):
                self.kill()
                raise WorkerTimedOut(
                    f"Your code gave no answer within {short_number(round(allowed, 1))} s, so it was stopped.",
                    hint="Does every loop come to an end? Is something computed again and again that could be computed once?",
                )
        if usage.memory_mib > limits.memory_mib:
            self._stop(
                f"used {usage.memory_mib:,} MiB of memory; the limit is {limits.memory_mib:,} MiB",
                "Does a list or a tensor grow in a loop? Is a tensor larger than its docstring says?",
            )
        if usage.threads > limits.threads:
            self._stop(
                f"ran {usage.threads:,} threads at once; the limit is {limits.threads}",
                "Nothing in this course needs threads of its own.",
            )
        spent = usage.cpu_seconds - span.cpu_before
        if spent > _PROCESSORS * allowed:
            self._stop(
                f"used {spent:.1f} s of processor time; the limit of this check is {_PROCESSORS * allowed:.1f} s",
                "Do several threads compute at once? One is enough.",
            )

    def _stop_if_unwanted(self) -> None:
        if not self.is_wanted():
            self.kill()
            raise WorkerCrashed("Nobody waits for this check any more, so your code was stopped.")

    def _stop(self, what: str, hint: str) -> NoReturn:
        self.kill()
        raise WorkerCrashed(f"Your code {what}, so it was stopped.", hint=hint)

    def _seconds_waited(self) -> float:
        """How long the worker, or this side, could have run since it was started and had no processor."""
        return self._process.seconds_waited() + seconds_waited("thread-self")

    def _death(self) -> WorkerCrashed | IsolationError:
        """What is known of a worker that ended by itself, or closed its channel."""
        if not self._process.ends_within(_ENDING_SECONDS):  # on a busy machine this may name another cause, no more
            self.kill()
            return WorkerCrashed(
                "Your code closed its connection to the grader, so it was stopped.",
                hint="Code that closes file descriptors which it has not opened can do this.",
            )
        status = self._process.wait_status()
        self.kill()
        if status is None:  # who forked it would have said how it ended, and is gone too: no fault of the student's
            return IsolationError("a worker ended together with the process that forked it.")
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
            crash = WorkerCrashed(f"Your code's process was ended by {name}{cause}.")
            crash.by_signal = name
            return crash
        return WorkerCrashed(
            f"Your code ended its process with exit status {os.WEXITSTATUS(status)} instead of returning.",
            hint="Is there a call of exit() or os._exit()? A function hands its result back with return.",
        )

    def printed(self) -> str:
        """What the worker has printed in this check; the first and the last part if it is long."""
        text = read_output(self.output.fileno(), self._direct_before)
        if len(text) > _PRINTED_SHOWN:
            half = _PRINTED_SHOWN // 2
            return f"{text[:half]}\n[... {len(text) - 2 * half:,} characters left out ...]\n{text[-half:]}"
        return text

    def is_running(self) -> bool:
        """Whether it could be asked something now."""
        return self.is_alive and not self._process.ends_within(0)

    def kill(self, *, wait: bool = True) -> None:
        """End the worker and everything in its session, now. Harmless if it is dead."""
        if self.is_alive:
            self.is_alive = False
            self._process.kill(wait=wait)
            self.channel.close()

    def close(self) -> None:
        """Kill the worker, which has done no wrong and is not waited for, and forget what it printed."""
        self.kill(wait=False)
        self.output.close()


class _Later:
    """Requests that wait for the next one: a message of its own for each would cost more than what it asks for."""

    def __init__(self) -> None:
        self._requests: list[tuple[wire.Request, int]] = []
        self._tensors: list[memoryview] = []

    def add(self, request: wire.Request, tensors: list[memoryview], number: int) -> None:
        """One more, with a copy of its tensors: until they are sent, others may be put in their place."""
        self._requests.append((request, number))
        self._tensors += [memoryview(bytes(tensor)) for tensor in tensors]

    def take(self) -> tuple[list[tuple[wire.Request, int]], list[memoryview]]:
        """All of them, which then wait no longer."""
        taken = self._requests, self._tensors
        self._requests, self._tensors = [], []
        return taken


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Span:
    """The time of a check: from when to when, and what the worker had used and waited before."""

    started: float
    deadline: float
    cpu_before: float
    waited_before: float


class _Interrupted(BaseException):
    """The time of code in this process is over."""


class _Alarm:
    """Interrupts the code within when its time is over, where the system can: in the main thread, and not on Windows.

    Whoever else uses the timer gets it back with the time that is left of it.
    """

    def __init__(self, deadline: float) -> None:
        self.has_rung = False
        self._deadline = deadline
        self._is_possible = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()

    def __enter__(self) -> _Alarm:
        if self._is_possible:
            self._started = time.monotonic()
            self._handler = signal.signal(signal.SIGALRM, self._ring)
            self._timer = signal.setitimer(signal.ITIMER_REAL, max(0.01, self._deadline - self._started), 1.0)
        return self

    def _ring(self, *_: object) -> NoReturn:
        self.has_rung = True
        raise _Interrupted

    def __exit__(self, *_: object) -> None:
        if self._is_possible:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler)
            left, interval = self._timer
            if left:
                signal.setitimer(signal.ITIMER_REAL, max(0.01, left - (time.monotonic() - self._started)), interval)


class InProcess:
    """Student code in this very process, one's own only: no isolation, and for `--pdb` no deadline.

    With `live`, the objects of a session of the student's: they have a deadline, and what they print is kept.
    """

    def __init__(self, live: Live | None = None) -> None:
        import torch

        from grader.untrusted.host import Host

        self.is_alive = True
        self.answer_is_tracked = False
        self.host = Host(live=live)
        self._is_live = live is not None
        self._later = _Later()
        self._printed = io.StringIO()
        self.last_error: BaseException | None = None
        self._autograd = True
        self._device = torch.get_default_device()  # of student code's new tensors; the rubric's stays as it was

    def ask(
        self,
        request: wire.Request,
        tensors: list[memoryview],
        deadline: float,
        handle: Callable[[wire.HandleValue], object],
    ) -> object:
        """The answer, through the same format as over a socket."""
        import torch

        before, tensors_before = self._later.take()
        _, header, *payload = wire.encode(wire.Ask(1, request, before), [*tensors_before, *tensors])
        watch = self._watched(before, deadline) if self._is_live else contextlib.nullcontext()
        with (
            watch,
            torch.set_grad_enabled(self._autograd),
        ):  # student code's switch is its own, the rubric's stays as it was
            own = torch.get_default_device()
            if self._device != own:  # where it is set at all, every operation takes longer
                torch.set_default_device(self._device)
            reply, answers = self.host.answer(wire.decode_ask(bytes(header)), bytearray(b"".join(payload)))
            self._autograd, self._device = torch.is_grad_enabled(), torch.get_default_device()
            if self._device != own:
                torch.set_default_device(own)
        self.last_error = self.host.last_error
        _, header, *payload = wire.encode(reply, answers)
        self.answer_is_tracked = False
        return wire.decode_reply(bytes(header), bytearray(b"".join(payload)), handle, self._note_tracked)[1]

    def later(self, request: wire.Request, tensors: list[memoryview], number: int = 0) -> None:
        """Have it done before the next request."""
        self._later.add(request, tensors, number)

    def _note_tracked(self) -> None:
        self.answer_is_tracked = True

    @contextlib.contextmanager
    def _watched(self, before: list[tuple[wire.Request, int]], deadline: float) -> Iterator[None]:
        """Keep what is printed, and interrupt what goes on for too long."""
        if any(isinstance(request, wire.Begin) for request, _ in before):
            self._printed = io.StringIO()
        started = time.monotonic()
        with contextlib.redirect_stdout(self._printed), _Alarm(deadline) as alarm:
            yield
        if alarm.has_rung:
            raise WorkerTimedOut(
                f"Your code gave no answer within {short_number(round(deadline - started, 1))} s, so it was stopped.",
                hint="Does every loop come to an end? Is something computed again and again that could be computed once?",
            )

    def printed(self) -> str:
        """What was printed in this check; in a run of pytest, it is pytest that shows it."""
        return self._printed.getvalue()[:_PRINTED_SHOWN]

    def close(self) -> None:
        """Take the submission out of this process."""
        self.is_alive = False
        self.host.unload()
