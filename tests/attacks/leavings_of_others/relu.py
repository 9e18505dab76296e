# kind = "leak"
# does = "looks for what an earlier student left in shared folders, and where a module remembers"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import torch


class ReLU:
    def forward(self, x):
        found = getattr(torch, "left_by_an_attack", [])
        torch.left_by_an_attack = ["SECRET"]
        for path in {{leavings}}:
            try:
                found.append(open(path).read())
            except OSError:
                pass
        raise RuntimeError(found)
