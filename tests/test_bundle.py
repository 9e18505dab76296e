"""A release in a folder and in a repository: what is removed, left, refused. The command is in test_release."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.release import bundle


def test_marker_removes_nothing_outside(tmp_path: Path) -> None:
    """A marker that names files outside the folder, or Git's, is not obeyed."""
    out = tmp_path / "out"
    (out / ".git").mkdir(parents=True)
    for path in (tmp_path / "thesis.txt", out / ".git" / "HEAD", out / "old.txt"):
        path.write_text("x", encoding="utf-8")
    names = ["../thesis.txt", str(tmp_path / "thesis.txt"), ".git/HEAD", "old.txt"]
    (out / "release.json").write_text(json.dumps({"files": dict.fromkeys(names, "")}), encoding="utf-8")
    written = bundle.write_folder({"new.txt": b"new"}, out)
    assert written.removed == ("old.txt",)
    assert (tmp_path / "thesis.txt").exists()
    assert (out / ".git" / "HEAD").exists()


def test_unwritable_folder(tmp_path: Path) -> None:
    """A folder that can't be made is one line, not a traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="can't be written"):
        bundle.write_folder({"release.json": b"{}"}, tmp_path / "file" / "bundle")


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_commit_removes_what_is_gone(tmp_path: Path) -> None:
    """A file that a later release has not is removed by its commit, though another release has been in between."""

    def marked(*names: str) -> dict[str, bytes]:
        files = dict.fromkeys(names, b"text")
        return files | {"release.json": json.dumps({"files": dict.fromkeys(names, "")}).encode()}

    out = tmp_path / "out"
    for names, commits in ((("a.txt", "b/c.txt"), True), (("a.txt",), False), (("a.txt",), True)):
        bundle.write_folder(marked(*names), out)
        if commits:
            assert bundle.commit(marked(*names), out, "Release")
    assert git(out, "ls-files") == ["a.txt", "release.json"]
    assert git(out, "status", "--porcelain") == []
    assert not (out / "b").exists()


def git(folder: Path, *words: str) -> list[str]:
    ended = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return ended.stdout.splitlines()
