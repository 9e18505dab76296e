"""A worker that is an interpreter of its own, for systems where a warm process can't be forked."""

from __future__ import annotations

import contextlib

import msgspec

from . import host, wire
from .courtesies import change_torch
from .preload import preload
from .sandbox import Limits, lock_down

PREAMBLE_BYTES = 4096


def main(descriptor: int) -> None:
    """Read the limits, lock down, serve."""
    (preamble,) = wire.FdStream(descriptor).read(PREAMBLE_BYTES)
    limits = msgspec.msgpack.decode(bytes(preamble).rstrip(b"\xc1"), type=Limits)
    with contextlib.suppress(ImportError):
        preload(limits.preload)
    change_torch()
    lock_down(limits)
    host.serve(descriptor, limits.preload)
