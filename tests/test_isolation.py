"""Every level of isolation, by trying: what it promises holds, what students need works, and no level is claimed untried."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.errors import IsolationError, UsageError, WallBroken
from grader.isolation import isolated as isolation
from grader.isolation import launchers, walls
from grader.isolation.isolated import Isolated, examine
from grader.isolation.levels import PROMISES, Isolation, Level
from grader.isolation.self_test import self_test
from grader.isolation.workers import Worker
from grader.untrusted import landlock, wire
from grader.untrusted.sandbox import Limits

LIMITS = Limits(memory_mib=1024, cpu_seconds=60, threads=32)


@pytest.fixture(scope="module", params=list(Level))
def isolated(request: pytest.FixtureRequest) -> Iterator[Isolated]:
    """A launcher of each level that this machine can reach."""
    try:
        launcher = Isolated(best=request.param, least=request.param)
    except UsageError as refused:
        pytest.skip(str(refused))
    yield launcher
    launcher.close()


def run(launcher: Isolated, code: str, *arguments: Any) -> Any:
    """What `attempt` of the code returns in a worker of its own, or "Type: text" of what it raised."""
    worker = launcher.spawn(LIMITS)
    deadline = time.monotonic() + 20
    try:
        ask(worker, wire.Load([("code.py", code)], "", "cpu", False, [], False), deadline)
        found = ask(worker, wire.Find("attempt", "code.py"), deadline)
        answer = ask(worker, wire.Call(found.number, list(arguments), []), deadline)
    finally:
        worker.close()
    return f"{answer.type_name}: {answer.text}" if isinstance(answer, wire.Raised) else answer


def ask(worker: Worker, request: wire.Request, deadline: float) -> Any:
    return worker.ask(request, [], deadline, lambda handle: handle)


def test_level_is_kept(isolated: Isolated) -> None:
    """The self-test reaches nothing of what the level promises to close, and reports each attempt."""
    found = isolated.verify()
    assert found.level == isolated.level
    assert set(PROMISES[found.level]) <= set(found.closed)
    assert set(found.closed) | set(found.open) == set(PROMISES[Level.FULL])
    if found.level is Level.PROCESS:
        assert {"files", "network", "processes"} <= set(found.open), "the attempts themselves must work"


NEEDED = """
import collections, concurrent.futures, dataclasses, functools, math, random, statistics, threading, time
import numpy as np, torch
from torch.utils.data import DataLoader, TensorDataset

def attempt():
    print("seen")
    x = torch.randn(256, 256, dtype=torch.float64)
    assert torch.allclose(x @ torch.linalg.inv(x), torch.eye(256, dtype=torch.float64), atol=1e-6)
    torch.nn.functional.conv2d(torch.randn(2, 1, 28, 28), torch.randn(4, 1, 5, 5))
    assert len(list(DataLoader(TensorDataset(torch.arange(10)), batch_size=3, shuffle=True))) == 4
    thread = threading.Thread(target=time.sleep, args=(0.001,)); thread.start(); thread.join()
    with concurrent.futures.ThreadPoolExecutor(2) as pool: assert sum(pool.map(abs, [-1, -2])) == 3
    np.random.default_rng(0).standard_normal(5); np.linalg.svd(np.ones((3, 3)))
    w = torch.ones(3, requires_grad=True)
    with torch.enable_grad(): torch.autograd.grad((w * w).sum(), w)
    torch.manual_seed(3); torch.set_num_threads(2); torch.mm(torch.randn(600, 600), torch.randn(600, 600))
    time.sleep(0.001); statistics.mean([1, 2]); torch.randperm(10); repr(torch.randn(3))
    try: 1 / 0
    except ZeroDivisionError as error: import traceback; traceback.format_exception(error)
    return "all of it"
