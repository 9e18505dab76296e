# kind = "deny"
# does = "announces an answer of 64 MiB whose tensors claim far more"
# exercise = "relu"
# outcome = "crashed"
# score = 0

import os
import struct
import time

import msgspec


class ReLU:
    def forward(self, x):
        header = msgspec.msgpack.encode(["reply", 1, ["tensor", "f8", [2**31, 2**31, 2**31, 0, 2**31, 2**31]]])
        os.write(3, struct.pack("!II", len(header), 0) + header)
        time.sleep(9)
