"""The format between grader and worker: plain values come through whole, and nothing else comes through."""

from __future__ import annotations

import collections
import math
import os
import random
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.untrusted import wire
from grader.untrusted.wire import (
    DTYPES,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_PAYLOAD_BYTES,
    MAX_TEXT,
    HandleValue,
    Packer,
    Reply,
    WireError,
    decode_reply,
    encode,
)

PLAIN = (type(None), bool, int, float, str, list, tuple, dict, torch.Tensor, HandleValue, wire.Raised)

plain_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats() | st.booleans() | st.none()
shapes = st.lists(st.integers(0, 4), max_size=4)


@st.composite
def tensors(draw: Callable[[st.SearchStrategy[Any]], Any]) -> torch.Tensor:
    """A tensor of any dtype and shape, empty ones and single numbers too, contiguous or not, with a gradient or not."""
    dtype, shape = draw(st.sampled_from(list(DTYPES.values()))), draw(shapes)
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    tensor = (torch.randn(shape, generator=generator) * 50).to(dtype)
    for change in draw(st.lists(st.sampled_from(["transpose", "flip", "expand", "step", "grad", "view"]), max_size=3)):
        if change == "transpose" and tensor.dim() > 1:
            tensor = tensor.transpose(0, 1)
        elif change == "flip" and tensor.dim():
            tensor = tensor.flip(0)
        elif change == "expand":
            tensor = tensor.expand(2, *tensor.shape)
        elif change == "step" and tensor.dim():
            tensor = tensor[::2]
        elif change == "view" and tensor.dim() and tensor.shape[0]:
            tensor = tensor[0]
        elif change == "grad" and tensor.is_floating_point():
            tensor = tensor.requires_grad_() if tensor.is_leaf else tensor * 1
    return tensor


values = st.recursive(
    numbers | plain_text | tensors(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(plain_text | st.integers(-5, 2**40), inner, max_size=3)
    ),
    max_leaves=8,
)


def handle_of(value: object) -> HandleValue:
    return HandleValue(5, type(value).__name__)


def framed(value: object) -> tuple[bytearray, bytearray]:
    """Header and payload of a reply with `value`."""
    packer = Packer(handle_of)
    lengths, header, *payload = encode(Reply(1, packer.pack(value)), packer.tensors)
    joined = bytearray(b"".join(payload))
    assert wire.LENGTHS.unpack(lengths) == (len(header), len(joined))
    return bytearray(header), joined


def sent(value: object) -> Any:
    """What arrives when `value` is sent."""
    return decode_reply(*framed(value), lambda handle: handle)[1]


def same(left: object, right: object) -> bool:
    """Whether two values are the same in type and content; NaN is NaN, and a tensor's gradient does not count."""
    if type(left) is not type(right):
        return False
    if isinstance(left, torch.Tensor) and isinstance(right, torch.Tensor):
        return left.dtype == right.dtype and left.shape == right.shape and torch.equal(bits(left), bits(right))
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return left == right


