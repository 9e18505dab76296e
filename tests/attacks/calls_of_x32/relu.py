# kind = "escape"
# does = "makes system calls by the numbers of x32 programs, in machine code"
# exercise = "relu"
# score = 0
# open_at = ["process"]
# quiet = true

import ctypes
import mmap
import platform

CODE = bytes.fromhex("b86e0000400f05c3")  # mov eax, 0x4000006e (getppid of x32); syscall; ret


def run(code):
    """Run machine code."""
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)()

BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        if platform.machine() != "x86_64":
            raise RuntimeError("not on this processor")
        if run(CODE) > 0:
            raise RuntimeError(BREACH)
        raise RuntimeError("there are no such calls")
