"""Workers: one process with student code, which may hang, die, lie and flood, and the grader always knows what happened."""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.errors import CheckEnd, IsolationError, WorkerCrashed, WorkerTimedOut
from grader.isolation.launchers import FreshInterpreters, Launcher, Zygote
from grader.isolation.workers import Worker
from grader.untrusted import wire
from grader.untrusted.sandbox import Limits

CODE = r"""
import ctypes, os, signal, sys, time
import torch

SECRET_SEEN = os.environ.get("GRADER_TEST_SECRET")

def double(x): return 2 * x
def pid(): return os.getpid()
def cwd(): return os.getcwd()
def environment(): return [dict(os.environ), open("/proc/self/environ").read(), SECRET_SEEN]
def arguments(): return open("/proc/self/cmdline").read()
def descriptors(): return sorted(os.listdir("/proc/self/fd"))

def loop():
    while True: pass
def loop_without_the_lock(): time.sleep(1e6)
def ignore_all():
    for number in range(1, 32):
        try: signal.signal(number, signal.SIG_IGN)
        except OSError: pass
    loop()
def read_forever():
    while True: os.read(3, 1) if fd() != 0 else sys.stdin.read()
def read_input(): return input("name? ")
def leave(): os._exit(0)
def leave_with_seven(): os._exit(7)
def segfault(): return ctypes.string_at(0)
def abort(): os.abort()
def kill_itself(): os.kill(os.getpid(), signal.SIGKILL)
def kill_its_session(): os.killpg(0, signal.SIGKILL)
def stop_itself(): os.kill(os.getpid(), signal.SIGSTOP)
def close_everything(): os.closerange(0, 100); return 1
def eat_memory():
    kept = []
    while True: kept.append(torch.ones(2_000_000)); time.sleep(0.003)
def eat_memory_at_once(): return torch.ones(10**9)
def eat_memory_in_numbers(): return 10 ** (10 ** 10)

def fd():
    # The worker's end of the channel: the one socket it has.
    for number in sorted(int(name) for name in os.listdir("/proc/self/fd")):
        try:
            if os.readlink(f"/proc/self/fd/{number}").startswith("socket:"): return number
        except OSError: pass
def garbage(): os.write(fd(), b"\xff" * 64); loop()
def garbage_in_a_frame(): os.write(fd(), (5).to_bytes(4, "big") + (0).to_bytes(4, "big") + b"\xc1" * 5); loop()
def half_a_frame(): os.write(fd(), (50).to_bytes(4, "big") + (0).to_bytes(4, "big") + b"half"); loop()
def half_a_frame_and_end(): os.write(fd(), (50).to_bytes(4, "big") + (0).to_bytes(4, "big") + b"half"); os._exit(0)
def half_a_length(): os.write(fd(), b"\0\0"); loop()
def too_large_a_frame(): os.write(fd(), b"\x7f\xff\xff\xff" * 2); loop()
def flood():
    while True: os.write(fd(), b"\0" * 65536)
def frame(number):
    from untrusted import wire
    for piece in wire.encode(wire.Reply(number, True), []): os.write(fd(), piece)
def forge_early(number): frame(number + 1)
def forge_this(number): frame(number); return 5
def forge_a_tensor():
    from untrusted import wire
    reply = wire.Reply(0, wire.TensorValue("f4", [1000, 1000]))
    for piece in wire.encode(reply, []): os.write(fd(), piece)
    loop()

def child():
    pid = os.fork()
    if pid == 0: time.sleep(1e6)
    return pid
def child_in_a_session_of_its_own():
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        grandchild = os.fork()
        if grandchild == 0:
            for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)
            os.write(write, str(os.getpid()).encode())
            time.sleep(1e6)
        os._exit(0)
    os.waitpid(pid, 0)
    return int(os.read(read, 20))

def print_a_lot():
    for number in range(100_000): print("line", number, "x" * 90)
    sys.stderr.write("the end")
    return 1
def print_forever():
    for number in range(10**9): print("line", number)
def lie_about_the_output(): os.pwrite(1, b"\xff" * 100_000, 0)
def empty_the_output(): os.ftruncate(1, 0)
def change_how_the_output_is_read():
    import fcntl
    fcntl.fcntl(1, fcntl.F_SETFL, os.O_DIRECT | os.O_APPEND)
    print("more")
def print_lone_surrogates(): print("\ud800", "\x1b[31m", "é"); return 1
def write_to_the_output():
    try:
        while True: os.write(1, b"y" * 100_000)
    except OSError: pass
    return 1
def raise_the_limits():
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


@dataclass
class Talk:
    """A worker with the code above in it, and a way to call its functions."""

    worker: Worker
    pid: int = 0

    def call(self, name: str, *arguments: Any, seconds: float = 30.0) -> Any:
        """What the function returns. An exception of the code's is raised as `RuntimeError`."""
        deadline = time.monotonic() + seconds
        found = self.worker.ask(wire.Find(name, "code.py"), [], deadline, lambda handle: handle)
        assert isinstance(found, wire.HandleValue), found
        answer = self.worker.ask(wire.Call(found.number, list(arguments), []), [], deadline, lambda handle: handle)
        if isinstance(answer, wire.Raised):
            raise RuntimeError(f"{answer.type_name}: {answer.text}")
        return answer


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """Without walls, so that limits and the watch of the grader are all that is tried here."""
    launcher = Zygote()
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def fresh() -> Launcher:
    """Starts an interpreter for each worker."""
    return FreshInterpreters()


