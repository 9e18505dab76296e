"""A worker that is an interpreter of its own, for systems where a warm process can't be forked."""

from __future__ import annotations

import msgspec

from . import host, wire
from .sandbox import Limits, lock_down

PREAMBLE_BYTES = 4096


def main(descriptor: int) -> None:
    """Read the limits, lock down, serve."""
    (preamble,) = wire.FdStream(descriptor).read(PREAMBLE_BYTES)
    lock_down(msgspec.msgpack.decode(bytes(preamble).rstrip(b"\xc1"), type=Limits))
    host.serve(descriptor)