def bits(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().contiguous().as_strided((tensor.numel(),), (1,)).view(torch.uint8)


def is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return type(value) in (list, tuple) and all(map(is_plain, value))
    if isinstance(value, dict):
        return type(value) is dict and all(type(key) in (str, int) and is_plain(value[key]) for key in value)
    return type(value) in PLAIN


# -- honest values -----------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(values)
def test_value_arrives_whole(value: object) -> None:
    """Nested values with tensors of every dtype and shape arrive as they were sent."""
    assert same(sent(value), value)


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (5,), (2, 3), (1, 1, 1, 1, 1, 1, 1, 2)])
def test_tensor_of_every_dtype(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    """Each dtype arrives in each shape, a single number, an empty one and eight dimensions among them."""
    tensor = (torch.arange(math.prod(shape)).reshape(shape) - 2).to(dtype)
    assert same(sent([tensor, tensor]), [tensor, tensor])


def test_special_numbers_arrive() -> None:
    """NaN, infinities and minus zero arrive bit by bit."""
    tensor = torch.tensor([math.nan, math.inf, -math.inf, -0.0])
    assert same(sent(tensor), tensor)
    assert [str(value) for value in sent([math.nan, math.inf, -0.0])] == ["nan", "inf", "-0.0"]


def test_gradient_stays_behind() -> None:
    """A tensor with a graph arrives plain; that it had one is in the message."""
    tensor = torch.ones(2, requires_grad=True) * 2
    assert sent(tensor).requires_grad is False
    message = Packer(handle_of).pack(tensor)
    assert isinstance(message, wire.TensorValue)
    assert message.tracked is True


def test_one_entry_of_a_strided_tensor_arrives() -> None:
    """A tensor of one entry, or of none, cut out of one with steps arrives: torch calls it contiguous."""
    steps = torch.arange(8.0)[::2]
    assert same(sent([steps[1:2], steps[:0], steps[1]]), [torch.tensor([2.0]), torch.tensor([]), torch.tensor(2.0)])


def test_lazily_negated_tensor_is_resolved() -> None:
    """A view that only notes a sign arrives with the numbers it stands for."""
    assert sent(torch._neg_view(torch.ones(2))).tolist() == [-1, -1]


def test_received_tensors_can_be_written() -> None:
    """Two tensors of one reply share no memory: writing one leaves the other."""
    one, two = sent([torch.zeros(3), torch.zeros(3)])
    one += 1
    assert two.tolist() == [0, 0, 0]


def test_subclasses_arrive_plain() -> None:
    """A named tuple, a subclass of dict, int, str or Parameter arrives as the plain type."""
    Pair = collections.namedtuple("Pair", "a b")
    counter = collections.Counter("aab")
    assert same(sent([Pair(1, 2), counter, True]), [(1, 2), {"a": 2, "b": 1}, True])
    assert type(sent(torch.nn.Parameter(torch.ones(2)))) is torch.Tensor
    assert type(sent(collections.UserString("x"))) is HandleValue


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        b"bytes",
        1j,
        2**63,
        -(2**63) - 1,
        {1.5: 1},
        {True: 1},
        {2**64: 1},
        {"k" * 2_001: 1},
        {"\ud800": 1},
    ],
    ids=lambda value: repr(value).split(" at ")[0],  # an address is another one in every process
)
def test_what_is_not_plain_stays(value: object) -> None:
    """Objects, sets, bytes, numbers beyond 64 bits and dicts with other keys stay in the worker behind a handle."""
    assert sent([value]) == [handle_of(value)]


def test_long_list_stays() -> None:
    """A list of more entries than are sent stays behind a handle; one at the limit arrives."""
    assert sent([[0] * (MAX_ENTRIES + 1)]) == [handle_of([])]
    assert sent([0] * MAX_ENTRIES) == [0] * MAX_ENTRIES


def test_text_is_cut_and_can_be_sent() -> None:
    """A long text is cut; half a character, which UTF-8 lacks, is spelt out."""
    assert sent("x" * 9_999) == "x" * MAX_TEXT
    assert sent("a\ud800b") == "a\\ud800b"
    assert len(sent("\ud800" * 9_999)) == MAX_TEXT


def test_depth() -> None:
    """A value nested to the limit arrives; one level more, and a list that holds itself, are refused."""
    value: list[object] = []
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    assert sent(value) == value
    endless: list[object] = []
    endless.append(endless)
    for deep in ([value], endless):
        with pytest.raises(WireError, match=f"nested more than {MAX_DEPTH} deep"):
            framed(deep)


@pytest.mark.filterwarnings("ignore:.*(Sparse CSR|quantize|nested tensors).*:UserWarning")
def test_unsupported_tensors_stay() -> None:
    """Sparse, complex, meta, quantized, nested, 8-bit float and nine-dimensional tensors stay behind a handle."""
    unsupported = [
        torch.eye(3).to_sparse(),
        torch.eye(3).to_sparse_csr(),
        torch.zeros(2, dtype=torch.complex64),
        torch.zeros(2, device="meta"),
        torch.quantize_per_tensor(torch.zeros(2), 1.0, 0, torch.quint8),
        torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]),
        torch.zeros(2, dtype=torch.float8_e4m3fn),
        torch.zeros([1] * 9),
    ]
    assert [sent(tensor) for tensor in unsupported] == [HandleValue(5, "Tensor")] * len(unsupported)