def start(launcher: Launcher, memory_mib: int = 600) -> Talk:
    """A worker with the code loaded."""
    worker = launcher.spawn(Limits(memory_mib, 60, 64))
    talk = Talk(worker)
    request = wire.Load([("code.py", CODE)], "", "cpu", False, [], False)
    assert worker.ask(request, [], time.monotonic() + 60, lambda handle: handle) is None
    talk.pid = talk.call("pid")
    return talk


@pytest.fixture
def talk(zygote: Zygote) -> Iterator[Talk]:
    """A worker of the zygote's."""
    talk = start(zygote)
    yield talk
    talk.worker.close()


def is_gone(pid: int) -> bool:
    """Whether no process has the number, or only a dead one."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rsplit(")", 1)[1].split()[0] == "Z"


def wait_until_gone(pid: int) -> None:
    """Return when the process has ended. An end that is asked for takes a moment."""
    with contextlib.suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        ended, _, _ = select.select([descriptor], [], [], 20)
        os.close(descriptor)
        assert ended, f"process {pid} lives on"


def session_of(leader: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(path.parent.name))
    return found


def assert_ends(talk: Talk, name: str, error: type[CheckEnd], message: str, *, seconds: float = 10.0) -> None:
    """The call ends as that error with that message, and nothing of the worker is left."""
    with pytest.raises((WorkerTimedOut, WorkerCrashed)) as caught:
        talk.call(name, seconds=seconds)
    assert (type(caught.value), message in caught.value.summary) == (error, True), caught.value.summary
    assert not talk.worker.is_alive
    assert is_gone(talk.pid)
    assert session_of(talk.pid) == []
    talk.worker.close()


# -- ways to end -------------------------------------------------------------------------------------------------------

ENDS: dict[str, tuple[type[CheckEnd], str]] = {
    "loop": (WorkerTimedOut, "no answer within 0.4 s"),
    "loop_without_the_lock": (WorkerTimedOut, "no answer within 0.4 s"),
    "ignore_all": (WorkerTimedOut, "no answer within 0.4 s"),
    "read_forever": (WorkerTimedOut, "no answer within 0.4 s"),
    "stop_itself": (WorkerTimedOut, "no answer within 0.4 s"),
    "half_a_frame": (WorkerTimedOut, "no answer within 0.4 s"),
    "half_a_length": (WorkerTimedOut, "no answer within 0.4 s"),
    "leave": (WorkerCrashed, "exit status 0 instead of returning"),
    "leave_with_seven": (WorkerCrashed, "exit status 7 instead of returning"),
    "segfault": (WorkerCrashed, "SIGSEGV: it touched memory that is not its own"),
    "abort": (WorkerCrashed, "SIGABRT: a library gave up"),
    "kill_itself": (WorkerCrashed, "SIGKILL: the system ended it"),
    "kill_its_session": (WorkerCrashed, "SIGKILL"),
    "close_everything": (WorkerCrashed, "ended"),
    "half_a_frame_and_end": (WorkerCrashed, "exit status 0"),
    "garbage": (WorkerCrashed, "larger than any answer may be"),
    "too_large_a_frame": (WorkerCrashed, "larger than any answer may be"),
    "garbage_in_a_frame": (WorkerCrashed, "malformed reply"),
    "forge_a_tensor": (WorkerCrashed, "malformed reply"),
}
SLOW = {name for name, (error, _) in ENDS.items() if error is WorkerTimedOut}


@pytest.mark.parametrize("name", ENDS)
def test_ways_to_end(talk: Talk, zygote: Zygote, name: str) -> None:
    """Each ends as one error that names the cause; the process, its session and its folder are gone, the next one works."""
    error, message = ENDS[name]
    assert_ends(talk, name, error, message, seconds=0.4 if name in SLOW else 10)
    following = start(zygote)
    assert following.call("double", 21) == 42
    following.worker.close()


@pytest.mark.parametrize("name", ["loop", "leave_with_seven", "segfault", "garbage"])
def test_ways_to_end_of_an_interpreter(fresh: Launcher, name: str) -> None:
    """A worker that is an interpreter of its own ends in the same ways."""
    talk = start(fresh)
    error, message = ENDS[name]
    assert_ends(talk, name, error, message, seconds=0.4 if name in SLOW else 10)


def test_interpreter_answers_and_is_as_private(fresh: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter of its own answers, has no secret, and ends with all it started."""
    monkeypatch.setenv("GRADER_TEST_SECRET", "s3cret")
    talk = start(fresh)
    assert talk.call("double", 21) == 42
    assert "s3cret" not in repr(talk.call("environment"))
    child = talk.call("child")
    talk.worker.close()
    wait_until_gone(child)
    assert is_gone(talk.pid)


