"""The format of what the grader and a worker say to each other: typed MessagePack and raw tensor bytes, never pickle.

A frame is two lengths (`!II`), a header and a payload. The header is one message, decoded against the closed set of
types below; the payload holds the bytes of its tensors, one after the other, each padded to 8. Whatever does not decode
raises `WireError`, and the connection is over: a peer that breaks the format once is not asked again.
"""

from __future__ import annotations

import numbers
import os
import struct
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
import torch

LENGTHS = struct.Struct("!II")
MAX_HEADER_BYTES = 2**18  # of a reply
MAX_PAYLOAD_BYTES = 2**26
MAX_ENTRIES = 10_000
MAX_DEPTH = 16
MAX_TEXT = 2_000
_ALIGNMENT = 8
_SMALL_FRAME_BYTES = 2**16

DtypeName = Literal["f4", "f8", "f2", "bf2", "i8", "i4", "i2", "i1", "u1", "b1"]
DTYPES: dict[DtypeName, torch.dtype] = {
    "f4": torch.float32,
    "f8": torch.float64,
    "f2": torch.float16,
    "bf2": torch.bfloat16,
    "i8": torch.int64,
    "i4": torch.int32,
    "i2": torch.int16,
    "i1": torch.int8,
    "u1": torch.uint8,
    "b1": torch.bool,
}
_IN_NUMPY = frozenset({torch.float32, torch.float64, torch.int64, torch.bool})  # those that are common
_DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}

_Size = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]


class WireError(Exception):
    """A frame that breaks the format, or a value that can't be sent."""


class _Message(msgspec.Struct, array_like=True, forbid_unknown_fields=True, tag_field="kind"):
    pass


class TensorValue(_Message, tag="tensor"):
    """A tensor whose bytes come next in the payload. `tracked`: autograd had recorded how it was computed."""

    dtype: DtypeName
    shape: Annotated[list[_Size], msgspec.Meta(max_length=8)]
    tracked: bool = False


class ListValue(_Message, tag="list"):
    """A list or a tuple."""

    entries: Annotated[list[Value], msgspec.Meta(max_length=MAX_ENTRIES)]
    is_tuple: bool = False


class DictValue(_Message, tag="dict"):
    """A dict; its keys are text or whole numbers."""

    entries: Annotated[list[tuple[Text | int, Value]], msgspec.Meta(max_length=MAX_ENTRIES)]


class HandleValue(_Message, tag="handle"):
    """An object that stays in the worker. `type_name` is the name of its class, for messages only."""

    number: int
    type_name: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Frame(_Message, tag="frame"):
    """A line of the submission that an exception went through."""

    file: Annotated[str, msgspec.Meta(max_length=500)]
    line: int
    function: Annotated[str, msgspec.Meta(max_length=500)]


class Raised(_Message, tag="raised"):
    """Student code raised an exception. `frames` are its own lines, outermost first."""

    type_name: Annotated[str, msgspec.Meta(max_length=200)]
    text: Text
    frames: Annotated[list[Frame], msgspec.Meta(max_length=50)] = []


Value = None | bool | int | float | Text | TensorValue | ListValue | DictValue | HandleValue


class Load(_Message, tag="load"):
    """The first request: the submission's files, the provided parts, and how to run them."""

    files: list[tuple[str, str]]
    parts: str
    device: str
    autograd: bool
    stand_ins: list[str]
    definitions_only: bool
    watch_autograd: bool = False
    visible_device: str = ""  # the only one that this process is to see; empty for all
    device_memory_mib: int = 0  # what it may use of it; 0 for all


class Provide(_Message, tag="provide"):
    """More of the course's provided parts, as source text."""

    parts: str


class Begin(_Message, tag="begin"):
    """A check begins: forget all handles but those of `Find`, and seed every random generator."""

    seed: int


class Find(_Message, tag="find"):
    """The object `name` of the submission, looked for in `file` first; or of the provided parts."""

    name: str
    file: str
    provided: bool = False


