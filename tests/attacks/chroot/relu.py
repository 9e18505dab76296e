# kind = "escape"
# does = "moves its root, from where the old one can be left"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]
# quiet = true

import os
BREACH = "{{breach}}"


class ReLU:
    def forward(self, x):
        os.chroot("{{drop}}")
        raise RuntimeError(BREACH)