"""


def test_what_students_need_works(isolated: Isolated) -> None:
    """Arithmetic, threads, loaders, random numbers, autograd of the course's parts: the walls are in nobody's way."""
    assert run(isolated, NEEDED) == "all of it"


def test_libraries_can_be_imported_late(isolated: Isolated) -> None:
    """What nobody imported before comes from disk, but where the filter lets nothing be opened."""
    answer = run(
        isolated, "def attempt():\n    import graphlib, torch.distributions.gumbel\n    return graphlib.__name__"
    )
    if isolated.level is Level.STRICT:
        assert answer.startswith(("PermissionError", "ModuleNotFoundError"))
    else:
        assert answer == "graphlib"


ESCAPES = {
    "read a file": "def attempt(): return open('/etc/hostname').read()",
    "list a folder": "import os\ndef attempt(path): return os.listdir(os.path.dirname(path))",
    "write in the working folder": "def attempt(): open('x.txt', 'w')",
    "write in shared memory": "def attempt(): open('/dev/shm/x', 'w')",
    "make a folder": "import os\ndef attempt(): os.mkdir('/tmp/attempt')",
    "link": "import os\ndef attempt(): os.symlink('/etc', '/tmp/attempt')",
    "change a mode": "import os\ndef attempt(path): os.chmod(path, 0o777)",
    "change a time": "import os\ndef attempt(path): os.utime(path)",
    "delete": "import os\ndef attempt(path): os.unlink(path)",
    "tcp": "import socket\ndef attempt(): socket.socket()",
    "unix socket": "import socket\ndef attempt(): socket.socketpair()",
    "fork": "import os\ndef attempt():\n    pid = os.fork()\n    if pid == 0: os._exit(0)",
    "vfork and exec": "import os\ndef attempt(): os.posix_spawn('/bin/true', ['true'], {})",
    "exec": "import os\ndef attempt(): os.execv('/bin/true', ['true'])",
    "multiprocessing": "import multiprocessing as m\ndef attempt(): m.get_context('fork').Process(target=print).start()",
    "signal the grader": "import os\ndef attempt(path, pid): os.kill(pid, 0)",
    "signal everybody": "import os\ndef attempt(): os.kill(-1, 0)",
    "trace the grader": "import ctypes\ndef attempt(path, pid):\n    if ctypes.CDLL(None).ptrace(16, pid, 0, 0): raise OSError",
    "priority of the grader": "import os\ndef attempt(path, pid): os.setpriority(os.PRIO_PROCESS, pid, 19)",
    "affinity of the grader": "import os\ndef attempt(path, pid): os.sched_setaffinity(pid, {0})",
    "limits of the grader": "import resource\ndef attempt(path, pid): resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1))",
    "environment of the grader": "def attempt(path, pid): return open(f'/proc/{pid}/environ').read()",
    "memory of the zygote": "import os\ndef attempt(): open(f'/proc/{os.getppid()}/mem', 'r+b')",
    "environment of the zygote": "import os\ndef attempt(): open(f'/proc/{os.getppid()}/environ').read()",
    "memory of the first process": "def attempt(): open('/proc/1/mem', 'r+b')",
    "memory file": "import os\ndef attempt(): os.memfd_create('x')",
    "shared memory of System V": "import ctypes\ndef attempt():\n    if ctypes.CDLL(None).shmget(0, 9, 384) < 0: raise OSError",
    "keyring": "import ctypes\ndef attempt():\n    if ctypes.CDLL(None).syscall(250, 0, -3, 0) < 0: raise OSError('no')",
    "namespaces": "import ctypes\ndef attempt():\n    if ctypes.CDLL(None).unshare(0x10000000): raise OSError('no')",
    "io_uring": "import ctypes\ndef attempt():\n    if ctypes.CDLL(None).syscall(425, 8, bytes(120)) < 0: raise OSError('no')",
    "terminal input": "import fcntl\ndef attempt(): fcntl.ioctl(0, 0x5412, b'x')",
    "signals by a descriptor": "import fcntl, os\ndef attempt(path, pid): fcntl.fcntl(3, fcntl.F_SETOWN, pid)",
    "flags of the shared file": "import fcntl, os\ndef attempt(): fcntl.fcntl(1, fcntl.F_SETFL, os.O_APPEND)",
    "more rights": "import os\ndef attempt(): os.setuid(12345)",
    "the grader's package": "def attempt():\n    import grader.results",
    "install a package": "import subprocess, sys\ndef attempt(): subprocess.check_call([sys.executable, '-m', 'pip'])",
}


@pytest.mark.parametrize("name", ESCAPES)
def test_what_the_walls_refuse(isolated: Isolated, name: str, tmp_path: Path) -> None:
    """Each way out raises an exception in the student's line; the attempt's target is as it was."""
    if isolated.level is Level.PROCESS:
        pytest.skip("this level has no walls")
    target = tmp_path / "target"
    target.write_text("untouched", encoding="utf-8")
    target.chmod(0o606)
    before = target.stat()
    code = ESCAPES[name]
    arguments = [str(target), os.getpid()] if "path, pid" in code else [str(target)] if "(path)" in code else []
    answer = run(isolated, code, *arguments)
    assert isinstance(answer, str), f"{name}: {answer}"
    assert answer.split(":")[0] in {
        "PermissionError", "OSError", "FileNotFoundError", "ProcessLookupError", "ModuleNotFoundError", "BlockingIOError"
    }, answer  # fmt: skip
    assert (target.stat().st_mode, target.stat().st_mtime_ns, target.read_text()) == (
        before.st_mode,
        before.st_mtime_ns,
        "untouched",
    )


def test_abort_is_seen_as_what_it_is(isolated: Isolated) -> None:
    """A process may still end itself by the signal of abort(), whose number the filter knows only for this process."""
    worker = isolated.spawn(LIMITS)
    deadline = time.monotonic() + 20
    ask(worker, wire.Load([("code.py", "import os\ndef attempt(): os.abort()")], "", "cpu", False, [], False), deadline)
    found = ask(worker, wire.Find("attempt", "code.py"), deadline)
    with pytest.raises(Exception, match="SIGABRT: a library gave up"):
        ask(worker, wire.Call(found.number, [], []), deadline)
    worker.close()


def test_siblings_are_out_of_reach(isolated: Isolated) -> None:
    """Two workers of the same zygote can't signal each other."""
    first = isolated.spawn(LIMITS)
    deadline = time.monotonic() + 20
    ask(
        first,
        wire.Load([("code.py", "import os\ndef attempt(): return os.getpid()")], "", "cpu", False, [], False),
        deadline,
    )
    pid = ask(first, wire.Call(ask(first, wire.Find("attempt", "code.py"), deadline).number, [], []), deadline)
    answer = run(isolated, "import os\ndef attempt(pid): os.kill(pid, 0)", pid)
    assert (answer is None) == (isolated.level is Level.PROCESS), answer
    first.close()