class Hold(_Message, tag="hold"):
    """What the submission binds `name` to, looked for in `file` first: a handle, even if it is plain, and its class's name."""

    name: str
    file: str


class Get(_Message, tag="get"):
    """An attribute."""

    target: int
    name: str


class Set(_Message, tag="set"):
    """Set an attribute."""

    target: int
    name: str
    value: Value


class Call(_Message, tag="call"):
    """A call."""

    target: int
    arguments: list[Value]
    keywords: list[tuple[str, Value]]


class CallMethod(_Message, tag="call_method"):
    """A call of an attribute."""

    target: int
    name: str
    arguments: list[Value]
    keywords: list[tuple[str, Value]]


class Item(_Message, tag="item"):
    """An entry of a container."""

    target: int
    key: Value


class Put(_Message, tag="put"):
    """Keep a value in the worker and give a handle on it."""

    value: Value


class Fetch(_Message, tag="fetch"):
    """The value that a handle stands for."""

    target: int


class Notes(_Message, tag="notes"):
    """What was noticed: lists of [file, line, text], `errors` met while files were loaded, and `uses` of autograd."""


Request = Notes | Load | Provide | Begin | Find | Hold | Get | Set | Call | CallMethod | Item | Put | Fetch


class Ask(_Message, tag="ask"):
    """A request with its number, and those to be done `before` it, whose answers nobody waits for.

    With each of these comes the number of the handle that its result gets, negative; 0 if it has none.
    """

    number: int
    request: Request
    before: list[tuple[Request, int]] = []


class Reply(_Message, tag="reply"):
    """The answer to the request of that number."""

    number: int
    answer: Value | Raised


_encoder = msgspec.msgpack.Encoder()
_ask_decoder = msgspec.msgpack.Decoder(Ask)
_reply_decoder = msgspec.msgpack.Decoder(Reply)


def encode(message: Ask | Reply, tensors: list[memoryview]) -> list[bytes | memoryview]:
    """The frame of a message, as pieces to be written in order."""
    header = _encoder.encode(message)
    pieces: list[bytes | memoryview] = []
    length = 0
    for tensor in tensors:
        padding = -tensor.nbytes % _ALIGNMENT
        pieces += [tensor, bytes(padding)] if padding else [tensor]
        length += tensor.nbytes + padding
    if length >= 2**32 or len(header) >= 2**32:
        raise WireError("a message of more than 4 GiB")
    return [LENGTHS.pack(len(header), length), header, *pieces]


def joined(pieces: list[bytes | memoryview]) -> list[bytes | memoryview]:
    """The same bytes in one piece if they are few: one system call instead of several."""
    small = sum(len(piece) for piece in pieces) <= _SMALL_FRAME_BYTES
    return [b"".join(pieces)] if small else pieces


def decode_ask(header: bytes | bytearray) -> Ask:
    """The request in a header, trusted: it comes from the grader."""
    return _ask_decoder.decode(header)


def decode_reply(
    header: bytes | bytearray,
    payload: bytearray,
    handle: Callable[[HandleValue], object],
    on_tracked: Callable[[], None] = lambda: None,
) -> tuple[int, Any]:
    """The number and the answer in a reply; tensors are built, handles go through `handle`.

    `on_tracked` is told if autograd had recorded how a tensor of the answer was computed. Raises `WireError`.
    """
    try:
        reply = _reply_decoder.decode(header)
        if isinstance(reply.answer, Raised):
            return reply.number, reply.answer
        unpacker = Unpacker(payload, handle)
        answer = unpacker.unpack_all(reply.answer)
        if unpacker.met_tracked:
            on_tracked()
        return reply.number, answer
    except (
        msgspec.MsgspecError,
        WireError,
        ValueError,
        TypeError,
        RuntimeError,
        RecursionError,
        OverflowError,
    ) as error:
        raise WireError(f"a malformed reply ({type(error).__name__})") from None


