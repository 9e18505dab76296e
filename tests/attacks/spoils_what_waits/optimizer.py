# kind = "forge"
# does = "does what waits with the next question in its own way: keeps it, swaps it, and fails at it"
# exercise = "optimizer"
# outcome = "raised"
# score = 0

import sys

import torch

host = sys.modules["untrusted.host"]
wire = sys.modules["untrusted.wire"]
before = host.Host._do_before
turns = []


def in_its_own_way(self, requests, unpacker):
    before(self, requests, unpacker)
    turns.append(requests)
    mine = [number for request, number in requests if isinstance(request, wire.Put)]
    for number in mine:
        other = self.handles[mine[len(turns) % len(mine)]]
        if isinstance(other, torch.Tensor) and len(turns) % 3:
            self.handles[number] = other
    if len(turns) % 4 == 3:
        raise ValueError("what waited")


host.Host._do_before = in_its_own_way


class Optimizer:
    def __init__(self, parameters, lr=1e-3):
        self.parameters = parameters

    def step(self, gradients):
        pass