@pytest.mark.parametrize("name", ["eat_memory", "flood"])
def test_too_much_memory(zygote: Zygote, name: str) -> None:
    """Code that eats memory is stopped, and the message has the figures; a flood of the channel is no answer."""
    talk = start(zygote)
    if name == "flood":
        assert_ends(talk, name, WorkerCrashed, "not an answer")
        return
    with pytest.raises((WorkerCrashed, RuntimeError)) as caught:
        talk.call(name)
    assert "memory" in str(caught.value)  # the watcher's words, or torch's about the limit of addresses
    talk.worker.close()
    wait_until_gone(talk.pid)  # closing does not wait for the end


def test_watcher_of_memory(zygote: Zygote) -> None:
    """Where addresses are not limited, the watcher stops the worker, and says how much it used and may use."""
    worker = zygote.spawn(Limits(600, 60, 64, cuda=True))
    request = wire.Load([("code.py", CODE)], "", "cpu", False, [], False)
    worker.ask(request, [], time.monotonic() + 60, lambda handle: handle)
    talk = Talk(worker)
    talk.pid = talk.call("pid")
    assert_ends(talk, "eat_memory", WorkerCrashed, "the limit is 600 MiB, so it was stopped", seconds=60)


@pytest.mark.parametrize("name", ["eat_memory_at_once", "raise_the_limits", "read_input"])
def test_what_the_limits_refuse(talk: Talk, name: str) -> None:
    """What a limit refuses is an exception in the code, and the worker goes on."""
    with pytest.raises(RuntimeError):
        talk.call(name)
    assert talk.call("double", 4) == 8


def test_answer_forged_in_advance(talk: Talk) -> None:
    """An answer to the next question, sent early, is not taken for one: the numbers tell."""
    number = talk.worker._number + 4  # two questions for the forging call, two for the next

    def forge() -> None:
        talk.call("forge_early", number)
        talk.call("double", 21)
        talk.call("double", 21)

    with pytest.raises(WorkerCrashed, match="an answer to another question"):
        forge()
    assert is_gone(talk.pid)


def test_answer_forged_in_time(talk: Talk) -> None:
    """Code can answer its own question, once: what it really returned is then an answer to another question."""
    assert talk.call("forge_this", talk.worker._number + 2) is True
    with pytest.raises(WorkerCrashed, match="another question"):
        talk.call("double", 21)


def test_dead_worker_stays_dead(talk: Talk) -> None:
    """Killing twice is harmless, and what was printed can still be read."""
    talk.call("print_lone_surrogates")
    talk.worker.kill()
    talk.worker.kill()
    assert "é" in talk.worker.printed()
    assert is_gone(talk.pid)


@pytest.mark.parametrize("name", ["child", "child_in_a_session_of_its_own"])
def test_children_end_with_the_worker(talk: Talk, name: str) -> None:
    """What the code started ends with its worker, also in a session of its own and deaf to signals."""
    child = talk.call(name)
    assert not is_gone(child)
    talk.worker.close()
    wait_until_gone(child)
    assert session_of(talk.pid) == []


# -- what a worker sees ------------------------------------------------------------------------------------------------