@pytest.mark.parametrize("shape", [(10**12,), (2**31, 2**31), (MAX_PAYLOAD_BYTES // 4 + 1,)])
def test_expanded_tensor_is_not_made_real(shape: tuple[int, ...]) -> None:
    """A tensor that is huge only by its strides is refused before a byte of it is copied."""
    with pytest.raises(WireError, match="more than 64 MiB"):
        framed(torch.zeros(()).expand(shape))


def test_many_tensors_share_one_limit() -> None:
    """The limit is for all tensors of a value together."""
    part = torch.zeros(()).expand(MAX_PAYLOAD_BYTES // 16)
    with pytest.raises(WireError, match="more than 64 MiB"):
        framed([part] * 5)


def test_requests_arrive() -> None:
    """Each kind of request comes out of its bytes as it went in."""
    requests: list[wire.Request] = [
        wire.Load([("a.py", "x = 1")], "", "cpu", False, ["Linear"], True),
        *(
            wire.Begin(3),
            wire.Find("f", "a.py", True),
            wire.Hold("f", "a.py"),
            wire.Get(1, "W"),
            wire.Set(1, "W", 2.5),
            wire.Fetch(4),
        ),
        *(wire.Call(1, [1, wire.ListValue([None])], [("k", "v")]), wire.Item(1, "key"), wire.Put(None), wire.Notes()),
    ]
    for number, request in enumerate(requests):
        header = encode(wire.Ask(number, request), [])[1]
        assert wire.decode_ask(bytes(header)) == wire.Ask(number, request)


def test_exception_arrives_as_data() -> None:
    """A raised exception arrives with its lines."""
    raised = wire.Raised("ValueError", "no", [wire.Frame("a.py", 3, "f")])
    header = bytes(encode(Reply(9, raised), [])[1])
    assert decode_reply(header, bytearray(), lambda handle: handle) == (9, raised)


def test_stream_reads_what_was_written() -> None:
    """Pieces written to a pipe are read back whole; a closed pipe is the end."""
    reading, writing = os.pipe()
    pieces: list[bytes | memoryview] = [b"head", memoryview(bytes(range(256)) * 1_000), b"", b"tail"]
    expected = b"".join(pieces)

    def write() -> None:
        wire.FdStream(writing).write(pieces)
        os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    stream = wire.FdStream(reading)
    try:
        assert stream.read(0) == [b""]
        assert stream.read(len(expected)) == [expected]
        with pytest.raises(EOFError):
            stream.read(1)
    finally:
        writer.join()
        os.close(reading)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 140_000)), min_size=1, max_size=4),
    st.lists(st.integers(1, 70_000), min_size=1, max_size=6),
)
def test_frames_however_they_come(sizes: list[tuple[int, int]], chunks: list[int]) -> None:
    """Frames of any sizes, cut anywhere on their way or come together, are read one by one; then comes the end."""
    frames = [
        (random.Random(header).randbytes(header), random.Random(payload).randbytes(payload))
        for header, payload in sizes
    ]
    sent = b"".join(wire.LENGTHS.pack(len(header), len(payload)) + header + payload for header, payload in frames)
    count, at = 0, 0

    def receive(buffer: memoryview) -> int:
        nonlocal count, at
        received = sent[at : at + min(len(buffer), chunks[count % len(chunks)])]
        if not received:
            raise EOFError
        buffer[: len(received)] = received
        count, at = count + 1, at + len(received)
        return len(received)

    reader = wire.FrameReader(receive)
    assert [tuple(map(bytes, reader.read())) for _ in frames] == frames
    with pytest.raises(EOFError):
        reader.read()


