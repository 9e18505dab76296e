"""Feed the decoder of replies with what a coverage-guided fuzzer makes up: `python tests/fuzz_wire.py -max_total_time=20`.

Whatever the bytes are, the decoder gives a value of the closed set of types or raises `WireError`: anything else that
comes out of it ends this program with the input that did it. Needs the package atheris.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris
import msgspec
import torch

with atheris.instrument_imports(include=["grader.untrusted.wire"]):
    from grader.untrusted import wire

PLAIN = (bool, int, float, str, type(None))


@atheris.instrument_func
def check(value: object, depth: int = 0) -> int:
    """The number of entries of a decoded value; fails if anything in it is not plain."""
    assert depth <= wire.MAX_DEPTH + 1
    if isinstance(value, list | tuple):
        assert type(value) in (list, tuple)
        return sum(check(entry, depth + 1) for entry in value)
    if isinstance(value, dict):
        assert all(type(key) in (str, int) for key in value)
        return sum(check(entry, depth + 1) for entry in value.values())
    assert type(value) in (*PLAIN, torch.Tensor, wire.HandleValue, wire.Raised), type(value)
    return 1


@atheris.instrument_func
def one_reply(raw: bytes) -> None:
    """The first two bytes say where the header ends."""
    split = int.from_bytes(raw[:2], "big") % (len(raw) + 1)
    header, payload = raw[2 : 2 + split], bytearray(raw[2 + split :])
    try:
        number, value = wire.decode_reply(header, payload, lambda handle: handle)
    except wire.WireError:
        return
    assert type(number) is int
    check(value)


def seeds() -> list[bytes]:
    """Replies of every kind, from which the fuzzer starts."""
    values: list[object] = [
        None,
        [1, 2.5, True, "text", None],
        {"W": torch.ones(2, 3), 4: (torch.zeros(0), torch.tensor([True]))},
        [[[[torch.arange(4, dtype=torch.int16)]]]],
    ]
    found = []
    for number, value in enumerate(values):
        packer = wire.Packer(lambda _: wire.HandleValue(7, "Net"))
        _, header, *payload = wire.encode(wire.Reply(number, packer.pack(value)), packer.tensors)
        found.append(len(header).to_bytes(2, "big") + bytes(header) + b"".join(payload))
    raised = msgspec.msgpack.encode(wire.Reply(9, wire.Raised("ValueError", "no", [wire.Frame("a.py", 3, "f")])))
    return [*found, len(raised).to_bytes(2, "big") + raised]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as corpus:
        for position, seed in enumerate(seeds()):
            one_reply(seed)
            Path(corpus, str(position)).write_bytes(seed)
        atheris.Setup([*sys.argv, corpus], one_reply)
        atheris.Fuzz()