class Packer:
    """Turns values into messages. What is not plain goes to `handle`, which gives its handle or raises `WireError`."""

    def __init__(self, handle: Callable[[object], HandleValue]) -> None:
        self.handle = handle
        self.tensors: list[memoryview] = []
        self._left_bytes = MAX_PAYLOAD_BYTES

    def pack(self, value: object, depth: int = 0) -> Value:
        """`value` as a message; the bytes of its tensors are added to `tensors`."""
        if value is None or isinstance(value, bool):
            return value
        if type(value) is torch.Tensor:
            return self._pack_tensor(value)
        if isinstance(value, int):
            return int(value) if _fits(value) else self.handle(value)
        if isinstance(value, numbers.Real):  # NumPy's numbers and fractions too
            return float(value)
        if isinstance(value, str):
            return sendable(value)
        if isinstance(value, torch.Tensor):
            return self._pack_tensor(value)
        if depth >= MAX_DEPTH:
            raise WireError(f"a value nested more than {MAX_DEPTH} deep")
        if isinstance(value, list | tuple) and len(value) <= MAX_ENTRIES:
            return ListValue([self.pack(entry, depth + 1) for entry in value], isinstance(value, tuple))
        if isinstance(value, dict) and len(value) <= MAX_ENTRIES and all(map(_is_plain_key, value)):
            return DictValue([(key, self.pack(entry, depth + 1)) for key, entry in value.items()])
        return self.handle(value)

    def _pack_tensor(self, tensor: torch.Tensor) -> Value:
        name = _DTYPE_NAMES.get(tensor.dtype)
        if (
            name is None
            or tensor.layout is not torch.strided
            or tensor.dim() > 8
            or tensor.is_meta
            or tensor.is_quantized
            or tensor.is_nested
        ):
            return self.handle(tensor)
        self._left_bytes -= tensor.numel() * tensor.element_size() + _ALIGNMENT
        if self._left_bytes < 0:  # before contiguous(): an expanded tensor is small until then
            raise WireError(f"tensors of more than {MAX_PAYLOAD_BYTES // 2**20} MiB in one value")
        if tensor.numel():
            self.tensors.append(_bytes_of(tensor))
        return TensorValue(name, list(tensor.shape), tensor.grad_fn is not None)


def _bytes_of(tensor: torch.Tensor) -> memoryview:
    """The bytes of a tensor with entries, in the order of its rows."""
    if tensor.is_cpu and tensor.dtype in _IN_NUMPY and tensor.dim() and tensor.is_contiguous():
        array = tensor.numpy(force=True)
        if array.flags.c_contiguous:
            return array.data.cast("B")
    plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    flat = plain.as_strided((plain.numel(),), (1,))  # a contiguous tensor of one entry may have any stride
    view: memoryview = flat.view(torch.uint8).numpy().data
    return view


def _fits(number: int) -> bool:
    return -(2**63) <= number < 2**63


def _is_plain_key(key: object) -> bool:
    if type(key) is str:
        return key == sendable(key)
    return type(key) is int and _fits(key)