@pytest.mark.parametrize("lengths", [(11, 0), (0, 21), (2**32 - 1, 2**32 - 1)])
def test_frames_too_large(lengths: tuple[int, int]) -> None:
    """A frame that says it is larger than any may be is refused before there is room made for it."""
    start = wire.LENGTHS.pack(*lengths)

    def receive(buffer: memoryview) -> int:
        buffer[: len(start)] = start
        return len(start)

    with pytest.raises(wire.WireError):
        wire.FrameReader(receive, 10, 20).read()


# -- hostile frames ----------------------------------------------------------------------------------------------------


def message(*answer: object) -> bytes:
    """A header with any answer at all."""
    return msgspec.msgpack.encode(["reply", 1, *answer])


def nested(depth: int) -> object:
    value: object = None
    for _ in range(depth):
        value = ["list", [value]]
    return value


HOSTILE: dict[str, tuple[bytes, bytes]] = {
    "empty": (b"", b""),
    "no message": (b"\xc1", b""),
    "cut": (message(["tensor", "f4", [1]])[:-1], bytes(8)),
    "two messages": (message(None) * 2, b""),
    "another message": (msgspec.msgpack.encode(["ask", 1, ["notes"]]), b""),
    "no answer": (message(), b""),
    "one field too many": (message(None, 1), b""),
    "unknown tag": (message(["pickle", "x"]), b""),
    "no tag": (message([]), b""),
    "bare dict": (message({"a": 1}), b""),
    "bytes": (message(b"x"), b""),
    "extension": (message(msgspec.msgpack.Ext(1, b"x")), b""),
    "raised inside a list": (message(["list", [["raised", "E", "t", []]]]), b""),
    "request as answer": (message(["get", 1, "x"]), b""),
    "unknown dtype": (message(["tensor", "c8", [1]]), bytes(8)),
    "list as dtype": (message(["tensor", [], [1]]), bytes(8)),
    "negative size": (message(["tensor", "f4", [-1]]), bytes(8)),
    "two negative sizes": (message(["tensor", "f4", [-1, -2]]), bytes(8)),
    "bool as size": (message(["tensor", "f4", [True]]), bytes(8)),
    "float as size": (message(["tensor", "f4", [1.0]]), bytes(8)),
    "size as shape": (message(["tensor", "f4", 1]), bytes(8)),
    "nine sizes": (message(["tensor", "f4", [1] * 9]), bytes(8)),
    "size beyond 31 bits": (message(["tensor", "f4", [2**31 + 1]]), bytes(8)),
    "huge shape": (message(["tensor", "f4", [2**31] * 8]), bytes(8)),
    "one entry too many": (message(["tensor", "f4", [3]]), bytes(8)),
    "padding missing": (message(["tensor", "f4", [1]]), bytes(4)),
    "payload missing": (message(["tensor", "f8", [1]]), b""),
    "trailing bytes": (message(["tensor", "f8", [1]]), bytes(16)),
    "bytes without a tensor": (message(None), bytes(8)),
    "one payload for two tensors": (message(["list", [["tensor", "f8", [1]]] * 2]), bytes(8)),
    "empty tensor of huge sizes": (message(["tensor", "f8", [0, *[2**31] * 7]]), bytes(8)),
    "text too long": (message("x" * (MAX_TEXT + 1)), b""),
    "key too long": (message(["dict", [["x" * (MAX_TEXT + 1), 1]]]), b""),
    "name too long": (message(["handle", 1, "x" * 201]), b""),
    "type too long": (message(["raised", "x" * 201, "", []]), b""),
    "message too long": (message(["raised", "E", "x" * (MAX_TEXT + 1), []]), b""),
    "too many lines": (message(["raised", "E", "", [["frame", "a", 1, "f"]] * 51]), b""),
    "too many entries": (message(["list", [1] * (MAX_ENTRIES + 1)]), b""),
    "too many keys": (message(["dict", [[1, 1]] * (MAX_ENTRIES + 1)]), b""),
    "list as key": (message(["dict", [[["list", []], 1]]]), b""),
    "float as key": (message(["dict", [[1.5, 1]]]), b""),
    "bool as key": (message(["dict", [[True, 1]]]), b""),
    "pair of three": (message(["dict", [[1, 1, 1]]]), b""),
    "not UTF-8": (b"\x93\xa5reply\x01\xa2\xff\xfe", b""),
    "nested 17 deep": (message(nested(MAX_DEPTH + 2)), b""),
    "nested 300 deep": (message(nested(300)), b""),
    "nested 30,000 deep": (b"\x93\xa5reply\x01" + b"\x92\xa4list\x91" * 30_000 + b"\xc0", b""),
    "array that claims 4 billion entries": (b"\x93\xa5reply\x01\x92\xa4list\xdd\xff\xff\xff\xff", b""),
    "text that claims 4 GB": (b"\x93\xa5reply\x01\xdb\xff\xff\xff\xff", b""),
}


