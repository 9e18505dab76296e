# kind = "leak"
# does = "reads other students' submissions in the inbox"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import pathlib


class ReLU:
    def forward(self, x):
        found = [path.read_text()[-200:] for path in pathlib.Path("{{inbox}}").glob("*/optimizer.py")]
        raise RuntimeError("".join(text for text in found if "SECRET" in text)[:1000] or "nothing")