# -- choosing a level --------------------------------------------------------------------------------------------------


def test_falls_back_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bubblewrap the next level is taken, and the reason names what to install."""
    monkeypatch.setattr(walls.shutil, "which", lambda name: None)
    launcher = Isolated()
    found = launcher.verify()
    launcher.close()
    assert found.level is Level.KERNEL
    assert "apt install bubblewrap" in found.why_not_better


def test_bubblewrap_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where bubblewrap is refused, as by Ubuntu's AppArmor rule, its words and the cure are in the reason."""
    refused = tmp_path / "bwrap"
    refused.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n", encoding="utf-8")
    refused.chmod(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setattr(walls.shutil, "which", lambda name: str(refused))
    launcher = Isolated()
    found = launcher.verify()
    launcher.close()
    assert found.level is Level.KERNEL
    assert "Permission denied" in found.why_not_better
    assert "apparmor_restrict_unprivileged_userns=0" in found.why_not_better


def test_no_landlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel without Landlock: namespaces are the next best."""
    monkeypatch.setattr(landlock, "version", lambda: 0)
    launcher = Isolated()
    found = launcher.verify()
    launcher.close()
    assert found.level in (Level.NAMESPACES, Level.STRICT)
    assert "no Landlock" in found.why_not_better


def test_nothing_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another system than Linux has processes alone, and grading refuses that unless it is allowed."""
    monkeypatch.setattr(walls.sys, "platform", "darwin")
    launcher = Isolated()
    assert launcher.level is Level.PROCESS
    launcher.close()
    with pytest.raises(UsageError) as refused:
        Isolated(least=Level.KERNEL)
    assert "can't reach isolation level kernel" in str(refused.value)
    assert "--allow-isolation process" in str(refused.value)


def test_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libseccomp no level with a filter is reached, and the reason names the package."""

    def unavailable(**_: bool) -> bytes:
        raise walls.system_calls.Unavailable("the library libseccomp.so.2 can't be loaded")

    monkeypatch.setattr(walls.system_calls, "program", unavailable)
    assert "apt install libseccomp2" in str(walls.way_to(Level.KERNEL))
    with pytest.raises(UsageError):
        Isolated(least=Level.STRICT)


def test_level_that_lies_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a worker reaches what its level closes, nothing is graded: here the filter and Landlock are left out in secret."""
    monkeypatch.setattr(isolation, "way_to", lambda level, **_: walls.Start(level))
    launcher = Isolated(best=Level.KERNEL)
    with pytest.raises(
        WallBroken, match=r"could reach .*reading any file but Python's and the system's libraries, writing any file"
    ):
        launcher.spawn(LIMITS)


def test_course_among_the_libraries_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that lies where workers may read is taken out of what they may read; if that fails, the run stops."""
    library = tmp_path / "site-packages"
    (library / "course").mkdir(parents=True)
    (library / "package").mkdir()
    secret = library / "course" / "test_hidden_net.py"
    for path in (secret, library / "package" / "module.py"):
        path.write_text("x = 1", encoding="utf-8")
    folders = (*walls._folders(), library)
    monkeypatch.setattr(walls, "_folders", lambda: folders)
    for level in (Level.FULL, Level.KERNEL):
        launcher = Isolated(best=level, least=level, closed=[secret.parent, secret])
        code = "def attempt(path): return open(path).read()"
        assert run(launcher, code, str(library / "package" / "module.py")) == "x = 1"
        assert run(launcher, code, str(secret)).split(":")[0] in {"PermissionError", "FileNotFoundError"}
        launcher.close()
    monkeypatch.setattr(isolation, "way_to", lambda level, closed=(), **more: walls.way_to(level, **more))
    launcher = Isolated(best=Level.KERNEL, closed=[secret])
    with pytest.raises(WallBroken, match=r"test_hidden_net\.py"):
        launcher.verify()


@pytest.mark.parametrize("whose", ["this grader's", "another grader's"])
def test_installed_course_is_out_of_reach(whose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The course that comes with the grader lies among the libraries where that is installed; nobody has to name it.

    A grader that runs from a checkout hides what an installed one has brought, too.
    """
    library = tmp_path / "site-packages"
    answer = library / "backgrade_course" / "reference" / "layer.py"
    answer.parent.mkdir(parents=True)
    (library / "package").mkdir()
    for path in (answer, library / "package" / "module.py"):
        path.write_text("x = 1", encoding="utf-8")
    folders = (*walls._folders(), library)
    monkeypatch.setattr(walls, "_folders", lambda: folders)
    if whose == "this grader's":
        monkeypatch.setattr(walls, "INSTALLED", library / "backgrade_course")
    else:
        monkeypatch.setattr(sys, "path", [*sys.path, str(library)])
    for level in (Level.FULL, Level.KERNEL, Level.NAMESPACES):
        launcher = Isolated(best=level, least=level)
        code = "def attempt(path): return open(path).read()"
        assert run(launcher, code, str(library / "package" / "module.py")) == "x = 1"
        assert run(launcher, code, str(answer)).split(":")[0] in {"PermissionError", "FileNotFoundError"}
        launcher.close()


def test_package_is_hidden_where_it_is_installed(tmp_path: Path) -> None:
    """A folder is taken apart only as far as is needed to leave something out."""
    for name in ("a/x.py", "b/c/y.py", "b/d/z.py", "e.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in walls._without(tmp_path, [tmp_path / "b" / "c"])]
    assert found == ["a", "b/d", "e.py"]
    assert list(walls._without(tmp_path, [tmp_path])) == []
    assert list(walls._without(tmp_path / "a", [tmp_path])) == [
        tmp_path / "a"
    ]  # what is needed stays, wherever it lies


def test_examination_covers_every_level() -> None:
    """`examine` says of each level what was found by trying, or why it can't be reached."""
    found = dict(examine())
    assert list(found) == list(Level)
    assert isinstance(found[Level.PROCESS], Isolation)
    assert all(
        (isinstance(entry, Isolation) and entry.level is level) or isinstance(entry, str)
        for level, entry in found.items()
    )


def test_self_test_needs_a_worker() -> None:
    """A launcher whose zygote is gone is no level at all."""
    zygote = launchers.Zygote()
    zygote.close()
    with pytest.raises(IsolationError):
        self_test(zygote)


def test_self_test_of_a_name_that_is_no_text(tmp_path: Path) -> None:
    """Files unpacked from a zip of Windows have names that are no UTF-8; one of them in an inbox ended the whole run."""
    path = tmp_path / os.fsdecode(b"m\xfcller.py")
    path.write_text("", encoding="utf-8")
    with contextlib.closing(launchers.Zygote()) as zygote:
        assert set(self_test(zygote, [path])) == set(PROMISES[Level.FULL])


def test_order_of_levels() -> None:
    """Full is the strongest, process the weakest; each is at least itself."""
    assert [level.value for level in Level] == ["full", "kernel", "namespaces", "strict", "process"]
    assert Level.FULL.is_at_least(Level.KERNEL)
    assert not Level.STRICT.is_at_least(Level.KERNEL)
    assert Level.KERNEL.is_at_least(Level.KERNEL)
