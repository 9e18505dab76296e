"""Tests of `files`: what is said where a place can't be used, and of a file of the course that can't be read."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from grader.errors import CourseError, StorageError
from grader.files import course_text, make_folder, place_error, reason_of, write_file


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "Permission denied. Change its permissions, or name another place."),
        (errno.ENOSPC, "No space left on device. Free some space, then run the same command again."),
        (errno.EROFS, "Read-only file system. Name a place that can be written to."),
        (errno.EISDIR, "Is a directory. Name a file instead."),
        (errno.EIO, "Input/output error. Mend that, then run the same command again."),
    ],
)
def test_reason_ends_with_what_to_do(number: int, said: str) -> None:
    """What the system says is followed by what to do about it, whatever it is."""
    assert reason_of(OSError(number, os.strerror(number))) == said


def test_reason_without_a_number() -> None:
    """An error that is not the system's says what it says."""
    assert reason_of(OSError("it is no file")) == "it is no file. Mend that, then run the same command again."


def test_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    """A folder that can't be made is named, with what is in its way."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError) as caught:
        make_folder(tmp_path / "file" / "sub")
    assert str(caught.value) == (
        f"{tmp_path}/file/sub: can't be made a folder: Not a directory. Something above it is a file: take that away, or "
        "name another place."
    )
    with pytest.raises(StorageError, match=r"Is a directory\. Name a file instead\."):
        write_file(tmp_path, [b""])


def test_place_that_leads_back_to_itself(tmp_path: Path) -> None:
    """A link to itself is told as a place, whichever exception this Python has for it."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises((OSError, RuntimeError)) as caught:
        loop.resolve(strict=True)
    assert place_error(caught.value).startswith(f"{loop}: ")
    assert "leads back to itself" in place_error(caught.value)


@pytest.mark.parametrize("error", [RuntimeError("dictionary changed size"), OSError(errno.EPIPE, "Broken pipe")])
def test_error_that_is_about_no_place(error: OSError | RuntimeError) -> None:
    """An error of our own is not taken for one of the operator's: it keeps its traceback."""
    assert place_error(error) == ""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.py", b"x = 1\ndef (\n", ", line 2: invalid syntax. Mend that line."),
        ("a.py", b"x = 1\n# \xe9\n", ", line 2: is not UTF-8. Save it with the encoding UTF-8."),
        ("README.md", b"\xe9", ", line 1: is not UTF-8. Save it with the encoding UTF-8."),
        ("a.py", b"x = 1\0", ": can't be read as Python: source code string cannot contain null bytes. Mend that."),
    ],
)
def test_course_text_that_can_not_be_read(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    """The error has the file, the line and what to do."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CourseError) as caught:
        course_text(path)
    if b"\0" in content:  # Python 3.12 has another exception for it
        assert str(caught.value).startswith(f"{path}")
    else:
        assert str(caught.value) == f"{path}{said}"


def test_course_text_that_is_no_file(tmp_path: Path) -> None:
    """A missing file and a folder are told as such; what can be read comes back as it is."""
    (tmp_path / "a.md").write_text("Größe\n", encoding="utf-8")
    assert course_text(tmp_path / "a.md") == "Größe\n"
    with pytest.raises(CourseError, match=r"none\.py: can't be read: No such file or directory\. Is the name right\?$"):
        course_text(tmp_path / "none.py")
    with pytest.raises(CourseError, match=r"can't be read: Is a directory\. Name a file instead\.$"):
        course_text(tmp_path)