def test_environment_is_scrubbed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in the grader's environment is neither in a worker's `os.environ` nor in its `/proc/self/environ`."""
    monkeypatch.setenv("GRADER_TEST_SECRET", "s3cret")
    launcher = Zygote()
    talk = start(launcher)
    environment, raw, seen = talk.call("environment")
    assert seen is None
    assert "s3cret" not in repr(environment) + raw
    assert "GRADER_TEST_SECRET" not in repr(environment) + raw
    assert "s3cret" not in talk.call("arguments")
    assert environment["PYTHONHASHSEED"] == "0"
    talk.worker.close()
    launcher.close()


def test_no_folder_of_its_own(talk: Talk) -> None:
    """A worker stands at the root, where nothing of the course's or of another student's is."""
    assert talk.call("cwd") == "/"


def test_descriptors_are_few(talk: Talk) -> None:
    """A worker has its standard streams and its channel; what it lists with is the fifth."""
    assert len(talk.call("descriptors")) == 5


# -- print-outs --------------------------------------------------------------------------------------------------------


def file_bytes(talk: Talk) -> int:
    """How large the file is that holds what was printed."""
    return os.fstat(talk.worker.output.fileno()).st_size


def test_printing_a_lot_is_no_failure(talk: Talk) -> None:
    """Of ten megabytes the first and the last part are kept with a note between them, and the check goes on."""
    assert talk.call("print_a_lot") == 1
    printed = talk.worker.printed()
    assert printed.startswith("line 0 x")
    assert "characters left out" in printed
    assert printed.endswith("line 99999 " + 90 * "x" + "\nthe end")
    assert len(printed) < 3_000
    assert file_bytes(talk) < 100_000
    assert talk.call("double", 2) == 4


def test_last_words_of_a_killed_worker(talk: Talk) -> None:
    """A loop that prints for ever is stopped, and the last it printed can be read, not only the first."""
    with pytest.raises(WorkerTimedOut):
        talk.call("print_forever", seconds=1)
    printed = talk.worker.printed()
    assert printed.startswith("line 0\nline 1\n")
    numbers = [int(line.split()[1]) for line in printed.splitlines()[-4:-1]]
    assert numbers[0] > 10_000
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_output_file_is_limited(talk: Talk) -> None:
    """Code that writes past `print` meets the limit of the file, not of the disk, and is shown too."""
    with contextlib.suppress(WorkerCrashed):  # SIGXFSZ, where Python does not ignore it
        talk.call("write_to_the_output")
    assert file_bytes(talk) <= 1_000_000
    assert talk.worker.printed().startswith("yyyy")


def test_hostile_output_file_is_only_text(talk: Talk) -> None:
    """Counts that lie and bytes that are no text are read without harm."""
    for name in ("lie_about_the_output", "change_how_the_output_is_read", "empty_the_output"):
        talk.call(name)
        assert len(talk.worker.printed()) < 3_000


def test_print_outs_of_a_check(talk: Talk) -> None:
    """What was printed before a check began is not shown with it."""
    talk.call("print_lone_surrogates")
    assert talk.worker.printed().count("é") == 1
    talk.worker.ask(wire.Begin(0), [], time.monotonic() + 5, lambda handle: handle)
    assert talk.worker.printed() == ""
    talk.call("print_lone_surrogates")
    assert talk.worker.printed().count("é") == 1


# -- the zygote --------------------------------------------------------------------------------------------------------


def test_dead_zygote_is_our_fault() -> None:
    """When the process that forks workers dies, the next spawn is an `IsolationError` of one line."""
    launcher = Zygote()
    launcher.wait_until_ready()
    assert launcher._process is not None
    launcher._process.kill()
    launcher._process.wait()
    with pytest.raises(IsolationError) as caught:
        launcher.spawn(Limits(600, 60, 64))
    assert str(caught.value).startswith("the process that forks workers is gone")
    assert "\n" not in str(caught.value)
    launcher.close()


def test_closing_ends_everything() -> None:
    """A zygote that is closed takes its workers, even one that is busy, with it."""
    launcher = Zygote()
    talks = [start(launcher) for _ in range(3)]
    zygote_pid = launcher._process.pid if launcher._process is not None else 0
    launcher.close()
    launcher.close()
    for talk in talks:
        wait_until_gone(talk.pid)
        talk.worker.close()
    assert is_gone(zygote_pid)
    with pytest.raises(IsolationError):
        launcher.spawn(Limits(600, 60, 64))


def test_many_workers_leave_nothing(zygote: Zygote) -> None:
    """A hundred workers later the grader has as many open descriptors as before."""
    start(zygote).worker.close()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(100):
        worker = zygote.spawn(Limits(600, 60, 64))
        worker.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
