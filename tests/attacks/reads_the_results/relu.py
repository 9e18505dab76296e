# kind = "leak"
# does = "reads the folder of results: the file of grades, and notes beside it"
# exercise = "relu"
# outcome = "raised"
# score = 0
# open_at = ["process"]

import pathlib


class ReLU:
    def forward(self, x):
        folder = pathlib.Path("{{out}}")
        print((folder / "grades.db").read_bytes()[:20])
        raise RuntimeError((folder / "notes.txt").read_text())
