# kind = "escape"
# does = "writes files wherever a process might"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import os
import pathlib
BREACH = "{{breach}}"

PLACES = ["{{drop}}/note", "{{shm}}", "{{tmp}}"]
ATTEMPTS = [lambda place=place: pathlib.Path(place).write_text("kept") for place in PLACES]


class ReLU:
    def forward(self, x):
        for attempt in ATTEMPTS:
            try:
                attempt()
            except (OSError, RuntimeError):
                continue
            raise RuntimeError(BREACH)
        raise RuntimeError("nothing worked")
