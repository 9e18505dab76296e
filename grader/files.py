"""Write a file as a whole, where nobody can have laid a trap, and say in one line what is in the way."""

from __future__ import annotations

import ast
import contextlib
import errno
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO

from grader.errors import CourseError, StorageError

_SPACE = "Free some space, then run the same command again."
_STEPS: Mapping[int, str] = MappingProxyType(
    {
        errno.EACCES: "Change its permissions, or name another place.",
        errno.EPERM: "Change its permissions, or name another place.",
        errno.EROFS: "Name a place that can be written to.",
        errno.ENOSPC: _SPACE,
        errno.EDQUOT: _SPACE,
        errno.ENOENT: "Is the name right?",
        errno.EISDIR: "Name a file instead.",
        errno.ENOTDIR: "Something above it is a file: take that away, or name another place.",
        errno.EEXIST: "A file is in the place of a folder: take it away, or name another place.",
        errno.ELOOP: "A link there leads back to itself: take it away.",
        errno.ENAMETOOLONG: "Choose a shorter name.",
    }
)

_LOOP = re.compile(r"Symlink loop from '(.*)'")


def reason_of(error: OSError) -> str:
    """What the system says, and what to do about it, as two sentences."""
    step = _STEPS.get(error.errno or 0, "Mend that, then run the same command again.")
    return f"{error.strerror or error}. {step}"


def place_error(error: OSError | RuntimeError) -> str:
    """What is wrong with a place that somebody named, and what to do; empty if the error is about something else."""
    if isinstance(error, OSError):
        return f"{error.filename}: {reason_of(error)}" if isinstance(error.filename, str | Path) else ""
    place = _LOOP.fullmatch(str(error))  # what pathlib raises before Python 3.13
    return f"{place[1]}: a link there leads back to itself. Take it away, or name another place." if place else ""


def course_text(path: Path) -> str:
    """The text of a file of the course. Raises `CourseError`; a source must be Python that can be read."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of its style
                ast.parse(text)
    except OSError as error:
        raise CourseError(f"{path}: can't be read: {reason_of(error)}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CourseError(f"{path}, line {line}: is not UTF-8. Save it with the encoding UTF-8.") from None
    except SyntaxError as error:
        raise CourseError(f"{path}, line {error.lineno}: {error.msg}. Mend that line.") from None
    except (ValueError, RecursionError) as error:  # a null byte, or nested too deep
        raise CourseError(f"{path}: can't be read as Python: {error}. Mend that.") from None
    return text


def make_folder(path: Path) -> None:
    """Make the folder and those above it. Raises `StorageError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{path}: can't be made a folder: {reason_of(error)}") from None


@contextlib.contextmanager
def replacing(path: Path, advice: str = "") -> Iterator[IO[bytes]]:
    """A stream whose content takes the place of the file at the end; nothing of it is seen before, or if it fails.

    A link that lies there is replaced, not followed. Raises `StorageError`, which ends with `advice`
    where there is any.
    """
    temporary: Path | None = None
    try:
        # Of a name that nobody can know before: the folder may be a student's, with a link laid for us.
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:40]}.", delete=False) as stream:
            temporary = Path(stream.name)
            yield stream
            stream.flush()
            temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
        if isinstance(error, OSError):
            raise StorageError(
                f"{path}: can't be written: {error.strerror}. {advice}"
                if advice
                else f"{path}: can't be written: {reason_of(error)}"
            ) from None
        raise


def write_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Replace the file as a whole, see `replacing`, in a folder that is made if it is missing. Raises `StorageError`."""
    make_folder(path.parent)
    with replacing(path) as stream:
        for chunk in chunks:
            stream.write(chunk)


def remove_file(path: Path) -> None:
    """Remove the file if there is one: it would be taken for the one to come. Raises `StorageError`."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{path}: is there already, and can't be removed: {reason_of(error)}") from None