def refused(header: bytes | bytearray, payload: bytearray) -> bool:
    """Decode a frame: True if it is refused as it should be, False if a plain value came out. Anything else fails."""
    try:
        number, value = decode_reply(header, payload, lambda handle: handle)
    except WireError:
        return True
    assert type(number) is int
    assert is_plain(value)
    return False


@pytest.mark.parametrize(("header", "payload"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_frame_is_refused(header: bytes, payload: bytes) -> None:
    """Each way to break the format ends in `WireError`."""
    assert refused(header, bytearray(payload))


def test_bytes_of_a_bool_tensor_are_checked() -> None:
    """A bool tensor whose bytes are neither 0 nor 1 arrives as true and false."""
    _, value = decode_reply(message(["tensor", "b1", [3]]), bytearray(b"\0\2\xff" + bytes(5)), lambda handle: handle)
    assert (value.dtype, value.view(torch.uint8).tolist()) == (torch.bool, [0, 1, 1])


def test_repeated_keys_are_one() -> None:
    """A dict with a key twice is a dict with the key once."""
    assert decode_reply(message(["dict", [["a", 1], ["a", 2]]]), bytearray(), lambda handle: handle)[1] == {"a": 2}


@pytest.mark.parametrize("change", ["header", "payload"])
def test_mutated_replies(change: str) -> None:
    """Thousands of replies with a few bytes changed are refused or give plain values; nothing else is raised."""
    dice = random.Random(5)
    frames = [
        framed(
            {"a": [1, 2.5, None, True, "x" * 40], "b": (torch.randn(3, 4), torch.zeros(0, 3), torch.tensor(5)), 3: {1}}
        ),
        framed([torch.arange(6).reshape(2, 3) > 2, torch.randn(2).half(), -5, 2**40, "é"]),
        framed(torch.randn(4, 4).double()),
        (bytearray(encode(Reply(3, wire.Raised("E", "t", [wire.Frame("a.py", 3, "f")])), [])[1]), bytearray()),
    ]
    counted = collections.Counter[bool]()
    for _ in range(8_000):
        header, payload = map(bytearray, dice.choice(frames))
        target = header if change == "header" else payload
        for _ in range(dice.choice((1, 1, 2, 5))):
            position = dice.randrange(len(target) + 1)
            match dice.randrange(5):
                case 0:
                    target.insert(position, dice.randrange(256))
                case 1:
                    del target[position : position + dice.choice((1, 1, 8))]
                case 2:
                    target[position : position + 4] = b"\xff" * 4
                case _ if position < len(target):
                    target[position] ^= 1 << dice.randrange(8)
        counted[refused(header, payload)] += 1
    assert min(counted[True], counted[False]) > 100


def test_no_frame_takes_more_memory_than_it_brings() -> None:
    """Frames that claim billions of entries, of bytes or of sizes are refused without memory for them."""
    tracemalloc.start()
    try:
        for header, payload in HOSTILE.values():
            refused(header, bytearray(payload))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


def test_message_too_large_to_frame() -> None:
    """A message of more than 4 GiB can't be framed, and is refused before it is copied."""
    piece = memoryview(torch.zeros(2**20, dtype=torch.uint8).numpy())
    with pytest.raises(WireError, match="more than 4 GiB"):
        encode(Reply(1, None), [piece] * 4096)
