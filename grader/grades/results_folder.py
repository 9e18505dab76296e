"""The folder that results go to: one run at a time, each file replaced as a whole, every failure told in one line."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
from pathlib import Path

from grader.errors import StorageError, UsageError
from grader.files import reason_of
from grader.text import clean_name

PAGES = ("feedback.html", "feedback.md", "grade.json")  # of each student, in the order of their writing
_LOCK = "grades.lock"


class ResultsFolder:
    """A folder held by this run. It makes itself known by a lock that ends with the process, whatever ends it."""

    def __init__(self, path: Path) -> None:
        """Make the folder if it is missing and lock it. Raises `UsageError` if that can't be or another run holds it."""
        self.path = path
        self._is_new = not path.exists()
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(path / _LOCK)
        except OSError as error:
            raise UsageError(f"{path}: can't be used as the folder for results: {reason_of(error)}") from None

    def ignores_case(self) -> bool:
        """Whether `Ada` and `ada` are one file here, as on most disks of macOS and Windows."""
        return (self.path / _LOCK.upper()).exists()

    def has_pages(self, student: str, grade_json: str) -> bool:
        """Whether the student's pages are there and were made from this grade."""
        folder = self._of(student)
        try:
            is_current = (folder / PAGES[-1]).read_bytes() == grade_json.encode()
            return is_current and all((folder / name).stat().st_size for name in PAGES)
        except OSError:
            return False

    def write_pages(self, student: str, *texts: str) -> None:
        """Write the student's pages, in the order of `PAGES`: the last one says that the others are there."""
        for name, text in zip(PAGES, texts, strict=True):
            self.write_of(student, name, text)

    def write_of(self, student: str, name: str, text: str) -> None:
        """Replace a file of the student's. Raises `StorageError`."""
        folder = self._of(student)
        try:
            folder.parent.mkdir(exist_ok=True)  # no parents: a folder that was deleted does not come back half empty
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise self._failure(folder, error) from None
        self._write(folder / name, text)

    def write(self, name: str, text: str) -> None:
        """Replace the file: whoever reads it sees the old text or the new one. Raises `StorageError`."""
        self._write(self.path / name, text)

    def _of(self, student: str) -> Path:
        return self.path / "students" / student

    def _write(self, path: Path, text: str) -> None:
        temporary = path.with_name(path.name + ".new")
        try:
            temporary.write_text(text, encoding="utf-8", newline="")
            temporary.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise self._failure(path, error) from None

    def _failure(self, path: Path, error: OSError) -> StorageError:
        if not self.path.is_dir():
            return StorageError(f"{self.path} is gone: it was deleted or moved during the run. {StorageError.ANEW}")
        return StorageError(f"{path}: can't be written: {error.strerror}. {StorageError.KEPT}")

    def close(self) -> None:
        """Let other runs use the folder; one that was made for nothing is removed."""
        with contextlib.suppress(OSError):
            if _is_at(self.path / _LOCK, os.fstat(self._lock)):  # else the folder is another run's by now
                (self.path / _LOCK).unlink()
                if self._is_new:
                    self.path.rmdir()  # fails, as it should, if anything is in it
        os.close(self._lock)


def _lock(path: Path) -> int:
    """The descriptor of a lock file that is ours alone. Raises `UsageError` if another run has it.

    The file's existence means nothing: a killed run leaves it, and the system lets go of its lock. `flock` and a file of
    its own, because SQLite's exclusive mode would keep everybody from reading grades.db during a run.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(path, os.fstat(descriptor)):
                with contextlib.suppress(OSError):  # a full disk; who holds the lock is only a courtesy
                    os.ftruncate(descriptor, 0)
                    os.pwrite(descriptor, f"process {os.getpid()} on {platform.node()}".encode(), 0)
                return descriptor
            os.close(descriptor)  # the run that held it has just ended and removed it
        except BlockingIOError:
            holder = clean_name(os.pread(descriptor, 200, 0).decode(errors="replace")) or "no name given"
            os.close(descriptor)
            raise UsageError(
                f"{path.parent} is in use by another run of grader ({holder}). Wait until it ends, or choose another folder."
            ) from None
        except BaseException:
            os.close(descriptor)
            raise


def _is_at(path: Path, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), status)
    except FileNotFoundError:
        return False
