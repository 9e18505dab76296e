# kind = "leak"
# does = "reads every descriptor that it may have inherited"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = []

import os
BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        kept = []
        for number in [0, *range(4, 256)]:
            try:
                os.fstat(number)
                kept.append((number, os.pread(number, 100, 0)))
            except OSError:
                pass
        if [number for number, _ in kept if number != 0] or any(text for _, text in kept):
            raise RuntimeError(BREACH)
        raise RuntimeError(f"nothing but {kept}")
