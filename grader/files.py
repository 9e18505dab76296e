"""Write a file as a whole, where nobody can have laid a trap, and say in one line what is in the way."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from grader.errors import StorageError


def make_folder(path: Path) -> None:
    """Make the folder and those above it. Raises `StorageError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{path}: can't be made a folder: {error.strerror}") from None


@contextlib.contextmanager
def replacing(path: Path, advice: str = "") -> Iterator[IO[bytes]]:
    """A stream whose content takes the place of the file at the end; nothing of it is seen before, or if it fails.

    A link that lies there is replaced, not followed. Raises `StorageError`, which ends with `advice`.
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
            raise StorageError(f"{path}: can't be written: {error.strerror}{advice}") from None
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
        raise StorageError(f"{path}: is there already, and can't be removed: {error.strerror}") from None
