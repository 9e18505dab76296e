"""What student code prints: its first and its last part are kept, in a file that the worker shares with the grader.

The file holds a count of bytes, room for the first part, room for the last part, and then whatever was written to the
descriptor directly, as libraries do. A worker may write nonsense into it; the grader only ever shows it.
"""

from __future__ import annotations

import contextlib
import io
import os
import struct
import time
from collections import deque

HEAD_BYTES = 30_000
TAIL_BYTES = 30_000
_COUNTS = struct.Struct("!QQ")  # of everything printed since the check began, and of what is kept of its end
_HEAD_AT = _COUNTS.size
_TAIL_AT = _HEAD_AT + HEAD_BYTES
DIRECT_AT = _TAIL_AT + TAIL_BYTES
_FLUSH_SECONDS = 0.05  # a worker that is killed has said nothing since then


class Output(io.TextIOBase):
    """Takes the place of `sys.stdout` in a worker. Printing a lot is no mistake, and costs no more than printing a little."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._printed = 0
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._flushed = 0.0
        self._is_flushed = False
        os.lseek(descriptor, DIRECT_AT, os.SEEK_SET)
        self.begin()

    def begin(self) -> None:
        """A check begins: what was printed before does not count."""
        self._printed = self._tail_bytes = 0
        self._tail.clear()
        self._is_flushed = False
        self.flush()

    def writable(self) -> bool:
        """Yes."""
        return True

    def fileno(self) -> int:
        """The descriptor written to."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Keep it, as long as it is among the first or the last."""
        self._is_flushed = False
        raw = text.encode("utf-8", "replace")
        room = HEAD_BYTES - self._printed
        if room > 0:
            self._put(raw[:room], _HEAD_AT + self._printed)
        self._printed += len(raw)
        if len(raw) > room:
            self._keep_end(raw[max(0, room) :][-TAIL_BYTES:])
        if room > 0 or time.monotonic() - self._flushed > _FLUSH_SECONDS:
            self.flush()
        return len(text)

    def _keep_end(self, raw: bytes) -> None:
        self._tail.append(raw)
        self._tail_bytes += len(raw)
        while self._tail_bytes - len(self._tail[0]) >= TAIL_BYTES:
            self._tail_bytes -= len(self._tail.popleft())

    def flush(self) -> None:
        """Put what is kept where the grader can read it. Asked for with every answer, so it had better be nothing mostly."""
        if self._is_flushed:
            return
        tail = b"".join(self._tail)[-TAIL_BYTES:]
        self._put(tail, _TAIL_AT)
        self._put(_COUNTS.pack(self._printed, len(tail)), 0)
        self._flushed = time.monotonic()
        self._is_flushed = True

    def _put(self, raw: bytes, at: int) -> None:
        with contextlib.suppress(OSError):  # whoever closes the descriptor is not heard, and that is all
            os.pwrite(self._descriptor, raw, at)


def direct_bytes(descriptor: int) -> int:
    """How much was written to the descriptor directly so far."""
    return max(0, os.fstat(descriptor).st_size - DIRECT_AT)


def read_output(descriptor: int, direct_since: int) -> str:
    """What was printed since the check began, with a note where something is left out; hostile content is only text."""
    try:
        return _read(descriptor, direct_since)
    except OSError as error:  # without walls a worker can do things to a file that it shares
        return f"[what was printed can't be read: {error.strerror}]"


def _read(descriptor: int, direct_since: int) -> str:
    counts = os.pread(descriptor, _COUNTS.size, 0)
    printed, tail_bytes = _COUNTS.unpack(counts) if len(counts) == _COUNTS.size else (0, 0)
    head = os.pread(descriptor, min(printed, HEAD_BYTES), _HEAD_AT)
    tail = os.pread(descriptor, min(tail_bytes, TAIL_BYTES), _TAIL_AT)
    left_out = printed - len(head) - len(tail)
    note = f"\n[... {left_out:,} bytes left out ...]\n".encode() if left_out > 0 else b""
    direct = os.pread(descriptor, HEAD_BYTES, DIRECT_AT + direct_since)
    return (head + note + tail + direct).decode("utf-8", "replace")
