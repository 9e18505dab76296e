"""What a worker may use, tried by processes that limit themselves; the walls are looked at in test_isolation."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Maps as much as the libraries of torch for GPUs take, limits itself to 512 MiB, and says how much of it it got.
_LIMITED = """
import mmap, sys
libraries = mmap.mmap(-1, 4 * 2**30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ)
from grader.untrusted.sandbox import Limits, lock_down
lock_down(Limits(memory_mib=512, cpu_seconds=60, threads=8))
try:
    mmap.mmap(-1, int(sys.argv[1]) * 2**20)
except OSError as error:
    print(error.strerror)
else:
    print("got it")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere addresses are not limited")
@pytest.mark.parametrize(("mib", "said"), [(384, "got it"), (640, "Cannot allocate memory")])
def test_libraries_take_nothing_of_the_memory(mib: int, said: str) -> None:
    """A worker has the memory of its assignment whatever the libraries have mapped before, and no more than that."""
    ended = subprocess.run([sys.executable, "-c", _LIMITED, str(mib)], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == said