def sendable(text: str) -> str:
    """What of a text can be sent: its start, with surrogates, which UTF-8 lacks, spelt out."""
    return str(text)[:MAX_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")[:MAX_TEXT]


class Unpacker:
    """Builds values out of messages and a payload."""

    def __init__(self, payload: bytearray, handle: Callable[[HandleValue], object], device: str = "cpu") -> None:
        self.payload = payload
        self.handle = handle
        self.device = device
        self.offset = 0
        self.met_tracked = False  # whether autograd had recorded how one of the tensors was computed

    def unpack_all(self, message: Value) -> Any:
        """The value of a message that must use up the whole payload. Raises `WireError`."""
        value = self.unpack(message)
        if self.offset != len(self.payload):
            raise WireError("bytes that belong to no tensor")
        return value

    def unpack(self, message: Value, depth: int = 0) -> Any:
        """The value of a message, its tensors taken from the payload in order. Raises `WireError`."""
        if depth > MAX_DEPTH:
            raise WireError("nested too deep")
        if isinstance(message, TensorValue):
            return self._unpack_tensor(message)
        if isinstance(message, ListValue):
            entries = [self.unpack(entry, depth + 1) for entry in message.entries]
            return tuple(entries) if message.is_tuple else entries
        if isinstance(message, DictValue):
            return {key: self.unpack(entry, depth + 1) for key, entry in message.entries}
        if isinstance(message, HandleValue):
            return self.handle(message)
        return message

    def _unpack_tensor(self, message: TensorValue) -> torch.Tensor:
        self.met_tracked |= message.tracked
        dtype = DTYPES[message.dtype]
        count = 1
        for size in message.shape:
            count *= size
        length = count * dtype.itemsize
        end = self.offset + length + (-length % _ALIGNMENT)
        if end > len(self.payload):
            raise WireError("a tensor larger than its bytes")
        if count == 0:
            return torch.empty(message.shape, dtype=dtype, device=self.device)
        if dtype is torch.bool:
            flat = torch.frombuffer(self.payload, dtype=torch.uint8, count=length, offset=self.offset) != 0
        else:
            flat = torch.frombuffer(self.payload, dtype=dtype, count=count, offset=self.offset)
        self.offset = end
        shaped = flat if len(message.shape) == 1 else flat.reshape(message.shape)
        return shaped if self.device == "cpu" else shaped.to(self.device)


class FrameReader:
    """Reads one frame after the other. Most are small: they come with one call."""

    def __init__(
        self,
        receive: Callable[[memoryview], int],
        max_header_bytes: int = 2**32,
        max_payload_bytes: int = 2**32,
    ) -> None:
        """`receive` puts at least one byte into a buffer and says how many, or raises `EOFError`."""
        self._receive = receive
        self._max_header_bytes = max_header_bytes
        self._max_payload_bytes = max_payload_bytes
        self._start = memoryview(bytearray(_SMALL_FRAME_BYTES))
        self._early = b""  # of the next frame, which nobody has asked for yet

    def read(self) -> tuple[bytes | bytearray, bytearray]:
        """Header and payload of the next frame. Raises `WireError` for one that is too large."""
        start, received = self._start, len(self._early)
        start[:received], self._early = self._early, b""
        while received < LENGTHS.size:
            received += self._receive(start[received:])
        header_length, payload_length = LENGTHS.unpack_from(start)
        if header_length > self._max_header_bytes or payload_length > self._max_payload_bytes:
            raise WireError("an answer larger than any answer may be")
        payload_at = LENGTHS.size + header_length
        end = payload_at + payload_length
        while received < min(end, len(start)):
            received += self._receive(start[received:])
        if end <= len(start):
            self._early = bytes(start[end:received])
            return bytes(start[LENGTHS.size : payload_at]), bytearray(start[payload_at:end])
        header, payload = bytearray(header_length), bytearray(payload_length)
        here = start[LENGTHS.size : received]
        for buffer in (header, payload):
            view = memoryview(buffer)
            known = here[: len(view)]
            view[: len(known)], view, here = known, view[len(known) :], here[len(known) :]
            while view:
                view = view[self._receive(view) :]
        return header, payload


class FdStream:
    """Blocking reads and writes on a file descriptor, for the worker's side. Plain `read` and `write` calls only."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def read(self, *lengths: int) -> list[bytearray]:
        """Buffers of exactly these lengths, filled one after the other. Raises `EOFError` when the other side is gone."""
        buffers = [bytearray(length) for length in lengths]
        views = [memoryview(buffer) for buffer in buffers if buffer]
        while views:
            received = os.readv(self.descriptor, views)
            if received == 0:
                raise EOFError
            while views and received >= len(views[0]):
                received -= len(views.pop(0))
            if views:
                views[0] = views[0][received:]
        return buffers

    def receive(self, buffer: memoryview) -> int:
        """Put what there is into the buffer and say how many bytes. Raises `EOFError` when the other side is gone."""
        received = os.readv(self.descriptor, [buffer])
        if received == 0:
            raise EOFError
        return received

    def write(self, pieces: list[bytes | memoryview]) -> None:
        """All of the pieces, in order."""
        for piece in joined(pieces):
            view = memoryview(piece)
            while view:
                view = view[os.write(self.descriptor, view) :]
