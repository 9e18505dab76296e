"""What a worker tries in order to break out; loaded like a submission, so that it stands where student code stands.

Each attempt returns whether it succeeded. None does harm if it does.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial


def attempt(secret: str, folder: str, grader_pid: int, memory_bytes: int) -> dict[str, bool]:
    """word -> whether student code can do it. `secret` is a file, `folder` one that everybody may write to."""
    return {
        "files": can_read(secret) or can_read(folder),
        "writing": any(_works(partial(_write, place)) for place in (folder, "/dev/shm", "/tmp", ".")),
        "network": any(_works(partial(_open_socket, family)) for family in ("AF_INET", "AF_INET6", "AF_UNIX")),
        "processes": _works(_fork) or _works(_run_a_program),
        "signals": _works(lambda: os.kill(grader_pid, 0)),
        "others": any(can_read(f"/proc/{grader_pid}/{name}") for name in ("environ", "maps", "mem")),
        "names": _works(lambda: os.stat(secret)),
        "memory": _works(lambda: bytearray(memory_bytes)),
    }


def can_read_bytes(path: str) -> bool:
    """Whether it can be read, of a path whose bytes are given in hexadecimal: a message holds text, and a path may be none."""
    return can_read(os.fsdecode(bytes.fromhex(path)))


def can_read(path: str) -> bool:
    """Whether a file can be opened, or a folder listed."""
    return _works(lambda: open(path).close()) or _works(lambda: os.listdir(path))


def compute(device: str) -> float:
    """Whether torch works: the limits and walls must leave that alone."""
    import torch

    a = torch.ones(64, 64, device=device)
    return float((a @ a).sum())


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except BaseException:
        return False
    return True


def _write(folder: str) -> None:
    path = f"{folder}/grader-self-test-{os.getpid()}"
    with open(path, "x"):
        pass
    os.unlink(path)


def _open_socket(family: str) -> None:
    """Whoever gets a socket may find somebody to talk to; the walls do not let it come so far."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        socket.socket(getattr(socket, family), kind).close()


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _run_a_program() -> None:
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
