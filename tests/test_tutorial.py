"""The author's tutorial, followed literally: its files are written, its commands run, and they say what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parent.parent / "docs" / "tutorial.md"
_FENCE = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL
)
SECONDS = 300


class Step(NamedTuple):
    """A file to be written, or without a name a command and what it says, line by line."""

    file: str
    text: str
    said: tuple[str, ...] = ()


def steps_of(page: str) -> Iterator[Step]:
    """The steps of a page, in their order."""
    for fence in _FENCE.finditer(page):
        if fence["title"]:
            yield Step(fence["title"], fence["text"])
        else:
            assert fence["language"] == "console", fence["text"]
            for block in fence["text"].removeprefix("$ ").split("\n$ "):
                command, *said = block.strip().split("\n")
                yield Step("", command, tuple(said))


def test_followed_literally(tmp_path: Path) -> None:
    """From an empty folder to an assignment with nothing to be mended, and to what its students see."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "COLUMNS": "100"}
    place, tried = tmp_path, []
    for step in steps_of(PAGE.read_text(encoding="utf-8")):
        if step.file:
            (place / step.file).write_text(step.text, encoding="utf-8")
            continue
        done = subprocess.run(
            ["bash", "-ec", f"{step.text}\npwd"],
            cwd=place,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
        said = [" ".join(line.split()) for line in done.stdout.splitlines()]
        assert said, (step.text, done.stderr)
        if done.returncode == 0:
            place = Path(done.stdout.splitlines()[-1])
        for line in step.said:
            found = [number for number, got in enumerate(said) if line in got]
            assert found, (step.text, line, done.stdout, done.stderr)
            said = said[found[0] :]
        tried.append((step.text.split()[0], done.returncode))
    assert place == tmp_path / "my-course"
    assert tried == [*[("grader", 0)] * 7, ("pytest", 1), ("pytest", 0)]
