# kind = "deny"
# does = "answers with lists nested as deep as the header allows"
# exercise = "relu"
# outcome = "crashed"
# score = 0

import os
import struct
import sys
import time


class ReLU:
    def forward(self, x):
        wire = sys.modules["untrusted.wire"]
        header = b"\x93\xa5reply\x01" + b"\x93\xa4list\x91" * 25000 + b"\xc0" + b"\xc2" * 25000
        os.write(3, struct.pack("!II", len(header), 0) + header)
        time.sleep(9)
